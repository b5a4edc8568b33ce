using VectorMigration.Engine;
using VectorMigration.Errors;
using VectorMigration.Vectors;

namespace VectorMigration.Tuning;

/// <summary>The errors of tuning; made here and nowhere else.</summary>
internal static class TuningErrors
{
    public static MigrationException NoVectors(IndexDescription index) => new(
        ErrorIds.NothingToTune, ErrorKind.InvalidData, $"{index.Path} has no vectors in the selected range.",
        "Select a range that has vectors.", index.Path);

    public static MigrationException TooShort(TimeSpan budget, int regions) => CommonErrors.OutOfRange(
        "-TimeBudgetSec", FormattableString.Invariant($"{budget.TotalSeconds} s for {regions} regions"),
        FormattableString.Invariant($"at least {TuningOptions.LeastBudget.TotalSeconds * regions} s"));

    public static MigrationException NoAnswer(string endpoint, TimeSpan waited) => new(
        ErrorIds.TuningNoAnswer,
        ErrorKind.Timeout,
        FormattableString.Invariant($"{endpoint} acknowledged no batch within {waited.TotalSeconds:0.#} s."),
        "Check the server. On a slow network, try smaller batches and more time: -BatchSize 16,64 -TimeBudgetSec 300.",
        endpoint);

    public static MigrationException Refused(QdrantBatchResult batch) => new(
        batch.ErrorId ?? ErrorIds.BatchFailed,
        batch.ErrorKind ?? ErrorKind.Server,
        $"The server refused the vectors of a trial: {batch.Error}",
        batch.RecommendedAction ?? "Correct what the server reports. A migration would be refused in the same way.",
        batch.Collection);
}
