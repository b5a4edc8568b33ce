namespace VectorMigration.Store;

/// <summary>One start that a <see cref="RequestPace"/> gave.</summary>
/// <param name="Epoch">The setting it was given under: what was started before the last change tells nothing of the present one.</param>
public readonly record struct PacedStart(int Epoch);

/// <summary>
/// How far apart requests start to a server, or a proxy before it, that refuses what comes too fast and tells no rate. All calls of a connection share one:
/// they start one after the other, evenly. The distance is found by what comes back. It grows until something passes, then falls by small steps until one is
/// refused, and the smallest that passes, just above the largest that was refused, is held. From time to time a smaller one is tried, ever more seldom while
/// that is refused. Thread-safe.
/// </summary>
/// <param name="time">The clock.</param>
public sealed class RequestPace(TimeProvider time)
{
    /// <summary>The first distance after a refusal, and the greatest.</summary>
    private const double FirstSeconds = 0.005;
    private const double FirstSecondsWithWait = 0.010;
    private const double MostSeconds = 20;

    /// <summary>Distances below this one are none.</summary>
    private const double LeastSeconds = 0.001;

    /// <summary>What a step down leaves, what a step up adds, and how near two distances are that count as one.</summary>
    private const double Down = 0.93;
    private const double Up = 1.04;
    private const double Near = 1.02;

    /// <summary>Growth while nothing is known; steeper where each refusal costs a wait.</summary>
    private const double Growth = 2;
    private const double GrowthWithWait = 3;

    /// <summary>Requests that pass one after the other before a distance counts as one that passes, and before one refusal among them is a chance.</summary>
    private const int Enough = 4;
    private const int Many = 40;

    /// <summary>A refusal that costs no more than this share of the time is no reason to be slower for good: the line was uneven.</summary>
    private const double ChanceShare = 0.05;

    /// <summary>A look that may cost a wait comes no sooner than after so many of them.</summary>
    private const double WaitsAHold = 20;
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(0.25);
    private static readonly TimeSpan ShortestHold = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestHold = TimeSpan.FromSeconds(80);

    private readonly Lock gate = new();
    private Task before = Task.CompletedTask;
    private readonly long origin = time.GetTimestamp();
    private double interval;

    /// <summary>The distance that was asked for from outside; 0 for none.</summary>
    private double least;

    /// <summary>The largest distance that was refused, and the smallest that passed; 0 where there is none.</summary>
    private double refused;
    private double passed;

    /// <summary>How near the distance that is held is to the one that was refused.</summary>
    private double near = Up;
    private int epoch;
    private int passedInRow;
    private int underWay;
    private bool probing;
    private bool recovering;

    /// <summary>What was refused once is tried again.</summary>
    private bool looked;

    /// <summary>What was refused before that.</summary>
    private double refusedBefore;
    private TimeSpan next;
    private TimeSpan pausedUntil;
    private TimeSpan lastStart = TimeSpan.MinValue;
    private TimeSpan lastRefusal = TimeSpan.MinValue;
    private TimeSpan holdUntil;
    private TimeSpan hold = ShortestHold;

    /// <summary>What passed since requests came without a break: whatever the limit is like, so many were allowed.</summary>
    private TimeSpan busySince;
    private int busyPassed;

    /// <summary>Seconds between two starts; 0 as long as nothing was refused.</summary>
    public double Interval
    {
        get
        {
            lock (gate)
            {
                return interval;
            }
        }
    }

    /// <summary>Seconds between two starts that somebody asks for, whatever the server takes; 0 for none.</summary>
    public double LeastInterval
    {
        get
        {
            lock (gate)
            {
                return least;
            }
        }

        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            lock (gate)
            {
                next += lastStart == TimeSpan.MinValue ? TimeSpan.Zero : TimeSpan.FromSeconds(Math.Max(interval, value) - Distance);
                least = value;
            }
        }
    }

    /// <summary>The distance that is kept.</summary>
    private double Distance => Math.Max(interval, least);

    private TimeSpan Now => time.GetElapsedTime(origin);

    /// <summary>Whether a request may start now; it counts as started then.</summary>
    /// <param name="start">To be given back with what became of it.</param>
    /// <param name="wait">How long to wait before asking again.</param>
    public bool TryStart(out PacedStart start, out TimeSpan wait)
    {
        lock (gate)
        {
            TimeSpan now = Now;
            wait = (next > pausedUntil ? next : pausedUntil) - now;
            start = new PacedStart(epoch);
            if (wait <= TimeSpan.Zero && probing && underWay > 0)
            {
                // A single request tests whether the pause was long enough.
                wait = TimeSpan.FromMilliseconds(5);
            }

            if (wait > TimeSpan.Zero)
            {
                return false;
            }

            bool wasIdle = lastStart == TimeSpan.MinValue || now - lastStart > Idle + TimeSpan.FromSeconds(2 * Distance);
            if (wasIdle && now - pausedUntil > Idle)
            {
                busySince = now;
                busyPassed = 0;
            }

            underWay++;
            lastStart = now;
            next = now + TimeSpan.FromSeconds(Distance);
            return true;
        }
    }

    /// <summary>Waits until a request may start; who asks first starts first.</summary>
    public async ValueTask<PacedStart> StartAsync(CancellationToken cancellationToken)
    {
        if (Interval == 0 && LeastInterval == 0 && TryStart(out PacedStart start, out _))
        {
            return start;
        }

        TaskCompletionSource started = new(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            await Interlocked.Exchange(ref before, started.Task).WaitAsync(cancellationToken).ConfigureAwait(false);
            while (!TryStart(out start, out TimeSpan wait))
            {
                // Timers count whole milliseconds, and what starts too early is refused.
                await Task.Delay(TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds)), time, cancellationToken).ConfigureAwait(false);
            }

            return start;
        }
        finally
        {
            started.SetResult();
        }
    }

    /// <summary>It was taken.</summary>
    public void Passed(PacedStart start)
    {
        lock (gate)
        {
            TimeSpan now = Now;
            underWay--;
            probing = false;
            busyPassed++;
            if (interval == 0 || start.Epoch != epoch)
            {
                return;
            }

            Recover(now);
            if (++passedInRow >= Enough && (passedInRow == Enough || now >= holdUntil))
            {
                passed = interval;
                Lower(now);
            }
        }
    }

    /// <summary>It was refused for coming too fast.</summary>
    /// <param name="start">What <see cref="TryStart"/> gave.</param>
    /// <param name="after">How long the answer asks everybody to wait; null where it does not say.</param>
    public void Refused(PacedStart start, TimeSpan? after)
    {
        lock (gate)
        {
            TimeSpan now = Now;
            underWay--;
            PauseUntil(now, after);
            if (start.Epoch != epoch)
            {
                return;
            }

            double cost = Math.Max(interval, after?.TotalSeconds ?? 0);
            bool isChance = passedInRow >= Many && lastRefusal > TimeSpan.MinValue && cost < ChanceShare * (now - lastRefusal).TotalSeconds;
            lastRefusal = now;
            if (!isChance)
            {
                refused = Math.Max(looked && passed > refusedBefore ? refusedBefore : 0, Math.Max(interval, FirstSeconds / 2));
                hold = !looked ? hold : hold * 2 < LongestHold ? hold * 2 : LongestHold;
                holdUntil = now + hold;
                holdUntil = after * WaitsAHold is TimeSpan longer && now + longer > holdUntil ? now + longer : holdUntil;
                near = after is null ? Up : Up * Up;
                looked = false;
                Set(Math.Min(MostSeconds, Farther(after)));
            }

            passedInRow = 0;
        }
    }

    /// <summary>It ended in another way, which says nothing of the pace.</summary>
    public void Ended(PacedStart start, TimeSpan? after = null)
    {
        lock (gate)
        {
            _ = start;
            underWay--;
            PauseUntil(Now, after);
        }
    }

    /// <summary>The distance after a refusal.</summary>
    private double Farther(TimeSpan? after)
    {
        if (passed >= refused)
        {
            return passed > refused * Up * Up ? Math.Sqrt(refused * passed) : Math.Max(passed, refused * Near);
        }

        bool wasFound = passed > 0 || passedInRow >= Enough;
        passed = 0;
        if (wasFound)
        {
            return refused * Up;
        }

        recovering = true;
        return after is null ? Math.Max(FirstSeconds, refused * Growth) : Math.Max(FirstSecondsWithWait, refused * GrowthWithWait);
    }

    /// <summary>
    /// The first that passes after refusals that only got farther apart: where more passed over the whole time than this distance lets, it is the wait for the
    /// end of an outage, or of the limiter's own period, and not what is allowed.
    /// </summary>
    private void Recover(TimeSpan now)
    {
        if (!recovering)
        {
            return;
        }

        recovering = false;
        double average = (now - busySince).TotalSeconds / busyPassed;
        if (busyPassed >= Enough && average * Up < interval)
        {
            refused = Math.Min(refused, average * Down);
            holdUntil = now;
            Set(average * Up);
            passedInRow = 0;
        }

        busySince = now;
        busyPassed = 0;
    }

    /// <summary>A distance passes: a smaller one is tried, unless that was refused lately.</summary>
    private void Lower(TimeSpan now)
    {
        double lower = interval * Down;
        if (lower <= refused * Near)
        {
            lower = Math.Sqrt(refused * interval);
            if (interval <= refused * near)
            {
                if (now < holdUntil)
                {
                    return;
                }

                // A request that was refused before may pass now; if it does, go on at once.
                hold = looked ? ShortestHold : hold;
                looked = true;
                refusedBefore = refused;
                refused *= Down * Down;
                lower = interval * Down;
            }
        }

        if (lower < LeastSeconds)
        {
            lower = refused = passed = 0;
        }

        Set(lower);
        passedInRow = 0;
    }

    private void PauseUntil(TimeSpan now, TimeSpan? after)
    {
        if (after is TimeSpan wait && wait > TimeSpan.Zero)
        {
            probing = true;
            pausedUntil = pausedUntil > now + wait ? pausedUntil : now + wait;
        }
    }

    private void Set(double seconds)
    {
        next += TimeSpan.FromSeconds(Math.Max(seconds, least) - Distance);
        interval = seconds;
        epoch++;
    }
}
