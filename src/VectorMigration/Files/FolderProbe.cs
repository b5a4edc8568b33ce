using System.Text.RegularExpressions;

namespace VectorMigration.Files;

/// <summary>Whether files can be written to a folder, found out without leaving anything behind: for plans.</summary>
internal static partial class FolderProbe
{
    private const string ProbeName = ".vector-migration-";

    /// <summary>The reason in a sentence, without the name of what was written to find out, and without a file for what is a folder that cannot be.</summary>
    public static string Cause(Exception reason) => reason switch
    {
        FileNotFoundException or DirectoryNotFoundException => "The folder does not exist and cannot be created.",
        UnauthorizedAccessException => "Access is denied.",
        _ => Probe().Replace(reason.Message, string.Empty),
    };

    /// <summary>Why nothing can be written there; null where it can. A folder that is missing would be made in the nearest one that is there.</summary>
    public static Exception? Refusal(string folder)
    {
        try
        {
            string? there = Path.GetFullPath(folder);
            while (there is not null && !Directory.Exists(there))
            {
                if (File.Exists(there))
                {
                    return new IOException($"'{there}' is a file, not a folder.");
                }

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

    [GeneratedRegex(@"(?: :)? '[^']*\.vector-migration-[0-9a-f]{32}'", RegexOptions.CultureInvariant)]
    private static partial Regex Probe();
}
