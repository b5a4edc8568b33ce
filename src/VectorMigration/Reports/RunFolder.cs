using System.Globalization;
using VectorMigration.Errors;

namespace VectorMigration.Reports;

/// <summary>The folder of one run within a log folder: <c>runs/&lt;start&gt;-&lt;run id&gt;</c>, with everything that the run alone writes.</summary>
/// <param name="Path">Full path of the folder, which need not exist.</param>
/// <param name="StartedAt">When the run began, UTC, to the millisecond.</param>
/// <param name="RunId">The run.</param>
internal sealed record RunFolder(string Path, DateTimeOffset StartedAt, Guid RunId)
{
    /// <summary>The folder that holds those of all runs.</summary>
    public const string ParentName = "runs";

    /// <summary>The log, in a log folder and in that of a run.</summary>
    public const string LogName = "migration.log";

    /// <summary>One line for each batch over the threshold.</summary>
    public const string SlowName = "perf_slow.log";

    /// <summary>Ids of batches whose ranges would be long.</summary>
    public const string IdsName = "ids.log.gz";

    /// <summary>What the run came to.</summary>
    public const string SummaryName = "summary.json";

    /// <summary>Whether a file in the folder of a run has a name that the run gives.</summary>
    public static bool IsOfRun(string name) =>
        Names.Any(own => name == own || (name.StartsWith(own + ".", StringComparison.Ordinal) && name.EndsWith(".new", StringComparison.Ordinal)));

    private static readonly string[] Names = [LogName, SlowName, IdsName, SummaryName, ReportName, ProgressTeller.HeartbeatName, Steering.RunFile.Name];

    private const string StartFormat = "yyyyMMdd'T'HHmmssfff'Z'";

    /// <summary>Of folders from before runs of one second were told apart.</summary>
    private const string EarlierFormat = "yyyyMMdd'T'HHmmss'Z'";

    /// <summary>Full path of the run's log.</summary>
    public string Log => System.IO.Path.Combine(Path, LogName);

    /// <summary>The page that shows the run.</summary>
    public const string ReportName = "report.html";

    /// <summary>Full path of its summary.</summary>
    public string Summary => System.IO.Path.Combine(Path, SummaryName);

    /// <summary>Full path of its report.</summary>
    public string Report => System.IO.Path.Combine(Path, ReportName);

    /// <summary>Where the log is, as the log of the whole folder tells it.</summary>
    public string Told => $"{ParentName}/{System.IO.Path.GetFileName(Path)}/{LogName}";

    /// <summary>The folder of a run.</summary>
    /// <param name="logDirectory">Folder of the logs.</param>
    /// <param name="startedAt">When it began.</param>
    /// <param name="runId">The run.</param>
    public static RunFolder Of(string logDirectory, DateTimeOffset startedAt, Guid runId)
    {
        string start = startedAt.UtcDateTime.ToString(StartFormat, CultureInfo.InvariantCulture);
        return new RunFolder(System.IO.Path.Combine(System.IO.Path.GetFullPath(logDirectory), ParentName, $"{start}-{runId}"), startedAt, runId);
    }

    /// <summary>The folder that a log of the whole folder tells of; null where what it says is no such place: a path in a log leads nowhere else.</summary>
    /// <param name="logDirectory">Folder of the logs.</param>
    /// <param name="told">What the log says.</param>
    public static RunFolder? OfTold(string logDirectory, string? told) =>
        told?.Split('/') is [ParentName, string name, LogName] ? Parse(System.IO.Path.Combine(logDirectory, ParentName), name) : null;

    /// <summary>All run folders of a log folder, the first run first; none where there is no such folder.</summary>
    public static RunFolder[] All(string logDirectory)
    {
        string parent = System.IO.Path.Combine(logDirectory, ParentName);
        try
        {
            return [.. Directory.EnumerateDirectories(parent).Select(folder => Parse(parent, System.IO.Path.GetFileName(folder))).OfType<RunFolder>()
                .OrderBy(static folder => folder.StartedAt).ThenBy(static folder => folder.Path, StringComparer.Ordinal)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            return [];
        }
    }

    /// <summary>
    /// The run that a path means: a log folder or its <c>runs</c> (the run that is asked for, or the last one), the folder of a run, or a file in it. Null
    /// where it is none of these.
    /// </summary>
    /// <param name="path">Full path.</param>
    /// <param name="runId">The run that is asked for; null for the last one.</param>
    public static RunFolder? Find(string path, Guid? runId)
    {
        string folder = Directory.Exists(path) ? path : System.IO.Path.GetDirectoryName(path) ?? path;
        if (!Directory.Exists(path) && (!File.Exists(path) || System.IO.Path.GetFileName(path) is not (LogName or SummaryName)))
        {
            return null;
        }

        if (Parse(System.IO.Path.GetDirectoryName(folder) ?? folder, System.IO.Path.GetFileName(folder)) is RunFolder own)
        {
            return runId is null || runId == own.RunId ? own : null;
        }

        string logs = System.IO.Path.GetFileName(folder) == ParentName ? System.IO.Path.GetDirectoryName(folder)! : folder;
        return All(logs).LastOrDefault(run => (runId is null || runId == run.RunId) && (File.Exists(run.Log) || File.Exists(run.Summary)));
    }

    /// <summary>The folders of the last two runs of a log folder that sent vectors, the last one first; empty where it has no two.</summary>
    public static IReadOnlyList<string> LastTwo(string logDirectory) =>
        All(logDirectory).Reverse().Where(static run => run.HasSent()).Take(2).ToArray() is [RunFolder last, RunFolder before]
            ? [last.Path, before.Path] : [];

    /// <summary>Whether there is something to measure.</summary>
    private bool HasSent()
    {
        try
        {
            return File.Exists(Log) && RunRecord.Read(Path).Perf.Vectors > 0;
        }
        catch (MigrationException)
        {
            return false;
        }
    }

    /// <summary>The log folder that a file of a run's folder belongs to; null for any other file.</summary>
    public static string? LogsOf(string file)
    {
        string? parent = System.IO.Path.GetDirectoryName(System.IO.Path.GetDirectoryName(file));
        return parent is not null && System.IO.Path.GetFileName(parent) == ParentName ? System.IO.Path.GetDirectoryName(parent) : null;
    }

    private static RunFolder? Parse(string parent, string name) =>
        name.IndexOf('-', StringComparison.Ordinal) is > 0 and int end
            && DateTimeOffset.TryParseExact(name[..end], [StartFormat, EarlierFormat], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal,
                out DateTimeOffset at)
            && Guid.TryParse(name[(end + 1)..], out Guid run)
            ? new RunFolder(System.IO.Path.Combine(parent, name), at, run)
            : null;
}
