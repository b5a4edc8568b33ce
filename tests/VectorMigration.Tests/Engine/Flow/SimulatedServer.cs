namespace VectorMigration.Tests;

/// <summary>A clock that stands until it is set.</summary>
internal sealed class StandingClock : TimeProvider
{
    private long ticks;

    public TimeSpan Elapsed => new(ticks);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => ticks;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch + Elapsed;

    public void MoveTo(double seconds) => ticks = Math.Max(ticks, (long)(seconds * TimeSpan.TicksPerSecond));
}

/// <summary>A server behind a line, as a queueing model: the line sends one batch after the other, workers take them side by side.</summary>
internal sealed class SimulatedServer
{
    private readonly List<double> workers = [];
    private readonly Random chance = new(7);
    private double lineFree;
    private double tokens;
    private double tokensAt;
    private int highest;

    public double RoundTrip { get; set; }

    public double BytesPerSecond { get; set; } = 1e9;

    public int Workers { get; set; } = 2;

    public double SecondsPerBatch { get; set; } = 0.001;

    public double SecondsPerVector { get; set; } = 40e-6;

    /// <summary>Batches beyond so many at once fail.</summary>
    public int MostAtOnce { get; set; } = int.MaxValue;

    public int LargestBatch { get; set; } = int.MaxValue;

    public double Jitter { get; set; } = 0.1;

    /// <summary>Points a minute; 0 for no limit.</summary>
    public double Limit { get; private set; }

    public void SetLimit(double pointsPerMinute, double now)
    {
        Limit = pointsPerMinute;
        tokens = pointsPerMinute;
        tokensAt = now;
        highest = 0;
    }

    /// <summary>What becomes of a batch that is sent now, and when the answer is here.</summary>
    public (double At, WriteOutcome Outcome, TimeSpan? After, bool RateLimited) Send(double now, int vectors, double bytes, int inFlight)
    {
        lineFree = Math.Max(lineFree, now) + (bytes / BytesPerSecond);
        double arrived = lineFree + (RoundTrip / 2);
        double back = arrived + (RoundTrip / 2);
        if (vectors > LargestBatch)
        {
            return (back, WriteOutcome.Split, null, false);
        }

        if (inFlight > MostAtOnce)
        {
            return (back, WriteOutcome.Retry, null, false);
        }

        if (Limit > 0 && Refusal(arrived, vectors, inFlight) is TimeSpan after)
        {
            return (back, WriteOutcome.Retry, after, true);
        }

        while (workers.Count < Workers)
        {
            workers.Add(0);
        }

        int free = 0;
        for (int i = 1; i < Workers; i++)
        {
            free = workers[i] < workers[free] ? i : free;
        }

        double cost = (SecondsPerBatch + (SecondsPerVector * vectors)) * (1 + (Jitter * ((2 * chance.NextDouble()) - 1)));
        workers[free] = Math.Max(workers[free], arrived) + cost;
        return (workers[free] + (RoundTrip / 2), WriteOutcome.Ok, null, false);
    }

    // The bucket as Qdrant 1.16.3 keeps it: the first upsert of every new level of concurrency is charged twice.
    private TimeSpan? Refusal(double at, int vectors, int inFlight)
    {
        tokens = Math.Min(Limit, tokens + (Math.Max(0, at - tokensAt) * Limit / 60));
        tokensAt = Math.Max(tokensAt, at);
        int times = inFlight > highest ? 2 : 1;
        double missing = (vectors * times) - tokens;
        if (missing > 0)
        {
            return TimeSpan.FromSeconds(Math.Ceiling(missing / (Limit / 60)));
        }

        highest = Math.Max(highest, inFlight);
        tokens -= vectors * times;
        return null;
    }
}

/// <summary>Plays an upload against a simulated server: no threads, no time but the simulated.</summary>
internal sealed class Simulation(SimulatedServer server, int dimension)
{
    private readonly PriorityQueue<
        (FlowPermit Permit, double SentAt, int Vectors, WriteOutcome Outcome, TimeSpan? After, bool RateLimited), double> answers = new();

    public StandingClock Clock { get; } = new();

    public List<(double At, int Vectors)> Taken { get; } = [];

    public List<double> Refused { get; } = [];

    public List<double> Failed { get; } = [];

    public List<(double At, FlowChange Change)> Changes { get; } = [];

    public double MostBytes { get; private set; }

    public double BytesPerVector => (4.0 * dimension) + 24;

    public double Rate(double from, double to) => Taken.Where(batch => batch.At >= from && batch.At < to).Sum(batch => (double)batch.Vectors) / (to - from);

    /// <summary>Runs until a point in time, or until so many vectors have been taken.</summary>
    public double Run(AdaptiveFlowControl flow, double until, long vectors = long.MaxValue, Action<double>? each = null)
    {
        double now = Clock.Elapsed.TotalSeconds;
        double pausedUntil = now;
        double inFlightBytes = 0;
        int inFlight = 0;
        long left = vectors;
        while (now < until && (left > 0 || inFlight > 0))
        {
            each?.Invoke(now);
            double next = until;
            flow.LearnAsync(CancellationToken.None).AsTask().IsCompleted.ShouldBeTrue();
            while (now >= pausedUntil && left > 0 && flow.TryAcquire(out FlowPermit permit, out TimeSpan wait) | Wait(wait, now, ref next))
            {
                int count = (int)Math.Min(left, permit.BatchSize);
                left -= count;
                inFlight++;
                inFlightBytes += count * BytesPerVector;
                MostBytes = Math.Max(MostBytes, inFlightBytes);
                (double at, WriteOutcome outcome, TimeSpan? after, bool limited) = server.Send(now, count, count * BytesPerVector, inFlight);
                answers.Enqueue((permit, now, count, outcome, after, limited), at);
            }

            next = pausedUntil > now ? Math.Min(next, pausedUntil) : next;
            if (answers.TryPeek(out _, out double first) && first <= next)
            {
                now = first;
                Clock.MoveTo(now);
                (FlowPermit permit, double sentAt, int count, WriteOutcome outcome, TimeSpan? after, bool limited) = answers.Dequeue();
                inFlight--;
                inFlightBytes -= count * BytesPerVector;
                flow.Release(permit, new FlowSample(outcome, count, (long)(count * BytesPerVector), TimeSpan.FromSeconds(now - sentAt),
                    limited)
                { After = after });
                Note(now, count, outcome, limited);
                left += outcome == WriteOutcome.Ok ? 0 : count;
                pausedUntil = after is TimeSpan pause ? Math.Max(pausedUntil, now + pause.TotalSeconds) : pausedUntil;
                while (flow.TakeChange() is FlowChange change)
                {
                    Changes.Add((now, change));
                }
            }
            else
            {
                now = next;
                Clock.MoveTo(now);
            }
        }

        return now;
    }

    private void Note(double now, int count, WriteOutcome outcome, bool limited)
    {
        if (outcome == WriteOutcome.Ok)
        {
            Taken.Add((now, count));
        }
        else if (limited)
        {
            Refused.Add(now);
        }
        else
        {
            Failed.Add(now);
        }
    }

    private static bool Wait(TimeSpan wait, double now, ref double next)
    {
        if (wait > TimeSpan.Zero)
        {
            next = Math.Min(next, now + wait.TotalSeconds + 1e-6);
        }

        return false;
    }
}
