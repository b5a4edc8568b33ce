using System.Diagnostics.Metrics;
using System.Globalization;
using System.Reflection;
using VectorMigration.Engine;
using VectorMigration.Files;
using VectorMigration.Runs;
using VectorMigration.Verification;

namespace VectorMigration.Reports;

/// <summary>
/// The numbers of a run for monitoring: instruments of the meter <c>VectorMigration</c>, and the same as text in the format of Prometheus. Labels are the
/// collection and names of this program; ids, paths and texts of errors are none.
/// </summary>
internal sealed class RunMetrics : IRunObserver, IDisposable
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "VectorMigration";

    /// <summary>Reasons of retries that are told apart.</summary>
    private const int MostReasons = 50;

    private static readonly string[] PhaseNames = ["plan", "scan", "collection", "upload", "count", "verify", "index"];
    private readonly Lock gate = new();
    private readonly string collection;
    private readonly TimeProvider time;
    private readonly Meter meter = new(MeterName);
    private readonly Histogram<double> durations;
    private readonly DurationBuckets buckets = new();
    private readonly Dictionary<string, long> retries = new(StringComparer.Ordinal);
    private readonly Dictionary<BatchStatus, long> batches = new() { [BatchStatus.Completed] = 0, [BatchStatus.Failed] = 0, [BatchStatus.Skipped] = 0 };
    private readonly DateTimeOffset startedAt;
    private DateTimeOffset? progressAt;
    private DateTimeOffset? successAt;
    private DateTimeOffset? phaseAt;
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
    private long bytes;
    private double waited;
    private long batchSize;
    private long parallelism;
    private bool unreachable;
    private bool ended;
    private int? exitCode;

    /// <summary>Begins to count.</summary>
    /// <param name="collection">Collection.</param>
    /// <param name="successAt">When an earlier run last succeeded; null where that is not known.</param>
    /// <param name="time">Clock.</param>
    public RunMetrics(string collection, DateTimeOffset? successAt, TimeProvider time)
    {
        this.collection = collection;
        this.successAt = successAt;
        this.time = time;
        startedAt = time.GetUtcNow();
        KeyValuePair<string, object?> where = new("db.collection.name", collection);
        meter.CreateObservableCounter("vectormigration.vectors.acknowledged", () => new Measurement<long>(acknowledged, where), "{vector}");
        meter.CreateObservableCounter("vectormigration.vectors.failed", () => new Measurement<long>(failed, where), "{vector}");
        meter.CreateObservableCounter("vectormigration.vectors.skipped", () => new Measurement<long>(skipped, where), "{vector}");
        meter.CreateObservableCounter("vectormigration.sent", () => new Measurement<long>(bytes, where), "By");
        meter.CreateObservableUpDownCounter("vectormigration.vectors.planned", () => new Measurement<long>(planned, where), "{vector}");
        durations = meter.CreateHistogram<double>("vectormigration.batch.duration", "s");
    }

    /// <inheritdoc/>
    public void OnEvent(RunEvent runEvent)
    {
        lock (gate)
        {
            Take(runEvent);
        }
    }

    /// <summary>The run has ended; what has no result of its own says so here.</summary>
    public void End(int? code)
    {
        lock (gate)
        {
            exitCode ??= code;
            (ended, unreachable) = (true, false);
        }
    }

    /// <summary>All of it in the text format of Prometheus.</summary>
    public string ToText()
    {
        lock (gate)
        {
            MetricsText text = new(OwnFile.MetricsMark, collection);
            text.Gauge("run_info", "The run, by the versions of tool and server.", 1,
                ("version", Version), ("server_version", plan?.ServerVersion ?? string.Empty), ("protocol", plan?.Protocol ?? string.Empty));
            text.Gauge("run_active", "1 while the run lasts, 0 after its end.", ended ? 0 : 1);
            text.Gauge("start_timestamp_seconds", "Start of the run.", Unix(startedAt));
            text.Gauge("updated_timestamp_seconds", "When these metrics were written.", Unix(time.GetUtcNow()));
            text.Gauge("last_progress_timestamp_seconds", "When the run last advanced; its start where it has not.", Unix(progressAt ?? startedAt));
            text.Gauge("vectors_planned", "Vectors that the run is about.", planned);
            text.Gauge("vectors_acknowledged_earlier", "Vectors that earlier runs were acknowledged for.", earlier);
            text.Counter("vectors_acknowledged_total", "Vectors acknowledged by the server in this run.", acknowledged);
            text.Counter("vectors_failed_total", "Vectors in batches that failed for good.", failed);
            text.Counter("vectors_skipped_total", "Vectors that were not sent.", skipped);
            text.Counter("sent_bytes_total", "Bytes of acknowledged batches.", bytes);
            text.Counters("vectors_verified_total", "Vectors by the result of the verification.", "result",
                ("equal", (proof?.Compared ?? 0) - (proof?.Different ?? 0)), ("missing", proof?.Missing ?? 0), ("different", proof?.Different ?? 0));
            text.Counters("batches_total", "Batches by outcome.", "outcome",
                [.. batches.Select(static batch => (batch.Key.ToString().ToLowerInvariant(), batch.Value))]);
            buckets.Write(text);
            text.Counters("retries_total", "Failed attempts by reason.", "reason",
                [.. retries.OrderBy(static retry => retry.Key, StringComparer.Ordinal).Select(static retry => (retry.Key, retry.Value))]);
            text.Counter("rate_limit_wait_seconds_total", "Time that the whole upload waited because the server asked for it.", waited);
            text.Gauge("batch_size", "Vectors in the last batch.", batchSize);
            text.Gauge("parallelism", "Batches that may be under way at once; 0 where that is not known.", parallelism);
            text.Gauge("server_unreachable", "1 while the server does not answer.", unreachable ? 1 : 0);
            text.Gauges("phase", "1 for the phase that the run is in.", "phase",
                [.. PhaseNames.Select(name => (name, !ended && name == phase ? 1L : 0L))]);
            text.Gauge("phase_progress_ratio", "Share of the phase that is done, 0 to 1.", phaseTotal > 0 ? Math.Min(1, (double)phaseDone / phaseTotal) : 0);
            Forecast(text);
            text.Gauge("last_success_timestamp_seconds", "When a run last completed; 0 for never.", successAt is DateTimeOffset at ? Unix(at) : 0);
            text.Gauge("last_exit_code", "Exit code of the last run that ended; -1 while the run lasts, or if it was killed.", exitCode ?? -1);
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

    private static string Version =>
        typeof(RunMetrics).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? string.Empty;

    private static double Unix(DateTimeOffset at) => at.ToUnixTimeMilliseconds() / 1000.0;

    private void Forecast(MetricsText text)
    {
        text.Gauge("expected_duration_seconds", "Duration by an earlier run; 0 where there was none to judge by.",
            plan?.Expectation?.Duration.TotalSeconds ?? 0);
        DateTimeOffset now = time.GetUtcNow();
        double? left = !ended && phaseAt is DateTimeOffset begun && phaseDone > 0 && phaseTotal > phaseDone
            ? (now - begun).TotalSeconds / phaseDone * (phaseTotal - phaseDone) : null;
        text.Gauge("expected_end_timestamp_seconds", "Expected end of the present phase; 0 where that is not known.",
            left is double seconds ? Unix(now) + seconds : 0);
    }

    private void Take(RunEvent runEvent)
    {
        switch (runEvent)
        {
            case RunStarted started:
                (plan, planned, earlier) = (started.Plan, started.Plan.Count, started.Plan.Acknowledged);
                break;
            case PhaseStarted begun:
                (phase, phaseDone, phaseTotal, phaseAt) = (begun.Phase, 0, begun.Total, begun.At);
                progressAt = begun.At;
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
            case AttemptEnded { Sample.Outcome: not Store.WriteOutcome.Ok } attempt when retries.ContainsKey(attempt.ErrorId) || retries.Count < MostReasons:
                retries[attempt.ErrorId] = retries.GetValueOrDefault(attempt.ErrorId) + 1;
                break;
            case PoolPaused paused:
                waited += paused.Duration.TotalSeconds;
                break;
            case FlowChanged { Change: FlowChange change }:
                parallelism = change.Parallelism;
                break;
            case ServerUnreachable:
                unreachable = true;
                break;
            case ServerReachable:
                unreachable = false;
                break;
            case RunEnded { Result: MigrationResult result } over:
                (ended, exitCode, unreachable, proof) = (true, result.ExitCode, false, result.Verification);
                successAt = result.Status == MigrationStatus.Completed ? over.At : successAt;
                break;
            default:
                break;
        }
    }

    private void Take(QdrantBatchResult batch, DateTimeOffset at)
    {
        batches[batch.Status] = batches.GetValueOrDefault(batch.Status) + 1;
        if (batch.Status == BatchStatus.Skipped)
        {
            skipped += batch.Count;
            return;
        }

        buckets.Add(batch.Duration.TotalSeconds);
        durations.Record(batch.Duration.TotalSeconds, new KeyValuePair<string, object?>("db.collection.name", collection));
        batchSize = batch.Count;
        if (batch.Status == BatchStatus.Completed)
        {
            acknowledged += batch.Count;
            bytes += batch.Bytes;
            phaseDone += batch.Count;
            progressAt = at;
        }
        else
        {
            failed += batch.Count;
        }
    }
}
