using VectorMigration.Errors;
using VectorMigration.Journal;
using VectorMigration.Vectors;

namespace VectorMigration.Runs;

/// <summary>The refusals of a sync and of its pruning; made here and nowhere else.</summary>
internal static class SyncErrors
{
    /// <summary>What to do with a changed source where a sync would be refused; null where it would not.</summary>
    public static string? InsteadFor(MigrationOptions options) => options switch
    {
        { OnExisting: ExistingPoints.Merge } => "To merge the vectors and fields of the present index and payload, run the same command with -Restart.",
        { ShardKeyField: not null } => "Migrate the index to a new collection, verify that one, and use it instead.",
        { IdFrom: IdOrigin.StoreId } => "Migrate the store to a new collection, verify that one, and use it instead.",
        _ => null,
    };

    public static MigrationException Unsupported(string reason, string action) => new(
        ErrorIds.SyncUnsupported, ErrorKind.InvalidArgument, $"-OnChanged Sync {reason}.", action, "OnChanged");

    public static MigrationException PruneNeedsSync() => new(
        ErrorIds.PruneNeedsSync,
        ErrorKind.InvalidArgument,
        "-Prune deletes points whose ids a sync does not find in the index, but this run does not sync.",
        "Add -OnChanged Sync, or omit -Prune.",
        "Prune");

    public static MigrationException PruneNeedsRecord(string collection, string? journal) => new(
        ErrorIds.PruneNeedsRecord,
        ErrorKind.Conflict,
        $"There is no record of the ids that earlier runs wrote to collection '{collection}'"
            + $"{(journal is null ? string.Empty : $" (file {WrittenIds.PathOf(journal)})")}, so its points cannot be distinguished from other points. "
            + "Nothing was deleted.",
        "If the journal was moved, move the .ids file next to it too. "
            + "Otherwise run once without -Prune. That run records what it writes. Older points stay. If they are not wanted, delete them by their ids.",
        collection);

    public static MigrationException PruneSourceTooSmall(string path, long vectors, long before, long vanished) => new(
        ErrorIds.PruneSourceTooSmall,
        ErrorKind.Conflict,
        $"{path} has {Units.Of(vectors, "vector", "vectors")}, less than half of the {Units.Count(before)} that earlier runs wrote. -Prune would "
            + $"delete {Units.Of(vanished, "point", "points")}. Nothing was deleted.",
        "Check the index first: a file that was cut off, or is still being written, looks like this. Omit -Prune to keep the points. "
            + $"Only if they are to be deleted, add {OptionNames.Choose("-Force", "--force and --yes")}.",
        path);

    /// <summary>Points differ, and nothing says that they were written by this migration.</summary>
    public static MigrationException TakenWithoutRecord(string collection, string endpoint, ExistingPointsPlan found, string? journal) => new(
        ErrorIds.PointsExist,
        ErrorKind.Conflict,
        $"{Units.Of(found.Conflicts, "point", "points")} in collection '{collection}' at {endpoint} {(found.Conflicts == 1 ? "differs" : "differ")} from the "
            + $"index, and there is no record that this migration wrote them{(journal is null ? string.Empty : $" (journal {journal})")}: "
            + $"{string.Join(", ", found.FirstConflicts)}{(found.Conflicts > found.FirstConflicts.Count ? ", …" : string.Empty)}. Nothing was sent.",
        "Check that this is the journal of the earlier runs; runs of earlier versions recorded no ids. Otherwise choose another collection. "
            + "To leave those points unchanged, use -OnExisting Skip.",
        collection);

    /// <summary>A payload cannot be replaced without the other vectors of its point.</summary>
    public static MigrationException SharesPayloads(string collection) => Unsupported(
        $"replaces changed payloads, but the points of collection '{collection}' have several vectors that share the payload",
        "Migrate this index to its own collection, where a sync can replace payloads. If its earlier runs sent no payloads, omit them here too.");

    public static MigrationException PruneSharesPoints(string collection) => new(
        ErrorIds.SyncUnsupported,
        ErrorKind.InvalidArgument,
        $"-Prune deletes whole points, but the points of collection '{collection}' have several vectors, which may come from other migrations.",
        "Omit -Prune. Delete these points by their ids when none of their vectors is needed.",
        collection);
}
