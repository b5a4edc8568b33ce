using VectorMigration.Errors;

namespace VectorMigration.Feeds;

/// <summary>The errors of what is asked of payloads. What is wrong with a row is a <see cref="RowFault"/>.</summary>
internal static class MappingErrors
{
    public static MigrationException NotAPath(string parameter, string? text, bool mayEndInStar) => Invalid(
        $"{parameter}: '{text}' names no field: expected names with dots between them, such as metadata.source"
            + $"{(mayEndInStar ? " or metadata.*" : string.Empty)}.",
        "Put a name that holds a dot, a bracket or a star in quotation marks: metadata.\"file.name\".");

    public static MigrationException NotAType(string field, string? type) => Invalid(
        $"-PayloadType (--payload-type): '{type}' for the field '{field}' is no type.",
        $"Say one of {string.Join(", ", Enum.GetNames<Vectors.PayloadFieldType>().Select(static name => name.ToLowerInvariant()))}.");

    public static MigrationException Twice(string parameter, string path) => Invalid($"{parameter} names '{path}' twice.", "Name each field once.");

    public static MigrationException SameTarget(string first, string second, string target) => Invalid(
        $"-RenamePayload (--rename-payload) gives '{first}' and '{second}' one name, '{target}'.", "Give each of them a name of its own.");

    public static MigrationException NotKept(string parameter, string path) => Invalid(
        $"{parameter} names '{path}', which -PayloadField or -ExcludePayloadField (--payload-field, --exclude-payload-field) leave out.",
        "Select the field too, or do not name it.");

    public static MigrationException Within(string inner, string outer) => Invalid(
        $"'{inner}' lies in '{outer}', which gets a type as a whole.", "Name one of the two.");

    public static MigrationException NoPayloads() => Invalid(
        "A mapping or a layout of payloads is asked for, but no payloads travel with this run: no payload file is named and no store lies beside the index, "
            + "or it is left behind (-NoStore, --no-store, or a journal that began without payloads).",
        "Name the payloads with -PayloadPath (--payload), or leave the mapping out.");

    private static MigrationException Invalid(string message, string action) =>
        new(ErrorIds.PayloadMappingInvalid, ErrorKind.InvalidArgument, message, action);
}
