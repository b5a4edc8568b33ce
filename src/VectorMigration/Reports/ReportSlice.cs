namespace VectorMigration.Reports;

/// <summary>What happened in one stretch of a run's time; all stretches of a run are equally long.</summary>
internal sealed record ReportSlice
{
    /// <summary>Vectors acknowledged in it.</summary>
    public long Vectors { get; set; }

    /// <summary>Bytes acknowledged in it.</summary>
    public long Bytes { get; set; }

    /// <summary>Batches that ended in it.</summary>
    public long Batches { get; set; }

    /// <summary>Batches among them that failed for good.</summary>
    public long Failed { get; set; }

    /// <summary>Vectors in all of these batches.</summary>
    public long BatchVectors { get; set; }

    /// <summary>The durations of these batches added up.</summary>
    public TimeSpan BatchTime { get; set; }

    /// <summary>The longest of them.</summary>
    public TimeSpan Longest { get; set; }

    /// <summary>Attempts that failed in it and were repeated, or ended their batch.</summary>
    public long FailedAttempts { get; set; }

    /// <summary>Attempts among them that the server refused for its rate limit.</summary>
    public long RateLimited { get; set; }

    /// <summary>How long the whole upload waited in it, because the server or an operator asked for it.</summary>
    public TimeSpan Paused { get; set; }

    /// <summary>Mean duration of a batch; null without a batch.</summary>
    public TimeSpan? MeanLatency => Batches == 0 ? null : BatchTime / Batches;

    /// <summary>Mean number of vectors in a batch; null without a batch.</summary>
    public double? MeanBatchSize => Batches == 0 ? null : (double)BatchVectors / Batches;

    /// <summary>Adds what happened in another stretch.</summary>
    public void Add(ReportSlice other)
    {
        Vectors += other.Vectors;
        Bytes += other.Bytes;
        Batches += other.Batches;
        Failed += other.Failed;
        BatchVectors += other.BatchVectors;
        BatchTime += other.BatchTime;
        Longest = other.Longest > Longest ? other.Longest : Longest;
        FailedAttempts += other.FailedAttempts;
        RateLimited += other.RateLimited;
        Paused += other.Paused;
    }
}
