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
    /// <param name="asked">Name of the vector that was asked for; null or empty for the unnamed one.</param>
    public static MigrationException Differs(
        string collection, string endpoint, IReadOnlyList<string> differences, IReadOnlyList<string>? fitting = null, string? asked = null) => new(
        ErrorIds.CollectionDiffers,
        ErrorKind.Conflict,
        $"Collection '{collection}' at {endpoint} does not fit the index: {string.Join("; ", differences)}.",
        fitting is { Count: > 0 } && !string.IsNullOrEmpty(asked)
            ? $"If the vectors belong to a vector that is there, name that one: {string.Join(" or ", fitting.Select(static name => $"-VectorName {name}"))}. "
                + $"To store them as '{asked}', use a collection that was created with that vector. From Qdrant 1.18 on, -OnExisting Merge adds it."
        : fitting is { Count: > 0 }
            ? $"Name a vector that fits: {string.Join(" or ", fitting.Select(static name => $"-VectorName {name}"))}."
            : "Choose another collection.",
        collection);

    public static MigrationException AliasIsNotDeleted(string alias, string collection, string endpoint) => new(
        ErrorIds.AliasGiven,
        ErrorKind.InvalidArgument,
        $"'{alias}' at {endpoint} is an alias of the collection '{collection}'. A collection is deleted only under its own name.",
        "Migrate into a new collection. Then point the alias to it: searches by the alias find all vectors at every moment.",
        alias);

    public static MigrationException WantsShardKey(string collection, string endpoint) => new(
        ErrorIds.CustomSharding,
        ErrorKind.NotSupported,
        $"Collection '{collection}' at {endpoint} uses custom sharding: every write must name a shard key.",
        "Name the key with -ShardKey, or the payload field that holds it with -ShardKeyField.",
        collection);

    public static MigrationException TakesNoShardKey(string collection, string endpoint) => new(
        ErrorIds.CustomSharding,
        ErrorKind.InvalidArgument,
        $"Collection '{collection}' at {endpoint} has automatic sharding. It takes no shard key.",
        "Run the command without -ShardKey and -ShardKeyField, or choose another collection.",
        collection);

    public static MigrationException RepairNamesNoShardKey(string collection, string endpoint) => new(
        ErrorIds.CustomSharding,
        ErrorKind.NotSupported,
        $"Collection '{collection}' at {endpoint} uses custom sharding: every write must name a shard key, which a repair does not.",
        "To send what is missing or different, run the migration again with -OnChanged Sync and the shard key that it was begun with.",
        collection);

    public static MigrationException TwoShardKeys(string collection) => new(
        ErrorIds.CustomSharding,
        ErrorKind.InvalidArgument,
        "-ShardKey and -ShardKeyField exclude each other: a point goes to the shards of one key.",
        "Use one of the two.",
        collection);

    public static MigrationException NoShardKeys(string collection, string endpoint) => new(
        ErrorIds.CustomSharding,
        ErrorKind.NotSupported,
        $"The server at {endpoint} does not list the shards of collection '{collection}'. Shard keys need a server in cluster mode.",
        "Start Qdrant in cluster mode (cluster.enabled in its configuration), or run the command without a shard key.",
        collection);

    public static MigrationException TooManyShardKeys(string collection, int most) => new(
        ErrorIds.CustomSharding,
        ErrorKind.InvalidArgument,
        $"The payload field of the shard key has more than {most} values that are no shard key of collection '{collection}' yet. Each would become a shard.",
        "Check the field. If so many shards are intended, create the shard keys first.",
        collection);

    public static MigrationException NotSettled(CollectionDescription collection, string endpoint, TimeSpan noProgress) => new(
        ErrorIds.UpdatesPending,
        ErrorKind.Timeout,
        FormattableString.Invariant($"Collection '{collection.Name}' at {endpoint} has pending operations ({collection.UpdateQueueLength:N0}) or points that ")
        + FormattableString.Invariant($"are hidden until they are optimized ({collection.DeferredPoints:N0}). Neither number fell for ")
        + FormattableString.Invariant($"{noProgress.TotalSeconds:0.###} s, so the collection cannot be verified yet."),
        "Check the server's log and load. Then run the same command again, or wait longer with -NoProgressTimeoutSec.",
        collection.Name)
    {
        Resumable = true,
    };

    public static MigrationException NotKept(string collection, int wrong, int sent, PointId first, string reason) => new(
        ErrorIds.UpdateNotApplied,
        ErrorKind.Server,
        $"{Grouped.Of(wrong)} of the {Grouped.Of(sent)} points sent to collection '{collection}' {(wrong == 1 ? "is" : "are")} missing or different "
            + "when read back. "
            + $"The first is {first}: {reason}.",
        "Check the server's log. Then run the same command again: it sends these points again.",
        collection)
    {
        Resumable = true,
    };

    public static MigrationException HidesUnoptimized(string collection, string endpoint) => new(
        ErrorIds.ProofNeedsVisiblePoints,
        ErrorKind.Conflict,
        $"Collection '{collection}' at {endpoint} hides points until they are optimized (prevent_unoptimized). "
        + "A count or a sample proves nothing about hidden points.",
        "Use -Verify Full: it waits until all points can be read.",
        collection);

    /// <param name="collection">Collection.</param>
    /// <param name="endpoint">Endpoint without secrets.</param>
    /// <param name="present">The names that the server has; one that is near is suggested.</param>
    /// <param name="advice">What to do; null where the collection is one to be migrated to.</param>
    public static MigrationException Missing(string collection, string endpoint, IEnumerable<string>? present = null, string? advice = null) => new(
        ErrorIds.CollectionMissing, ErrorKind.NotFound,
        $"There is no collection '{collection}' at {endpoint}.{NearestName.Question(collection, present ?? [])}",
        advice ?? "Check the name and the endpoint, or migrate first.", collection);

    /// <summary>The collection that vectors were sent to is gone.</summary>
    /// <param name="collection">Collection.</param>
    /// <param name="endpoint">Endpoint without secrets.</param>
    /// <param name="isGone">There is no other one of its name.</param>
    /// <param name="advice">What to do; null for a run of its own.</param>
    public static MigrationException Replaced(string collection, string endpoint, bool isGone, string? advice = null) => new(
        ErrorIds.CollectionReplaced,
        ErrorKind.Conflict,
        $"Collection '{collection}' at {endpoint} was deleted{(isGone ? string.Empty : " and recreated")} during the upload. The vectors acknowledged "
            + "before are gone.",
        advice ?? "Find out who deleted it. Then send everything again with -Restart.",
        collection);
}
