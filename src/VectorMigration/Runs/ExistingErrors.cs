using VectorMigration.Errors;
using VectorMigration.Vectors;

namespace VectorMigration.Runs;

/// <summary>The refusals that keep a run off the points of others; made here and nowhere else. None of them advises what could overwrite.</summary>
internal static class ExistingErrors
{
    private const string Advice =
        "If an earlier run of this index wrote these points, name its journal with -JournalPath. Otherwise choose another collection. "
            + "Or give these vectors ids of their own with -IdOffset N, or with -IdMapping Uuid5 and -IdNamespace NAME. "
            + "Or use -OnExisting Skip to leave those points unchanged, or -OnExisting Merge to add a named vector to them.";

    /// <summary>Ids of their own would store the same vectors a second time.</summary>
    private const string SameVectorsAdvice =
        "If an earlier run of this index wrote these points, name its journal with -JournalPath and add -Restart: the run then replaces the points that this "
            + "journal recorded. Otherwise choose another collection, or use -OnExisting Skip to leave those points unchanged.";

    /// <summary>Ids that are to be sent have points of others, or own ones that may hold other vectors.</summary>
    public static MigrationException Taken(string collection, string endpoint, ExistingPointsPlan found) =>
        found.OwnConflicts == found.Conflicts ? OwnDiffer(collection, endpoint, found) : TakenByOthers(collection, endpoint, found);

    private static MigrationException OwnDiffer(string collection, string endpoint, ExistingPointsPlan found) => new(
        ErrorIds.PointsExist,
        ErrorKind.Conflict,
        $"{Units.Of(found.Conflicts, "point", "points")} that this migration wrote to collection '{collection}' at {endpoint} "
            + $"{(found.Conflicts == 1 ? "has" : "have")} another payload than the index now: {Listed(found.FirstConflicts, found.Conflicts)}. "
            + "The collection has several vectors, and a whole point would remove the other vectors of its id. Nothing was sent.",
        "Choose another collection, or use -OnExisting Skip to leave those points unchanged. If only payloads differ, -OnExisting Merge with "
            + "-MergePayload sets their fields.",
        collection);

    private static MigrationException TakenByOthers(string collection, string endpoint, ExistingPointsPlan found)
    {
        long others = found.Conflicts - found.OwnConflicts;
        return new MigrationException(
            ErrorIds.PointsExist,
            ErrorKind.Conflict,
            $"{Units.Of(others, "id is", "ids are")} already used in collection '{collection}' at {endpoint} by points that this migration did not write: "
                + $"{Listed(found.FirstConflicts, others)}.{(found.HasOnlyOtherPayloads ? OnlyPayloads(found) : string.Empty)} Nothing was sent.",
            found.HasOnlyOtherPayloads ? SameVectorsAdvice : Advice,
            collection);
    }

    private static string OnlyPayloads(ExistingPointsPlan found) => found.Conflicts == 1
        ? " Its vector is equal to the index. Only its payload differs."
        : " Their vectors are equal to the index. Only their payloads differ.";

    /// <summary>What a batch of a pipeline is refused with.</summary>
    public static string BatchTaken(IReadOnlyList<PointId> ids) =>
        $"{Units.Of(ids.Count, "id of the batch is", "ids of the batch are")} already used by points that this run did not write: "
            + $"{Listed([.. ids.Take(10).Select(static id => id.Value)], ids.Count)}";

    /// <summary>What to do about it.</summary>
    public static string BatchAdvice => Advice;

    /// <summary>A pipeline that is verified reads back what its journal has as acknowledged, and finds something else.</summary>
    public static MigrationException AcknowledgedDiffers(string collection, string journal, int count, PointId first, string reason) => new(
        ErrorIds.UpdateNotApplied,
        ErrorKind.Conflict,
        $"{Units.Of(count, "point", "points")} in '{collection}' that the journal {journal} records as acknowledged "
            + $"{(count == 1 ? "is" : "are")} not as sent. The first is {first}: {reason}.",
        "Find out what changed these points. To send everything again, use -Restart.",
        collection);

    /// <summary>Another run is under way that writes the same ids.</summary>
    public static MigrationException ConcurrentRun(string collection, string endpoint, RunMark other) => new(
        ErrorIds.ConcurrentRun,
        ErrorKind.Conflict,
        $"Another migration is writing{(other.First is long first ? $" ids {first} to {other.Last}" : string.Empty)} to collection '{collection}' "
            + $"at {endpoint}: run {other.Run} of {other.Source}, started {other.Started:u}, last seen {other.Seen:u}. Nothing was sent.",
        $"Wait until it has ended. Then run the same command again. If it was killed, run again after {other.Until:u}. To load several files into one "
            + "collection in parallel, give each its own ids with -IdOffset N, or with -IdMapping Uuid5 and -IdNamespace NAME.",
        collection);

    public static MigrationException MergeNeedsName() => new(
        ErrorIds.MergeNeedsVectorName,
        ErrorKind.InvalidArgument,
        "-OnExisting Merge adds a named vector to existing points, but no name was given.",
        "Name the vector with -VectorName.",
        "VectorName");

    public static MigrationException MergeTakesNoPayload(string path) => new(
        ErrorIds.MergeTakesNoPayload,
        ErrorKind.InvalidArgument,
        $"-OnExisting Merge leaves payloads unchanged, but a payload was given ({path}).",
        "Omit the payload (-NoStore for a store next to the index), or use -MergePayload to add its fields to the payloads of the points.",
        path);

    public static MigrationException MergePayloadNeedsMerge() => new(
        ErrorIds.MergePayloadNeedsMerge,
        ErrorKind.InvalidArgument,
        "-MergePayload works only with -OnExisting Merge. Every other run writes whole payloads.",
        "Add -OnExisting Merge, or omit -MergePayload.",
        "MergePayload");

    public static MigrationException AddAbsentNeedsMerge() => new(
        ErrorIds.AddAbsentNeedsMerge,
        ErrorKind.InvalidArgument,
        "-AddAbsent works only with -OnExisting Merge. Every other run adds missing points anyway.",
        "Add -OnExisting Merge, or omit -AddAbsent.",
        "AddAbsent");

    public static MigrationException NamespaceNeedsUuids() => new(
        ErrorIds.IdNamespaceNeedsUuid5,
        ErrorKind.InvalidArgument,
        "-IdNamespace works only with -IdMapping Uuid5, but ids are kept as numbers.",
        "Add -IdMapping Uuid5, or shift the ids with -IdOffset.",
        "IdNamespace");

    public static MigrationException IdOffsetTooLarge(long offset) => new(
        ErrorIds.IdOffsetOutOfRange,
        ErrorKind.InvalidArgument,
        $"Ids cannot be shifted by {offset}. The offset must be 0 or more, and the largest id must stay below 2^63.",
        "Choose an offset in that range.",
        "IdOffset");

    private static string Listed(IReadOnlyList<object> first, long count) => string.Join(", ", first) + (count > first.Count ? ", …" : string.Empty);
}
