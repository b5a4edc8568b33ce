using VectorMigration.Errors;
using VectorMigration.Feeds;

namespace VectorMigration.Runs;

/// <summary>The reasons for which the ids of a store cannot become point ids.</summary>
internal static class StoreIdErrors
{
    private const int LongestId = 60;

    private const string TakeThoseOfTheIndex = "or omit -IdFrom to use the ids of the index.";

    public static MigrationException NoIds(string? path) => new(
        ErrorIds.StoreIdsMissing,
        ErrorKind.InvalidArgument,
        path is null
            ? "-IdFrom StoreId needs a store, but this run has none. There is no store next to the index; or it is ignored because of -NoStore or a "
            + "journal that "
                + "began without payloads."
            : $"-IdFrom StoreId needs a store with ids, but {path} has no ids for its documents.",
        $"With -PayloadPath, name the file of a store that has ids, {TakeThoseOfTheIndex}",
        path);

    public static MigrationException Missing(string path, StoreIdFindings found) => new(
        ErrorIds.StoreIdsMissing,
        ErrorKind.Conflict,
        $"{path} has no id for {Units.Of(found.Missing, "vector", "vectors")} of the index: id "
            + $"{Listed(found.FirstMissing, found.Missing, static vector => $"{vector.FaissId} at position {vector.Ordinal}")}.",
        $"Skip such vectors with -OnMissingPayload Skip, {TakeThoseOfTheIndex}",
        path);

    public static MigrationException Unusable(string path, StoreIdFindings found) => new(
        ErrorIds.StoreIdsInvalid,
        ErrorKind.InvalidData,
        $"{Units.Of(found.Unusable, "id", "ids")} of {path} {(found.Unusable == 1 ? "is" : "are")} neither a UUID nor a whole number from 0 to "
            + $"18446744073709551615: {Listed(found.FirstUnusable, found.Unusable, Named)}.",
        $"Use -IdMapping Uuid5: every id becomes a UUIDv5, and the original stays in the payload as store_id. {char.ToUpperInvariant(TakeThoseOfTheIndex[0])}"
            + TakeThoseOfTheIndex[1..],
        path);

    public static MigrationException Repeated(string path, StoreIdFindings found) => new(
        ErrorIds.StoreIdsRepeated,
        ErrorKind.InvalidData,
        $"{Units.Of(found.Repeated, "vector", "vectors")} of the index {(found.Repeated == 1 ? "has" : "have")} an id of {path} that another vector has: "
            + $"{Listed(found.FirstRepeated, found.Repeated, Named)}. In Qdrant one would replace the other.",
        $"Fix the store, {TakeThoseOfTheIndex}",
        path);

    public static MigrationException TakesNoOffset() => new(
        ErrorIds.IdOffsetOutOfRange,
        ErrorKind.InvalidArgument,
        "-IdOffset applies to ids of the index, not to ids of a store.",
        "Omit -IdOffset or -IdFrom. For parts with the same ids, use -IdMapping Uuid5 with -IdNamespace.");

    private static string Named(StoreIdOccurrence vector) => $"'{Plain(vector.Id)}' (vector {vector.Ordinal})";

    private static string Listed(IReadOnlyList<StoreIdOccurrence> first, long count, Func<StoreIdOccurrence, string> name) =>
        $"{string.Join(", ", first.Select(name))}{(count > first.Count ? ", …" : string.Empty)}";

    /// <summary>An id without characters that do things to terminals, and not without end.</summary>
    private static string Plain(string? id) => id is null ? string.Empty
        : string.Concat(id.Take(LongestId).Select(static letter => char.IsControl(letter) || char.IsSurrogate(letter) ? '?' : letter))
            + (id.Length > LongestId ? "…" : string.Empty);
}
