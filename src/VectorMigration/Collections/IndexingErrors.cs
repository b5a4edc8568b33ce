using VectorMigration.Errors;

namespace VectorMigration.Collections;

/// <summary>The errors of indexing after the upload; made here and nowhere else.</summary>
internal static class IndexingErrors
{
    public static MigrationException WaitMissing() => new(
        ErrorIds.WaitMissing,
        ErrorKind.InvalidArgument,
        "-WaitIndexedTimeoutSec limits the wait for the index, but -WaitIndexed is missing.",
        "Add -WaitIndexed.",
        "WaitIndexed");

    public static MigrationException Failed(string collection, string endpoint, IndexingView view) => new(
        ErrorIds.IndexingFailed,
        ErrorKind.Server,
        FormattableString.Invariant($"The server at {endpoint} failed to index the collection '{collection}' (status red): ")
            + FormattableString.Invariant($"{view.Error ?? "it gives no reason"}. All vectors are in the collection; {view.Indexed:N0} of {view.Vectors:N0} ")
            + "are indexed.",
        "Fix what the server reports. Usually it is short of disk space or memory. See its log. Then run the same command again. Nothing is sent twice.",
        collection);

    public static MigrationException Unfinished(string collection, IndexingResult indexing, string? goOn = null) => new(
        ErrorIds.IndexingUnfinished,
        ErrorKind.Timeout,
        FormattableString.Invariant($"All vectors are in the collection '{collection}', but its index is not complete after ")
            + FormattableString.Invariant($"{indexing.Duration.TotalSeconds:N0} s: {indexing.Message}"),
        indexing.CollectionStatus == "grey"
            ? "The server's optimizer is not running. Check max_optimization_threads of the collection and of the server. Then run the same command again."
            : (goOn ?? "Run the same command again to keep waiting. Nothing is sent twice.")
                + " To wait longer, raise -WaitIndexedTimeoutSec.",
        collection)
    {
        Resumable = true,
    };
}
