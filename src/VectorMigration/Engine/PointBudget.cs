namespace VectorMigration.Engine;

/// <summary>The write limit of a collection in strict mode.</summary>
/// <param name="PointsPerMinute">Points a minute for each shard replica; also the most that one request may hold.</param>
/// <param name="Shards">Shards among which points are divided.</param>
internal sealed record WriteRateLimit(long PointsPerMinute, int Shards)
{
    /// <summary>Points a minute over all shards.</summary>
    public double Total => (double)PointsPerMinute * Math.Max(1, Shards);
}

/// <summary>
/// The token bucket of a server's write limit, kept on this side, so that nothing is sent that would be refused: as many tokens as the limit,
/// refilled evenly within a minute. An upsert costs its points; the first one at every new level of concurrency is charged twice
/// (observed with Qdrant 1.16.3). Not thread-safe.
/// </summary>
internal sealed class PointBudget
{
    /// <summary>Share of the allowed rate that is used: clocks differ, and points do not divide evenly among shards.</summary>
    private const double MostShare = 0.97;
    private const double MostShareOfEstimate = 10;
    private const double LeastShare = 0.1;
    private static readonly TimeSpan Recovery = TimeSpan.FromSeconds(5);

    private readonly double rate;
    private readonly double capacity;
    private readonly double mostShare;
    private double tokens;
    private double share = MostShare;
    private TimeSpan last;
    private TimeSpan quietUntil;
    private TimeSpan recoverAt;
    private int concurrency;

    /// <summary>A full bucket.</summary>
    /// <param name="perSecond">Points a second that the server allows.</param>
    /// <param name="capacity">Points at once.</param>
    /// <param name="now">Time since the start.</param>
    /// <param name="estimated">The rate was observed, not told: it may be found to be higher.</param>
    public PointBudget(double perSecond, double capacity, TimeSpan now, bool estimated = false)
    {
        mostShare = estimated ? MostShareOfEstimate : MostShare;
        rate = perSecond;
        this.capacity = Math.Max(1, capacity);
        tokens = this.capacity;
        last = now;
    }

    /// <summary>Points a second at present.</summary>
    public double PerSecond => rate * share;

    /// <summary>The largest batch that leaves room for being charged twice, and for several in a minute.</summary>
    public int MostBatch => (int)Math.Max(1, capacity / 20);

    /// <summary>Takes the points of one batch, or says how long to wait until there are so many.</summary>
    /// <param name="points">Points of the batch.</param>
    /// <param name="inFlight">Batches under way without this one.</param>
    /// <param name="now">Time since the start.</param>
    /// <param name="wait">How long to wait where there are too few.</param>
    /// <returns>Points charged; 0 where there are too few.</returns>
    public int Take(int points, int inFlight, TimeSpan now, out TimeSpan wait)
    {
        Refill(now);
        int cost = inFlight + 1 > concurrency ? 2 * points : points;
        double needed = Math.Min(cost, capacity);
        if (tokens + 1e-6 < needed)
        {
            wait = TimeSpan.FromSeconds(Math.Clamp((needed - tokens) / PerSecond, 0.001, 3_600));
            return 0;
        }

        concurrency = Math.Max(concurrency, inFlight + 1);
        tokens -= cost;
        wait = TimeSpan.Zero;
        return cost;
    }

    /// <summary>Gives points back, or takes more, where a batch turned out to be of another size.</summary>
    public void Correct(int points) => tokens = Math.Min(capacity, tokens + points);

    /// <summary>The server refused a batch: it has fewer tokens than believed here, and tells when they will do.</summary>
    public void OnRefused(int points, TimeSpan after, TimeSpan now)
    {
        Refill(now);
        tokens = Math.Min(tokens, points - (after.TotalSeconds * rate));
        if (now < quietUntil)
        {
            return;
        }

        // More than one refusal within what was announced tells nothing new. Others may be writing too: less is left for this run.
        share = Math.Max(LeastShare, share * 0.95);
        quietUntil = now + after + Recovery;
        recoverAt = quietUntil;
    }

    /// <summary>A batch was taken.</summary>
    public void OnTaken(TimeSpan now)
    {
        if (now >= recoverAt && share < mostShare)
        {
            share = Math.Min(mostShare, share * 1.01);
            recoverAt = now + Recovery;
        }
    }

    /// <summary>Sets what the server was told to hold after a refusal that taught the limit.</summary>
    public void Set(double present) => tokens = Math.Min(capacity, present);

    private void Refill(TimeSpan now)
    {
        if (now > last)
        {
            tokens = Math.Min(capacity, tokens + ((now - last).TotalSeconds * PerSecond));
            last = now;
        }
    }
}
