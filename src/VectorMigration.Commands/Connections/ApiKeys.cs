using System.Net;
using System.Security;

namespace VectorMigration.Commands;

/// <summary>Finds the API key: given, in a file, or in the environment. A key is never written to any stream.</summary>
internal static class ApiKeys
{
    /// <summary>Name of the environment variable.</summary>
    public const string Variable = "QDRANT_API_KEY";

    private const int LongestFile = 64 * 1024;

    /// <summary>The key of the environment, or null.</summary>
    public static string? FromEnvironment() => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } key ? key.Trim() : null;

    /// <summary>The text of a SecureString.</summary>
    public static string FromSecure(SecureString secure) => new NetworkCredential(string.Empty, secure).Password;

    /// <summary>Reads a key file, white space around the key left away.</summary>
    /// <exception cref="MigrationException">It cannot be read, or holds no key.</exception>
    public static string FromFile(string path)
    {
        string key;
        try
        {
            key = new FileInfo(path).Length <= LongestFile ? File.ReadAllText(path).Trim() : throw CommandErrors.ApiKeyFile(path, "is far too long for a key");
        }
        catch (FileNotFoundException)
        {
            throw CommandErrors.PathNotFound(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw CommandErrors.ApiKeyFile(path, $"cannot be read: {error.Message}");
        }

        return key.Length == 0 ? throw CommandErrors.ApiKeyFile(path, "is empty")
            : key.Any(char.IsWhiteSpace) || key.Any(char.IsControl) ? throw CommandErrors.ApiKeyFile(path, "holds white space or several lines inside the key")
            : key;
    }
}
