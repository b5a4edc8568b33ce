namespace VectorMigration.Tuning;

/// <summary>What one setting came to when it was tried: a row of the table of <see cref="MigrationTuning"/>.</summary>
public sealed record TuningPoint
{
    /// <summary>Vectors in a batch.</summary>
    public required int BatchSize { get; init; }

    /// <summary>Batches under way at once.</summary>
    public required int ThrottleLimit { get; init; }

    /// <summary>Pause between the end of a batch and the start of the next.</summary>
    public TimeSpan BatchDelay { get; init; }

    /// <summary>How often it was tried, each time on a fresh scratch collection.</summary>
    public int Trials { get; init; }

    /// <summary>Vectors acknowledged in all trials.</summary>
    public long Vectors { get; init; }

    /// <summary>Vectors a second, from the start of the first batch to the end of the last; the median of the trials.</summary>
    public double VectorsPerSecond { get; init; }

    /// <summary>Median duration of a batch.</summary>
    public TimeSpan P50 { get; init; }

    /// <summary>95th percentile of the durations of batches.</summary>
    public TimeSpan P95 { get; init; }

    /// <summary>Attempts that the server did not take, and that were repeated.</summary>
    public long Rejected { get; init; }

    /// <summary>Attempts among them that were refused for the rate limit.</summary>
    public long RateLimited { get; init; }

    /// <summary>The setting in words, as the parameters say it.</summary>
    public override string ToString() => new TuningSetting(BatchSize, ThrottleLimit, BatchDelay).ToString();
}
