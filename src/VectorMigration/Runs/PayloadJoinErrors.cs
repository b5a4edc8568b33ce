using VectorMigration.Errors;
using VectorMigration.Vectors;

namespace VectorMigration.Runs;

/// <summary>The reasons for which payloads and an index are refused together. None of them advises anything that could bring a payload to another
/// vector.</summary>
internal static class PayloadJoinErrors
{
    public static MigrationException TooShort(IPayloadSource payload, long rows, IndexDescription index) => new(
        ErrorIds.PayloadTooShort,
        ErrorKind.InvalidData,
        $"{payload.Path} has {Rows(payload, rows)}, but the index {index.Path} has {Vectors(index)}. Without a key, the file must have exactly one "
            + $"{payload.RowName} for each vector of the "
            + "index, even if only a part is sent.",
        $"Find the file that belongs to this index. Do not add {Many(payload.RowName)} to it. Or {Key(payload)}",
        payload.Path);

    public static MigrationException TooLong(IPayloadSource payload, long rows, IndexDescription index) => new(
        ErrorIds.PayloadTooLong,
        ErrorKind.InvalidData,
        index.Count == 0
            ? $"{payload.Path} has {Rows(payload, rows)}, but the index {index.Path} is empty."
            : $"{payload.Path} has {Rows(payload, rows)}, but the index {index.Path} has {Vectors(index)}. Without a key, the file must have exactly one "
                + $"{payload.RowName} for each vector. "
                + "If vectors were removed from the index, later ones moved up, and the file does not show which.",
        index.Count == 0 ? "Add the vectors to the index before you migrate it, or name the index that has them."
            : $"Find the file that belongs to this index. Do not remove {Many(payload.RowName)} from it. Or {Key(payload)}",
        payload.Path);

    /// <summary>Files of vectors whose names have two orders, and one list of payloads for all of them.</summary>
    public static MigrationException PartOrderUnknown(IndexDescription index, string path, string order) => new(
        ErrorIds.PayloadOrderUnknown,
        ErrorKind.Conflict,
        $"The files in {index.Path} are read in the order of their names ({order}), which is not the order of their numbers. So it is unknown which row of "
            + $"{path} belongs to which vector.",
        "If the rows are in the order of the names, use -PayloadByRow. If they are in the order of the numbers, give all numbers in the names the same number "
            + "of digits (01, 02, … 10).",
        index.Path);

    /// <summary>The same of files without such a list: their order decides the ids.</summary>
    public static string PartOrderNote(IndexDescription index, string order) =>
        $"The files in {index.Path} are read in the order of their names ({order}), which is not the order of their numbers. Ids follow that order.";

    public static MigrationException OrderUnknown(IndexDescription index, IPayloadSource payload, long row, long ordinal)
    {
        string ids = index.RowOrder == RowOrder.InnerId ? "inner ids" : "ids";
        string found = $"{row} is at position {ordinal}{((ulong)row < (ulong)index.Count ? ", a second time" : string.Empty)}";
        return new(
            ErrorIds.PayloadOrderUnknown,
            ErrorKind.Conflict,
            $"{index.Path} is {index.Kind}, which does not keep the order in which vectors were added. Its {ids} would show the order only if they were "
                + $"exactly 0 to {index.Count - 1}, but {found}. So it is unknown which {payload.RowName} of {payload.Path} belongs to which vector.",
            Sentence(Key(payload)),
            index.Path);
    }

    /// <summary>The ids of inverted lists are not in the order in which their vectors were added.</summary>
    public static MigrationException OrderOfAddingLost(IndexDescription index, IPayloadSource payload, long ordinal) => new(
        ErrorIds.PayloadOrderUnknown,
        ErrorKind.Conflict,
        $"{index.Path} is {index.Kind}, whose ids do not ascend within its inverted lists (at position {ordinal} at the latest). So the vectors were not added "
            + $"in the order of their ids, and it is unknown which {payload.RowName} of {payload.Path} belongs to which vector.",
        $"{Sentence(Key(payload))} If {payload.RowName} n belongs to the vector with id n, use -PayloadByRow.",
        index.Path);

    /// <summary>Rows that number themselves in another order than the one they stand in.</summary>
    public static MigrationException InOtherOrder(IRowPayloadSource rows, IndexDescription index, RowNumbers field, bool isFaissId)
    {
        string found = rows.IsNamed ? $"{rows.Path} ({rows.Form}) has one {rows.RowName} per vector."
            : $"{rows.Path} ({rows.Form}) was found next to {index.Path} and has one {rows.RowName} per vector, but it was not specified.";
        string key = isFaissId && field.IsKey
            ? $"If '{field.Field}' is the FAISS id, {(rows.IsNamed ? string.Empty : "name the file with -PayloadPath and ")}use -PayloadKey {field.Field}. "
            : isFaissId && !field.IsList ? $"To join by these ids, write them as whole numbers to a field of their own, "
                + $"{(rows.IsNamed ? string.Empty : "name the file with -PayloadPath, ")}and name that field with -PayloadKey. "
            : string.Empty;
        return new(
            ErrorIds.PayloadOrderUnknown,
            ErrorKind.Conflict,
            $"{found} {OrderOf(rows, field, isFaissId)} So it is unknown which {rows.RowName} belongs to which vector.",
            $"{key}If the {Many(rows.RowName)} are in the order in which the vectors were added, use -PayloadByRow."
                + (rows.IsNamed ? string.Empty : " If the file does not belong to the index, use -NoStore."),
            rows.Path);
    }

    /// <summary>The same of a field that need not be an id, in a file that somebody named: a warning.</summary>
    public static string Doubt(IRowPayloadSource rows, RowNumbers field, bool isFaissId) =>
        OptionNames.Here($"{rows.Path} is joined by {rows.RowName}. {OrderOf(rows, field, isFaissId)}"
            + (isFaissId && field.IsKey ? $" If '{field.Field}' is the FAISS id, use -PayloadKey {field.Field}." : string.Empty)
            + " If the order is right, -PayloadByRow suppresses this warning.");

    /// <summary>Ids of a table with gaps, in a file that nobody named: a warning.</summary>
    public static string GapNote(IRowPayloadSource rows, IndexDescription index, RowNumbers field) => OptionNames.Here(
        $"{rows.Path} is joined by {rows.RowName}. Its {Of(field)} has {Units.Of(rows.Count ?? field.Rows, "value", "values")} from {field.Least} to "
            + $"{field.Greatest}: {Many(rows.RowName)} were deleted. If that was after {Path.GetFileName(index.Path)} was built, payloads are on the wrong "
            + "vectors. Check some points, or specify the file that was saved with the index. If the order is right, -PayloadByRow suppresses this warning.");

    /// <summary>Rows whose field holds FAISS ids, some of them of other rows' vectors.</summary>
    public static MigrationException InOtherRows(IRowPayloadSource rows, IndexDescription index, RowNumbers field, RowOverlap overlap) => new(
        ErrorIds.PayloadOrderUnknown,
        ErrorKind.Conflict,
        (rows.IsNamed ? $"{rows.Path} ({rows.Form}) has one {rows.RowName} per vector. "
            : $"{rows.Path} ({rows.Form}) was found next to {index.Path} and has one {rows.RowName} per vector, but it was not specified. ")
            + $"{OverlapOf(rows, field, overlap)} So the {Many(rows.RowName)} may belong to another state of the index.",
        $"Check that index and {Many(rows.RowName)} were saved together. "
            + (field.IsKey
                ? $"To join by '{field.Field}', {(rows.IsNamed ? string.Empty : "name the file with -PayloadPath and ")}use -PayloadKey {field.Field}. "
                : string.Empty)
            + $"If the {Many(rows.RowName)} are in the order in which the vectors were added, use -PayloadByRow."
            + (rows.IsNamed ? string.Empty : " If the file does not belong to the index, use -NoStore."),
        rows.Path);

    /// <summary>The same of a field that need not be an id, in a file that somebody named: a warning.</summary>
    public static string Doubt(IRowPayloadSource rows, RowNumbers field, RowOverlap overlap) =>
        OptionNames.Here($"{rows.Path} is joined by {rows.RowName}. {OverlapOf(rows, field, overlap)}"
            + (field.IsKey ? $" If '{field.Field}' is the FAISS id, use -PayloadKey {field.Field}." : string.Empty)
            + " If the order is right, -PayloadByRow suppresses this warning.");

    /// <summary>Payloads that hold vectors, which are not those that they are joined to.</summary>
    public static MigrationException OtherVectors(
        IPayloadSource payload, IndexDescription index, VectorFieldDifference found, CancellationToken cancellationToken)
    {
        IKeyedPayloadSource? keyed = payload as IKeyedPayloadSource;
        string row = payload.RowName;
        string place = keyed is null ? $"{row} {found.Place + 1}" : $"{row} {keyed.Line(found.Place, cancellationToken)} (id {found.Place})";
        string what = string.Create(System.Globalization.CultureInfo.InvariantCulture,
            $"{payload.Path}: the field '{found.Field}' of {place} holds another vector than position {found.Ordinal} of {index.Path}, which it is joined to: "
                + $"component {found.Component} is {found.Found:R}, expected {found.Expected:R}. ");
        string many = $"{Units.Of(found.Differing, row, Many(row))} of {Units.Count(found.Compared)} compared "
            + $"{(found.Differing == 1 ? "differs" : "differ")}. ";
        string join = keyed is null ? "Name the field that holds the FAISS id with -PayloadKey. "
            : keyed is IStorePayloadSource ? "Check that index and store were saved together. "
            : "Check that -PayloadKey names the field that holds the FAISS id. ";
        return new(
            ErrorIds.PayloadVectorsDiffer,
            ErrorKind.Conflict,
            what + many + (found.IsPermutation
                ? $"The field holds all vectors of the index, in another order. So the {Many(row)} would belong to other vectors."
                : $"So it is unknown which {row} belongs to which vector."),
            !found.IsExcluded ? $"{join}If the index was not built from the vectors in this field, leave the field out with -ExcludePayloadField {found.Field}."
                : keyed is null ? $"{join}If the {Many(row)} are in the order in which the vectors were added, use -PayloadByRow."
                : join.TrimEnd(),
            payload.Path);
    }

    public static MigrationException ByRowNotApplicable(string? key, IPayloadSource? payload) => new(
        ErrorIds.PayloadKeyNotApplicable,
        ErrorKind.InvalidArgument,
        key is not null ? "-PayloadByRow and -PayloadKey exclude each other."
            : payload is null ? "-PayloadByRow needs payloads, but no payload file was specified."
            : $"{payload.Path} itself records which payload belongs to which vector. -PayloadByRow does not apply.",
        key is not null ? $"Use -PayloadKey if '{key}' holds the FAISS id. Use -PayloadByRow if the rows are in the order in which the vectors were added."
            : payload is null ? "Name the file with -PayloadPath, or omit -PayloadByRow." : "Omit -PayloadByRow.",
        payload?.Path);

    public static MigrationException SurplusKeys(IKeyedPayloadSource payload, IndexDescription index, long count, IReadOnlyList<long> first,
        CancellationToken cancellationToken) => new(
        ErrorIds.PayloadKeysSurplus,
        ErrorKind.Conflict,
        $"{Units.Of(count, payload.RowName, Many(payload.RowName))} of {payload.Path} {(count == 1 ? "has" : "have")} an id in the field "
            + $"'{payload.Field}' that no vector of {index.Path} has: "
            + string.Join(", ", first.Select(key => $"{key} ({payload.RowName} {payload.Line(key, cancellationToken)})"))
            + $"{(count > first.Count ? ", …" : string.Empty)}.",
        payload is IStorePayloadSource ? "Check that index and store were saved together. If they were not, texts may belong to other vectors."
            : "Check that the payload file belongs to the index. Check also that the field holds FAISS ids, not ids of the database that the texts come from. "
                + "If the file also holds the payloads of other indexes, whose ids are different, use -OnSurplusPayload Ignore.",
        payload.Path);

    /// <summary>Keys without a vector that look like point ids: an id offset counts after the join.</summary>
    public static MigrationException KeysArePointIds(
        IKeyedPayloadSource payload, IndexDescription index, long count, IReadOnlyList<long> first, long idOffset) => new(
        ErrorIds.PayloadKeysSurplus,
        ErrorKind.Conflict,
        $"{Units.Of(count, payload.RowName, Many(payload.RowName))} of {payload.Path} {(count == 1 ? "has" : "have")} an id in the field "
            + $"'{payload.Field}' that no vector of {index.Path} has, among the ids that its points get with -IdOffset {idOffset}: {string.Join(", ", first)}"
            + $"{(count > first.Count ? ", …" : string.Empty)}. Payloads are joined by FAISS id, before the id offset, so texts could "
            + "belong to other vectors.",
        "Write a payload file that has the FAISS ids of this index, and no others, in that field.",
        payload.Path);

    public static MigrationException KeysMissing(IKeyedPayloadSource payload, IndexDescription index, long count, IReadOnlyList<IdOccurrence> first) => new(
        ErrorIds.PayloadKeysMissing,
        ErrorKind.Conflict,
        $"{payload.Path} has no entry for {Units.Of(count, "vector", "vectors")} of {index.Path}: id "
        + $"{string.Join(", ", first.Take(3).Select(occurrence => $"{occurrence.Id} at position {occurrence.Ordinal}"))}"
        + $"{(count > 3 ? ", …" : string.Empty)}.",
        $"Check that index and {(payload is IStorePayloadSource ? "store" : "payloads")} were saved together: if they were not, texts may belong to other "
            + "vectors. If they were, add the missing entries, or use -OnMissingPayload Empty to send such vectors without a payload, or "
            + "-OnMissingPayload Skip to skip them.",
        payload.Path);

    public static MigrationException KeyWithoutFile() => new(
        ErrorIds.PayloadKeyNotApplicable, ErrorKind.InvalidArgument, "-PayloadKey needs a payload file, but no payload file was specified.",
        "Name the file with -PayloadPath, or omit -PayloadKey.");

    public static MigrationException KeyOfStore(string path) => new(
        ErrorIds.PayloadKeyNotApplicable, ErrorKind.InvalidArgument, $"{path} is a store. The store itself records which document belongs to which vector.",
        "Omit -PayloadKey and -DropPayloadKey.", path);

    /// <summary>Rows that belong to no vector and are ignored, as was asked for: a warning.</summary>
    public static string SurplusNote(string path, string row, PayloadFindings found) =>
        $"{Units.Of(found.Surplus, row, Many(row))} of {path} {(found.Surplus == 1 ? "belongs" : "belong")} to no vector of the index and "
            + $"{(found.Surplus == 1 ? "is" : "are")} ignored: id {string.Join(", ", found.FirstSurplus)}"
            + $"{(found.Surplus > found.FirstSurplus.Count ? ", …" : string.Empty)}.";

    /// <summary>Entries of a store that no vector has tell that index and store were saved at different times.</summary>
    public static MigrationException SurplusOfStore(string path) => new(
        ErrorIds.PayloadKeyNotApplicable, ErrorKind.InvalidArgument,
        $"{path} is a store of one index. If it has entries that no vector of the index has, index and store were not saved together, so texts may belong to "
            + "other vectors.",
        "Omit -OnSurplusPayload.", path);

    public static MigrationException NeedsKey() => new(
        ErrorIds.PayloadKeyNotApplicable,
        ErrorKind.InvalidArgument,
        "-DropPayloadKey, -OnMissingPayload and -OnSurplusPayload need -PayloadKey. Without a key, payload n belongs to the n-th vector added.",
        "Name the key with -PayloadKey, or omit these options.");

    private static string OrderOf(IRowPayloadSource rows, RowNumbers field, bool isFaissId) => isFaissId
        ? $"Its {Of(field)} holds the FAISS ids of the index in another order than the vectors."
        : field.ArePartsShuffled ? $"Its {Of(field)} numbers the parts of each document, and they are not in that order."
        : field.IsText ? $"Its {Of(field)} numbers the {Many(rows.RowName)}, and they are not in that order."
        : $"Its {Of(field)} numbers the {Many(rows.RowName)} from {field.Least} to {field.Greatest}, and they are not in that order.";

    private static string OverlapOf(IRowPayloadSource rows, RowNumbers field, RowOverlap overlap) =>
        $"{Units.Of(overlap.Same + overlap.Moved, "value", "values")} of {Units.Count(overlap.Seen)} compared of its {Of(field)} "
        + $"{(overlap.Same + overlap.Moved == 1 ? "is a FAISS id" : "are FAISS ids")} of the index, but {Units.Count(overlap.Moved)} of these "
        + $"{(overlap.Moved == 1 ? "belongs to the vector" : "belong to the vectors")} of other {Many(rows.RowName)}.";

    private static string Of(RowNumbers field) => field.IsList ? "content" : $"field '{field.Field}'";

    /// <summary>Several of what a row of a payload is called.</summary>
    public static string Many(string name) => name.EndsWith('y') ? name[..^1] + "ies" : name + "s";

    private static string Rows(IPayloadSource payload, long rows) => Units.Of(rows, payload.RowName, Many(payload.RowName));

    /// <summary>How a file says itself which vector a payload belongs to, in the words of its form.</summary>
    private static string Key(IPayloadSource payload) => (payload.RowName switch
    {
        "row" => "add a column with the FAISS id of the vector of each row, and name that column with -PayloadKey. ",
        "line" => "put the FAISS id of its vector into a field of each object, and name that field with -PayloadKey. ",
        string other => $"put the FAISS id of its vector into a field of each {other}, and name that field with -PayloadKey. ",
    }) + $"The {Many(payload.RowName)} may then be in any order.";

    private static string Sentence(string text) => char.ToUpperInvariant(text[0]) + text[1..];

    private static string Vectors(IndexDescription index) => Units.Of(index.Count, "vector", "vectors");
}
