using System.Globalization;

namespace VectorMigration.Cli.Output;

/// <summary>Runs of a log folder for people.</summary>
internal static class RunSheet
{
    /// <summary>One run.</summary>
    public static Sheet Of(MigrationRun run, DateTimeOffset now, TimeZoneInfo zone) => new Sheet($"run {run.RunId}")
        .Add("state", State(run, now, zone), run.State switch
        {
            MigrationRunState.Ended when run.Result == MigrationStatus.Completed => Tone.Good,
            MigrationRunState.Ended or MigrationRunState.Killed => Tone.Bad,
            MigrationRunState.Running when run.UnreachableSince is null => Tone.Plain,
            _ => Tone.Notice,
        })
        .Add("collection", run.Collection)
        .Add("progress", run.IsUnderWay ? Amount(run) : null)
        .Add("acknowledged", Units.Count(run.Acknowledged)
            + (run.AcknowledgedBefore > 0 ? $", {Units.Count(run.AcknowledgedBefore)} before" : string.Empty)
            + (run.Failed > 0 ? $", {Units.Count(run.Failed)} failed" : string.Empty)
            + (run.Skipped > 0 ? $", {Units.Count(run.Skipped)} skipped" : string.Empty))
        .Add("pace", Pace(run))
        .Add("started", RunPulse.Clock(run.StartedAt, now, zone))
        .Add("process", run.ProcessId is int id ? $"{id}{(run.HostName is string host ? $" on {host}" : string.Empty)}" : null)
        .Add("folder", run.RunDirectory);

    /// <summary>Several runs, one a line.</summary>
    public static IEnumerable<string> Table(IReadOnlyList<MigrationRun> runs, DateTimeOffset now, TimeZoneInfo zone)
    {
        yield return $"{"STATE",-8} {"PROGRESS",-15} {"START",-5} {"COLLECTION",-11} RUN";
        foreach (MigrationRun run in runs)
        {
            yield return $"{run.State.ToString().ToLowerInvariant(),-8} {Cut(run.Progress, 15),-15} {Start(run, now, zone),-5} "
                + $"{Cut(run.Collection ?? "unknown", 11),-11} {run.RunId}";
        }
    }

    /// <summary>Time of day of a run that began today, day and month of others: a line has no room for more.</summary>
    private static string Start(MigrationRun run, DateTimeOffset now, TimeZoneInfo zone)
    {
        DateTimeOffset local = TimeZoneInfo.ConvertTime(run.StartedAt, zone);
        return local.ToString(local.Date == TimeZoneInfo.ConvertTime(now, zone).Date ? "HH:mm" : "MM-dd", CultureInfo.InvariantCulture);
    }

    /// <summary>How far a run is, in one line.</summary>
    public static string Line(MigrationRun run, DateTimeOffset now, TimeZoneInfo zone) => run.State switch
    {
        MigrationRunState.Paused => $"{Amount(run)}, {State(run, now, zone)}",
        MigrationRunState.Stopping => $"{Amount(run)}, stopping",
        _ => Amount(run)
            + (run.UnreachableSince is DateTimeOffset lost ? $", server unreachable since {RunPulse.Clock(lost, now, zone)}" : string.Empty)
            + (run.PerSecond is > 0 and double rate ? string.Create(CultureInfo.InvariantCulture, $", {rate:N0}/s") : string.Empty)
            + (run.ExpectedEnd is DateTimeOffset end ? $", expected to end at {RunPulse.Clock(end, now, zone)}" : string.Empty),
    };

    /// <summary>Batches that a paused run has sent are answered yet.</summary>
    public static string StillUnderWay(MigrationRun run) =>
        $"{Units.Of(run.UnderWay, "batch was", "batches were")} sent before the pause and {(run.UnderWay == 1 ? "is" : "are")} not answered yet. "
            + "The journal records the answers.";

    private static string State(MigrationRun run, DateTimeOffset now, TimeZoneInfo zone) => run.State switch
    {
        MigrationRunState.Paused when run.PausedSince is DateTimeOffset since => $"paused since {RunPulse.Clock(since, now, zone)}",
        MigrationRunState.Ended => $"ended: {run.Progress}" + (run.Result is not null && run.ExitCode is int code ? $" (exit code {code})" : string.Empty),
        MigrationRunState.Killed => "killed: its process is gone",
        _ when run.UnreachableSince is DateTimeOffset lost => $"server unreachable since {RunPulse.Clock(lost, now, zone)}",
        MigrationRunState other => other.ToString().ToLowerInvariant(),
    };

    private static string Amount(MigrationRun run)
    {
        string phase = RunPulse.NameOf(run.Phase ?? string.Empty);
        return run.Total is > 0 and long total
            ? $"{phase}: {Units.Count(run.Done)} of {Units.Count(total)} vectors ({Math.Min(100, 100 * run.Done / total)} %)" : phase;
    }

    private static string? Pace(MigrationRun run) => run is not { BatchSize: int size, ThrottleLimit: int parallel } ? null
        : string.Create(CultureInfo.InvariantCulture, $"batches of {size:N0}, {parallel:N0} in parallel")
            + (run.BatchDelay is TimeSpan delay ? string.Create(CultureInfo.InvariantCulture, $", pauses of {delay.TotalSeconds:0.###} s") : string.Empty)
            + (run.RequestsPerSecond is double rate ? string.Create(CultureInfo.InvariantCulture, $", at most {rate:0.###} requests/s") : string.Empty);

    private static string Cut(string text, int width) => text.Length <= width ? text : text[..(width - 1)] + "…";
}
