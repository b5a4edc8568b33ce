using VectorMigration.Errors;
using VectorMigration.Vectors;

namespace VectorMigration.Runs;

/// <summary>The reasons for which payloads and an index are refused together. None of them advises anything that could bring a payload to another
/// vector.</summary>
internal static class PayloadJoinErrors
{
    private const string UseKey = "Put the FAISS id of its vector into a field of each object, and name that field with -PayloadKey (--payload-key): "
        + "then lines may be in any order.";

    public static MigrationException TooShort(string path, long rows, IndexDescription index) => new(
        ErrorIds.PayloadTooShort,
        ErrorKind.InvalidData,
        $"{path} has {Rows(rows)}, but the index {index.Path} has {index.Count} vectors: a file without a key needs exactly one row for each of them, "
            + $"whatever part is sent.",
        $"Find the file that belongs to this index; do not fill it up. {UseKey}",
        path);

    public static MigrationException TooLong(string path, long rows, IndexDescription index) => new(
        ErrorIds.PayloadTooLong,
        ErrorKind.InvalidData,
        index.Count == 0
            ? $"{path} has {Rows(rows)}, but the index {index.Path} is empty: there is no vector that one of them could belong to."
            : $"{path} has {Rows(rows)}, but the index {index.Path} has {index.Count} vectors: a file without a key needs exactly one row for each of them. "
                + "Where vectors were removed from an index, those behind them have moved up, and the file does not tell which.",
        index.Count == 0 ? "Fill the index before it is migrated, or name the one that was filled."
            : $"Find the file that belongs to this index; do not cut it. {UseKey}",
        path);

    public static MigrationException OrderUnknown(IndexDescription index, string path, long row, long ordinal)
    {
        string ids = index.RowOrder == RowOrder.InnerId ? "inner ids" : "ids";
        string found = $"{row} at position {ordinal}{((ulong)row < (ulong)index.Count ? " again" : string.Empty)}";
        return new(
            ErrorIds.PayloadOrderUnknown,
            ErrorKind.Conflict,
            $"{index.Path} is {index.Kind}, which does not keep the order in which its vectors were added: its {ids} would tell it if they were exactly "
                + $"0 to {index.Count - 1}, "
            + $"but there is {found}. Which line of {path} belongs to which vector cannot be known.",
            UseKey,
            index.Path);
    }

    public static MigrationException SurplusKeys(IKeyedPayloadSource payload, IndexDescription index, long count, IReadOnlyList<long> first,
        CancellationToken cancellationToken) => new(
        ErrorIds.PayloadKeysSurplus,
        ErrorKind.Conflict,
        $"{count} {(count == 1 ? "line" : "lines")} of {payload.Path} {(count == 1 ? "has" : "have")} an id in the field '{payload.Field}' that no "
            + $"vector of {index.Path} has: "
        + $"{string.Join(", ", first.Select(key => $"{key} (line {payload.Line(key, cancellationToken)})"))}{(count > first.Count ? ", …" : string.Empty)}.",
        "Check that payload file and index belong together, and that the field holds ids of FAISS, not of the database that the texts come from.",
        payload.Path);

    public static MigrationException KeysMissing(IKeyedPayloadSource payload, IndexDescription index, long count, IReadOnlyList<IdOccurrence> first) => new(
        ErrorIds.PayloadKeysMissing,
        ErrorKind.Conflict,
        $"{payload.Path} has nothing for {count} {(count == 1 ? "vector" : "vectors")} of {index.Path}: id "
        + $"{string.Join(", ", first.Take(3).Select(occurrence => $"{occurrence.Id} at position {occurrence.Ordinal}"))}"
        + $"{(count > 3 ? ", …" : string.Empty)}.",
        "Add them to the file, or say what becomes of such vectors: -OnMissingPayload Empty sends them without a payload, Skip leaves them out "
            + "(--on-missing-payload empty, skip).",
        payload.Path);

    public static MigrationException KeyWithoutFile() => new(
        ErrorIds.PayloadKeyNotApplicable, ErrorKind.InvalidArgument, "A key of payloads is named, but no payload file.",
            "Name the file with -PayloadPath (--payload), or leave the key out.");

    public static MigrationException KeyOfStore(string path) => new(
        ErrorIds.PayloadKeyNotApplicable, ErrorKind.InvalidArgument, $"{path} is a store, which itself says which document belongs to which vector.",
            "Leave -PayloadKey and -DropPayloadKey (--payload-key, --drop-payload-key) out.", path);

    public static MigrationException NeedsKey() => new(
        ErrorIds.PayloadKeyNotApplicable,
        ErrorKind.InvalidArgument,
        "Payloads without a key are joined in the order of adding, one to each vector: there is no key to drop, and none can be missing.",
        "Name the key with -PayloadKey (--payload-key), or leave -DropPayloadKey and -OnMissingPayload (--drop-payload-key, --on-missing-payload) out.");

    private static string Rows(long rows) => $"{rows} {(rows == 1 ? "row" : "rows")}";
}
