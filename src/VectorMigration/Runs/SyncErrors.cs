using VectorMigration.Errors;

namespace VectorMigration.Runs;

/// <summary>The refusals of a sync and of its pruning; made here and nowhere else.</summary>
internal static class SyncErrors
{
    public static MigrationException Unsupported(string reason, string action) => new(
        ErrorIds.SyncUnsupported, ErrorKind.InvalidArgument, $"-OnChanged Sync (--on-changed sync) {reason}.", action, "OnChanged");

    public static MigrationException PruneNeedsSync() => new(
        ErrorIds.PruneNeedsSync,
        ErrorKind.InvalidArgument,
        "-Prune (--prune) deletes points whose ids a sync found to be gone from the index, and no sync was asked for.",
        "Add -OnChanged Sync (--on-changed sync), or leave -Prune (--prune) out.",
        "Prune");

    public static MigrationException PruneNeedsRecord(string collection, string? journal) => new(
        ErrorIds.PruneNeedsRecord,
        ErrorKind.Conflict,
        $"There is no record of the ids that earlier runs wrote to collection '{collection}'"
            + $"{(journal is null ? string.Empty : $" (journal {journal})")}, so points of others could not be told apart. Nothing was deleted.",
        "Run once without -Prune (--prune): that run records what it writes. Points that were written before stay; delete them by their ids, where they are "
            + "not wanted.",
        collection);

    public static MigrationException PruneSourceTooSmall(string path, long vectors, long before, long vanished) => new(
        ErrorIds.PruneSourceTooSmall,
        ErrorKind.Conflict,
        $"{path} has {Units.Of(vectors, "vector", "vectors")}, less than half of the {Units.Count(before)} that earlier runs wrote; -Prune (--prune) would "
            + $"delete {Units.Of(vanished, "point", "points")}. Nothing was deleted.",
        "Check that the file is complete. If it is, add -Force (--force).",
        path);

    /// <summary>Points differ, and nothing says that they were written by this migration.</summary>
    public static MigrationException TakenWithoutRecord(string collection, string endpoint, ExistingPointsPlan found, string? journal) => new(
        ErrorIds.PointsExist,
        ErrorKind.Conflict,
        $"{Units.Of(found.Conflicts, "point", "points")} in collection '{collection}' at {endpoint} {(found.Conflicts == 1 ? "differs" : "differ")} from the "
            + $"index, and there is no record that this migration wrote them{(journal is null ? string.Empty : $" (journal {journal})")}: "
            + $"{string.Join(", ", found.FirstConflicts)}{(found.Conflicts > found.FirstConflicts.Count ? ", …" : string.Empty)}. Nothing was sent.",
        "Check that the journal is the one of the earlier runs; runs of earlier versions recorded no ids. Otherwise choose another collection. "
            + "-OnExisting Skip (--on-existing skip) leaves those points as they are.",
        collection);

    /// <summary>A payload cannot be replaced without the other vectors of its point.</summary>
    public static MigrationException SharesPayloads(string collection) => Unsupported(
        $"replaces payloads that changed, and the points of collection '{collection}' have several vectors, to which the payload belongs as well",
        "Sync this index without a payload, or into a collection of its own.");

    public static MigrationException PruneSharesPoints(string collection) => new(
        ErrorIds.SyncUnsupported,
        ErrorKind.InvalidArgument,
        $"-Prune (--prune) deletes whole points, and those of collection '{collection}' have several vectors, which may be of others.",
        "Leave -Prune (--prune) out, and delete these points by their ids once all of their vectors are dispensable.",
        collection);
}
