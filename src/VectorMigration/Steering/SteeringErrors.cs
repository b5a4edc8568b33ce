using VectorMigration.Errors;

namespace VectorMigration.Steering;

/// <summary>The errors of a session that looks at runs, or steers one.</summary>
internal static class SteeringErrors
{
    public static MigrationException NoFolder(string logDirectory) => new(
        ErrorIds.RunNotFound, ErrorKind.NotFound, $"There is no log folder {logDirectory}.",
        "Use -LogDirectory with the log folder of the run.", logDirectory);

    public static MigrationException NoRun(string logDirectory, Guid runId) => new(
        ErrorIds.RunNotFound, ErrorKind.NotFound, $"The log folder {logDirectory} has no run {runId}.",
        "Use Get-VectorMigration to list its runs.", logDirectory);

    public static MigrationException NothingUnderWay(string logDirectory) => new(
        ErrorIds.RunNotUnderWay, ErrorKind.NotFound, $"No run of the log folder {logDirectory} is under way.",
        "Use -LogDirectory with the log folder of the run. A run appears there once its plan is complete.", logDirectory);

    public static MigrationException NotUnderWay(MigrationRun run) => new(
        ErrorIds.RunNotUnderWay, ErrorKind.NotFound, run.State == MigrationRunState.Killed
            ? $"The run {run.RunId} was killed: its process is gone, and the run did not finish."
            : $"The run {run.RunId} is not under way: it has ended{(run.ExitCode is int code ? $" with exit code {code}" : string.Empty)}.",
        run.State == MigrationRunState.Killed || run.ExitCode == Runs.ExitCodes.Interrupted
            ? "To resume the migration, run its command again." : "Use Get-VectorMigration to list the runs of the log folder.",
        run.RunId);

    public static MigrationException Several(string logDirectory, IReadOnlyList<MigrationRun> runs) => new(
        ErrorIds.SeveralRunsUnderWay, ErrorKind.InvalidArgument,
        $"{Grouped.Of(runs.Count)} runs of the log folder {logDirectory} are under way: "
            + string.Join(", ", runs.Take(5).Select(static run => $"{run.RunId} ({run.Collection})")) + (runs.Count > 5 ? ", …" : string.Empty) + ".",
        "Name one with -RunId.", logDirectory);

    public static MigrationException NoChannel(MigrationRun run) => new(
        ErrorIds.RunNotSteerable, ErrorKind.Connection,
        $"The run {run.RunId} cannot be steered{(run.NoChannel is string why ? $": {why.TrimEnd('.')}" : ": it has no channel that this user may read")}.",
        "Steer it as the user who started it. To stop it, press Ctrl+C in its session.", run.RunId);

    public static MigrationException NoAnswer(MigrationRun run) => new(
        ErrorIds.RunNotSteerable, ErrorKind.Connection,
        string.Equals(run.HostName, Environment.MachineName, StringComparison.OrdinalIgnoreCase)
            ? $"The run {run.RunId} does not answer. Its process {run.ProcessId} exists, but may be suspended or busy. The request may still take effect later."
            : $"The run {run.RunId} does not answer. It belongs to process {run.ProcessId} on {run.HostName}, and this is {Environment.MachineName}.",
        string.Equals(run.HostName, Environment.MachineName, StringComparison.OrdinalIgnoreCase)
            ? "Use Get-VectorMigration to see its state, and repeat the command once the process continues."
            : "Steer it on its machine, as the user who started it.", run.RunId);

    public static MigrationException Refused(MigrationRun run, string why) => new(
        ErrorIds.SteeringRefused, ErrorKind.InvalidArgument, $"The run {run.RunId} refused: {why.TrimEnd('.')}.",
        "Use Get-VectorMigration to see how far it is.", run.RunId);

    public static MigrationException NothingToSet() => new(
        ErrorIds.ValueOutOfRange, ErrorKind.InvalidArgument, "No value of the pace was specified.",
        "Use -BatchSize, -ThrottleLimit, -BatchDelay, -RequestsPerSecond or -Adaptive.");
}
