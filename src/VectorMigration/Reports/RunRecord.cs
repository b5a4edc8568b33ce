using VectorMigration.Engine;
using VectorMigration.Errors;
using VectorMigration.Files;

namespace VectorMigration.Reports;

/// <summary>A run that was measured from what it left behind.</summary>
/// <param name="RunId">The run; null where it is not known.</param>
/// <param name="Path">Full path of the log or summary.</param>
/// <param name="Perf">Its figures.</param>
public sealed record RunRecord(Guid? RunId, string Path, MigrationPerf Perf)
{
    /// <summary>Lines of the log that are damaged and were passed over: a run was killed while it wrote one, or runs of an earlier version wrote over each
    /// other.</summary>
    public long TornLines { get; init; }

    /// <summary>What the run sent; null where its summary is not there.</summary>
    internal RunSubject? Subject { get; private init; }

    /// <summary>Whether both are one run, read from whatever it left behind.</summary>
    internal bool IsRun(RunRecord other) => RunId is Guid id ? id == other.RunId : Path == other.Path;

    /// <summary>Reads the figures of a run from what it left behind: a log folder, the folder of a run, a <c>migration.log</c>, or a summary; those of
    /// earlier versions too.</summary>
    /// <param name="path">File or folder.</param>
    /// <param name="runId">Which run of a log; when null, the one that began last of those that sent a batch.</param>
    /// <param name="slowThreshold">What counts as slow in a log, 5 s when null; a summary tells what its run counted.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="MigrationException">There is no such file, it is neither log nor summary, or it holds no such run.</exception>
    public static RunRecord Read(string path, Guid? runId = null, TimeSpan? slowThreshold = null, CancellationToken cancellationToken = default)
    {
        string full = System.IO.Path.TrimEndingDirectorySeparator(FileNames.Full(path));
        try
        {
            RunRecord record = Directory.Exists(full) ? OfFolder(full, runId, slowThreshold, cancellationToken)
                : !File.Exists(full) ? throw HistoryErrors.NotFound(full)
                : LogFile.IsLog(full) ? new LogFile(full, cancellationToken).Measure(runId, slowThreshold)
                : OfSummary(full, runId);
            return record.Subject is null ? record with { Subject = RunSubject.Of(SummaryOf(record)) } : record;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw HistoryErrors.Unreadable(full, e);
        }
    }

    /// <summary>
    /// A run by its id, by the log of the folder first; the last run by the folders of runs, since the log of the folder has its lines as runs ended. Where
    /// one of them does not tell, because lines were lost or put aside, the other one does.
    /// </summary>
    private static RunRecord OfFolder(string folder, Guid? runId, TimeSpan? slowThreshold, CancellationToken cancellationToken)
    {
        string log = System.IO.Path.Combine(folder, RunFolder.LogName);
        bool isParent = System.IO.Path.GetFileName(folder) == RunFolder.ParentName && !File.Exists(log);
        string logs = isParent ? System.IO.Path.GetDirectoryName(folder)! : folder;
        MigrationException? reason = null;
        Func<RunRecord?>[] ways = [() => isParent || !File.Exists(log) ? null : Measure(log, runId), OfRuns];
        foreach (Func<RunRecord?> way in runId is null ? ways.Reverse() : ways)
        {
            if (way() is RunRecord record)
            {
                return record;
            }
        }

        throw reason ?? HistoryErrors.NotFound(log);

        RunRecord? OfRuns() => RunFolder.All(logs).Reverse().Where(run => (runId is null || run.RunId == runId) && File.Exists(run.Log))
            .Select(run => Measure(run.Log, run.RunId)).FirstOrDefault(static record => record is not null);

        RunRecord? Measure(string path, Guid? run)
        {
            try
            {
                return new LogFile(path, cancellationToken).Measure(run, slowThreshold);
            }
            catch (MigrationException e) when (e.ErrorId is ErrorIds.RunNotFound or ErrorIds.NothingSent or ErrorIds.DamagedLog)
            {
                reason = path == log ? e : reason ?? HistoryErrors.NothingSent(folder);
                return null;
            }
        }
    }

    /// <summary>The summary of a run that was measured by its log; null where there is none.</summary>
    private static RunSummary? SummaryOf(RunRecord record)
    {
        string folder = System.IO.Path.GetDirectoryName(record.Path) ?? record.Path;
        return RunSummaries.TryRead(System.IO.Path.Combine(folder, RunFolder.SummaryName)) is { } beside && beside.RunId == record.RunId ? beside
            : RunSummaries.Latest(folder).FirstOrDefault(summary => summary.RunId == record.RunId);
    }

    private static RunRecord OfSummary(string path, Guid? runId)
    {
        RunSummary summary = RunSummaries.Read(path);
        return runId is Guid wanted && wanted != summary.RunId
            ? throw HistoryErrors.RunMissing(path, wanted)
            : new RunRecord(summary.RunId, path, summary.Perf ?? throw HistoryErrors.NothingSent(path)) { Subject = RunSubject.Of(summary) };
    }
}
