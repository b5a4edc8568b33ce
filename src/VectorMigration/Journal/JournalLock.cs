namespace VectorMigration;

/// <summary>
/// Keeps a journal to one run: a file beside it that is locked as long as the run lives. The system frees it when the process dies, however it
/// dies; the file itself stays, because deleting it could take it from under the next run.
/// </summary>
internal sealed class JournalLock : IDisposable
{
    private readonly FileStream file;

    private JournalLock(FileStream file) => this.file = file;

    /// <summary>Takes the lock.</summary>
    /// <exception cref="MigrationException">Another run has it, or the file cannot be made.</exception>
    public static JournalLock Take(string journal)
    {
        string path = journal + ".lock";
        try
        {
            if (Path.GetDirectoryName(path) is { Length: > 0 } folder)
            {
                Directory.CreateDirectory(folder);
            }

            return new JournalLock(PrivateFile.Open(path, FileMode.OpenOrCreate, FileShare.None));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw e is IOException and not (FileNotFoundException or DirectoryNotFoundException or PathTooLongException) && File.Exists(path)
                ? JournalErrors.InUse(journal)
                : JournalErrors.Unwritable(journal, e);
        }
    }

    /// <summary>Whether another run has the lock.</summary>
    public static bool IsHeld(string journal)
    {
        if (!File.Exists(journal + ".lock"))
        {
            return false;
        }

        try
        {
            Take(journal).Dispose();
            return false;
        }
        catch (MigrationException e)
        {
            return e.ErrorId == "JournalInUse";
        }
    }

    /// <inheritdoc/>
    public void Dispose() => file.Dispose();
}
