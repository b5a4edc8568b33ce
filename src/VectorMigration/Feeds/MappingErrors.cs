using VectorMigration.Errors;

namespace VectorMigration.Feeds;

/// <summary>The errors of what is asked of payloads. What is wrong with a row is a <see cref="RowFault"/>.</summary>
internal static class MappingErrors
{
    private static readonly string[] Types = [.. Enum.GetNames<Vectors.PayloadFieldType>().Select(static name => name.ToLowerInvariant())];

    public static MigrationException NotAPath(string parameter, string? text, bool mayEndInStar) => Invalid(
        $"{parameter}: '{text}' is not the path of a field. Separate names by dots, for example metadata.source"
            + $"{(mayEndInStar ? " or metadata.*" : string.Empty)}.",
        "Put a name that contains a dot, a bracket or an asterisk in double quotes: metadata.\"file.name\".");

    public static MigrationException NotAType(string field, string? type) => Invalid(
        $"-PayloadType: the field '{field}' has the unknown type '{type}'.{NearestName.Question(type ?? string.Empty, Types)}",
        $"Use one of {string.Join(", ", Types)}.");

    public static MigrationException Twice(string parameter, string path) => Invalid($"{parameter} names '{path}' twice.", "Name each field once.");

    public static MigrationException SameTarget(string first, string second, string target) => Invalid(
        $"-RenamePayload gives '{first}' and '{second}' the same name, '{target}'.", "Give each field a different name.");

    public static MigrationException NotKept(string parameter, string path) => Invalid(
        $"{parameter} names '{path}', which -PayloadField or -ExcludePayloadField excludes.",
        "Include the field, or do not name it here.");

    public static MigrationException Within(string inner, string outer) => Invalid(
        $"'{inner}' is part of '{outer}', which is converted as a whole.", "Name only one of the two.");

    public static MigrationException KeepsNothing(string payload, IEnumerable<string> fields) => Invalid(
        $"No payload of {payload} has a field that -PayloadField names: {string.Join(", ", fields.Select(static field => $"'{field}'"))}. Every payload would "
            + "be empty.",
        "Correct -PayloadField. Get-FaissIndex shows the fields of a store.");

    public static MigrationException NoPayloads() => Invalid(
        "A payload mapping or layout was given, but this run has no payloads. No payload file was named, and there is no store next to the index; or the store "
            + "is ignored because of -NoStore or a journal that began without payloads.",
        "Name the payloads with -PayloadPath, or omit the mapping.");

    private static MigrationException Invalid(string message, string action) =>
        new(ErrorIds.PayloadMappingInvalid, ErrorKind.InvalidArgument, message, action);
}
