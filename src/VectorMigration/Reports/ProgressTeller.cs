using System.Text.Json;
using VectorMigration.Engine;
using VectorMigration.Errors;
using VectorMigration.Files;
using VectorMigration.Jobs;
using VectorMigration.Runs;
using VectorMigration.Store;
using VectorMigration.Verification;

namespace VectorMigration.Reports;

/// <summary>What a run tells steadily, whether something happens or not.</summary>
internal sealed record ProgressTelling
{
    /// <summary>The time between two lines when nothing else is asked for.</summary>
    public const int DefaultSeconds = 30;

    /// <summary>Whether lines are wanted: nobody sees a progress bar where the output goes to a file or to another program.</summary>
    public static bool IsWanted => Console.IsOutputRedirected;

    /// <summary>Collection.</summary>
    public required string Collection { get; init; }

    /// <summary>Time between two lines; null or nothing for none.</summary>
    public TimeSpan? Interval { get; init; }

    /// <summary>Takes a line, on a thread of the pool.</summary>
    public Action<RunEvent>? Tell { get; init; }

    /// <summary>Full path of a heartbeat file; null for none but that in the run's folder.</summary>
    public string? HeartbeatPath { get; init; }

    /// <summary>
    /// The job that the run is a part of; null where it is none. As long as another part follows, the heartbeat file that was named does not say that the run
    /// ended, if all went well.
    /// </summary>
    public JobProgress? Job { get; init; }

    /// <summary>Full path of a file for Prometheus' textfile collectors; null for none.</summary>
    public string? MetricsPath { get; init; }

    /// <summary>Address and port to serve the same at while the run lasts; null for none.</summary>
    public string? MetricsListen { get; init; }

    /// <summary>Report begin, warnings, failures and end to the Windows event log.</summary>
    public bool EventLog { get; init; }

    /// <summary>What is done, as telemetry names it: <c>migrate</c> or <c>verify</c>.</summary>
    public string Operation { get; init; } = "migrate";

    /// <summary>Begins to send metrics and a trace to a collector, called where the environment asks for that; null where none are sent.</summary>
    public Func<TelemetrySubject, IRunTelemetry>? Telemetry { get; init; }

    /// <summary>Asks the server how the collection is, for the metrics; null where it is not asked.</summary>
    public Func<CancellationToken, Task<CollectionDescription?>>? AskTarget { get; init; }

    /// <summary>Told of everything before heartbeats are written; null for nobody.</summary>
    public IRunObserver? Watcher { get; init; }

    /// <summary>Told at each heartbeat how far the run is, and where its folder is, once it has one; null for nobody.</summary>
    public Action<RunPulse, string?>? Beat { get; init; }

    /// <summary>The run's folder, once it has one.</summary>
    public Func<string?> RunDirectory { get; init; } = static () => null;
}

/// <summary>A line that says how far a run is.</summary>
internal sealed record ProgressLine(Guid RunId, DateTimeOffset At, string Text) : RunEvent(RunId, At);

/// <summary>
/// Says at a steady interval how far a run is, how fast, and until when, and keeps heartbeat files: for whoever has no terminal before them. A heartbeat file
/// is replaced in one step; where a reader holds it, the next one is tried.
/// </summary>
internal sealed class ProgressTeller : IRunObserver, IDisposable
{
    /// <summary>Name of the heartbeat file in the folder of a run.</summary>
    public const string HeartbeatName = "heartbeat.json";

    /// <summary>Time between two heartbeats.</summary>
    public static readonly TimeSpan Beat = TimeSpan.FromSeconds(10);

    /// <summary>Time between two writings of metrics.</summary>
    public static readonly TimeSpan MetricsBeat = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);
    private readonly ProgressTelling telling;
    private readonly TimeProvider time;
    private readonly Lock gate = new();
    private readonly Lock writing = new();
    private readonly Queue<(DateTimeOffset At, long Done)> pace = [];
    private readonly ITimer[] timers;
    private readonly MetricsOutput? metrics;
    private readonly EventLogOutput? eventLog;
    private Guid runId;
    private string phase = "plan";
    private long? total;
    private long done;
    private ServerUnreachable? outage;
    private PoolPaused? pause;
    private DateTimeOffset? pausedSince;
    private long? acknowledged;
    private int? exitCode;
    private bool ended;

    /// <summary>Begins to tell.</summary>
    /// <exception cref="MigrationException">The heartbeat file that was named cannot be written.</exception>
    public ProgressTeller(ProgressTelling telling, TimeProvider? time = null)
    {
        this.telling = telling;
        this.time = time ?? TimeProvider.System;
        if (telling.HeartbeatPath is string path && (HeartbeatFile.Refusal(path) ?? Write(path, Pulse())) is Exception refused)
        {
            throw LogErrors.HeartbeatUnwritable(path, refused);
        }

        try
        {
            eventLog = EventLogOutput.Open(telling);
            metrics = MetricsOutput.Open(telling, this.time);
        }
        catch (MigrationException)
        {
            eventLog?.Dispose();
            if (telling.HeartbeatPath is string named)
            {
                ended = true;
                Write(named, Pulse());
            }

            throw;
        }

        ITimer beats = this.time.CreateTimer(_ => WriteHeartbeats(), null, Beat, Beat);
        timers = telling is { Interval: TimeSpan interval, Tell: not null } && interval > TimeSpan.Zero
            ? [beats, this.time.CreateTimer(_ => TellLine(), null, interval, interval)]
            : [beats];
        timers = metrics is null ? timers : [.. timers, this.time.CreateTimer(_ => metrics.Write(), null, MetricsBeat, MetricsBeat)];
        if (metrics?.Url is string url)
        {
            telling.Tell?.Invoke(new ProgressLine(Guid.Empty, this.time.GetUtcNow(), $"metrics: {url}"));
        }
    }

    /// <inheritdoc/>
    public void OnEvent(RunEvent runEvent)
    {
        ArgumentNullException.ThrowIfNull(runEvent);
        metrics?.OnEvent(runEvent);
        eventLog?.OnEvent(runEvent);
        telling.Watcher?.OnEvent(runEvent);
        bool isTurn;
        lock (gate)
        {
            runId = runEvent.RunId;
            isTurn = Take(runEvent);
        }

        if (isTurn)
        {
            WriteHeartbeats();
            metrics?.Write();
        }
    }

    /// <summary>The run has ended; what has no result of its own says so here.</summary>
    /// <param name="code">Exit code; null where it is not known.</param>
    /// <param name="result">What a verification came to.</param>
    public void End(int? code, VerificationResult? result = null)
    {
        lock (gate)
        {
            exitCode ??= code;
            ended = true;
        }

        WriteHeartbeats();
        metrics?.End(code, result);
        eventLog?.End(code, result);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (ITimer timer in timers)
        {
            timer.Dispose();
        }

        if (!ended)
        {
            End(null);
        }

        metrics?.Dispose();
        eventLog?.Dispose();
    }

    /// <summary>Notes what happened; true where a heartbeat should not wait for its time.</summary>
    private bool Take(RunEvent runEvent)
    {
        switch (runEvent)
        {
            case RunStarted { Plan.Acknowledged: > 0 and long before }:
                acknowledged = before;
                return false;
            case PhaseStarted started:
                (phase, done, total, pause) = (started.Phase, 0, started.Total > 0 ? started.Total : null, null);
                pace.Clear();
                Sample();
                return true;
            case PhaseAdvanced advanced:
                (done, total) = (advanced.Done, advanced.Total > 0 ? advanced.Total : null);
                return false;
            case BatchEnded { Result: { Status: not BatchStatus.Failed } batch }:
                done += batch.Count;
                return false;
            case PoolPaused paused:
                pause = paused;
                return false;
            case ServerUnreachable lost:
                outage = lost;
                return true;
            case ServerReachable:
                // The time without a server says nothing of the pace from here on.
                outage = null;
                pace.Clear();
                Sample();
                return true;
            case RunSteered { Action: SteeringAction.Pause } paused:
                pausedSince ??= paused.At;
                return true;
            case RunSteered { Action: SteeringAction.Resume }:
                pausedSince = null;
                pace.Clear();
                Sample();
                return true;
            case RunEnded { Result: MigrationResult result }:
                (ended, exitCode, outage, pausedSince) = (true, result.ExitCode, null, null);
                return true;
            default:
                return false;
        }
    }

    /// <summary>How far the run is.</summary>
    public RunPulse Now()
    {
        lock (gate)
        {
            return Pulse();
        }
    }

    private void TellLine()
    {
        ProgressLine? line = null;
        lock (gate)
        {
            if (!ended && runId != Guid.Empty)
            {
                DateTimeOffset now = time.GetUtcNow();
                string? waiting = pause is not null && pause.At + pause.Duration > now ? OutageText.Waiting(pause, time.LocalTimeZone) : null;
                line = new ProgressLine(runId, now, Pulse().ToText(time.LocalTimeZone) + (waiting is null ? string.Empty : $", {waiting}"));
            }
        }

        if (line is not null)
        {
            telling.Tell!(line);
        }
    }

    private void WriteHeartbeats()
    {
        // A beat that comes while another is written would replace the newer one.
        lock (writing)
        {
            RunPulse pulse;
            lock (gate)
            {
                pulse = Pulse();
            }

            if (telling.HeartbeatPath is string named)
            {
                // The job that the run is a part of has not ended.
                bool goesOn = telling.Job is { HasNext: true } && pulse is { Status: "ended", ExitCode: 0 or 4 };
                Write(named, goesOn ? pulse with { Status = "running", ExitCode = null } : pulse);
            }

            string? folder = telling.RunDirectory() is string own && Directory.Exists(own) ? own : null;
            if (folder is not null)
            {
                Write(Path.Combine(folder, HeartbeatName), pulse);
            }

            telling.Beat?.Invoke(pulse, folder);
        }
    }

    private static Exception? Write(string path, RunPulse pulse)
    {
        try
        {
            WholeFile.Write(path, JsonSerializer.SerializeToUtf8Bytes(pulse, RunPulseJson.Default.RunPulse));
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            // The run does not depend on it, and the next beat tries again.
            return e;
        }
    }

    private RunPulse Pulse()
    {
        DateTimeOffset now = time.GetUtcNow();
        Sample();
        (DateTimeOffset from, long before) = pace.Peek();
        double? rate = now > from ? (done - before) / (now - from).TotalSeconds : null;
        bool canTell = rate > 0 && total > done && !ended && outage is null && pausedSince is null;
        double left = canTell ? (total!.Value - done) / rate!.Value : 0;
        return new RunPulse
        {
            At = now.UtcDateTime,
            RunId = runId,
            ProcessId = Environment.ProcessId,
            Collection = telling.Collection,
            Status = ended ? "ended" : pausedSince is not null ? "paused" : outage is null ? "running" : "unreachable",
            PausedSince = pausedSince?.UtcDateTime,
            Phase = phase,
            Job = telling.Job?.Now,
            Done = done,
            Total = total,
            AcknowledgedBefore = acknowledged,
            PerSecond = rate is double known ? Math.Round(known, 3) : null,
            ExpectedEnd = canTell && left < TimeSpan.FromDays(3650).TotalSeconds ? now.UtcDateTime.AddSeconds(left) : null,
            UnreachableSince = outage?.Since.UtcDateTime,
            RetryingUntil = outage?.Until.UtcDateTime,
            ExitCode = exitCode,
            MetricsUrl = ended ? null : metrics?.Url,
            NextSeconds = Beat.TotalSeconds,
        };
    }

    /// <summary>Notes how far it is now, and forgets what is longer ago than the pace is measured over.</summary>
    private void Sample()
    {
        DateTimeOffset now = time.GetUtcNow();
        while (pace.Count > 1 && now - pace.Peek().At > Window)
        {
            pace.Dequeue();
        }

        pace.Enqueue((now, done));
    }
}
