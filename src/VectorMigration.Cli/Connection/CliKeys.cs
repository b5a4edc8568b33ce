using VectorMigration.Cli.Output;

namespace VectorMigration.Cli.Connection;

/// <summary>Where the API key comes from: a file, or QDRANT_API_KEY; never an argument.</summary>
internal static class CliKeys
{
    /// <summary>Reads QDRANT_API_KEY and removes it from the environment of this process.</summary>
    public static string? TakeFromEnvironment()
    {
        string? key = ApiKeyFile.FromEnvironment();
        Environment.SetEnvironmentVariable(ApiKeyFile.Variable, null);
        return key;
    }

    /// <summary>The key of the file if one is named, otherwise that of the environment; null without one.</summary>
    /// <exception cref="MigrationException">The file is missing, cannot be read, or holds no key; or the key cannot be sent.</exception>
    public static string? Resolve(string? file, string? environmentKey, Screen screen)
    {
        if (file is null)
        {
            return environmentKey is null ? null : ApiKeyFile.RequireVariable(environmentKey);
        }

        return ApiKeyFile.Require(FileNames.Full(file), screen.Warn);
    }
}
