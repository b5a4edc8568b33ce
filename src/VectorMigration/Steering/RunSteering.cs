using System.Diagnostics;
using VectorMigration.Engine;
using VectorMigration.Errors;

namespace VectorMigration.Steering;

/// <summary>What a session does to a run of another one.</summary>
internal static class RunSteering
{
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    /// <summary>The run that is meant: the one that is named, or the only one under way.</summary>
    /// <param name="logDirectory">Full path of the log folder.</param>
    /// <param name="runId">The run; null for the only one under way.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="MigrationException">There is none, or more than one.</exception>
    public static async Task<MigrationRun> FindAsync(string logDirectory, Guid? runId, CancellationToken cancellationToken)
    {
        IReadOnlyList<MigrationRun> runs = await RunList.ReadAsync(logDirectory, runId, cancellationToken).ConfigureAwait(false);
        if (runId is Guid wanted)
        {
            return runs is [MigrationRun named] ? named : throw SteeringErrors.NoRun(logDirectory, wanted);
        }

        MigrationRun[] underWay = [.. runs.Where(static run => run.IsUnderWay)];
        return underWay.Length switch
        {
            1 => underWay[0],
            0 when runs is [.., { State: MigrationRunState.Killed } killed] => throw SteeringErrors.NotUnderWay(killed),
            0 => throw SteeringErrors.NothingUnderWay(logDirectory),
            _ => throw SteeringErrors.Several(logDirectory, underWay),
        };
    }

    /// <summary>Pauses a run, and waits for what it has under way.</summary>
    public static async Task<MigrationRun> PauseAsync(MigrationRun run, CancellationToken cancellationToken)
    {
        MigrationRun now = await AskAsync(run, new SteeringRequest { Command = "pause", RunId = run.RunId }, cancellationToken).ConfigureAwait(false);
        for (long begun = Stopwatch.GetTimestamp(); now is { UnderWay: > 0, State: MigrationRunState.Paused } && Stopwatch.GetElapsedTime(begun) < AnswerLimit;)
        {
            await Task.Delay(Look, cancellationToken).ConfigureAwait(false);
            now = await RunList.AgainAsync(now, cancellationToken).ConfigureAwait(false);
        }

        return now;
    }

    /// <summary>Lets a run continue.</summary>
    public static Task<MigrationRun> ResumeAsync(MigrationRun run, CancellationToken cancellationToken) =>
        AskAsync(run, new SteeringRequest { Command = "resume", RunId = run.RunId }, cancellationToken);

    /// <summary>Stops a run, and waits for its end.</summary>
    public static async Task<MigrationRun> StopAsync(MigrationRun run, CancellationToken cancellationToken)
    {
        MigrationRun now = await AskAsync(run, new SteeringRequest { Command = "stop", RunId = run.RunId }, cancellationToken).ConfigureAwait(false);
        for (long begun = Stopwatch.GetTimestamp(); now.IsUnderWay && Stopwatch.GetElapsedTime(begun) < EndLimit;)
        {
            await Task.Delay(Look, cancellationToken).ConfigureAwait(false);
            now = await RunList.AgainAsync(now, cancellationToken).ConfigureAwait(false);
        }

        return now;
    }

    /// <summary>Gives a run another pace.</summary>
    public static Task<MigrationRun> PaceAsync(MigrationRun run, PaceSettings pace, CancellationToken cancellationToken)
    {
        pace.Require();
        return pace.IsEmpty ? throw SteeringErrors.NothingToSet() : AskAsync(run, new SteeringRequest
        {
            Command = "pace",
            RunId = run.RunId,
            BatchSize = pace.BatchSize,
            ThrottleLimit = pace.ThrottleLimit,
            BatchDelay = pace.BatchDelay?.TotalSeconds,
            RequestsPerSecond = pace.RequestsPerSecond,
            Adaptive = pace.Adaptive,
        }, cancellationToken);
    }

    private static async Task<MigrationRun> AskAsync(MigrationRun run, SteeringRequest request, CancellationToken cancellationToken)
    {
        // What was listed some time ago may have ended since.
        run = run.Channel is null ? await RunList.AgainAsync(run, cancellationToken).ConfigureAwait(false) : run;
        if (!run.IsUnderWay)
        {
            throw SteeringErrors.NotUnderWay(run);
        }

        if (run.Channel is not string address)
        {
            throw SteeringErrors.NoChannel(run);
        }

        SteeringReply? reply = await ControlClient.AskAsync(address, request with { By = Self() }, AnswerLimit, cancellationToken).ConfigureAwait(false);
        if (reply?.Refusal is string refusal)
        {
            throw SteeringErrors.Refused(run, refusal);
        }

        if (reply?.Run is { } answered && answered.RunId == run.RunId)
        {
            return RunList.Of(answered, RunList.StateOf(answered.Status), run.LogDirectory, run.RunDirectory) with { Channel = address };
        }

        MigrationRun now = await RunList.AgainAsync(run, cancellationToken).ConfigureAwait(false);
        throw now.IsUnderWay ? SteeringErrors.NoAnswer(now) : SteeringErrors.NotUnderWay(now);
    }

    private static string Self() => $"{Environment.UserName}, process {Environment.ProcessId}";
}
