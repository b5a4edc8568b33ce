namespace VectorMigration.Files;

/// <summary>
/// Where tables too large for memory lie while a run needs them: files of their owner alone, locked while they are used, removed at the end.
/// What a killed run left behind is removed when the next one begins to use the folder.
/// </summary>
/// <param name="path">Full path of the folder; null, or one that is not there, for the folder of the system for temporary files.</param>
public sealed class SpillFolder(string? path = null)
{
    private const string Prefix = "vector-migration-";
    private const string Extension = ".spill";
    private const int MostTries = 3;

    private readonly Lock gate = new();
    private bool swept;

    /// <summary>Makes a new file; the exceptions of the file system go through.</summary>
    public SpillFile Create()
    {
        string folder = path is not null && Directory.Exists(path) ? path : Path.GetTempPath();
        SweepOnce(folder);
        for (int tries = 1; ; tries++)
        {
            try
            {
                return new SpillFile(Path.Combine(folder, Prefix + Guid.NewGuid().ToString("N") + Extension));
            }
            catch (IOException) when (tries < MostTries)
            {
                // Another run that was looking for what is left over held it for a moment, before it was locked.
            }
        }
    }

    private void SweepOnce(string folder)
    {
        lock (gate)
        {
            if (swept)
            {
                return;
            }

            swept = true;
            Sweep(folder);
            if (path is not null)
            {
                // A first run, whose folder was not there yet, has left them there.
                Sweep(Path.GetTempPath());
            }
        }
    }

    /// <summary>Removes what no living run holds: a file that is in use is locked.</summary>
    private static void Sweep(string folder)
    {
        foreach (string left in Directory.EnumerateFiles(folder, Prefix + "*" + Extension))
        {
            try
            {
                new FileStream(left, FileMode.Open, FileAccess.ReadWrite, FileShare.None, bufferSize: 0).Dispose();
                File.Delete(left);
            }
            catch (Exception inUse) when (inUse is IOException or UnauthorizedAccessException)
            {
                // It belongs to another run or user, who will remove it.
            }
        }
    }
}
