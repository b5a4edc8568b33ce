using VectorMigration.Errors;

namespace VectorMigration.Feeds;

/// <summary>Why a text cannot be a payload.</summary>
/// <param name="ErrorId">Id of the error that it makes.</param>
/// <param name="Found">What was expected and what was found, in words.</param>
/// <param name="Action">What to do about it.</param>
public sealed record RowFault(string ErrorId, string Found, string Action)
{
    private const string Generic = "Write one JSON object per line. Line n belongs to the n-th vector added. "
        + "If the lines are in another order, put the FAISS id into a field of each object and name that field with -PayloadKey.";

    /// <summary>The text is not one JSON object.</summary>
    public static RowFault NotJson(string found, string? action = null) =>
        new(ErrorIds.PayloadRowInvalid, $"expected one JSON object, found {found}", action ?? Generic);

    /// <summary>A word such as NaN stands where JSON wants a number.</summary>
    public static RowFault NoNumber(string found, long at) =>
        NotJson($"{found} at byte {at}, which is not JSON", $"JSON has no {found}. Write null, or omit the key.");

    /// <summary>Objects or arrays lie deeper in each other than Qdrant takes.</summary>
    public static RowFault TooDeep(long at) => NotJson(
        $"objects or arrays nested deeper than Qdrant accepts over gRPC, at byte {at}",
        "Nest at most 33 objects or 49 arrays. Store deeper levels as a string.");

    /// <summary>A number is too large for a double.</summary>
    public static RowFault NumberTooLarge(string path, string number) => NotJson(
        $"in '{path}' the number {number}, which is too large for a 64-bit float",
        "Write a number of at most 1.797e308, or store it as a string.");

    /// <summary>A whole number needs more than 64 bits.</summary>
    public static RowFault IntegerTooLarge(string path, string number) => new(
        ErrorIds.PayloadIntegerTooLarge,
        $"expected whole numbers from {long.MinValue} to {long.MaxValue}, found {number} in '{path}'; Qdrant cannot store it exactly",
        "Send such numbers as strings with -LargeInteger Text, or write them as strings in the payload.");

    /// <summary>The field of the key is not there.</summary>
    /// <param name="field">Its name.</param>
    /// <param name="similar">A field of the row whose name differs by its case alone; null where there is none.</param>
    public static RowFault KeyMissing(string field, string? similar = null) => new(
        ErrorIds.PayloadKeyInvalid,
        $"expected the FAISS id in the field '{field}', found no such field{(similar is null ? string.Empty : $" but '{similar}' (case matters)")}",
        "With -PayloadKey, name a field, or a column of a table, that holds the FAISS id in every row.");

    /// <summary>The key is no FAISS id.</summary>
    public static RowFault KeyInvalid(string field, string found) => new(
        ErrorIds.PayloadKeyInvalid, $"expected a whole number, or a string of digits, as the FAISS id in the field '{field}', found {found}",
        "With -PayloadKey, name a field, or a column of a table, that holds the FAISS id in every row.");

    /// <summary>The payload has the field that keeps the original id.</summary>
    public static RowFault FieldTaken(string field, string found = "one in the payload") => new(
        ErrorIds.PayloadFieldTaken,
        $"expected no field '{field}', because the original id is stored under that name, found {found}",
        "Store the original id under another name with -IdField.");

    /// <summary>An object has a field twice, of which Qdrant would store the last.</summary>
    /// <param name="path">Where the second of them is.</param>
    public static RowFault FieldRepeated(string path) => new(
        ErrorIds.PayloadFieldCollision,
        $"expected each field once, found '{path}' twice in one object",
        "Qdrant stores each field once. Write it once in the source, or rename one of the two there.");

    /// <summary>Two fields would become one.</summary>
    /// <param name="first">The field that is there.</param>
    /// <param name="second">The one that would come to it.</param>
    /// <param name="name">The name.</param>
    internal static RowFault Collision(string first, string second, string name) => new(
        ErrorIds.PayloadFieldCollision,
        first == second ? $"expected each field once, found '{first}' twice" : $"'{first}' and '{second}' would both be '{name}' in the payload",
        "Rename one of them with -RenamePayload, or omit it with -ExcludePayloadField.");

    /// <summary>A value cannot have the type that was asked for.</summary>
    internal static RowFault TypeMismatch(string path, string wanted, string found) => new(
        ErrorIds.PayloadTypeMismatch,
        $"expected {wanted}, found {found} in '{path}'",
        "Correct the value in the source, choose another type with -PayloadType, or omit the field with -ExcludePayloadField.");
}
