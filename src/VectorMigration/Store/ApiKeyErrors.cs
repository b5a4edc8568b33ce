using VectorMigration.Errors;

namespace VectorMigration.Store;

/// <summary>The errors of keys in files and in the environment; made here and nowhere else. None of them holds a key.</summary>
internal static class ApiKeyErrors
{
    public static MigrationException FileMissing(string path) => new(
        ErrorIds.ApiKeyFileMissing, ErrorKind.NotFound, $"There is no API key file '{path}'.", "Check the path given with -ApiKeyPath.", path);

    public static MigrationException FileUnreadable(string path, Exception error) => new(
        ErrorIds.ApiKeyFileUnreadable, ErrorKind.Permission, $"The API key file '{path}' cannot be read: {error.Message}",
        "Give this user permission to read the file.", path, error);

    public static MigrationException FileInvalid(string path, string problem) => new(
        ErrorIds.InvalidApiKeyFile, ErrorKind.InvalidArgument, $"The API key file '{path}' {problem}.",
        "Put the key, and nothing else, on one line of the file. White space around it is ignored.", path);

    public static MigrationException VariableInvalid(string variable, string problem) => new(
        ErrorIds.ApiKeyInvalid, ErrorKind.InvalidArgument, $"The environment variable {variable} {problem}.",
        "Set it to the key and nothing else.", variable);
}
