using System.Text.Json;
using VectorMigration.SideFiles.Pickles;

namespace VectorMigration.SideFiles.Stores.Json;

/// <summary>The errors of stores in JSON. They name file, document and key, never a value.</summary>
internal static class JsonErrors
{
    private const int LongestWords = 800;

    private const string SaveAgain = "Save the store again with the framework that made it, or copy its files again.";

    public static MigrationException Invalid(string file, string expected, string found) => new(
        ErrorIds.StoreInvalid, ErrorKind.InvalidData, $"{file} has an unexpected structure: expected {expected}, found {found}.", SaveAgain, file);

    public static MigrationException Unexpected(JsonFileReader at, string expected, string where) =>
        Invalid(at.Name, $"{expected} in {where}", $"{Kind(at.Token)} at byte {at.Start}");

    public static MigrationException Repeated(string file, string what) => Invalid(file, $"{what} once", "it twice or more");

    public static MigrationException Truncated(string file, long length) => new(
        ErrorIds.StoreInvalid, ErrorKind.InvalidData, $"{file} is cut short: it ends at byte {length}, in the middle of its JSON.", SaveAgain, file);

    public static MigrationException Fault(string file, string? document, string? path, string found, long at) => new(
        document is null ? ErrorIds.StoreInvalid : ErrorIds.StoreValueRefused,
        ErrorKind.InvalidData,
        document is null ? $"{file} has at byte {at} {found}." : $"{file}: {document} has in '{PickleErrors.Clean(path!)}' {found} (byte {at}).",
        document is null ? SaveAgain : "Correct the document in its source. Write null instead of NaN and infinite numbers.",
        file);

    public static MigrationException TokenTooLong(string file, long at, int most) => new(
        ErrorIds.StoreInvalid, ErrorKind.NotSupported, $"{file} has at byte {at} a string of more than {Grouped.Of(most)} bytes.", "Split the document.", file);

    public static MigrationException TooLong(JsonFileReader at, int most) => new(
        ErrorIds.StoreInvalid, ErrorKind.NotSupported, $"{at.Name} has at byte {at.Start} an id of more than {Grouped.Of(most)} bytes.",
        "No framework writes such ids. If the store is yours, save it again with shorter ones.", at.Name);

    public static MigrationException TooLarge(string file, string what, long most) => new(
        ErrorIds.StoreInvalid, ErrorKind.NotSupported, $"{file} exceeds a limit: more than {most} {what}.", "Save the store again in parts.", file);

    public static MigrationException NoText(JsonFileReader at) => new(
        ErrorIds.StoreInvalid,
        ErrorKind.InvalidData,
        $"{at.Name} has at byte {at.Start} a string that is not UTF-8, or half of a surrogate pair.",
        SaveAgain,
        at.Name);

    public static MigrationException DocumentTooLarge(string file, string document, long most) => new(
        ErrorIds.StoreValueRefused,
        ErrorKind.InvalidData,
        $"{file}: {document} takes more than {Grouped.Of(most)} bytes.",
        "Split the document. It is too large for a Qdrant payload.",
        file);

    public static MigrationException ValueRefused(string file, string document, string path, string found, string action) => new(
        ErrorIds.StoreValueRefused,
        ErrorKind.InvalidData,
        $"{file}: {document} has in '{PickleErrors.Clean(path)}' {found}.",
        action,
        file);

    /// <summary>A document that Qdrant would not keep as what it is.</summary>
    public static MigrationException Refused(string file, string document, RowFault fault) => new(
        fault.ErrorId, ErrorKind.InvalidData, $"{file}: {document} cannot be a payload: {Plain(fault.Found)}.",
        fault.ErrorId == ErrorIds.PayloadRowInvalid ? "Change the document, or omit the payload." : fault.Action, file);

    public static MigrationException PartMissing(string file, string what, string name) => new(
        ErrorIds.StoreInvalid,
        ErrorKind.NotFound,
        $"{file} is a part of a LlamaIndex store, but {what} is not next to it.",
        $"Copy {name} into the same folder, or migrate the vectors without their texts with -NoStore.",
        file);

    public static MigrationException SeveralParts(string folder, string what, IEnumerable<string> files) => new(
        ErrorIds.StoreAmbiguous,
        ErrorKind.InvalidArgument,
        $"'{folder}' contains several files that are {what}: {string.Join(", ", files.Select(static file => Path.GetFileName(file)))}.",
        "Put each store into its own folder.",
        folder);

    public static MigrationException SeveralIndexesInStore(string file, IReadOnlyList<string> ids) => new(
        ErrorIds.StoreAmbiguous,
        ErrorKind.InvalidArgument,
        $"{file} contains {Grouped.Of(ids.Count)} indexes of type vector_store: {string.Join(", ", ids.Take(3).Select(PickleErrors.Clean))}"
            + $"{(ids.Count > 3 ? ", …" : string.Empty)}; "
            + "it is unknown which of them the vectors belong to.",
        "Persist each index into its own folder.",
        file);

    public static MigrationException OfDifferentSaves(string file, string map, long entries, long? vectors, long documents) => new(
        ErrorIds.StoreInvalid,
        ErrorKind.Conflict,
        $"{file}: the files in this folder come from different saves. The map in {Path.GetFileName(map)} has {Grouped.Of(entries)} entries, "
            + (vectors is long count ? $"the index has {Grouped.Of(count)} vectors, " : string.Empty)
            + $"and none of the {Grouped.Of(entries)} ids is among the {Grouped.Of(documents)} documents.",
        "Find the files that were persisted together, or migrate without the texts with -NoStore.",
        file);

    public static MigrationException KeyRepeated(string file, string field, long key, string first, string second, long repeated) => new(
        ErrorIds.PayloadKeyRepeated,
        ErrorKind.InvalidData,
        $"{file}: the FAISS id {key} is in the field '{PickleErrors.Clean(field)}' of {first} and of {second}; {Grouped.Of(repeated)} "
            + $"{(repeated == 1 ? "entry repeats" : "entries repeat")} an id of another entry.",
        "Keep one entry for each vector.",
        file);

    public static MigrationException SeveralLists(string index, IReadOnlyList<string> lists, long count) => new(
        ErrorIds.StoreAmbiguous,
        ErrorKind.InvalidArgument,
        $"{Grouped.Of(lists.Count)} lists next to '{index}' have one entry per vector ({Grouped.Of(count)}): "
            + $"{string.Join(", ", lists.Take(5).Select(static list => Path.GetFileName(list)))}{(lists.Count > 5 ? ", …" : string.Empty)}.",
        "Name the right one with -PayloadPath, or migrate without the texts with -NoStore.",
        index);

    public static MigrationException OtherList(string file, string field, int count) => new(
        ErrorIds.StoreInvalid,
        ErrorKind.InvalidData,
        $"{file} has a list in '{field}' with as many entries as 'chunks' ({Grouped.Of(count)}). Its meaning is not known: ids in it could be in "
            + "another order.",
        "Write one list of objects, with each text and what belongs to it as fields, or migrate without the texts with -NoStore.",
        file);

    /// <summary>A number that Python writes and JSON does not have; null for all else.</summary>
    public static string? Number(ReadOnlySpan<byte> rest) =>
        rest.StartsWith("NaN"u8) ? "NaN" : rest.StartsWith("Infinity"u8) ? "Infinity" : rest.StartsWith("-Infinity"u8) ? "-Infinity" : null;

    /// <summary>Words about a row, which may hold keys of it: without characters that do things to terminals, and not without end.</summary>
    private static string Plain(string words) =>
        string.Concat(words.Take(LongestWords).Select(static letter => char.IsControl(letter) || char.IsSurrogate(letter) ? '?' : letter));

    public static string Kind(JsonTokenType token) => token switch
    {
        JsonTokenType.StartArray => "an array",
        JsonTokenType.StartObject => "an object",
        JsonTokenType.EndArray or JsonTokenType.EndObject => "an end",
        JsonTokenType.PropertyName => "a key",
        JsonTokenType.String => "a string",
        JsonTokenType.Number => "a number",
        JsonTokenType.Null => "null",
        _ => "true or false",
    };
}
