using VectorMigration.Engine;

namespace VectorMigration.Tuning;

/// <summary>What a write limit (strict mode) leaves: settings that keep below it, and the time that it takes however fast the server is.</summary>
internal sealed class LimitedPace(WriteRateLimit limit, WriteRateLimit? ofScratch)
{
    /// <summary>Share of the allowed rate that fixed values use: clocks differ, and nothing is to be refused.</summary>
    private const double Share = 0.95;

    /// <summary>Share that a run may come down to where others write too.</summary>
    private const double LeastShare = 0.8;

    /// <summary>The limit that counts.</summary>
    public WriteRateLimit Limit => limit;

    /// <summary>The limit that the scratch collection has; null where only the collection itself has one.</summary>
    public WriteRateLimit? OfScratch => ofScratch;

    /// <summary>Points a second.</summary>
    public double PerSecond => limit.Total / 60;

    /// <summary>The largest batch to try: it leaves room for being charged twice, and for several in a minute.</summary>
    public int MostBatch => (int)Math.Clamp(limit.PointsPerMinute / 20, 1, 100_000);

    /// <summary>Vectors that a trial may send at once and still measure the server instead of the limit.</summary>
    public long MostVectors => ofScratch is null ? long.MaxValue : Math.Max(1, ofScratch.PointsPerMinute / 3);

    /// <summary>True where the server is faster than it allows.</summary>
    public bool Binds(double vectorsPerSecond) => vectorsPerSecond > PerSecond;

    /// <summary>Values that keep below the limit, one batch at a time.</summary>
    public TuningSetting Setting(int batchSize, TimeSpan latency)
    {
        int batch = Math.Min(batchSize, MostBatch);
        double pause = (batch / (Share * PerSecond)) - latency.TotalSeconds;
        return new TuningSetting(batch, 1, TimeSpan.FromMilliseconds(Math.Ceiling(Math.Max(0, pause) * 1_000)));
    }

    /// <summary>The prediction where the limit is what a run waits for.</summary>
    /// <param name="unlimited">What it would take without.</param>
    /// <param name="adaptive">The pace uses what the limit leaves at the start; fixed values keep an even pace from the first batch on.</param>
    public MigrationPrediction Apply(MigrationPrediction unlimited, bool adaptive)
    {
        double beyond = Math.Max(0, unlimited.Vectors - (adaptive ? limit.Total : MostBatch));
        TimeSpan expected = Later(unlimited.Upload, beyond / (Share * PerSecond));
        return unlimited with
        {
            Upload = expected,
            Low = Later(unlimited.Low, beyond / PerSecond * Share),
            High = Later(unlimited.High, Math.Max(beyond, adaptive ? unlimited.Vectors : 0) / (LeastShare * PerSecond)),
        };

        static TimeSpan Later(TimeSpan time, double seconds) => TimeSpan.FromSeconds(Math.Max(time.TotalSeconds, seconds));
    }
}
