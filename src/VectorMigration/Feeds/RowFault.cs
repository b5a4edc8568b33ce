using VectorMigration.Errors;

namespace VectorMigration.Feeds;

/// <summary>Why a text cannot be a payload.</summary>
/// <param name="ErrorId">Id of the error that it makes.</param>
/// <param name="Found">What was expected and what was found, in words.</param>
/// <param name="Action">What to do about it.</param>
public sealed record RowFault(string ErrorId, string Found, string Action)
{
    private const string Generic = "Write one JSON object a line. Line n belongs to the vector that was added n-th; "
        + "where the lines are in another order, put the FAISS id into a field of each object and name it with -PayloadKey (--payload-key).";

    /// <summary>The text is not one JSON object.</summary>
    public static RowFault NotJson(string found, string action = Generic) =>
        new(ErrorIds.PayloadRowInvalid, $"expected one JSON object, found {found}", action);

    /// <summary>A word such as NaN stands where JSON wants a number.</summary>
    public static RowFault NoNumber(string found, long at) =>
        NotJson($"{found} at byte {at}, which is no JSON", $"{found} is no JSON: write null, or leave the key out.");

    /// <summary>Objects or arrays lie deeper in each other than Qdrant takes.</summary>
    public static RowFault TooDeep(long at) => NotJson(
        $"objects or arrays nested deeper than Qdrant takes by gRPC, at byte {at}",
            "Keep at most 33 objects, or 49 arrays, in each other; keep what lies deeper as a text.");

    /// <summary>A number is too large for a double.</summary>
    public static RowFault NumberTooLarge(string path, string number) => NotJson(
        $"in '{path}' the number {number}, which is too large for a double of 64 bits",
            "Write a number that a double holds (up to 1.797e308), or keep it as a text.");

    /// <summary>A whole number needs more than 64 bits.</summary>
    public static RowFault IntegerTooLarge(string path, string number) => new(
        ErrorIds.PayloadIntegerTooLarge,
        $"expected whole numbers from {long.MinValue} to {long.MaxValue}, found {number} in '{path}'; Qdrant has no greater ones, and the nearest double "
            + $"is another number",
        "Keep such numbers as texts of the same digits with -LargeInteger Text (--large-integer text), or write them so in the payload.");

    /// <summary>The field of the key is not there.</summary>
    public static RowFault KeyMissing(string field) => new(
        ErrorIds.PayloadKeyInvalid, $"expected the FAISS id in the field '{field}', found no such field",
            "Name the field that holds the FAISS id in every object with -PayloadKey (--payload-key).");

    /// <summary>The key is no FAISS id.</summary>
    public static RowFault KeyInvalid(string field, string found) => new(
        ErrorIds.PayloadKeyInvalid, $"expected a whole number, or a text that is one, as the FAISS id in the field '{field}', found {found}",
            "Name the field that holds the FAISS id in every object with -PayloadKey (--payload-key).");

    /// <summary>The payload has the field that keeps the original id.</summary>
    public static RowFault FieldTaken(string field, string found = "one that the payload brings") => new(
        ErrorIds.PayloadFieldTaken,
        $"expected no field '{field}', in which the migration keeps the original id, found {found}",
        "Keep the original id under another name with -IdField (--id-field).");

    /// <summary>Two fields would become one.</summary>
    /// <param name="first">The field that is there.</param>
    /// <param name="second">The one that would come to it.</param>
    /// <param name="name">The name.</param>
    internal static RowFault Collision(string first, string second, string name) => new(
        ErrorIds.PayloadFieldCollision,
        first == second ? $"expected each field once, found '{first}' twice" : $"'{first}' and '{second}' would both be '{name}' in the payload",
        "Give one of them another name with -RenamePayload (--rename-payload), or leave it out with -ExcludePayloadField (--exclude-payload-field).");

    /// <summary>A value cannot have the type that was asked for.</summary>
    internal static RowFault TypeMismatch(string path, string wanted, string found) => new(
        ErrorIds.PayloadTypeMismatch,
        $"expected {wanted}, found {found} in '{path}'",
        "Mend the value where it comes from, give the field another type with -PayloadType (--payload-type), or leave it out with -ExcludePayloadField "
            + "(--exclude-payload-field).");
}
