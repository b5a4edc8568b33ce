using VectorMigration.Errors;

namespace VectorMigration.Files;

/// <summary>
/// What can be the path of a file, found out before it is used: Windows explains neither a device nor a forbidden character in words that help.
/// </summary>
internal static class FileNames
{
    private const string Forbidden = "<>:\"|?*";
    private const int LongestName = 255;

    private static readonly HashSet<string> Devices = new(
        ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$", .. Ports("COM"), .. Ports("LPT")], StringComparer.OrdinalIgnoreCase);

    /// <summary>The full path of a file or folder that the user named; it need not exist.</summary>
    /// <exception cref="MigrationException">It cannot be a path on this system.</exception>
    public static string Full(string path)
    {
        Require(path);
        return Path.GetFullPath(path);
    }

    /// <summary>Refuses a text that cannot be a path on this system.</summary>
    /// <exception cref="MigrationException">It cannot.</exception>
    public static void Require(string path)
    {
        if (Problem(path, OperatingSystem.IsWindows()) is string problem)
        {
            throw new MigrationException(ErrorIds.PathNotFound, ErrorKind.NotFound, $"'{path}' cannot be a path: {problem}.", "Check the path.", path);
        }
    }

    /// <summary>Whether Windows keeps a name for a device, regardless of what follows its first dot.</summary>
    public static bool IsDevice(string name) => Devices.Contains(name.Split('.')[0].TrimEnd(' '));

    /// <summary>Why a text cannot be a path; null where it can.</summary>
    /// <param name="path">As it was given.</param>
    /// <param name="windows">By the rules of Windows.</param>
    public static string? Problem(string path, bool windows) =>
        string.IsNullOrEmpty(path) ? "it is empty"
        : path.Contains('\0', StringComparison.Ordinal) ? "it contains the control character U+0000"
        : windows ? WindowsProblem(path)
        : null;

    private static string? WindowsProblem(string path)
    {
        string bare = path.Replace('/', '\\');
        if (bare.StartsWith(@"\\.\", StringComparison.Ordinal))
        {
            return "it names a device of Windows";
        }

        // A path that begins so is passed on as it is, but its names have to fit all the same.
        bare = bare.StartsWith(@"\\?\UNC\", StringComparison.OrdinalIgnoreCase) ? @"\\" + bare[8..]
            : bare.StartsWith(@"\\?\", StringComparison.Ordinal) ? bare[4..] : bare;
        if (bare.Length > 1 && bare[1] == ':' && char.IsAsciiLetter(bare[0]))
        {
            if (OperatingSystem.IsWindows() && !Directory.Exists($@"{bare[0]}:\"))
            {
                return $"there is no drive {char.ToUpperInvariant(bare[0])}:";
            }

            bare = bare[2..];
        }

        return bare.Split('\\').Select(NameProblem).FirstOrDefault(static problem => problem is not null);
    }

    private static string? NameProblem(string name)
    {
        if (name.Length == 0 || name is "." or "..")
        {
            return null;
        }

        foreach (char sign in name)
        {
            if (sign < ' ')
            {
                return $"it contains the control character U+{(int)sign:X4}";
            }

            if (Forbidden.Contains(sign, StringComparison.Ordinal))
            {
                return $"it contains {sign}";
            }
        }

        return IsDevice(name) ? $"Windows keeps the name {name} for a device"
            : name[^1] is '.' or ' ' ? "a name in it ends with a dot or a space, which Windows removes"
            : name.Length > LongestName ? $"a name in it has {name.Length} characters, and at most {LongestName} are allowed"
            : null;
    }

    private static IEnumerable<string> Ports(string name) => "0123456789\u00B9\u00B2\u00B3".Select(number => name + number);
}
