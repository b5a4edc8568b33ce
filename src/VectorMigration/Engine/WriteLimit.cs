using System.Globalization;

namespace VectorMigration.Engine;

/// <summary>
/// The server's write limit as one upload knows it: told by the collection, learned after a refusal, or estimated from what passed. Not thread-safe.
/// </summary>
internal sealed class WriteLimit
{
    /// <summary>What passed in less time than this tells nothing of a rate.</summary>
    private const double LeastSecondsOfEstimate = 5;

    /// <summary>Points do not divide evenly among shards.</summary>
    private const double ShareOfShards = 0.9;

    /// <summary>A read may cost what a batch needs: a limit that no collection states is not asked for again and again.</summary>
    private static readonly TimeSpan BetweenQuestions = TimeSpan.FromSeconds(60);

    private readonly bool isReadable;
    private WriteRateLimit? known;
    private TimeSpan askAgain = TimeSpan.MinValue;
    private bool asks;
    private FlowSample refused;
    private TimeSpan refusedAt;
    private TimeSpan? firstRefusal;
    private long takenSinceRefusal;

    /// <summary>Starts with what is known.</summary>
    /// <param name="known">The collection's limit; null for none.</param>
    /// <param name="isReadable">The limit can be read again.</param>
    /// <param name="now">Time since the start.</param>
    public WriteLimit(WriteRateLimit? known, bool isReadable, TimeSpan now)
    {
        this.isReadable = isReadable;
        if (known is not null)
        {
            Set(known, now);
        }
    }

    /// <summary>The budget that keeps to the limit; null where there is none.</summary>
    public PointBudget? Budget { get; private set; }

    /// <summary>How long the wait lasts that the server announced last.</summary>
    private TimeSpan Announced => refused.After ?? TimeSpan.Zero;

    /// <summary>A batch was taken.</summary>
    public void OnTaken(in FlowSample sample, int permitted, TimeSpan now)
    {
        Budget?.Correct(Math.Min(0, permitted - sample.Vectors));
        Budget?.OnTaken(now);
        takenSinceRefusal += sample.Vectors;
    }

    /// <summary>A batch was refused for the rate. The reason of the limit that follows from it; null where none does.</summary>
    public string? OnRefused(in FlowSample sample, TimeSpan now)
    {
        TimeSpan after = sample.After ?? TimeSpan.FromSeconds(1);
        string? reason = null;
        if (firstRefusal is null || now > refusedAt + Announced)
        {
            if (now >= askAgain)
            {
                asks = isReadable;
                askAgain = sample.Paced ? now + BetweenQuestions : now;
            }

            // Where requests alone are counted, the distance between them is the engine's to find.
            reason = sample.Paced ? null : Estimate(now);
            if (firstRefusal is null)
            {
                takenSinceRefusal = 0;
                firstRefusal = now;
            }
        }

        refused = sample with { After = after };
        refusedAt = now;
        Budget?.OnRefused(sample.Vectors, after, now);
        return reason;
    }

    /// <summary>True once after a refusal where the limit should be read again.</summary>
    public bool TakeQuestion()
    {
        bool asked = asks;
        asks = false;
        return asked;
    }

    /// <summary>The limit was read again. The reason of the one that follows from it; null where nothing changes.</summary>
    public string? OnLearned(WriteRateLimit? read, TimeSpan now)
    {
        if (read is null || read == known)
        {
            return null;
        }

        string reason = Set(read, now);
        // At the end of the announced wait the server has as many tokens as it asked for.
        Budget?.Set(refused.Vectors - ((Announced - (now - refusedAt)).TotalSeconds * read.Total / 60));
        return reason;
    }

    /// <summary>Where no collection tells the limit, what was taken between two refusals is the rate that is allowed.</summary>
    private string? Estimate(TimeSpan now)
    {
        double seconds = firstRefusal is TimeSpan first ? (now - first).TotalSeconds : 0;
        if (Budget is not null || seconds < LeastSecondsOfEstimate || takenSinceRefusal == 0)
        {
            return null;
        }

        long perMinute = (long)Math.Max(1, 60 * takenSinceRefusal / seconds);
        Budget = new PointBudget(perMinute / 60.0, perMinute, now, estimated: true);
        Budget.Set(0);
        return string.Create(CultureInfo.InvariantCulture, $"the server limits the rate; so far it accepted {perMinute:N0} points per minute");
    }

    private string Set(WriteRateLimit limit, TimeSpan now)
    {
        known = limit;
        Budget = limit.PointsPerMinute <= 0 ? null : new PointBudget(limit.Total / 60, limit.Total * (limit.Shards > 1 ? ShareOfShards : 1), now);
        return InitialFlow.Reason(limit);
    }
}
