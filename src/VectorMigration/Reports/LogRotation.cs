using VectorMigration.Runs;

namespace VectorMigration.Reports;

/// <summary>
/// Removes what runs have logged when it is too old or too much: whole run folders, the oldest first, and logs of the whole folder that were put aside. What a
/// run that can be resumed has logged stays, as does that of a run that is under way.
/// </summary>
/// <param name="directory">Folder of the logs.</param>
/// <param name="shared">Its log, whose lock keeps other processes from the same work.</param>
internal sealed class LogRotation(string directory, FolderLog shared)
{
    /// <summary>Removes what is due. Never throws for what cannot be read or removed: that stays until another run begins.</summary>
    /// <param name="retention">How long, and how much.</param>
    /// <param name="current">The run that begins.</param>
    /// <param name="now">The time, UTC.</param>
    public void Apply(LogRetention retention, RunFolder current, DateTimeOffset now)
    {
        try
        {
            RunFolder[] others = [.. RunFolder.All(directory).Where(run => run.RunId != current.RunId)];
            DateTimeOffset? oldest = retention.Age is TimeSpan age ? now - age : null;
            bool isDue = others.Any(run => run.StartedAt < oldest) || (retention.Bytes is long most && others.Sum(SizeOf) > most)
                || FolderLog.Archives(directory).Any(path => File.GetLastWriteTimeUtc(path) < oldest?.UtcDateTime);
            if (isDue)
            {
                shared.Hold(() => Remove(others, oldest, retention.Bytes));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            // The next run tries again.
        }
    }

    private void Remove(RunFolder[] runs, DateTimeOffset? oldest, long? most)
    {
        RunTrace[] traces = [.. runs.Select(RunTrace.Read)];
        long total = runs.Sum(SizeOf);
        foreach (RunTrace trace in traces.Where(trace => !trace.CanBeResumed(traces) && !IsInUse(trace.Folder)))
        {
            if (trace.Folder.StartedAt < oldest || total > most)
            {
                total -= SizeOf(trace.Folder);
                Delete(trace.Folder);
            }
        }

        foreach (string path in FolderLog.Archives(directory).Where(path => File.GetLastWriteTimeUtc(path) < oldest?.UtcDateTime))
        {
            if (!new LogFile(path, CancellationToken.None).HoldsUnended())
            {
                File.Delete(path);
            }
        }
    }

    private static long SizeOf(RunFolder run) => Directory.Exists(run.Path) ? FilesOf(run).Sum(static file => file.Length) : 0;

    /// <summary>Deletes what a run wrote; its folder too, unless somebody else has put something into it.</summary>
    private static void Delete(RunFolder run)
    {
        foreach (FileInfo file in FilesOf(run))
        {
            file.Delete();
        }

        if (!Directory.EnumerateFileSystemEntries(run.Path).Any())
        {
            Directory.Delete(run.Path);
        }
    }

    private static FileInfo[] FilesOf(RunFolder run) =>
        [.. new DirectoryInfo(run.Path).EnumerateFiles().Where(static file => RunFolder.IsOfRun(file.Name))];

    /// <summary>A run keeps its logs open, and shares them with readers alone.</summary>
    private static bool IsInUse(RunFolder run)
    {
        string path = Path.Combine(run.Path, RunFolder.SlowName);
        try
        {
            if (File.Exists(path))
            {
                new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None, bufferSize: 0).Dispose();
            }

            return false;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return true;
        }
    }
}
