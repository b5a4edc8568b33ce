using System.Diagnostics.Metrics;
using System.Globalization;
using VectorMigration.Engine;
using VectorMigration.Files;
using VectorMigration.Runs;
using VectorMigration.Store;
using VectorMigration.Verification;

namespace VectorMigration.Reports;

/// <summary>
/// The numbers of a run for monitoring: instruments of the meter <c>VectorMigration</c>, and the same as text in the format of Prometheus. Labels are the
/// collection and names of this program; ids, paths and texts of errors are none.
/// </summary>
internal sealed partial class RunMetrics : IRunObserver, IDisposable
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "VectorMigration";

    /// <summary>Reasons of retries that are told apart.</summary>
    private const int MostReasons = 50;

    private readonly Lock gate = new();
    private readonly string collection;
    private readonly TimeProvider time;
    private readonly Func<long?> logSpace;
    private readonly Meter meter = new(MeterName);
    private readonly Histogram<double> durations;
    private readonly Histogram<double> operations;
    private readonly RunInstrument[] instruments;
    private readonly DurationBuckets buckets = new();
    private readonly LimitedTime limited = new();
    private readonly Dictionary<string, long> retries = new(StringComparer.Ordinal);
    private readonly Dictionary<BatchStatus, long> batches = new() { [BatchStatus.Completed] = 0, [BatchStatus.Failed] = 0, [BatchStatus.Skipped] = 0 };
    private readonly DateTimeOffset startedAt;
    private DateTimeOffset? progressAt;
    private DateTimeOffset? successAt;
    private DateTimeOffset? phaseAt;
    private DateTimeOffset? targetAt;
    private CollectionDescription? target;
    private MigrationPlan? plan;
    private VerificationResult? proof;
    private string phase = "plan";
    private long phaseDone;
    private long phaseTotal;
    private long planned;
    private long earlier;
    private long acknowledged;
    private long failed;
    private long skipped;
    private long present;
    private long bytes;
    private long batchSize;
    private long parallelism;
    private long inFlight;
    private bool unreachable;
    private bool paused;
    private bool ended;
    private int? exitCode;

    /// <summary>Begins to count.</summary>
    /// <param name="collection">Collection.</param>
    /// <param name="successAt">When an earlier run last succeeded; null where that is not known.</param>
    /// <param name="time">Clock.</param>
    /// <param name="logSpace">Bytes that are free where the logs are written; null where there are none or it is not known.</param>
    public RunMetrics(string collection, DateTimeOffset? successAt, TimeProvider time, Func<long?>? logSpace = null)
    {
        this.collection = collection;
        this.successAt = successAt;
        this.time = time;
        this.logSpace = logSpace ?? (static () => null);
        startedAt = time.GetUtcNow();
        instruments = Declare();
        KeyValuePair<string, object?>[] common = [new("db.collection.name", collection), new("db.system.name", "qdrant")];
        foreach (RunInstrument instrument in instruments)
        {
            instrument.AddTo(meter, gate, common);
        }

        InstrumentAdvice<double> advice = new() { HistogramBucketBoundaries = DurationBuckets.Bounds };
        durations = meter.CreateHistogram(RunInstrument.Prefix + "batch.duration", "s", DurationBuckets.Help, null, advice);
        operations = meter.CreateHistogram("db.client.operation.duration", "s", "Duration of a request that writes points.", null, advice);
    }

    /// <summary>The run is a part of a job, and another part follows: its end is no success of the job.</summary>
    public bool Continues { get; init; }

    /// <summary>The meter of this run.</summary>
    public Meter Meter => meter;

    /// <summary>Exit code of the run; null before its end, or where it is not known.</summary>
    public int? ExitCode
    {
        get
        {
            lock (gate)
            {
                return exitCode;
            }
        }
    }

    /// <summary>False while the server should not be asked for anything that the run itself does not need.</summary>
    public bool MayAsk
    {
        get
        {
            lock (gate)
            {
                return !ended && !unreachable && phase is not ("plan" or "collection") && !limited.IsUnderWay(time.GetUtcNow());
            }
        }
    }

    /// <inheritdoc/>
    public void OnEvent(RunEvent runEvent)
    {
        lock (gate)
        {
            Take(runEvent);
        }
    }

    /// <summary>The server described the collection.</summary>
    public void Saw(CollectionDescription description)
    {
        lock (gate)
        {
            (target, targetAt) = (description, time.GetUtcNow());
        }
    }

    /// <summary>The run has ended; what has no result of its own says so here.</summary>
    /// <param name="code">Exit code; null where it is not known.</param>
    /// <param name="result">What a verification came to.</param>
    public void End(int? code, VerificationResult? result = null)
    {
        lock (gate)
        {
            successAt = exitCode is null && code == 0 && !Continues ? time.GetUtcNow() : successAt;
            exitCode ??= code;
            proof ??= result;
            End();
        }
    }

    /// <summary>All of it in the text format of Prometheus.</summary>
    public string ToText()
    {
        lock (gate)
        {
            MetricsText text = new(OwnFile.MetricsMark, collection);
            foreach (RunInstrument instrument in instruments)
            {
                text.Write(instrument);
            }

            buckets.Write(text);
            return text.ToString();
        }
    }

    /// <summary>When a run last succeeded, by an earlier file of metrics; null where it does not tell.</summary>
    public static DateTimeOffset? LastSuccess(string text)
    {
        string? line = text.Split('\n')
            .FirstOrDefault(static line => line.StartsWith("vectormigration_last_success_timestamp_seconds{", StringComparison.Ordinal));
        return line is not null && double.TryParse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture, out double seconds)
            && seconds is > 0 and < 1e11 ? DateTimeOffset.FromUnixTimeMilliseconds((long)Math.Round(seconds * 1000)) : null;
    }

    /// <inheritdoc/>
    public void Dispose() => meter.Dispose();

    private void Take(RunEvent runEvent)
    {
        switch (runEvent)
        {
            case RunStarted started:
                (plan, planned, earlier) = (started.Plan, started.Plan.Count, started.Plan.Acknowledged);
                break;
            case PhaseStarted begun:
                (phase, phaseDone, phaseTotal, phaseAt) = (begun.Phase, 0, begun.Total, begun.At);
                planned = plan is null ? Math.Max(planned, begun.Total) : planned;
                progressAt = begun.At;
                inFlight = 0;
                break;
            case PhaseAdvanced advanced:
                progressAt = advanced.Done > phaseDone ? advanced.At : progressAt;
                (phaseDone, phaseTotal) = (advanced.Done, advanced.Total);
                break;
            case BatchEnded { Result: QdrantBatchResult batch } ended:
                Take(batch, ended.At);
                break;
            case VectorSkipped:
                skipped++;
                break;
            case AttemptEnded attempt:
                Take(attempt);
                break;
            case InFlightChanged changed:
                inFlight = changed.InFlight;
                parallelism = changed.Parallelism ?? parallelism;
                break;
            case RateKept kept:
                limited.Add(kept.From, kept.Duration);
                break;
            case PoolPaused wait:
                limited.Add(wait.At, wait.Duration);
                break;
            case FlowChanged { Change: FlowChange change }:
                parallelism = change.Parallelism;
                break;
            case RunSteered { Action: SteeringAction.Pause }:
                paused = true;
                break;
            case RunSteered { Action: SteeringAction.Resume } resumed:
                (paused, progressAt) = (false, resumed.At);
                break;
            case ServerUnreachable:
                unreachable = true;
                break;
            case ServerReachable:
                unreachable = false;
                break;
            case RunEnded { Result: MigrationResult result } over:
                (exitCode, proof) = (result.ExitCode, result.Verification);
                successAt = result.Status == MigrationStatus.Completed && !Continues ? over.At : successAt;
                End();
                break;
            default:
                break;
        }
    }

    private void End()
    {
        (ended, unreachable, paused, inFlight) = (true, false, false, 0);
        limited.End(time.GetUtcNow());
    }

    private void Take(AttemptEnded attempt)
    {
        bool isAgain = attempt.Sample.Outcome is WriteOutcome.Retry or WriteOutcome.Split;
        if (isAgain && (retries.ContainsKey(attempt.ErrorId) || retries.Count < MostReasons))
        {
            retries[attempt.ErrorId] = retries.GetValueOrDefault(attempt.ErrorId) + 1;
        }

        if (operations.Enabled)
        {
            List<KeyValuePair<string, object?>> tags = [new("db.system.name", "qdrant"), new("db.collection.name", collection)];
            if (EndpointAddresses.First(plan?.Endpoint) is { } endpoint)
            {
                tags.Add(new("server.address", endpoint.Host));
            }

            if (attempt.Sample.Outcome != WriteOutcome.Ok)
            {
                tags.Add(new("error.type", attempt.ErrorId));
            }

            operations.Record(attempt.Sample.Latency.TotalSeconds, [.. tags]);
        }
    }

    private void Take(QdrantBatchResult batch, DateTimeOffset at)
    {
        batches[batch.Status] = batches.GetValueOrDefault(batch.Status) + 1;
        int notSent = batch.LeftThere + batch.AlreadyThere;
        if (batch.Status != BatchStatus.Failed)
        {
            present += batch.AlreadyThere;
            skipped += batch.Status == BatchStatus.Skipped ? batch.Count - batch.AlreadyThere : batch.LeftThere;
            phaseDone += batch.Count;
            progressAt = at;
        }

        if (batch.Status == BatchStatus.Skipped)
        {
            return;
        }

        buckets.Add(batch.Duration.TotalSeconds);
        durations.Record(batch.Duration.TotalSeconds, new KeyValuePair<string, object?>("db.collection.name", collection));
        batchSize = batch.Count;
        if (batch.Status == BatchStatus.Completed)
        {
            acknowledged += batch.Count - notSent;
            bytes += batch.Bytes;
        }
        else
        {
            failed += batch.Count;
        }
    }
}
