using System.Diagnostics;

namespace VectorMigration.Telemetry;

/// <summary>
/// One trace of a run: a span for the run, one for each of its phases, and events for outages, waits, steering and failed batches. Attributes are names of
/// this program and counts; ids of points, paths and texts of errors are none. Where <c>TRACEPARENT</c> names a span, the run belongs to it.
/// </summary>
internal sealed class RunTrace : IDisposable
{
    /// <summary>Name of the source.</summary>
    public const string SourceName = "VectorMigration";

    /// <summary>Most events of a span: a run of a million refused batches is told by its numbers.</summary>
    private const int MostEvents = 100;

    private readonly Lock gate = new();
    private readonly ActivitySource source = new(SourceName, OpenTelemetryExport.Version);
    private readonly TelemetrySubject subject;
    private Activity? run;
    private Activity? phase;
    private int events;

    /// <summary>Nothing is recorded before the first event.</summary>
    /// <param name="subject">The run.</param>
    public RunTrace(TelemetrySubject subject) => this.subject = subject;

    /// <summary>Whether a span belongs to this run.</summary>
    public bool Owns(Activity span) => ReferenceEquals(span.Source, source);

    /// <summary>Takes what happened.</summary>
    public void OnEvent(RunEvent runEvent)
    {
        if (runEvent is InFlightChanged or RateKept or AttemptEnded or PhaseAdvanced or VectorSkipped)
        {
            return;
        }

        lock (gate)
        {
            run ??= Begin(runEvent);
            Take(runEvent);
        }
    }

    /// <summary>The run has ended.</summary>
    /// <param name="exitCode">Exit code; null where it is not known.</param>
    /// <param name="result">What a verification came to.</param>
    public void End(int? exitCode, VerificationResult? result)
    {
        lock (gate)
        {
            EndPhase(DateTime.UtcNow);
            if (run is null)
            {
                return;
            }

            Tell(run, "vectormigration.exit_code", exitCode);
            Tell(run, "vectormigration.verification.passed", result?.Passed);
            Tell(run, "vectormigration.verification.missing", result?.Missing);
            Tell(run, "vectormigration.verification.different", result?.Different);
            if (exitCode is not 0)
            {
                run.SetStatus(ActivityStatusCode.Error);
                run.SetTag("error.type", run.GetTagItem("error.type") ?? (exitCode is int code ? $"exit {code}" : "_OTHER"));
            }

            run.Dispose();
            run = null;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => source.Dispose();

    private static void Tell<T>(Activity span, string name, T? value)
        where T : struct
    {
        if (value is T known)
        {
            span.SetTag(name, known);
        }
    }

    private Activity? Begin(RunEvent first)
    {
        _ = ActivityContext.TryParse(Environment.GetEnvironmentVariable("TRACEPARENT"), Environment.GetEnvironmentVariable("TRACESTATE"), isRemote: true,
            out ActivityContext parent);
        return Start($"{subject.Operation} {subject.Collection}", parent, first)?.SetTag("vectormigration.run.id", first.RunId.ToString())
            .SetTag("db.system.name", "qdrant").SetTag("db.collection.name", subject.Collection);
    }

    /// <summary>Starts a span that is no one's current one: the requests of a run must not carry it to the server.</summary>
    private Activity? Start(string name, ActivityContext parent, RunEvent first)
    {
        Activity? before = Activity.Current;
        Activity? span = source.StartActivity(name, ActivityKind.Internal, parent, startTime: first.At);
        Activity.Current = before;
        return span;
    }

    private void Take(RunEvent runEvent)
    {
        switch (runEvent)
        {
            case RunStarted started:
                Describe(started.Plan);
                break;
            case PhaseStarted begun:
                EndPhase(begun.At.UtcDateTime);
                phase = run is null ? null : Start(begun.Phase, run.Context, begun);
                phase?.SetTag("vectormigration.phase", begun.Phase).SetTag("vectormigration.phase.total", begun.Total);
                events = 0;
                break;
            case BatchEnded { Result: { Status: BatchStatus.Failed } batch }:
                Add("batch failed", runEvent.At, ("vectormigration.batch.vectors", batch.Count), ("error.type", batch.ErrorId));
                break;
            case PoolPaused pause:
                Add("rate limited", runEvent.At, ("vectormigration.wait", pause.Duration.TotalSeconds));
                break;
            case ServerUnreachable lost:
                Add("server unreachable", lost.Since);
                break;
            case ServerReachable back:
                Add("server reachable", back.At, ("vectormigration.outage", (back.At - back.Since).TotalSeconds));
                break;
            case RunSteered steered:
                Add("steered", steered.At, ("vectormigration.steering.action", steered.Action.ToString().ToLowerInvariant()));
                break;
            case RunEnded { Result: MigrationResult result }:
                EndPhase(runEvent.At.UtcDateTime);
                run?.SetTag("vectormigration.status", result.Status.ToString()).SetTag("vectormigration.vectors.sent", result.Counts.Sent);
                if (result.Error is { } error)
                {
                    run?.SetTag("error.type", error.ErrorId);
                }

                break;
            default:
                break;
        }
    }

    private void Describe(MigrationPlan plan)
    {
        run?.SetTag("vectormigration.vectors.planned", plan.Count).SetTag("vectormigration.protocol", plan.Protocol)
            .SetTag("vectormigration.server.version", plan.ServerVersion);
        if (EndpointAddresses.First(plan.Endpoint) is { } endpoint)
        {
            run?.SetTag("server.address", endpoint.Host).SetTag("server.port", endpoint.Port);
        }
    }

    private void Add(string name, DateTimeOffset at, params (string Name, object? Value)[] tags)
    {
        if ((phase ?? run) is Activity span && events++ < MostEvents)
        {
            span.AddEvent(new ActivityEvent(name, at, [.. tags.Where(static tag => tag.Value is not null)
                .Select(static tag => KeyValuePair.Create(tag.Name, tag.Value))]));
        }
    }

    private void EndPhase(DateTime at)
    {
        phase?.SetEndTime(at);
        phase?.Dispose();
        phase = null;
    }
}
