using VectorMigration.Engine;
using VectorMigration.Errors;

namespace VectorMigration.Reports;

/// <summary>A run that was measured from what it left behind.</summary>
/// <param name="RunId">The run; null where it is not known.</param>
/// <param name="Path">Full path of the log or summary.</param>
/// <param name="Perf">Its figures.</param>
public sealed record RunRecord(Guid? RunId, string Path, MigrationPerf Perf)
{
    /// <summary>Reads the figures of a run from a <c>migration.log</c>, a log folder (its <c>migration.log</c>), or a summary of its folder
    /// <c>runs</c>.</summary>
    /// <param name="path">File or folder.</param>
    /// <param name="runId">Which run of a log; the last one that sent a batch when null.</param>
    /// <param name="slowThreshold">What counts as slow in a log, 5 s when null; a summary tells what its run counted.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="MigrationException">There is no such file, it is neither log nor summary, or it holds no such run.</exception>
    public static RunRecord Read(string path, Guid? runId = null, TimeSpan? slowThreshold = null, CancellationToken cancellationToken = default)
    {
        string full = System.IO.Path.GetFullPath(path);
        if (Directory.Exists(full))
        {
            full = System.IO.Path.Combine(full, "migration.log");
        }

        if (!File.Exists(full))
        {
            throw HistoryErrors.NotFound(full);
        }

        try
        {
            return LogFile.IsLog(full) ? new LogFile(full, cancellationToken).Measure(runId, slowThreshold) : OfSummary(full, runId);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw HistoryErrors.Unreadable(full, e);
        }
    }

    private static RunRecord OfSummary(string path, Guid? runId)
    {
        RunSummary summary = RunSummaries.Read(path);
        return runId is Guid wanted && wanted != summary.RunId
            ? throw HistoryErrors.RunMissing(path, wanted)
            : new RunRecord(summary.RunId, path, summary.Perf ?? throw HistoryErrors.NothingSent(path));
    }
}
