using VectorMigration.Errors;
using VectorMigration.Feeds;

namespace VectorMigration.Runs;

/// <summary>The reasons for which the ids of a store cannot become point ids.</summary>
internal static class StoreIdErrors
{
    private const int LongestId = 60;

    private const string TakeThoseOfTheIndex = "or take the ids of the index: leave -IdFrom (--id-from) out.";

    public static MigrationException NoIds(string? path) => new(
        ErrorIds.StoreIdsMissing,
        ErrorKind.InvalidArgument,
        path is null
            ? "Point ids are to come from a store, but no store travels with this run: none lies beside the index, or it is left behind (-NoStore, --no-store, "
                + "or a journal that began without payloads)."
            : $"Point ids are to come from the store, but {path} keeps its documents under no ids of their own.",
        $"Name the file of a store that has ids with -PayloadPath (--payload), {TakeThoseOfTheIndex}",
        path);

    public static MigrationException Missing(string path, StoreIdFindings found) => new(
        ErrorIds.StoreIdsMissing,
        ErrorKind.Conflict,
        $"{path} has no id for {Units.Of(found.Missing, "vector", "vectors")} of the index: id "
            + $"{Listed(found.FirstMissing, found.Missing, static vector => $"{vector.FaissId} at position {vector.Ordinal}")}.",
        $"Leave such vectors out with -OnMissingPayload Skip (--on-missing-payload skip), {TakeThoseOfTheIndex}",
        path);

    public static MigrationException Unusable(string path, StoreIdFindings found) => new(
        ErrorIds.StoreIdsInvalid,
        ErrorKind.InvalidData,
        $"{Units.Of(found.Unusable, "id", "ids")} of {path} {(found.Unusable == 1 ? "is" : "are")} neither a UUID nor a whole number from 0 to "
            + $"18446744073709551615: {Listed(found.FirstUnusable, found.Unusable, Named)}.",
        "Say -IdMapping Uuid5 (--id-mapping uuid5): every id becomes a UUIDv5 and stays in the payload as store_id; " + TakeThoseOfTheIndex,
        path);

    public static MigrationException Repeated(string path, StoreIdFindings found) => new(
        ErrorIds.StoreIdsRepeated,
        ErrorKind.InvalidData,
        $"{Units.Of(found.Repeated, "vector", "vectors")} of the index {(found.Repeated == 1 ? "has" : "have")} an id of {path} that another one has: "
            + $"{Listed(found.FirstRepeated, found.Repeated, Named)}; in Qdrant one would replace the other.",
        $"Mend the store, {TakeThoseOfTheIndex}",
        path);

    public static MigrationException TakesNoOffset() => new(
        ErrorIds.IdOffsetOutOfRange,
        ErrorKind.InvalidArgument,
        "An offset is added to ids of the index; ids of a store stay what they are.",
        "Leave -IdOffset (--id-offset) or -IdFrom (--id-from) out; parts that have equal ids take -IdMapping Uuid5 with -IdNamespace.");

    private static string Named(StoreIdOccurrence vector) => $"'{Plain(vector.Id)}' (vector {vector.Ordinal})";

    private static string Listed(IReadOnlyList<StoreIdOccurrence> first, long count, Func<StoreIdOccurrence, string> name) =>
        $"{string.Join(", ", first.Select(name))}{(count > first.Count ? ", …" : string.Empty)}";

    /// <summary>An id without characters that do things to terminals, and not without end.</summary>
    private static string Plain(string? id) => id is null ? string.Empty
        : string.Concat(id.Take(LongestId).Select(static letter => char.IsControl(letter) || char.IsSurrogate(letter) ? '?' : letter))
            + (id.Length > LongestId ? "…" : string.Empty);
}
