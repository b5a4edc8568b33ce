using VectorMigration.Engine;
using VectorMigration.Errors;

namespace VectorMigration.Tuning;

/// <summary>The first part of a tuning: short trials of one setting after the other, each on a scratch collection begun anew, so that all have the same
/// chance.</summary>
internal sealed class TuningSweep(TrialContext ground, ScratchCollection scratch, TuningGrid grid, LimitedPace? limit, TuningReporter teller, TimeSpan budget)
{
    /// <summary>A trial's part of the whole time: a second of the usual minute.</summary>
    private const double TrialShare = 1.0 / 60;

    /// <summary>Answers that a trial waits for, for each batch under way: fewer would measure the beginning only.</summary>
    private const int Rounds = 3;

    /// <summary>Times of its own after which a trial begins nothing new, answers or not.</summary>
    private const double Longest = 2;

    /// <summary>What a trial may take beyond its time before it is cut off, in times of its own.</summary>
    private const int Patience = 8;

    /// <summary>Most vectors of a trial: a fast server would get no more sure of itself by more.</summary>
    private const long MostVectors = 250_000;

    private readonly Dictionary<TuningSetting, List<TuningTrial>> trials = [];

    /// <summary>What was learned.</summary>
    public TuningSearch Search { get; } = new(grid);

    /// <summary>The index was so small that trials sent it several times.</summary>
    public bool Wrapped { get; private set; }

    /// <summary>Rates of settings that were tried several times.</summary>
    public IEnumerable<IEnumerable<double>> Repeated =>
        trials.Values.Where(static tried => tried.Count > 1).Select(static tried => tried.Select(static trial => trial.Rate));

    /// <summary>The table: every setting that was tried, the fastest first.</summary>
    public IReadOnlyList<TuningPoint> Points => [.. trials.OrderByDescending(entry => Search.Rate(entry.Key)).Select(entry => Point(entry.Key, entry.Value))];

    /// <summary>The trials of a setting.</summary>
    public IReadOnlyList<TuningTrial> Of(TuningSetting setting) => trials.TryGetValue(setting, out List<TuningTrial>? tried) ? tried : [];

    /// <summary>Tries settings until enough is known or this part of the time is over.</summary>
    /// <exception cref="MigrationException">The server refused, or was lost.</exception>
    public async Task RunAsync(double share, CancellationToken cancellationToken)
    {
        while (Search.Next() is TuningSetting setting && (trials.Count == 0 || teller.LeftOf(share) > budget * TrialShare))
        {
            await TryAsync(setting, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task TryAsync(TuningSetting setting, CancellationToken cancellationToken)
    {
        teller.Begin($"trying {setting}");
        TimeSpan least = budget * TrialShare;
        var extent = new TrialExtent
        {
            Vectors = Math.Min(MostVectors, limit?.MostVectors ?? MostVectors),
            Least = least,
            LeastBatches = Rounds * setting.ThrottleLimit,
            Most = least * Longest
        };
        await scratch.RenewAsync(cancellationToken).ConfigureAwait(false);
        using var flow = new FixedFlowControl(setting.Pace(ground.Options.Upload), ground.Time);
        var feed = new TrialFeed(ground.OpenFeed, extent, ground.Options.IdMapping, ground.Time);
        await using (feed.ConfigureAwait(false))
        {
            TuningTrial trial = await TuningTrial.RunAsync(ground, scratch.Name, flow, feed, new GrowthCurve(), least * Patience, watch: null,
                cancellationToken).ConfigureAwait(false);
            Note(setting, trial);
        }
    }

    private void Note(TuningSetting setting, TuningTrial trial)
    {
        Wrapped |= trial.Wrapped;
        if (!trials.TryGetValue(setting, out List<TuningTrial>? tried))
        {
            trials[setting] = tried = [];
        }

        tried.Add(trial);
        Search.Record(setting, trial.Rate);
        teller.End(setting.ToString(), trial);
    }

    private TuningPoint Point(TuningSetting setting, List<TuningTrial> tried)
    {
        var figures = new PerfAccumulator();
        foreach (QdrantBatchResult result in tried.SelectMany(static trial => trial.Results))
        {
            figures.Add(result);
        }

        MigrationPerf perf = figures.ToPerf();
        return new TuningPoint
        {
            BatchSize = setting.BatchSize,
            ThrottleLimit = setting.ThrottleLimit,
            BatchDelay = setting.BatchDelay,
            Trials = tried.Count,
            Vectors = tried.Sum(static trial => trial.Curve.Vectors),
            VectorsPerSecond = Search.Rate(setting),
            P50 = perf.P50,
            P95 = perf.P95,
            Rejected = tried.Sum(static trial => trial.Rejected),
            RateLimited = tried.Sum(static trial => trial.RateLimited),
        };
    }
}
