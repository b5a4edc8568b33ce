namespace VectorMigration.Engine;

/// <summary>What a run cost: the output of <c>Measure-MigrationPerf</c>. Times are seconds unless the name says otherwise.</summary>
public sealed record MigrationPerf
{
    /// <summary>Batches folded.</summary>
    public long Batches { get; init; }

    /// <summary>Vectors in completed batches.</summary>
    public long Vectors { get; init; }

    /// <summary>Vectors in failed batches.</summary>
    public long FailedVectors { get; init; }

    /// <summary>Bytes of completed batches.</summary>
    public long Bytes { get; init; }

    /// <summary>First start, UTC.</summary>
    public DateTimeOffset StartedAt { get; init; }

    /// <summary>Last end, UTC.</summary>
    public DateTimeOffset EndedAt { get; init; }

    /// <summary>Wall clock from the first start to the last end.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>Wall-clock seconds for one completed vector; 0 without vectors.</summary>
    public double SecondsPerVector { get; init; }

    /// <summary>Completed vectors a wall-clock second; 0 without vectors.</summary>
    public double VectorsPerSecond { get; init; }

    /// <summary>Completed megabytes (10⁶ bytes) a wall-clock second.</summary>
    public double MegabytesPerSecond { get; init; }

    /// <summary>Median duration of a batch.</summary>
    public TimeSpan P50 { get; init; }

    /// <summary>95th percentile of the durations (nearest rank).</summary>
    public TimeSpan P95 { get; init; }

    /// <summary>99th percentile of the durations (nearest rank).</summary>
    public TimeSpan P99 { get; init; }

    /// <summary>Longest duration of a batch.</summary>
    public TimeSpan Max { get; init; }

    /// <summary>Attempts.</summary>
    public long Attempts { get; init; }

    /// <summary>Attempts refused for the rate limit.</summary>
    public long RateLimited { get; init; }

    /// <summary>Batches that took longer than <see cref="SlowThreshold"/>.</summary>
    public long SlowOperations { get; init; }

    /// <summary>What counts as slow.</summary>
    public TimeSpan SlowThreshold { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Completed vectors of all vectors, in percent; 100 without vectors would be a lie, so it is null then.</summary>
    public double? SuccessRate { get; init; }

    /// <inheritdoc/>
    public override string ToString() =>
        FormattableString.Invariant(
            $"{Vectors:N0} {(Vectors == 1 ? "vector" : "vectors")} in {Duration.TotalSeconds:0.###} s, {VectorsPerSecond:N0} vectors/s");
}
