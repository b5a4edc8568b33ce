using System.Globalization;
using VectorMigration.Engine;
using VectorMigration.Errors;
using VectorMigration.Runs;
using VectorMigration.Store;
using VectorMigration.Vectors;

namespace VectorMigration.Tuning;

/// <summary>
/// Finds batch size, parallelism and pause for an index, a line and a server in bounded time: a sweep over settings, then rehearsals of the migration itself,
/// all of it by the engine that migrations use, on a scratch collection that is removed whatever happens. Nothing else on the server is touched.
/// </summary>
public sealed class MigrationTuner
{
    /// <summary>Parts of the time, all from the start: until something must have been acknowledged, until the sweep ends, until the rehearsals end, and
    /// until everything is cut off.</summary>
    private const double FirstAnswer = 0.25;
    private const double SweepEnd = 0.42;
    private const double RehearsalEnd = 0.9;
    private const double CutOff = 0.95;

    /// <summary>Part of the time for the measurement of the line.</summary>
    private const double LineShare = 0.03;

    /// <summary>Time of the line for what is under way at once: more makes a trial longer and tells nothing.</summary>
    private static readonly TimeSpan MostInLine = TimeSpan.FromSeconds(2);

    /// <summary>Vectors that are planned with: more are not sent in any minute, and the ids of an index of billions take longer to look at than that.</summary>
    private const long MostPlanned = 2_000_000;

    private readonly IVectorSource source;
    private readonly IPayloadSource? payload;
    private readonly IVectorStore store;
    private readonly Func<IRetryPolicy> newRetry;
    private readonly TuningOptions options;
    private readonly IRunObserver observer;
    private readonly TimeProvider time;

    /// <summary>Sets a tuning up; nothing is read or sent yet. Source, payload and store stay the caller's to dispose.</summary>
    public MigrationTuner(IVectorSource source, IPayloadSource? payload, IVectorStore store, Func<IRetryPolicy> newRetry, TuningOptions options,
        IRunObserver observer, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(newRetry);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(observer);
        this.source = source;
        this.payload = payload;
        this.store = store;
        this.newRetry = newRetry;
        this.options = options;
        this.observer = observer;
        this.time = time ?? TimeProvider.System;
    }

    /// <summary>Id of this tuning, also in the metadata of its scratch collection.</summary>
    public Guid RunId { get; } = Guid.NewGuid();

    /// <summary>True from the moment the first vector may be sent: what fails before is a refusal.</summary>
    public bool Sending { get; private set; }

    /// <summary>Why the scratch collection may still be there, and how to remove it; null where it is gone.</summary>
    public string? LeftBehind { get; private set; }

    /// <summary>Tunes. The scratch collection is gone when it returns, however it ends; where it could not be removed, a warning names it.</summary>
    /// <exception cref="MigrationException">A migration would be refused, the server failed, or it acknowledged nothing.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public async Task<MigrationTuning> RunAsync(CancellationToken cancellationToken)
    {
        options.Check();
        CollectionNames.Require(options.Migration.Collection);
        var teller = new TuningReporter(RunId, options.Budget, observer, time);
        using var cut = new CancellationTokenSource(options.Budget * CutOff, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cut.Token, cancellationToken);
        TuningFindings? found = null;
        ScratchCollection? scratch = null;
        try
        {
            teller.Begin("planning");
            (TrialContext ground, CollectionDescription? existing) = await PlanAsync(either.Token).ConfigureAwait(false);
            CollectionSettings wanted = ground.Planned.Plan.Settings;
            scratch = new ScratchCollection(store, options.Migration.Collection, existing is null ? wanted : ScratchCollection.Like(existing, wanted), RunId,
                time);
            found = new TuningFindings(ground, scratch, teller);
            await MeasureAsync(found, existing, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            if (found?.Sweep?.Search.Best is null)
            {
                throw TuningErrors.NoAnswer(store.Endpoint, teller.Elapsed);
            }

            teller.Warn("The time limit was reached before all settings were tried. The result is based on those that were.");
        }
        finally
        {
            LeftBehind = scratch is null ? null : await scratch.RemoveAsync(cancellationToken.IsCancellationRequested).ConfigureAwait(false);
            if (LeftBehind is string left)
            {
                teller.Warn(left);
            }
        }

        return Result(found!);
    }

    private async Task<(TrialContext Ground, CollectionDescription? Existing)> PlanAsync(CancellationToken cancellationToken)
    {
        MigrationOptions asked = options.Migration with
        {
            // Trials use a collection of their own, so points in the other one do not matter.
            OnExisting = ExistingPoints.Overwrite,
            Limit = Math.Min(options.Migration.Limit ?? MostPlanned, MostPlanned),
            Recreate = false,
            Verification = VerificationMode.None,
            LogDirectory = null,
            JournalPath = null,
            DryRun = false,
        };
        var input = new IndexInput(source, payload, store, asked, RunId);
        PlannedRun planned = await new RunPlanning(input, store, asked, TimeProvider.System).PlanAsync(cancellationToken).ConfigureAwait(false);
        if (planned.Plan.Count == 0)
        {
            throw TuningErrors.NoVectors(source.Description);
        }

        CollectionDescription? existing = planned.Plan.CreatesCollection ? null
            : await store.GetCollectionAsync(asked.Collection, cancellationToken).ConfigureAwait(false);
        return (new TrialContext(source, payload, store, newRetry, asked, planned, RunId, time), existing);
    }

    private async Task MeasureAsync(TuningFindings found, CollectionDescription? existing, CancellationToken cancellationToken)
    {
        TrialContext ground = found.Ground;
        foreach (string leftover in await found.Scratch.RemoveLeftoversAsync(cancellationToken).ConfigureAwait(false))
        {
            found.Teller.Warn(leftover);
        }

        await found.Scratch.RenewAsync(cancellationToken).ConfigureAwait(false);
        WriteRateLimit? ofScratch = WriteRateLimits.Of(await store.GetCollectionAsync(found.Scratch.Name, cancellationToken).ConfigureAwait(false));
        found.Limit = (WriteRateLimits.Of(existing) ?? ofScratch) is WriteRateLimit known ? new LimitedPace(known, ofScratch) : null;
        var line = new LineProbe(store, time);
        found.RoundTrip = await line.RoundTripAsync(cancellationToken).ConfigureAwait(false);
        found.LineBytesPerSecond = await line.BytesPerSecondAsync(
            $"{found.Scratch.Name}-none", source.Description.Dimension, options.Budget * LineShare, cancellationToken).ConfigureAwait(false);
        FlowStart start = ground.FlowStart(found.Scratch.Name, found.Limit?.Limit);
        found.Grid = TuningGrid.For(options, start, found.Limit?.MostBatch, MostWindow(found));
        found.Sweep = new TuningSweep(ground, found.Scratch, found.Grid, found.Limit, found.Teller, options.Budget);
        var rehearsals = new Rehearsals(ground, found.Scratch, found.Forecast, found.Limit, found.Teller);
        Sending = true;
        await rehearsals.BeginAsync(options.Budget * FirstAnswer, cancellationToken).ConfigureAwait(false);
        await found.Sweep.RunAsync(SweepEnd, cancellationToken).ConfigureAwait(false);
        TuningSetting best = found.Sweep.Search.Best!.Value;
        await rehearsals.RunAsync(best, options.SizesFor(All), RehearsalEnd, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>What is under way beyond this only queues: the line carries it for so long, whatever the server does.</summary>
    private long? MostWindow(TuningFindings found) => found.LineBytesPerSecond is double line
        ? (long)Math.Max(1, line * Math.Max(MostInLine.TotalSeconds, 4 * found.RoundTrip.GetValueOrDefault().TotalSeconds) / BytesOfVector) : null;

    private long BytesOfVector => (long)source.Description.Dimension * sizeof(float);

    private long All => Math.Min(options.Migration.Limit ?? source.Description.Count, source.Description.Count - options.Migration.Offset);

    private MigrationTuning Result(TuningFindings found)
    {
        TuningSweep sweep = found.Sweep!;
        DurationForecast forecast = found.Forecast;
        TuningSetting best = sweep.Search.Best!.Value;
        Complete(forecast, sweep, best);
        if (!forecast.Has(adaptive: false))
        {
            // The server was lost so early that no trial of that setting came to anything.
            throw TuningErrors.NoAnswer(store.Endpoint, found.Teller.Elapsed);
        }

        WarnOf(found);
        double rate = forecast.Rate(adaptive: false);
        bool limited = found.Limit?.Binds(rate) == true;
        TuningSetting recommended = limited ? found.Limit!.Setting(best.BatchSize, sweep.Points.First(point => point.ToString() == best.ToString()).P50) : best;
        return new MigrationTuning
        {
            RunId = RunId,
            Path = source.Description.Path,
            PayloadPath = payload?.Path,
            Endpoint = store.Endpoint,
            Collection = options.Migration.Collection,
            ScratchCollection = found.Scratch.Name,
            BatchSize = recommended.BatchSize,
            ThrottleLimit = recommended.ThrottleLimit,
            BatchDelay = recommended.BatchDelay,
            Reason = limited ? TuningReason.Of(recommended, found.Limit!.Limit, best, rate) : TuningReason.Of(best, sweep.Search, found.Grid!, forecast),
            VectorsPerSecond = limited ? Math.Min(rate, found.Limit!.PerSecond) : rate,
            AdaptiveVectorsPerSecond = !forecast.Has(adaptive: true) ? null : limited ? Math.Min(forecast.Rate(adaptive: true), found.Limit!.PerSecond)
                : forecast.Rate(adaptive: true),
            AdaptiveDoesAsWell = limited || forecast.AdaptiveDoesAsWell,
            VectorsToSend = All,
            RoundTrip = found.RoundTrip,
            LineBytesPerSecond = found.LineBytesPerSecond,
            NearServer = NearServer(found, limited),
            PointsPerMinute = found.Limit?.Limit.Total,
            Points = sweep.Points,
            Predictions = Predict(found, limited, adaptive: false),
            AdaptivePredictions = Predict(found, limited, adaptive: true),
            VectorsSent = found.Teller.Sent,
            Duration = found.Teller.Elapsed,
            Warnings = found.Teller.Warnings,
        };
    }

    private static void Complete(DurationForecast forecast, TuningSweep sweep, TuningSetting best)
    {
        // Short trials deviate the more, the luckier they were; they count only where there was no time for a rehearsal.
        foreach (TuningTrial trial in forecast.Has(adaptive: false) ? [] : sweep.Of(best))
        {
            forecast.Add(trial.Curve);
        }

        foreach (IEnumerable<double> rates in sweep.Repeated)
        {
            forecast.AddLike(rates);
        }
    }

    private MigrationPrediction[] Predict(TuningFindings found, bool limited, bool adaptive) => !found.Forecast.Has(adaptive)
        ? []
        : [.. options.SizesFor(All).Select(size => found.Forecast.For(size, adaptive))
            .Select(prediction => NotFasterThanLine(prediction, found))
            .Select(prediction => limited ? found.Limit!.Apply(prediction, adaptive) : prediction)];

    /// <summary>The whole where it runs beside the server; a write limit holds there too.</summary>
    private NearServerPrediction? NearServer(TuningFindings found, bool limited) =>
        found.LineBytesPerSecond is double line && Predict(found, limited, adaptive: false).FirstOrDefault(prediction => prediction.Vectors == All) is { } here
            ? NearServerPrediction.Of(SourceBytes(), line, here, limited ? null : found.Forecast.ServerSecondsPerVector)
            : null;

    private long SourceBytes()
    {
        IndexDescription index = source.Description;
        return index.Size + ((string?[])[index.ListPath, index.OriginalsPath, payload?.Path])
            .Sum(static path => path is null ? 0 : File.Exists(path) ? new FileInfo(path).Length
                : Directory.Exists(path) ? new DirectoryInfo(path).EnumerateFiles().Sum(static file => file.Length) : 0);
    }

    /// <summary>The last answers of a short rehearsal come close together, which a longer one cannot keep up: the line carries no more.</summary>
    private MigrationPrediction NotFasterThanLine(MigrationPrediction prediction, TuningFindings found)
    {
        double bytes = found.Forecast.BytesPerVector ?? BytesOfVector;
        double fastest = Math.Max(found.LineBytesPerSecond ?? double.PositiveInfinity, bytes * found.Sweep!.Search.Rate(found.Sweep.Search.Best!.Value));
        return prediction.NotBelow(TimeSpan.FromSeconds(bytes * prediction.Vectors / fastest));
    }

    private static void WarnOf(TuningFindings found)
    {
        if (found.Sweep!.Wrapped)
        {
            found.Teller.Warn(string.Create(
                CultureInfo.InvariantCulture,
                $"The selected range has only {found.Ground.Planned.Plan.Count:N0} vectors, which take less than "
                + $"a second to send. The trials sent them several times under new ids. For so few vectors, the setting makes little difference."));
        }

        double unsteady = found.Forecast.Unsteadiness;
        if (unsteady > 2)
        {
            found.Teller.Warn(string.Create(
                CultureInfo.InvariantCulture,
                $"Identical trials differed by a factor of {unsteady:0.#}. Something else is using this machine, the "
                + $"network or the server. The predicted intervals are wide for this reason. Tune again when the load is lower."));
        }
    }

    /// <summary>What a tuning has come to so far.</summary>
    private sealed class TuningFindings(TrialContext ground, ScratchCollection scratch, TuningReporter teller)
    {
        public TrialContext Ground => ground;

        public ScratchCollection Scratch => scratch;

        public TuningReporter Teller => teller;

        public DurationForecast Forecast { get; } = new();

        public TimeSpan? RoundTrip { get; set; }

        public double? LineBytesPerSecond { get; set; }

        public LimitedPace? Limit { get; set; }

        public TuningGrid? Grid { get; set; }

        public TuningSweep? Sweep { get; set; }
    }
}
