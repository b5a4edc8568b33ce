using VectorMigration.Errors;
using VectorMigration.Store;

namespace VectorMigration.Engine;

/// <summary>The errors that end an upload: the target's answer as it was classified, told of the whole run.</summary>
internal static class UploadErrors
{
    public static MigrationException Stopped(WriteAnswer answer, string collection) =>
        Of(answer, $"The upload to collection '{collection}' stopped: {answer.Reason.TrimEnd('.')}.", collection, answer.Resumable);

    /// <summary>The target refuses whatever it is sent.</summary>
    public static MigrationException RefusesAll(WriteAnswer answer, string collection) => new(
        ErrorIds.EveryBatchRefused,
        answer.Kind ?? throw new ArgumentException("An answer that is no error ends no upload.", nameof(answer)),
        $"Collection '{collection}' refuses every batch with the same answer: {answer.Reason.TrimEnd('.')}.",
        answer.NextStep.Length > 0 ? answer.NextStep : "Correct what the server reports. Then run the same command again.",
        collection);

    /// <summary>A batch was tried for as long as it may be.</summary>
    /// <param name="answer">The last answer.</param>
    /// <param name="attempts">How often.</param>
    /// <param name="collection">The collection.</param>
    /// <param name="withoutProgress">How long nothing may be taken, where that is what ended it.</param>
    public static MigrationException GaveUp(WriteAnswer answer, int attempts, string collection, TimeSpan? withoutProgress)
    {
        string tried = $"{attempts} attempt{(attempts == 1 ? string.Empty : "s")}";
        string limit = withoutProgress is TimeSpan time
            ? FormattableString.Invariant($", because nothing was accepted for {time.TotalSeconds:0.###} s (-NoProgressTimeoutSec)")
            : string.Empty;
        return Of(answer, $"Gave up on a batch for collection '{collection}' after {tried}{limit}: {answer.Reason.TrimEnd('.')}.", collection, resumable: true);
    }

    private static MigrationException Of(WriteAnswer answer, string message, string collection, bool resumable) =>
        answer.Kind is ErrorKind kind
            ? new MigrationException(answer.ErrorId, kind, message, answer.NextStep, collection) { Resumable = resumable }
            : throw new ArgumentException("An answer that is no error ends no upload.", nameof(answer));
}
