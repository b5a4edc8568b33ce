using VectorMigration.Errors;

namespace VectorMigration.Collections;

/// <summary>The errors of indexing after the upload; made here and nowhere else.</summary>
internal static class IndexingErrors
{
    public static MigrationException Failed(string collection, string endpoint, IndexingView view) => new(
        ErrorIds.IndexingFailed,
        ErrorKind.Server,
        $"The server at {endpoint} could not index the collection '{collection}' (red): {view.Error ?? "it does not say why"}. The vectors are there; "
            + $"{view.Indexed:N0} of {view.Vectors:N0} are indexed.",
        "Mend what the server names (disk and memory are the usual reasons; its log tells more), then run the same command again: nothing is sent twice.",
        collection);

    public static MigrationException Unfinished(string collection, IndexingResult indexing, string? goOn = null) => new(
        ErrorIds.IndexingUnfinished,
        ErrorKind.Timeout,
        $"All vectors are in the collection '{collection}', but its index is not done after {indexing.Duration.TotalSeconds:N0} s: {indexing.Message}",
        indexing.CollectionStatus == "grey"
            ? "The server's optimiser does not run: see max_optimization_threads of the collection and of the server. Then run the same command again."
            : (goOn ?? "Run the same command again to go on waiting: nothing is sent twice.")
                + " A longer wait is -WaitIndexedTimeoutSec (--wait-indexed-timeout).",
        collection)
    {
        Resumable = true,
    };
}
