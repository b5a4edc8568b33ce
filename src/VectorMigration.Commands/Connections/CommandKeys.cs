using System.Net;
using System.Security;

namespace VectorMigration.Commands;

/// <summary>The API keys that the cmdlets are given. A key is never written to any stream.</summary>
internal static class CommandKeys
{
    /// <summary>The text of a SecureString.</summary>
    public static string FromSecure(SecureString secure) => new NetworkCredential(string.Empty, secure).Password;
}
