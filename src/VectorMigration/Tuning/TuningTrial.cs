using VectorMigration.Engine;
using VectorMigration.Errors;
using VectorMigration.Feeds;
using VectorMigration.Runs;
using VectorMigration.Store;
using VectorMigration.Vectors;

namespace VectorMigration.Tuning;

/// <summary>What the trials of one tuning share.</summary>
/// <param name="Source">The index.</param>
/// <param name="Payload">Its payloads, or null.</param>
/// <param name="Store">The server.</param>
/// <param name="NewRetry">A retry policy for each trial.</param>
/// <param name="Options">The migration that is tuned.</param>
/// <param name="Planned">Its plan.</param>
/// <param name="RunId">The tuning.</param>
/// <param name="Time">Clock.</param>
internal sealed record TrialContext(
    IVectorSource Source, IPayloadSource? Payload, IVectorStore Store, Func<IRetryPolicy> NewRetry, MigrationOptions Options, PlannedRun Planned, Guid RunId,
        TimeProvider Time)
{
    /// <summary>The vectors that the migration would send, from their first on.</summary>
    public IndexFeed OpenFeed() =>
        new(Source, Payload, Planned.Feed(Options), Planned.Plan.Offset, Planned.Plan.Count, Planned.Ids.Superseded, onInvalid: null);

    /// <summary>What is known of an upload before its first batch, as a migration knows it.</summary>
    public FlowStart FlowStart(string collection, WriteRateLimit? limit) => new()
    {
        Dimension = Source.Description.Dimension,
        Vectors = Planned.Plan.Count - Planned.Ids.Duplicates,
        RoundTrip = Planned.RoundTrip,
        Limit = limit,
        ReadLimit = WriteRateLimits.Reader(Store, collection),
    };
}

/// <summary>
/// One upload into the scratch collection by the engine that migrations use, watched and cut off: at its extent it ends with whole batches; what is still under
/// way long after that is abandoned and does not count.
/// </summary>
internal sealed class TuningTrial
{
    private QdrantBatchResult? failed;

    private TuningTrial(GrowthCurve curve) => Curve = curve;

    /// <summary>How the collection grew.</summary>
    public GrowthCurve Curve { get; }

    /// <summary>Its batches without their ids, for the figures of several trials together.</summary>
    public List<QdrantBatchResult> Results { get; } = [];

    /// <summary>Vectors a second; 0 where nothing was acknowledged.</summary>
    public double Rate { get; private set; }

    /// <summary>Attempts that the server did not take.</summary>
    public long Rejected { get; private set; }

    /// <summary>Attempts among them that were refused for the rate limit.</summary>
    public long RateLimited { get; private set; }

    /// <summary>It was cut off: what was under way at its end did not count.</summary>
    public bool WasCut { get; private set; }

    /// <summary>Bytes of the requests for one vector; null where nothing was acknowledged.</summary>
    public double? BytesPerVector => Results.Where(static result => result.Status == BatchStatus.Completed).ToArray() is { Length: > 0 } done
        ? (double)done.Sum(static result => result.Bytes) / done.Sum(static result => result.Count) : null;

    /// <summary>Seconds that the server worked on a vector, as it says; null where it does not.</summary>
    public double? ServerSecondsPerVector { get; private set; }

    /// <summary>The index was sent more than once, under new ids.</summary>
    public bool Wrapped { get; private set; }

    /// <summary>Runs a trial to its end.</summary>
    /// <param name="ground">What it works on.</param>
    /// <param name="collection">Where to.</param>
    /// <param name="flow">How it is paced; stays the caller's to dispose.</param>
    /// <param name="feed">What is sent; stays the caller's to dispose.</param>
    /// <param name="curve">Takes how the collection grows.</param>
    /// <param name="patience">After so long what is under way is abandoned.</param>
    /// <param name="watch">A further observer, or null.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="MigrationException">The server refused, or was lost.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public static async Task<TuningTrial> RunAsync(
        TrialContext ground, string collection, IFlowControl flow, TrialFeed feed, GrowthCurve curve, TimeSpan patience, IRunObserver? watch,
            CancellationToken cancellationToken)
    {
        var trial = new TuningTrial(curve);
        using var limit = new CancellationTokenSource(patience, ground.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var target = new TimedTarget(ground.Store.OpenTarget(collection, ground.Options.VectorName));
        var observer = new CompositeObserver([new DelegateObserver(trial.OnEvent), curve, .. watch is null ? [] : (IRunObserver[])[watch]]);
        var engine = new UploadEngine(target, flow, ground.NewRetry(), ground.Options.Upload, ground.RunId, observer, ground.Time);
        long started = ground.Time.GetTimestamp();
        UploadOutcome outcome = await engine.RunAsync(feed, either.Token).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        trial.ServerSecondsPerVector = target.SecondsPerVector;
        trial.End(outcome, ground.Time.GetElapsedTime(started), feed.Wrapped);
        return trial;
    }

    private void End(UploadOutcome outcome, TimeSpan elapsed, bool wrapped)
    {
        if (outcome.Stop is MigrationException stop)
        {
            throw stop;
        }

        if (outcome.Sent == 0 && failed is not null)
        {
            throw TuningErrors.Refused(failed);
        }

        // If a trial was cut off, the batches under way count as time but not as vectors.
        double seconds = outcome.Cancelled ? elapsed.TotalSeconds : Curve.Seconds;
        Rate = seconds > 0 ? outcome.Sent / seconds : 0;
        WasCut = outcome.Cancelled;
        Wrapped = wrapped;
    }

    private void OnEvent(RunEvent runEvent)
    {
        if (runEvent is AttemptEnded { Sample: { Outcome: not WriteOutcome.Ok } sample })
        {
            Rejected++;
            RateLimited += sample.RateLimited ? 1 : 0;
        }

        if (runEvent is not BatchEnded { Result: QdrantBatchResult result })
        {
            return;
        }

        Results.Add(result with { PointIds = [] });
        if (result.Status == BatchStatus.Failed)
        {
            failed ??= result;
        }
    }
}
