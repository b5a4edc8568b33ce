using System.Net;
using System.Security;

namespace VectorMigration.Commands;

/// <summary>The API keys that the cmdlets are given. A key is never written to any stream.</summary>
internal static class CommandKeys
{
    /// <summary>The text of a SecureString.</summary>
    public static string FromSecure(SecureString secure) => new NetworkCredential(string.Empty, secure).Password;

    /// <summary>Reads a key file.</summary>
    /// <param name="path">Full path.</param>
    /// <param name="warn">Told of a file that others may read.</param>
    /// <exception cref="MigrationException">It cannot be read, or holds no key.</exception>
    public static string FromFile(string path, Action<string> warn)
    {
        ApiKeyFile file = ApiKeyFile.Read(path);
        if (file.IsOpenToOthers)
        {
            warn($"The key file {path} can be read by other users: chmod 600 it.");
        }

        return file.Fault switch
        {
            ApiKeyFault.None => file.Key!,
            ApiKeyFault.Missing => throw CommandErrors.PathNotFound(path),
            _ => throw CommandErrors.ApiKeyFile(path, file.Problem),
        };
    }
}
