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
            return environmentKey is null ? null : Found(ApiKeyFile.Judge(environmentKey), ApiKeyFile.Variable);
        }

        string path = Path.GetFullPath(file);
        ApiKeyFile read = ApiKeyFile.Read(path);
        if (read.IsOpenToOthers)
        {
            screen.Warn($"the key file {path} can be read by other users: chmod 600 it");
        }

        return Found(read, path);
    }

    private static string Found(ApiKeyFile found, string source) => found.Fault switch
    {
        ApiKeyFault.None => found.Key!,
        ApiKeyFault.Missing => throw CliErrors.ApiKeyFileMissing(source),
        ApiKeyFault.Unreadable => throw CliErrors.ApiKeyFileUnreadable(source, found.Error!),
        _ => throw CliErrors.ApiKeyInvalid(source, $"it {found.Problem}"),
    };
}
