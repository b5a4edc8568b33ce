using System.Text.RegularExpressions;

namespace VectorMigration.Files;

/// <summary>Whether files can be written to a folder, found out without leaving anything behind: for plans.</summary>
internal static partial class FolderProbe
{
    // ENOSPC and EDQUOT of Linux, which .NET passes on as they are; ERROR_DISK_FULL and ERROR_HANDLE_DISK_FULL of Windows.
    private const int NoSpace = 28;
    private const int NoQuota = 122;
    private const int WindowsDiskFull = unchecked((int)0x80070070);
    private const int WindowsHandleDiskFull = unchecked((int)0x80070027);

    private const string ProbeName = ".vector-migration-";

    /// <summary>The reason in a sentence, without the name of what was written to find out, and without a file for what is a folder that cannot be.</summary>
    public static string Cause(Exception reason) => reason switch
    {
        FileNotFoundException or DirectoryNotFoundException => "The folder does not exist and cannot be created.",
        UnauthorizedAccessException => "Access is denied.",
        IOException { HResult: NoSpace or NoQuota or WindowsDiskFull or WindowsHandleDiskFull } => "The disk is full.",
        _ => Sentence(AtPath().Replace(Probe().Replace(reason.Message, string.Empty), string.Empty)),
    };

    /// <summary>Why nothing can be written there; null where it can. A folder that is missing would be made in the nearest one that is there.</summary>
    public static Exception? Refusal(string folder)
    {
        try
        {
            if (OtherThanFolder(folder) is IOException other)
            {
                return other;
            }

            string? there = Path.GetFullPath(folder);
            while (there is not null && !Directory.Exists(there))
            {
                there = Path.GetDirectoryName(there);
            }

            string probe = Path.Combine(there ?? folder, $"{ProbeName}{Guid.NewGuid():N}");
            using FileStream file = new(probe, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            return e;
        }
    }

    /// <summary>What is at a path, or on the way to it, in place of a folder; null where a folder is there or can be created.</summary>
    public static IOException? OtherThanFolder(string path)
    {
        for (string? there = Path.GetFullPath(path); there is not null && !Directory.Exists(there); there = Path.GetDirectoryName(there))
        {
            if (SpecialFile.KindOf(there) is string kind)
            {
                return new IOException($"'{there}' is {kind}, not a folder.");
            }

            if (File.Exists(there))
            {
                return new IOException($"'{there}' is a file, not a folder.");
            }
        }

        return null;
    }

    private static string Sentence(string text) => text.TrimEnd() is [.., '.'] whole ? whole : $"{text.TrimEnd()}.";

    /// <summary>The path that .NET adds to the words of the system: the text names it already.</summary>
    [GeneratedRegex(@" : '[^']*'\.?$", RegexOptions.CultureInvariant)]
    private static partial Regex AtPath();

    [GeneratedRegex(@"(?: :)? '[^']*\.vector-migration-[0-9a-f]{32}'", RegexOptions.CultureInvariant)]
    private static partial Regex Probe();
}
