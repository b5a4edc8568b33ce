using VectorMigration.Errors;
using VectorMigration.Vectors;

namespace VectorMigration.Runs;

/// <summary>The refusals that keep a run off the points of others; made here and nowhere else. None of them advises what could overwrite.</summary>
internal static class ExistingErrors
{
    private const string Advice =
        "Choose another collection; or give this part ids of its own: -IdOffset N (--id-offset N), or -IdMapping Uuid5 with -IdNamespace NAME "
            + "(--id-mapping uuid5 --id-namespace NAME). "
        + "-OnExisting Skip (--on-existing skip) leaves those points as they are, -OnExisting Merge (merge) adds a named vector to them.";

    /// <summary>Ids that are to be sent have points of others.</summary>
    public static MigrationException Taken(string collection, string endpoint, ExistingPointsPlan found) => new(
        ErrorIds.PointsExist,
        ErrorKind.Conflict,
        $"{Units.Of(found.Conflicts, "id is", "ids are")} taken in collection '{collection}' at {endpoint} by points that this migration did not write: "
            + $"{Listed(found.FirstConflicts, found.Conflicts)}. Nothing was sent.",
        Advice,
        collection);

    /// <summary>What a batch of a pipeline is refused with.</summary>
    public static string BatchTaken(IReadOnlyList<PointId> ids) =>
        $"{Units.Of(ids.Count, "id of the batch is", "ids of the batch are")} taken by points that this run did not write: "
            + $"{Listed([.. ids.Take(10)], ids.Count)}; nothing of the batch was sent";

    /// <summary>What to do about it.</summary>
    public static string BatchAdvice => Advice;

    /// <summary>Another run is under way that writes the same ids.</summary>
    public static MigrationException ConcurrentRun(string collection, string endpoint, RunMark other) => new(
        ErrorIds.ConcurrentRun,
        ErrorKind.Conflict,
        $"Another migration is writing{(other.First is long first ? $" ids {first} to {other.Last}" : string.Empty)} to collection '{collection}' "
            + $"at {endpoint}: run {other.Run} of {other.Source}, which began at {other.Started:u} and was last heard of at {other.Seen:u}. Nothing was sent.",
        $"Wait until it has ended, then run the same command again. If it was killed, run again after {other.Until:u}. Files that belong side by side need "
            + "ids of their own: -IdOffset N (--id-offset N), or -IdMapping Uuid5 with -IdNamespace NAME (--id-mapping uuid5 --id-namespace NAME).",
        collection);

    public static MigrationException MergeNeedsName() => new(
        ErrorIds.MergeNeedsVectorName,
        ErrorKind.InvalidArgument,
        "Merge adds a named vector to points that are there, but no name is given.",
        "Name it with -VectorName (--vector-name).",
        "VectorName");

    public static MigrationException MergeTakesNoPayload(string path) => new(
        ErrorIds.MergeTakesNoPayload,
        ErrorKind.InvalidArgument,
        $"Merge leaves the payloads of points as they are, but a payload is given ({path}).",
        "Leave the payload out, or say -MergePayload (--merge-payload): then its fields are set beside those that the points have.",
        path);

    public static MigrationException MergePayloadNeedsMerge() => new(
        ErrorIds.MergePayloadNeedsMerge,
        ErrorKind.InvalidArgument,
        "Fields of payloads are set by a merge, but none is asked for: every other run writes whole payloads.",
        "Say -OnExisting Merge (--on-existing merge), or leave -MergePayload (--merge-payload) out.",
        "MergePayload");

    public static MigrationException AddAbsentNeedsMerge() => new(
        ErrorIds.AddAbsentNeedsMerge,
        ErrorKind.InvalidArgument,
        "Absent points are added by a merge, but none is asked for: every other run adds them anyway.",
        "Say -OnExisting Merge (--on-existing merge), or leave -AddAbsent (--add-absent) out.",
        "AddAbsent");

    public static MigrationException NamespaceNeedsUuids() => new(
        ErrorIds.IdNamespaceNeedsUuid5,
        ErrorKind.InvalidArgument,
        "A namespace makes UUIDs of a part differ from those of another, but the ids are kept as numbers.",
        "Say -IdMapping Uuid5 (--id-mapping uuid5) too, or shift the ids with -IdOffset (--id-offset).",
        "IdNamespace");

    public static MigrationException IdOffsetTooLarge(long offset) => new(
        ErrorIds.IdOffsetOutOfRange,
        ErrorKind.InvalidArgument,
        $"The ids cannot be shifted by {offset}: it must be 0 or more, and the greatest id must stay below 2^63.",
        "Choose a smaller offset.",
        "IdOffset");

    private static string Listed(IReadOnlyList<PointId> first, long count) => string.Join(", ", first) + (count > first.Count ? ", …" : string.Empty);
}
