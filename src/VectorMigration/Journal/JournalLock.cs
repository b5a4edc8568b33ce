using VectorMigration.Errors;
using VectorMigration.Files;

namespace VectorMigration.Journal;

/// <summary>
/// Keeps a journal to one run: a file beside it that is locked as long as the run lives. The system frees it when the process dies, however it
/// dies; the file itself stays, unless a run that comes to nothing takes it back.
/// </summary>
internal sealed class JournalLock : IDisposable
{
    private readonly FileStream file;
    private readonly string[] folders;
    private readonly bool made;

    private JournalLock(FileStream file, bool made, string[] folders)
    {
        this.file = file;
        this.made = made;
        this.folders = folders;
    }

    /// <summary>Takes the lock.</summary>
    /// <exception cref="MigrationException">Another run has it, or the file cannot be made.</exception>
    public static JournalLock Take(string journal)
    {
        string path = journal + ".lock";
        try
        {
            SpecialFile.Refuse(path);
            string[] folders = [.. MissingFolders(path)];
            if (folders.Length > 0)
            {
                Directory.CreateDirectory(folders[0]);
            }

            while (true)
            {
                bool made = !File.Exists(path);
                FileStream file = PrivateFile.Open(path, FileMode.OpenOrCreate, FileShare.None);
                if (IsInPlace(file, path))
                {
                    return new JournalLock(file, made, folders);
                }

                file.Dispose();
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw e is IOException and not (FileNotFoundException or DirectoryNotFoundException or PathTooLongException) && File.Exists(path)
                && SpecialFile.KindOf(path) is null
                ? JournalErrors.InUse(journal)
                : JournalErrors.Unusable(journal, e);
        }
    }

    /// <summary>Why the lock could not be taken now, found out without taking it; null where it could.</summary>
    public static MigrationException? Refusal(string journal)
    {
        string path = journal + ".lock";
        if (FolderProbe.Refusal(Path.GetDirectoryName(path) ?? string.Empty) is Exception reason)
        {
            return JournalErrors.Unusable(journal, reason);
        }

        if (SpecialFile.Refusal(path) is IOException special)
        {
            return JournalErrors.Unusable(journal, special);
        }

        try
        {
            if (File.Exists(path))
            {
                new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None, bufferSize: 0).Dispose();
            }

            return null;
        }
        catch (FileNotFoundException)
        {
            // The run that held the lock has just ended.
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e is IOException ? JournalErrors.InUse(journal) : JournalErrors.Unusable(journal, e);
        }
    }

    /// <summary>Frees it, and takes away what was made for it.</summary>
    public void Discard()
    {
        if (OperatingSystem.IsWindows())
        {
            // Windows does not delete an open file, whether ours or that of a run that has just taken it.
            Dispose();
        }

        try
        {
            if (made)
            {
                File.Delete(file.Name);
            }

            foreach (string folder in folders)
            {
                Directory.Delete(folder);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Somebody else needs it by now.
        }

        Dispose();
    }

    /// <inheritdoc/>
    public void Dispose() => file.Dispose();

    /// <summary>The folders on the way to a file that are not there, the innermost first.</summary>
    private static IEnumerable<string> MissingFolders(string path)
    {
        for (string? folder = Path.GetDirectoryName(path); folder is { Length: > 0 } && !Directory.Exists(folder); folder = Path.GetDirectoryName(folder))
        {
            yield return folder;
        }
    }

    /// <summary>Where an open file can be deleted, another run may have taken it back between its opening and its locking: locked is the one that is
    /// there.</summary>
    private static bool IsInPlace(FileStream file, string path) =>
        OperatingSystem.IsWindows() || File.GetCreationTimeUtc(file.SafeFileHandle) == File.GetCreationTimeUtc(path);
}
