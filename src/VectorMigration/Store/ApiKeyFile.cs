using System.Text;
using VectorMigration.Errors;
using VectorMigration.Files;

namespace VectorMigration.Store;

/// <summary>Why there is no key in a file.</summary>
internal enum ApiKeyFault
{
    /// <summary>There is one.</summary>
    None,

    /// <summary>There is no such file.</summary>
    Missing,

    /// <summary>It cannot be read.</summary>
    Unreadable,

    /// <summary>What it holds is no key.</summary>
    Invalid,
}

/// <summary>
/// An API key as it is found in a file or in the environment, for both faces. A key is never part of what is told.
/// </summary>
/// <param name="Key">The key, white space around it left away; null where there is none.</param>
/// <param name="Fault">Why there is none.</param>
/// <param name="Problem">What is wrong, following the name of the file; empty where nothing is.</param>
internal readonly record struct ApiKeyFile(string? Key, ApiKeyFault Fault, string Problem)
{
    /// <summary>The environment variable that holds a key.</summary>
    public const string Variable = "QDRANT_API_KEY";

    private const int Longest = 64 << 10;

    /// <summary>What the system said of a file that cannot be read.</summary>
    public Exception? Error { get; private init; }

    /// <summary>Other users of this machine may read the file.</summary>
    public bool IsOpenToOthers { get; private init; }

    /// <summary>The key of the environment, or null.</summary>
    public static string? FromEnvironment() => Environment.GetEnvironmentVariable(Variable)?.Trim() is { Length: > 0 } key ? key : null;

    /// <summary>The key of the environment, or null.</summary>
    /// <exception cref="MigrationException">What the variable holds cannot be a key.</exception>
    public static string? RequireEnvironment() => FromEnvironment() is string text ? RequireVariable(text) : null;

    /// <summary>The key that the environment held.</summary>
    /// <exception cref="MigrationException">It cannot be a key.</exception>
    public static string RequireVariable(string text) => Judge(text) is { Fault: ApiKeyFault.None } good ? good.Key!
        : throw ApiKeyErrors.VariableInvalid(Variable, Judge(text).Problem);

    /// <summary>The key of a file.</summary>
    /// <param name="path">Full path.</param>
    /// <param name="warn">Told of a file that others may read.</param>
    /// <exception cref="MigrationException">It is missing, cannot be read, or holds no key.</exception>
    public static string Require(string path, Action<string> warn)
    {
        ApiKeyFile file = Read(path);
        if (file.IsOpenToOthers)
        {
            warn($"Other users of this machine can read the API key file '{path}'. Restrict it: {Restriction(path)}.");
        }

        return file.Fault switch
        {
            ApiKeyFault.None => file.Key!,
            ApiKeyFault.Missing => throw ApiKeyErrors.FileMissing(path),
            ApiKeyFault.Unreadable => throw ApiKeyErrors.FileUnreadable(path, file.Error!),
            _ => throw ApiKeyErrors.FileInvalid(path, file.Problem),
        };
    }

    private static string Restriction(string path) => OperatingSystem.IsWindows()
        ? $"icacls \"{path}\" /inheritance:r /grant:r \"{Environment.UserDomainName}\\{Environment.UserName}:R\"" : "chmod 600";

    /// <summary>Reads a key file.</summary>
    public static ApiKeyFile Read(string path)
    {
        try
        {
            using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            bool open = OperatingSystem.IsWindows() ? OwnerAccess.IsOpenToOthers(path)
                : (File.GetUnixFileMode(file.SafeFileHandle) & (UnixFileMode.GroupRead | UnixFileMode.OtherRead)) != 0;
            byte[] bytes = new byte[Longest + 1];
            int length = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            return (length > Longest
                ? Invalid($"is longer than {Grouped.Of(Longest)} bytes")
                : Judge(Text(bytes.AsSpan(0, length)))) with
            { IsOpenToOthers = open };
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return new ApiKeyFile(null, ApiKeyFault.Missing, "does not exist") { Error = e };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            return new ApiKeyFile(null, ApiKeyFault.Unreadable, $"cannot be read: {e.Message}") { Error = e };
        }
    }

    /// <summary>
    /// Whether a text can be a key. A header value is printable ASCII; anything else would be refused deep in the transport, with the key in the message.
    /// </summary>
    public static ApiKeyFile Judge(string text) => text.Length == 0 ? Invalid("is empty")
        : text.All(static sign => sign is > ' ' and < (char)127) ? new ApiKeyFile(text, ApiKeyFault.None, string.Empty)
        : Invalid("contains spaces, line breaks or characters that an API key cannot have");

    /// <summary>The text of a file, in UTF-8 or, as <c>&gt;</c> of Windows PowerShell writes it, in UTF-16.</summary>
    private static string Text(ReadOnlySpan<byte> bytes)
    {
        // Without a mark, a key in UTF-16 has a zero in every second place.
        Encoding encoding = bytes is [0xFF, 0xFE, ..] or [> 0, 0, ..] ? Encoding.Unicode
            : bytes is [0xFE, 0xFF, ..] or [0, > 0, ..] ? Encoding.BigEndianUnicode
            : Encoding.UTF8;
        return encoding.GetString(bytes).TrimStart('\uFEFF').Trim();
    }

    private static ApiKeyFile Invalid(string problem) => new(null, ApiKeyFault.Invalid, problem);
}
