using VectorMigration.Cli.Output;

namespace VectorMigration.Cli.Connection;

/// <summary>Where the API key comes from: a file, or QDRANT_API_KEY; never an argument.</summary>
internal static class ApiKeys
{
    /// <summary>The environment variable.</summary>
    public const string Variable = "QDRANT_API_KEY";

    private const int LongestFile = 64 << 10;

    /// <summary>Reads QDRANT_API_KEY and removes it from the environment of this process.</summary>
    public static string? TakeFromEnvironment()
    {
        string? key = Environment.GetEnvironmentVariable(Variable)?.Trim();
        Environment.SetEnvironmentVariable(Variable, null);
        return string.IsNullOrEmpty(key) ? null : key;
    }

    /// <summary>The key of the file if one is named, otherwise that of the environment; null without one.</summary>
    /// <exception cref="MigrationException">The file is missing, cannot be read, or holds no key; or the key cannot be sent.</exception>
    public static string? Resolve(string? file, string? environmentKey, Screen screen) => file is null
        ? environmentKey is null ? null : Judge(environmentKey, Variable)
        : Judge(ReadFile(Path.GetFullPath(file), screen), Path.GetFullPath(file));

    private static string ReadFile(string path, Screen screen)
    {
        try
        {
            using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(file.SafeFileHandle) & (UnixFileMode.GroupRead | UnixFileMode.OtherRead)) != 0)
            {
                screen.Warn($"the key file {path} can be read by other users: chmod 600 it");
            }

            byte[] bytes = new byte[LongestFile + 1];
            int length = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            return length > LongestFile
                ? throw CliErrors.ApiKeyInvalid(path, $"it is longer than {LongestFile} bytes")
                : System.Text.Encoding.UTF8.GetString(bytes, 0, length).TrimStart('\uFEFF').Trim();
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw CliErrors.ApiKeyFileMissing(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw CliErrors.ApiKeyFileUnreadable(path, error);
        }
    }

    private static string Judge(string key, string source)
    {
        if (key.Length == 0)
        {
            throw CliErrors.ApiKeyInvalid(source, "it is empty");
        }

        // A header value is printable ASCII; anything else would be refused deep in the transport, with the key in the message.
        return key.All(static sign => sign is > ' ' and < (char)127)
            ? key
            : throw CliErrors.ApiKeyInvalid(source, "it has spaces, line breaks or signs that a key cannot have");
    }
}
