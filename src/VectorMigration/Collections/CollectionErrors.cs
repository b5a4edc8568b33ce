using VectorMigration.Errors;
using VectorMigration.Store;
using VectorMigration.Vectors;

namespace VectorMigration.Collections;

/// <summary>The errors of collections that are missing, unfit or replaced; made here and nowhere else.</summary>
internal static class CollectionErrors
{
    /// <param name="collection">Collection.</param>
    /// <param name="endpoint">Endpoint without secrets.</param>
    /// <param name="differences">In what it does not fit.</param>
    /// <param name="fitting">Names of its vectors that would fit.</param>
    public static MigrationException Differs(string collection, string endpoint, IReadOnlyList<string> differences, IReadOnlyList<string>? fitting = null) =>
        new(
        ErrorIds.CollectionDiffers,
        ErrorKind.Conflict,
        $"Collection '{collection}' at {endpoint} does not fit the index: {string.Join("; ", differences)}.",
        fitting is { Count: > 0 }
            ? $"Name the vector that fits: {string.Join(" or ", fitting.Select(static name => $"-VectorName {name} (--vector-name {name})"))}."
            : "Choose another collection.",
        collection);

    public static MigrationException AliasIsNotDeleted(string alias, string collection, string endpoint) => new(
        ErrorIds.AliasGiven,
        ErrorKind.InvalidArgument,
        $"'{alias}' at {endpoint} is an alias of the collection '{collection}'; a collection is deleted by its own name only.",
        "Migrate into a new collection and point the alias to it afterwards (Set-QdrantAlias): whoever searches by the alias has all vectors at every moment.",
        alias);

    public static MigrationException WantsShardKey(string collection, string endpoint) => new(
        ErrorIds.CustomSharding,
        ErrorKind.NotSupported,
        $"Collection '{collection}' at {endpoint} has custom sharding: every write has to name a shard key, and this tool names none.",
        "Migrate into a collection with automatic sharding, which is what this tool creates.",
        collection);

    public static MigrationException NotSettled(CollectionDescription collection, string endpoint, TimeSpan noProgress) => new(
        ErrorIds.UpdatesPending,
        ErrorKind.Timeout,
        FormattableString.Invariant($"Collection '{collection.Name}' at {endpoint} still has {collection.UpdateQueueLength} operations to apply and ")
        + FormattableString.Invariant($"{collection.DeferredPoints} points hidden until they are optimised, and neither got less for ")
        + FormattableString.Invariant($"{noProgress.TotalSeconds:0.###} s: what is read now proves nothing."),
        "Look at the server's log and load, then run the same command again, or wait longer (-NoProgressTimeoutSec, --no-progress-timeout).",
        collection.Name)
    {
        Resumable = true,
    };

    public static MigrationException NotKept(string collection, int wrong, int sent, PointId first, string reason) => new(
        ErrorIds.UpdateNotApplied,
        ErrorKind.Server,
        $"{wrong} of {sent} points that were sent to collection '{collection}' without waiting are not there as they were sent; "
        + $"the first is {first}: {reason}.",
        "Look at the server's log, then run the same command again: it sends what was not read back.",
        collection)
    {
        Resumable = true,
    };

    public static MigrationException HidesUnoptimized(string collection, string endpoint) => new(
        ErrorIds.ProofNeedsVisiblePoints,
        ErrorKind.Conflict,
        $"Collection '{collection}' at {endpoint} hides points until they are optimised (prevent_unoptimized): "
        + "a count or a sample proves nothing of those that are hidden.",
        "Ask for the full verification, which waits until all of them can be read (-Verification Full, --verify full).",
        collection);

    public static MigrationException Missing(string collection, string endpoint) => new(
        ErrorIds.CollectionMissing, ErrorKind.NotFound, $"There is no collection '{collection}' at {endpoint}.",
            "Check the name and the endpoint, or migrate first.", collection);

    public static MigrationException Replaced(string collection, string endpoint, bool isGone) => new(
        ErrorIds.CollectionReplaced,
        ErrorKind.Conflict,
        $"Collection '{collection}' at {endpoint} was deleted{(isGone ? string.Empty : " and made anew")} while vectors were sent; what was acknowledged "
            + $"before is gone.",
        "Find out who deleted it, then send everything again with -Restart (--restart).",
        collection);
}
