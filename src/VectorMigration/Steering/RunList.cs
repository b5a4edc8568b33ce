using System.Text.Json;
using VectorMigration.Engine;
using VectorMigration.Errors;
using VectorMigration.Files;
using VectorMigration.Reports;
using VectorMigration.Runs;

namespace VectorMigration.Steering;

/// <summary>The runs of a log folder, from what they left there, and from those that are under way.</summary>
internal static class RunList
{
    /// <summary>A run on another machine that has said nothing for so long is taken for dead: six heartbeats.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(2);

    /// <summary>All runs of a folder, the first one first.</summary>
    /// <param name="logDirectory">Full path of the log folder.</param>
    /// <param name="runId">The one run that is wanted; null for all.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="MigrationException">There is no such folder.</exception>
    public static async Task<IReadOnlyList<MigrationRun>> ReadAsync(string logDirectory, Guid? runId, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(logDirectory))
        {
            throw SteeringErrors.NoFolder(logDirectory);
        }

        List<MigrationRun> runs = [];
        foreach (RunFolder folder in RunFolder.All(logDirectory).Where(folder => runId is null || folder.RunId == runId))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (Read(logDirectory, folder) is MigrationRun run)
            {
                runs.Add(await RefreshAsync(run, cancellationToken).ConfigureAwait(false));
            }
        }

        return runs;
    }

    /// <summary>The report of a run, told of each run in it that has no end whether it is under way, as its files say.</summary>
    public static RunReport WithStates(RunReport report)
    {
        if (RunFolder.LogsOf(report.LogPath) is not string logs)
        {
            return report;
        }

        return report with
        {
            IsUnderWay = report.Summary is null ? IsUnderWay(logs, report.RunId) : null,
            OtherRuns = [.. report.OtherRuns.Select(other => other.Status is null ? other with { IsUnderWay = IsUnderWay(logs, other.RunId) } : other)],
        };
    }

    private static bool? IsUnderWay(string logs, Guid runId) =>
        RunFolder.All(logs).FirstOrDefault(folder => folder.RunId == runId) is RunFolder folder && Read(logs, folder) is MigrationRun run
            ? run.State == MigrationRunState.Killed ? false : run.IsUnderWay ? true : null : null;

    /// <summary>A run as it is now.</summary>
    public static async Task<MigrationRun> AgainAsync(MigrationRun run, CancellationToken cancellationToken) =>
        await ReadAsync(run.LogDirectory, run.RunId, cancellationToken).ConfigureAwait(false) is [MigrationRun now, ..] ? now : run;

    /// <summary>What a run says of itself.</summary>
    public static MigrationRun Of(RunFile file, MigrationRunState state, string logDirectory, string folder) => new()
    {
        RunId = file.RunId,
        State = state,
        Collection = file.Collection,
        Phase = file.Phase,
        Done = file.Done,
        Total = file.Total,
        Acknowledged = file.Acknowledged,
        AcknowledgedBefore = file.AcknowledgedBefore ?? 0,
        Failed = file.Failed,
        Skipped = file.Skipped,
        PerSecond = state is MigrationRunState.Running ? file.PerSecond : null,
        ExpectedEnd = state is MigrationRunState.Running ? Utc(file.ExpectedEnd) : null,
        UnderWay = file.UnderWay,
        BatchSize = file.BatchSize,
        ThrottleLimit = file.ThrottleLimit,
        BatchDelay = file.BatchDelay is double seconds ? TimeSpan.FromSeconds(seconds) : null,
        RequestsPerSecond = file.RequestsPerSecond,
        StartedAt = Utc(file.StartedAt)!.Value,
        UpdatedAt = Utc(file.At)!.Value,
        PausedSince = Utc(file.PausedSince),
        UnreachableSince = Utc(file.UnreachableSince),
        Result = Enum.TryParse(file.Result, out MigrationStatus status) && Enum.IsDefined(status) ? status : null,
        ExitCode = file.ExitCode,
        HostName = file.Host,
        ProcessId = file.ProcessId,
        LogDirectory = logDirectory,
        RunDirectory = folder,
        Channel = file.Channel,
        NoChannel = file.NoChannel,
    };

    /// <summary>The state that a status of a run file means.</summary>
    public static MigrationRunState StateOf(string status) => status switch
    {
        "ended" => MigrationRunState.Ended,
        "paused" => MigrationRunState.Paused,
        "stopping" => MigrationRunState.Stopping,
        _ => MigrationRunState.Running,
    };

    private static MigrationRun? Read(string logDirectory, RunFolder folder)
    {
        if (RunFile.TryRead(folder.Path) is { } file && file.RunId == folder.RunId)
        {
            MigrationRun run = Of(file, StateOf(file, DateTime.UtcNow), logDirectory, folder.Path);
            return run.State == MigrationRunState.Killed ? Logged(run, folder) : run;
        }

        // A run of an earlier version, of another user, or one that was refused.
        return Ended(logDirectory, folder) ?? Beating(logDirectory, folder);
    }

    /// <summary>
    /// A run that was killed, with what its log has of it: the log has a line for each batch, and the file of the run is a few seconds older.
    /// </summary>
    private static MigrationRun Logged(MigrationRun run, RunFolder folder)
    {
        try
        {
            MigrationPerf perf = RunRecord.Read(folder.Log, folder.RunId).Perf;
            return perf.Vectors < run.Acknowledged ? run : run with
            {
                Acknowledged = perf.Vectors,
                Done = Math.Max(run.Done, Math.Min(run.AcknowledgedBefore + perf.Vectors, run.Total ?? long.MaxValue)),
                Failed = Math.Max(run.Failed, perf.FailedVectors),
                UpdatedAt = perf.EndedAt > run.UpdatedAt ? perf.EndedAt : run.UpdatedAt,
            };
        }
        catch (MigrationException)
        {
            // The log has no batch of it, or is gone.
            return run;
        }
    }

    private static MigrationRunState StateOf(RunFile file, DateTime now)
    {
        if (file.Status == "ended")
        {
            return MigrationRunState.Ended;
        }

        bool isThere = string.Equals(file.Host, Environment.MachineName, StringComparison.OrdinalIgnoreCase)
            ? RunProcess.IsThere(file.ProcessId, file.ProcessStartedAt) : now - file.At < Silence;
        return isThere ? StateOf(file.Status) : MigrationRunState.Killed;
    }

    private static MigrationRun? Ended(string logDirectory, RunFolder folder) => !File.Exists(folder.Summary) ? null
        : RunSummaries.TryRead(folder.Summary) is not RunSummary summary ? null : new MigrationRun
        {
            RunId = folder.RunId,
            State = MigrationRunState.Ended,
            Collection = summary.Collection,
            Acknowledged = summary.Counts.Sent,
            AcknowledgedBefore = summary.Counts.Skipped,
            Failed = summary.Counts.Failed,
            StartedAt = summary.StartedAt,
            UpdatedAt = summary.StartedAt + summary.Duration,
            Result = summary.Status,
            ExitCode = ExitCodes.Of(summary.Status),
            LogDirectory = logDirectory,
            RunDirectory = folder.Path,
        };

    private static MigrationRun? Beating(string logDirectory, RunFolder folder)
    {
        RunPulse? pulse = null;
        try
        {
            string path = Path.Combine(folder.Path, ProgressTeller.HeartbeatName);
            pulse = File.Exists(path) && SpecialFile.KindOf(path) is null
                ? JsonSerializer.Deserialize(File.ReadAllBytes(path), RunPulseJson.Default.RunPulse) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            // It tells nothing, then.
        }

        if (pulse is null)
        {
            return null;
        }

        MigrationRun run = new()
        {
            RunId = folder.RunId,
            State = pulse.Status == "ended" ? MigrationRunState.Ended : DateTime.UtcNow - pulse.At < Silence ? StateOf(pulse.Status) : MigrationRunState.Killed,
            Collection = pulse.Collection,
            Phase = pulse.Phase,
            Done = pulse.Done,
            Total = pulse.Total,
            AcknowledgedBefore = pulse.AcknowledgedBefore ?? 0,
            StartedAt = folder.StartedAt,
            UpdatedAt = Utc(pulse.At)!.Value,
            PausedSince = Utc(pulse.PausedSince),
            UnreachableSince = Utc(pulse.UnreachableSince),
            Result = pulse.ExitCode switch
            {
                ExitCodes.Success => MigrationStatus.Completed,
                ExitCodes.Interrupted => MigrationStatus.Interrupted,
                ExitCodes.Incomplete => MigrationStatus.Incomplete,
                _ => null,
            },
            ExitCode = pulse.ExitCode,
            ProcessId = pulse.ProcessId,
            LogDirectory = logDirectory,
            RunDirectory = folder.Path,
        };

        // A repair leaves no result of its own. Its log has a line for each batch.
        return run.Phase == MigrationRun.RepairPhase && !run.IsUnderWay ? Logged(run, folder) : run;
    }

    /// <summary>Asks a run that is under way how far it is; where it does not answer, what its file says stands.</summary>
    private static async Task<MigrationRun> RefreshAsync(MigrationRun run, CancellationToken cancellationToken)
    {
        if (!run.IsUnderWay || run.Channel is not string address)
        {
            return run;
        }

        SteeringRequest question = new() { Command = "status", RunId = run.RunId };
        SteeringReply? reply = await ControlClient.AskAsync(address, question, AnswerLimit, cancellationToken).ConfigureAwait(false);
        return reply?.Run is { } now && now.RunId == run.RunId
            ? Of(now, StateOf(now.Status), run.LogDirectory, run.RunDirectory) with { Channel = address } : run;
    }

    private static DateTimeOffset? Utc(DateTime? time) =>
        time is DateTime known ? new DateTimeOffset(DateTime.SpecifyKind(known, DateTimeKind.Utc)) : null;
}
