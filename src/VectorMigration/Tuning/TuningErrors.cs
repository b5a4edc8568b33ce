using VectorMigration.Engine;
using VectorMigration.Errors;
using VectorMigration.Vectors;

namespace VectorMigration.Tuning;

/// <summary>The errors of tuning; made here and nowhere else.</summary>
internal static class TuningErrors
{
    public static MigrationException NoVectors(IndexDescription index) => new(
        ErrorIds.NothingToTune, ErrorKind.InvalidData, $"{index.Path} has no vectors in the range asked for: there is nothing to try with.",
            "Give an index, or a part of one, that holds vectors.", index.Path);

    public static MigrationException NoAnswer(string endpoint, TimeSpan waited) => new(
        ErrorIds.TuningNoAnswer,
        ErrorKind.Timeout,
        FormattableString.Invariant($"{endpoint} acknowledged no batch within {waited.TotalSeconds:0.#} s: there is nothing to judge by."),
        "See that the server is well. Over a slow line, try smaller batches and give it more time: -BatchSize 16,64 -TimeBudgetSec 300 (--batch-size "
            + "16,64 --budget 300).",
        endpoint);

    public static MigrationException Refused(QdrantBatchResult batch) => new(
        batch.ErrorId ?? ErrorIds.BatchFailed,
        batch.ErrorKind ?? ErrorKind.Server,
        $"The server refused the vectors of a trial: {batch.Error}",
        batch.RecommendedAction ?? "See what it says; a migration would be refused likewise.",
        batch.Collection);
}
