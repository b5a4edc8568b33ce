namespace VectorMigration.Engine;

/// <summary>
/// Folds batch results into one <see cref="MigrationPerf"/> in bounded memory: durations are kept one by one up to 65,536,
/// beyond that in a histogram whose steps are 1 %.
/// </summary>
internal sealed class PerfAccumulator
{
    private const int MostExact = 65_536;
    private const double Step = 1.01;

    private readonly SortedDictionary<int, long> histogram = [];
    private List<long>? exact = [];
    private long batches;
    private long vectors;
    private long failedVectors;
    private long bytes;
    private long attempts;
    private long rateLimited;
    private long slow;
    private long longest;
    private DateTimeOffset? first;
    private DateTimeOffset? last;

    /// <summary>Makes an accumulator.</summary>
    /// <param name="slowThreshold">What counts as slow; 5 s when null.</param>
    public PerfAccumulator(TimeSpan? slowThreshold = null) => SlowThreshold = slowThreshold ?? TimeSpan.FromSeconds(5);

    /// <summary>What counts as slow.</summary>
    public TimeSpan SlowThreshold { get; }

    /// <summary>Adds one batch. Skipped batches cost nothing and do not count.</summary>
    public void Add(QdrantBatchResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        if (result.Status == BatchStatus.Skipped)
        {
            return;
        }

        batches++;
        attempts += result.Attempts;
        rateLimited += result.RateLimited;
        slow += result.Duration > SlowThreshold ? 1 : 0;
        if (result.Status == BatchStatus.Completed)
        {
            vectors += result.Count - result.LeftThere - result.AlreadyThere;
            bytes += result.Bytes;
        }
        else
        {
            failedVectors += result.Count;
        }

        DateTimeOffset end = result.StartedAt + result.Duration;
        first = first is null || result.StartedAt < first ? result.StartedAt : first;
        last = last is null || end > last ? end : last;
        longest = Math.Max(longest, result.Duration.Ticks);
        AddDuration(result.Duration.Ticks);
    }

    /// <summary>The figures of all batches so far.</summary>
    public MigrationPerf ToPerf()
    {
        TimeSpan duration = first is null ? TimeSpan.Zero : last!.Value - first.Value;
        double seconds = duration.TotalSeconds;
        exact?.Sort();
        return new MigrationPerf
        {
            Batches = batches,
            Vectors = vectors,
            FailedVectors = failedVectors,
            Bytes = bytes,
            StartedAt = first ?? default,
            EndedAt = last ?? default,
            Duration = duration,
            SecondsPerVector = vectors == 0 ? 0 : seconds / vectors,
            VectorsPerSecond = seconds > 0 ? vectors / seconds : 0,
            MegabytesPerSecond = seconds > 0 ? bytes / 1e6 / seconds : 0,
            P50 = Percentile(0.50),
            P95 = Percentile(0.95),
            P99 = Percentile(0.99),
            Max = new TimeSpan(longest),
            Attempts = attempts,
            RateLimited = rateLimited,
            SlowOperations = slow,
            SlowThreshold = SlowThreshold,
            SuccessRate = vectors + failedVectors == 0 ? null : 100.0 * vectors / (vectors + failedVectors),
        };
    }

    private void AddDuration(long ticks)
    {
        if (exact is not null)
        {
            exact.Add(ticks);
            if (exact.Count <= MostExact)
            {
                return;
            }

            foreach (long kept in exact)
            {
                Count(kept);
            }

            exact = null;
            return;
        }

        Count(ticks);
    }

    private void Count(long ticks)
    {
        int bucket = ticks <= 0 ? 0 : (int)Math.Round(Math.Log(ticks, Step));
        histogram[bucket] = histogram.GetValueOrDefault(bucket) + 1;
    }

    /// <summary>Nearest-rank percentile: the least duration that at least this share of all does not exceed.</summary>
    private TimeSpan Percentile(double share)
    {
        long rank = (long)Math.Ceiling(share * batches);
        if (batches == 0)
        {
            return TimeSpan.Zero;
        }

        if (exact is not null)
        {
            return new TimeSpan(exact[(int)rank - 1]);
        }

        foreach ((int bucket, long count) in histogram)
        {
            rank -= count;
            if (rank <= 0)
            {
                return new TimeSpan(Math.Min(longest, (long)Math.Pow(Step, bucket)));
            }
        }

        return new TimeSpan(longest);
    }
}
