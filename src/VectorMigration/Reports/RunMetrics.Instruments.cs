using System.Reflection;

namespace VectorMigration.Reports;

/// <summary>What is told of a run: each number is declared here, and nowhere else.</summary>
internal sealed partial class RunMetrics
{
    private static readonly string[] PhaseNames =
        ["plan", "scan", "compare", "collection", "upload", "prune", "index", "count", "verify", "recall", "repair"];

    private static string Version =>
        typeof(RunMetrics).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? string.Empty;

    private static double Unix(DateTimeOffset at) => at.ToUnixTimeMilliseconds() / 1000.0;

    private static RunValue[] One(double value) => [new RunValue(value)];

    private static RunValue[] Known(double? value) => value is double known ? [new RunValue(known)] : [];

    private RunInstrument[] Declare() =>
    [
        Gauge("run.info", "{run}", "The run, by the versions of tool and server.", () => [new RunValue(1,
            ("version", Version), ("server_version", plan?.ServerVersion ?? string.Empty), ("protocol", plan?.Protocol ?? string.Empty))]),
        Gauge("run.active", "{run}", "1 while the run lasts, 0 after its end.", () => One(ended ? 0 : 1)),
        Gauge("run.paused", "{run}", "1 while the run is paused by another session.", () => One(paused ? 1 : 0)),
        Gauge("start_timestamp", "s", "Start of the run.", () => One(Unix(startedAt))),
        Gauge("updated_timestamp", "s", "When these metrics were written.", () => One(Unix(time.GetUtcNow()))),
        Gauge("last_progress_timestamp", "s", "When the run last advanced; its start where it has not.", () => One(Unix(progressAt ?? startedAt))),
        Gauge("vectors.planned", "{vector}", "Vectors that the run is about.", () => One(planned)),
        Gauge("vectors.acknowledged_earlier", "{vector}", "Vectors that earlier runs were acknowledged for.", () => One(earlier)),
        Counter("vectors.acknowledged", "{vector}", "Vectors acknowledged by the server in this run.", () => One(acknowledged)),
        Counter("vectors.failed", "{vector}", "Vectors in batches that failed for good.", () => One(failed)),
        Counter("vectors.skipped", "{vector}", "Vectors that were not sent.", () => One(skipped)),
        Counter("vectors.present", "{vector}", "Vectors that were not sent because the collection had equal points.", () => One(present)),
        Counter("vectors.verified", "{vector}", "Vectors by the result of the verification.", Verified),
        Gauge("verification.passed", "{verification}", "1 if the verification passed, 0 if it did not; absent before its end.",
            () => proof is null ? [] : One(proof.Passed ? 1 : 0)),
        Counter("sent", "By", "Bytes of acknowledged batches.", () => One(bytes)),
        Counter("batches", "{batch}", "Batches by outcome.",
            () => [.. batches.Select(static batch => new RunValue(batch.Value, ("outcome", batch.Key.ToString().ToLowerInvariant())))]),
        Counter("retries", "{attempt}", "Attempts that were repeated, by reason.",
            () => [.. retries.OrderBy(static retry => retry.Key, StringComparer.Ordinal)
                .Select(static retry => new RunValue(retry.Value, ("reason", retry.Key)))]),
        Counter("rate_limit.wait", "s", "Time that the upload was held to a rate limit, or waited because the server asked for it.",
            () => One(limited.At(time.GetUtcNow()).TotalSeconds)),
        Gauge("in_flight", "{batch}", "Upsert requests under way.", () => One(inFlight)),
        Gauge("batch.size", "{vector}", "Vectors in the last batch.", () => One(batchSize)),
        Gauge("parallelism", "{batch}", "Batches that may be under way at once; 0 where that is not known.", () => One(parallelism)),
        Gauge("server.unreachable", "{server}", "1 while the server does not answer.", () => One(unreachable ? 1 : 0)),
        Gauge("phase", "{phase}", "1 for the phase that the run is in.",
            () => [.. PhaseNames.Select(name => new RunValue(!ended && name == phase ? 1 : 0, ("phase", name)))]),
        Gauge("phase.progress", "1", "Share of the phase that is done, 0 to 1.", () => One(phaseTotal > 0 ? Math.Min(1, (double)phaseDone / phaseTotal) : 0)),
        Gauge("expected_duration", "s", "Duration by an earlier run; 0 where there was none to judge by.",
            () => One(plan?.Expectation?.Duration.TotalSeconds ?? 0)),
        Gauge("expected_end_timestamp", "s", "Expected end of the present phase; 0 where that is not known.", () => One(ExpectedEnd() ?? 0)),
        Gauge("last_success_timestamp", "s", "When a run last completed; 0 for never.", () => One(successAt is DateTimeOffset at ? Unix(at) : 0)),
        Gauge("last_exit_code", "{code}", "Exit code of the last run that ended; -1 while the run lasts, or if it was killed.", () => One(exitCode ?? -1)),
        Gauge("target.seen_timestamp", "s", "When the server last described the collection.", () => Known(targetAt is DateTimeOffset seen ? Unix(seen) : null)),
        Gauge("target.points", "{point}", "Points of the collection, approximate as the server keeps it.", () => Known(target?.PointsCount)),
        Gauge("target.indexed_vectors", "{vector}", "Vectors of the collection in a search index.", () => Known(target?.IndexedVectorsCount)),
        Gauge("target.update_queue_length", "{operation}", "Operations that the server took and has not applied; 0 for servers before 1.17.",
            () => Known(target?.UpdateQueueLength)),
        Gauge("target.deferred_points", "{point}", "Points that are hidden until they are optimized; 0 for servers before 1.17.",
            () => Known(target?.DeferredPoints)),
        Gauge("log_free", "By", "Free space where the logs of the run are written.", () => Known(logSpace())),
    ];

    private static RunInstrument Gauge(string name, string unit, string help, Func<RunValue[]> read) => new(name, unit, Rises: false, help, read);

    private static RunInstrument Counter(string name, string unit, string help, Func<RunValue[]> read) => new(name, unit, Rises: true, help, read);

    private RunValue[] Verified() =>
    [
        new RunValue((proof?.Compared ?? 0) - (proof?.Different ?? 0), ("result", "equal")),
        new RunValue(proof?.Missing ?? 0, ("result", "missing")),
        new RunValue(proof?.Different ?? 0, ("result", "different")),
        new RunValue(proof?.Extra ?? 0, ("result", "extra")),
    ];

    private double? ExpectedEnd()
    {
        DateTimeOffset now = time.GetUtcNow();
        return !ended && phaseAt is DateTimeOffset begun && phaseDone > 0 && phaseTotal > phaseDone
            ? Unix(now) + ((now - begun).TotalSeconds / phaseDone * (phaseTotal - phaseDone)) : null;
    }
}
