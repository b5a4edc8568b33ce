using VectorMigration.Engine;

namespace VectorMigration.Tuning;

/// <summary>The settings that may be tried: batch sizes × numbers at once × pauses, within what may be under way.</summary>
internal sealed class TuningGrid
{
    /// <summary>A pause to show what one costs; too long a pause would only show itself.</summary>
    public static readonly TimeSpan UsualDelay = TimeSpan.FromSeconds(0.1);

    /// <summary>Steps of two to each side of the start; whatever is better lies no further away.</summary>
    private const int Reach = 5;

    private readonly FlowBounds bounds;
    private readonly long mostWindow;
    private readonly int[] batches;
    private readonly int[] atOnce;
    private readonly TimeSpan[] delays;

    private TuningGrid(FlowBounds bounds, IEnumerable<int> batches, IEnumerable<int> atOnce, IEnumerable<TimeSpan> delays, TuningSetting start, bool isGiven,
        long mostWindow)
    {
        this.bounds = bounds;
        this.mostWindow = mostWindow;
        this.batches = [.. batches.Distinct().Order()];
        this.atOnce = [.. atOnce.Distinct().Order()];
        this.delays = [.. delays.Distinct().Order()];
        IsGiven = isGiven;
        Start = Nearest(start);
    }

    /// <summary>Where to begin: what a migration would begin with, or the given setting that is nearest.</summary>
    public TuningSetting Start { get; }

    /// <summary>True where the operator gave values: those are all to be seen in the table.</summary>
    public bool IsGiven { get; }

    /// <summary>All settings, near ones first.</summary>
    public IEnumerable<TuningSetting> All =>
        from delay in delays
        from batch in batches.OrderBy(batch => Distance(batch, Start.BatchSize))
        from parallel in atOnce.OrderBy(parallel => Distance(parallel, Start.ThrottleLimit))
        let setting = new TuningSetting(batch, parallel, delay)
        where Allows(setting)
        select setting;

    /// <summary>The grid for a migration.</summary>
    /// <param name="options">What the operator gave.</param>
    /// <param name="start">What is known of the upload.</param>
    /// <param name="mostBatch">Largest batch that a write limit leaves room for; null for no limit.</param>
    /// <param name="mostWindow">Vectors under way beyond which they would only queue in the line; null where that is not known.</param>
    public static TuningGrid For(TuningOptions options, FlowStart start, int? mostBatch = null, long? mostWindow = null)
    {
        UploadOptions open = options.Migration.Upload with { BatchSize = null, ThrottleLimit = null, BatchDelay = TimeSpan.Zero };
        FlowBounds bounds = InitialFlow.Bounds(open, start);
        bounds = bounds with { MostBatch = Math.Max(1, Math.Min(bounds.MostBatch, mostBatch ?? int.MaxValue)), LeastBatch = 1 };
        FlowPoint opening = InitialFlow.Point(open, start);
        var first = new TuningSetting(Math.Min(opening.BatchSize, bounds.MostBatch), opening.Parallelism, TimeSpan.Zero);
        while (mostWindow is long window && first.Window > window && first.Window > 1)
        {
            first = first.ThrottleLimit > 1 ? first with { ThrottleLimit = first.ThrottleLimit / 2 } : first with { BatchSize = first.BatchSize / 2 };
        }

        bool isGiven = options.BatchSizes.Count + options.ThrottleLimits.Count + options.BatchDelays.Count > 0;
        return new TuningGrid(
            isGiven ? Unbounded(bounds, options) : bounds,
            options.BatchSizes.Count > 0 ? options.BatchSizes : Steps(first.BatchSize, 16, bounds.MostBatch),
            options.ThrottleLimits.Count > 0 ? options.ThrottleLimits : Steps(first.ThrottleLimit, 1, bounds.MostParallelism),
            options.BatchDelays.Count > 0 ? options.BatchDelays : isGiven ? [TimeSpan.Zero] : [TimeSpan.Zero, UsualDelay],
            first,
            isGiven,
            isGiven ? long.MaxValue : mostWindow ?? long.MaxValue);
    }

    /// <summary>Settings one step away: more at once, larger batches, fewer, smaller, another pause.</summary>
    public IEnumerable<TuningSetting> Neighbours(TuningSetting setting)
    {
        int batch = Array.IndexOf(batches, setting.BatchSize);
        int parallel = Array.IndexOf(atOnce, setting.ThrottleLimit);
        int delay = Array.IndexOf(delays, setting.BatchDelay);
        (int Batch, int Parallel, int Delay)[] steps = [(0, 1, 0), (1, 0, 0), (0, -1, 0), (-1, 0, 0), (0, 0, -1), (0, 0, 1)];
        foreach ((int byBatch, int byParallel, int byDelay) in steps)
        {
            if (Within(batches, batch + byBatch) && Within(atOnce, parallel + byParallel) && Within(delays, delay + byDelay))
            {
                var neighbour = new TuningSetting(batches[batch + byBatch], atOnce[parallel + byParallel], delays[delay + byDelay]);
                if (Allows(neighbour))
                {
                    yield return neighbour;
                }
            }
        }
    }

    private static bool Within<T>(T[] values, int index) => index >= 0 && index < values.Length;

    private static double Distance(int value, int from) => Math.Abs(Math.Log2((double)value / from));

    /// <summary>What the operator names is tried, though it be more than the search would dare; the requests' own cap stays.</summary>
    private static FlowBounds Unbounded(FlowBounds bounds, TuningOptions options) => bounds with
    {
        MostBatch = options.BatchSizes.Count > 0 ? Math.Max(bounds.MostBatch, options.BatchSizes.Max()) : bounds.MostBatch,
        MostParallelism = options.ThrottleLimits.Count > 0 ? Math.Max(bounds.MostParallelism, options.ThrottleLimits.Max()) : bounds.MostParallelism,
        BytesPerVector = options.BatchSizes.Count > 0 || options.ThrottleLimits.Count > 0 ? 0 : bounds.BytesPerVector,
    };

    private static IEnumerable<int> Steps(int start, int least, int most)
    {
        for (int step = -Reach; step <= Reach; step++)
        {
            double value = Math.Round(start * Math.Pow(2, step));
            if (value >= Math.Min(least, start) && value <= most)
            {
                yield return (int)value;
            }
        }
    }

    private bool Allows(TuningSetting setting) => setting.Window <= Math.Max(mostWindow, Start.Window)
        && bounds.Allows(new FlowPoint(setting.BatchSize, setting.ThrottleLimit));

    private TuningSetting Nearest(TuningSetting wanted) => new(
        batches.MinBy(batch => Distance(batch, wanted.BatchSize)),
        atOnce.MinBy(parallel => Distance(parallel, wanted.ThrottleLimit)),
        delays[0]);
}
