using VectorMigration.Errors;
using VectorMigration.Runs;

namespace VectorMigration.Reports;

/// <summary>The errors of reading what earlier runs left behind.</summary>
internal static class HistoryErrors
{
    private const string WhatIsRead = "Name a log folder, the folder of a run in runs, a migration.log, or a summary.json.";

    public static MigrationException NotFound(string path) => new(
        ErrorIds.RunNotFound, ErrorKind.NotFound, $"There is no file or folder {path}.", WhatIsRead, path);

    public static MigrationException Unreadable(string path, Exception e) => new(
        ErrorIds.RunUnreadable, ErrorKind.Permission, $"{path} cannot be read: {e.Message}",
        "Check that it is a file, and that this user has permission to read it.", path, e);

    public static MigrationException NoRun(string path, string why, Exception? e = null) => new(
        ErrorIds.NotARun, ErrorKind.InvalidData, $"{path} is neither a migration.log nor the summary of a run: {why}.", WhatIsRead, path, e);

    /// <summary>The warning of a report that was made of damaged logs.</summary>
    public static string TornLines(long torn) =>
        $"{Units.Of(torn, "damaged line", "damaged lines")} of the logs {(torn == 1 ? "was" : "were")} skipped. The report shows the other lines.";

    /// <summary>A result of a run without logs cannot be reported.</summary>
    public static MigrationException NoLogFolder(string collection) => new(
        ErrorIds.RunNotFound, ErrorKind.NotFound, $"The result of the migration to '{collection}' has no log folder, so no report can be made of it.",
        "Pipe the result of a run with logs.", collection);

    /// <summary>A summary alone does not tell how a run went over time.</summary>
    public static MigrationException NoLog(string path) => new(
        ErrorIds.NotARun, ErrorKind.InvalidData, $"{path} is the summary of a run whose log is not next to it, so no report can be made of it.",
        "Name a log folder, the folder of a run in runs, or a migration.log.", path);

    /// <summary>A report is not written over a file that is none.</summary>
    public static MigrationException NoReport(string path) => new(
        ErrorIds.ReportUnwritable, ErrorKind.Conflict, $"{path} exists and is not a report of this tool. It was not changed.",
        "Name another file with -OutputPath.", path);

    /// <summary>The report cannot be written.</summary>
    public static MigrationException ReportUnwritable(string path, Exception e) => new(
        ErrorIds.ReportUnwritable, ErrorKind.Permission, $"The report {path} cannot be written: {e.Message}",
        "Name a file in an existing folder that this user can write to, with -OutputPath.", path, e);

    /// <summary>The warning of figures that were read from a damaged log.</summary>
    public static string TornWarning(RunRecord run) =>
        $"{Units.Of(run.TornLines, "damaged line", "damaged lines")} of {run.Path} {(run.TornLines == 1 ? "was" : "were")} skipped. "
            + "The figures are those of the other lines.";

    public static MigrationException Damaged(string path, long torn) => new(
        ErrorIds.DamagedLog, ErrorKind.InvalidData,
        $"{Units.Of(torn, "line", "lines")} of {path} {(torn == 1 ? "is" : "are")} damaged, and the other lines contain no batch of the run.",
        "Measure the run's summary instead: runs/<start>-<run id>/summary.json in the log folder.", path);

    public static MigrationException RunMissing(string path, Guid runId) => new(
        ErrorIds.RunNotFound, ErrorKind.NotFound, $"{path} contains no batch of the run {runId}.",
            "Omit the run id to use the last run that sent vectors, or use an id from the field \"run\" of the log.", path);

    /// <summary>A run is compared with itself, as two names of one log folder are read as its last run.</summary>
    /// <param name="run">The run, as it was named both times.</param>
    /// <param name="lastRuns">Folders of the last two runs of that folder, the last one first; empty where it has no two.</param>
    /// <param name="command">Text before the two paths of a comparison on this surface.</param>
    /// <param name="between">Text between them.</param>
    public static MigrationException SameRun(RunRecord run, IReadOnlyList<string> lastRuns, string command, string between) => new(
        ErrorIds.Usage, ErrorKind.InvalidArgument,
        $"Both paths name the same run, {run.RunId?.ToString() ?? run.Path}. The path of a log folder names its last run that sent vectors.",
        lastRuns.Count == 2
            ? $"To compare the last two runs of this folder: {command} {CommonErrors.Quoted(lastRuns[0])} {between}{CommonErrors.Quoted(lastRuns[1])}"
            : "Name the earlier run by its folder in runs, or by its summary.json.", run.Path);

    public static MigrationException NothingSent(string path) => new(
        ErrorIds.NothingSent, ErrorKind.InvalidData, $"{path} contains no batch that was sent, so nothing can be measured.",
            "Name the log or summary of a run that sent vectors.", path);
}
