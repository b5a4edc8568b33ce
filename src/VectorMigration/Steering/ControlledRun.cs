using System.Text.Json;
using VectorMigration.Engine;
using VectorMigration.Errors;
using VectorMigration.Reports;
using VectorMigration.Runs;

namespace VectorMigration.Steering;

/// <summary>
/// A run as other sessions see it: keeps <c>run.json</c> in its folder, and takes from its channel what they ask for. Both begin with the folder of the run,
/// once its plan is made, and end with it. The run does not depend on either.
/// </summary>
internal sealed class ControlledRun : IRunObserver, IDisposable
{
    private const int LongestName = 80;
    private static readonly TimeSpan PeerLimit = TimeSpan.FromSeconds(5);
    private readonly RunControl control;
    private readonly TimeProvider time;
    private readonly Func<IChannelListener> listen;
    private readonly Lock gate = new();
    private readonly Lock opening = new();
    private readonly DateTime? processStartedAt = RunProcess.OwnStart();
    private readonly DateTime startedAt;
    private ControlChannel? channel;
    private string? noChannel;
    private RunPulse? last;
    private Guid runId;
    private long acknowledged;
    private long failed;
    private long skipped;
    private string? result;
    private bool isOver;

    /// <summary>Begins to watch a run.</summary>
    /// <param name="control">What the run looks at.</param>
    /// <param name="time">Clock; null for the system's.</param>
    /// <param name="listen">Opens where sessions reach the run; null for what this system has.</param>
    public ControlledRun(RunControl control, TimeProvider? time = null, Func<IChannelListener>? listen = null)
    {
        this.control = control;
        this.time = time ?? TimeProvider.System;
        this.listen = listen ?? ControlChannel.Listen;
        startedAt = this.time.GetUtcNow().UtcDateTime;
    }

    /// <summary>What the run looks at.</summary>
    public RunControl Control => control;

    /// <summary>Is told what was asked for: the observers of the run.</summary>
    public Action<RunEvent>? Tell { get; set; }

    /// <summary>Says how far the run is.</summary>
    public Func<RunPulse>? Now { get; set; }

    /// <inheritdoc/>
    public void OnEvent(RunEvent runEvent)
    {
        ArgumentNullException.ThrowIfNull(runEvent);
        lock (gate)
        {
            runId = runEvent.RunId;
            switch (runEvent)
            {
                case BatchEnded { Result: QdrantBatchResult batch }:
                    acknowledged += batch.Status == BatchStatus.Completed ? batch.Count : 0;
                    failed += batch.Status == BatchStatus.Failed ? batch.Count : 0;
                    skipped += batch.Status == BatchStatus.Skipped ? batch.Count : 0;
                    break;
                case VectorSkipped:
                    skipped++;
                    break;
                case RunEnded { Result: MigrationResult ended }:
                    result = ended.Status.ToString();
                    break;
                default:
                    break;
            }
        }
    }

    /// <summary>A heartbeat: the file is written, and the channel opened where that has not been done.</summary>
    /// <param name="pulse">How far the run is.</param>
    /// <param name="folder">Full path of its folder; null where it has none.</param>
    public void Beat(RunPulse pulse, string? folder)
    {
        if (folder is null)
        {
            return;
        }

        lock (opening)
        {
            if (isOver)
            {
                return;
            }

            last = pulse;
            isOver = pulse.Status == "ended";
            if (isOver)
            {
                channel?.Dispose();
            }
            else
            {
                Open();
            }

            try
            {
                Describe(pulse).Write(folder);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
            {
                // The run does not depend on it, and the next beat tries again.
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (opening)
        {
            isOver = true;
            channel?.Dispose();
        }
    }

    private void Open()
    {
        if (channel is not null || noChannel is not null)
        {
            return;
        }

        try
        {
            channel = new ControlChannel(listen(), Answer, PeerLimit);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException or System.Net.Sockets.SocketException)
        {
            noChannel = CommonErrors.OneLine(e.Message);
        }
    }

    private RunFile Describe(RunPulse pulse)
    {
        FlowSummary? flow = isOver ? null : control.Flow;
        lock (gate)
        {
            return new RunFile
            {
                RunId = runId,
                ProcessId = Environment.ProcessId,
                ProcessStartedAt = processStartedAt,
                Host = Environment.MachineName,
                StartedAt = startedAt,
                At = pulse.At,
                Collection = pulse.Collection,
                Status = !isOver && control.Stopping.IsCancellationRequested ? "stopping" : pulse.Status,
                Phase = pulse.Phase,
                Done = pulse.Done,
                Total = pulse.Total,
                AcknowledgedBefore = pulse.AcknowledgedBefore,
                Acknowledged = acknowledged,
                Failed = failed,
                Skipped = skipped,
                UnderWay = isOver ? 0 : control.UnderWay,
                PerSecond = pulse.PerSecond,
                ExpectedEnd = pulse.ExpectedEnd,
                BatchSize = flow?.BatchSize,
                ThrottleLimit = flow?.ThrottleLimit,
                BatchDelay = flow is { BatchDelay: { Ticks: > 0 } delay } ? delay.TotalSeconds : null,
                RequestsPerSecond = !isOver && control.Pace.RequestsPerSecond is > 0 and double rate ? rate : null,
                PausedSince = pulse.PausedSince,
                UnreachableSince = pulse.UnreachableSince,
                Result = result,
                ExitCode = pulse.ExitCode,
                Channel = isOver ? null : channel?.Address,
                NoChannel = isOver ? null : noChannel,
            };
        }
    }

    /// <summary>Does what a session asks for, and answers with how far the run is then.</summary>
    internal ChannelAnswer Answer(string line)
    {
        SteeringRequest? request;
        try
        {
            request = JsonSerializer.Deserialize(line, RunFileJson.Default.SteeringRequest);
        }
        catch (JsonException)
        {
            request = null;
        }

        return request is null || !Enum.TryParse(request.Command, ignoreCase: true, out SteeringAction action) || !Enum.IsDefined(action)
            ? Decline("the message is not one that this version knows")
            : request.RunId != runId ? Decline($"this is the run {runId}")
            : Answer(action, request);
    }

    private ChannelAnswer Answer(SteeringAction action, SteeringRequest request)
    {
        Action? afterwards = null;
        switch (action)
        {
            case SteeringAction.Pause when control.Pause():
                Note(action, "paused", request.By);
                break;
            case SteeringAction.Resume when control.Resume():
                Note(action, "resumed", request.By);
                break;
            case SteeringAction.Pace:
                PaceSettings pace = PaceOf(request);
                try
                {
                    pace.Require();
                }
                catch (MigrationException unusable)
                {
                    return Decline(unusable.Message);
                }

                if (!pace.IsEmpty)
                {
                    control.SetPace(pace);
                    Note(action, pace.ToString(), request.By);
                }

                break;
            case SteeringAction.Stop when !control.Stopping.IsCancellationRequested:
                Note(action, "stopping", request.By);
                afterwards = control.Stop;
                break;
            default:
                break;
        }

        RunPulse? pulse = Now?.Invoke() ?? last;
        return pulse is null ? Decline("the run has not begun") : new ChannelAnswer(Line(new SteeringReply
        {
            Run = Describe(pulse) with
            {
                Status = afterwards is not null ? "stopping" : Describe(pulse).Status,
                Channel = null,
            }
        }), afterwards);
    }

    private void Note(SteeringAction action, string text, string? by)
    {
        Tell?.Invoke(new RunSteered(runId, time.GetUtcNow(), action, text, NameOf(by)));
    }

    /// <summary>What a session says of itself is text for a log, and no more.</summary>
    private static string NameOf(string? by)
    {
        string name = string.Concat((by ?? string.Empty).Where(static sign => !char.IsControl(sign)).Take(LongestName)).Trim();
        return name.Length == 0 ? "another session" : name;
    }

    private static PaceSettings PaceOf(SteeringRequest request) => new()
    {
        BatchSize = request.BatchSize,
        ThrottleLimit = request.ThrottleLimit,
        BatchDelay = request.BatchDelay is double seconds ? double.IsFinite(seconds) && Math.Abs(seconds) < 1e9 ? TimeSpan.FromSeconds(seconds)
            : TimeSpan.MinValue : null,
        RequestsPerSecond = request.RequestsPerSecond,
        Adaptive = request.Adaptive,
    };

    private static ChannelAnswer Decline(string why) => new(Line(new SteeringReply { Refusal = why }));

    private static byte[] Line(SteeringReply reply) => JsonSerializer.SerializeToUtf8Bytes(reply, RunFileJson.Default.SteeringReply);
}
