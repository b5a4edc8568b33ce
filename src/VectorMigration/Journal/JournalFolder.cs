using VectorMigration.Errors;

namespace VectorMigration.Journal;

/// <summary>The journals of a folder.</summary>
internal static class JournalFolder
{
    private const int MostJournals = 1_000;

    /// <summary>Journals of the one command in which vectors are acknowledged; what cannot be read is left out. At most 1,000 files are looked into.</summary>
    /// <param name="folder">Full path of the folder.</param>
    public static IEnumerable<(string Path, JournalHeader Header)> OfOneCommand(string folder)
    {
        foreach (string file in Files(folder))
        {
            if (Read(file) is { Header: { Sent: null } header, Acknowledged.Count: > 0 })
            {
                yield return (file, header);
            }
        }
    }

    private static string[] Files(string folder)
    {
        try
        {
            return Directory.Exists(folder) ? [.. Directory.EnumerateFiles(folder, "*" + JournalPaths.Extension).Take(MostJournals)] : [];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // A folder that cannot be listed is reported by whoever writes to it.
            return [];
        }
    }

    private static JournalContent? Read(string file)
    {
        try
        {
            return JournalContent.Read(file);
        }
        catch (MigrationException)
        {
            // A journal that cannot be read is not the one that is looked for.
            return null;
        }
    }
}
