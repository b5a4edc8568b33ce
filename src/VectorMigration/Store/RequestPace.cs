namespace VectorMigration.Store;

/// <summary>One start that a <see cref="RequestPace"/> gave.</summary>
/// <param name="Epoch">The setting it was given under: what was started before the last change tells nothing of the present one.</param>
public readonly record struct PacedStart(int Epoch);

/// <summary>
/// How far apart requests start to a server, or a proxy before it, that refuses what comes too fast and tells no rate. The distance is found by what comes
/// back: it doubles until something passes, is halved between what was refused and what passed, and the least that passes is held. From time to time a
/// smaller one is tried, ever more seldom while that is refused. Thread-safe; nothing sleeps here.
/// </summary>
/// <param name="time">The clock.</param>
public sealed class RequestPace(TimeProvider time)
{
    /// <summary>The first distance after a refusal, and the greatest.</summary>
    private const double FirstSeconds = 0.005;
    private const double MostSeconds = 60;

    /// <summary>Two distances that are no farther apart than this are one: what is gained by a nearer look is less than what a refusal costs.</summary>
    private const double Near = 1.04;

    /// <summary>Requests that pass one after the other before a distance counts as one that passes.</summary>
    private const int Enough = 8;
    private static readonly TimeSpan ShortestHold = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestHold = TimeSpan.FromSeconds(80);

    private readonly Lock gate = new();
    private readonly long origin = time.GetTimestamp();
    private double interval;

    /// <summary>The greatest distance that was refused, and the least that passed; 0 where there is none.</summary>
    private double refused;
    private double passed;
    private int epoch;
    private int passedInRow;
    private int lowered;
    private int underWay;
    private bool probing;
    private TimeSpan next;
    private TimeSpan pausedUntil;
    private TimeSpan holdUntil;
    private TimeSpan hold = ShortestHold;

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
                // Whether a pause was long enough is tried by one request alone.
                wait = TimeSpan.FromMilliseconds(5);
            }

            if (wait > TimeSpan.Zero)
            {
                return false;
            }

            underWay++;
            next = now + TimeSpan.FromSeconds(interval);
            return true;
        }
    }

    /// <summary>Waits until a request may start.</summary>
    public async ValueTask<PacedStart> StartAsync(CancellationToken cancellationToken)
    {
        PacedStart start;
        while (!TryStart(out start, out TimeSpan wait))
        {
            await Task.Delay(wait, time, cancellationToken).ConfigureAwait(false);
        }

        return start;
    }

    /// <summary>It was taken.</summary>
    public void Passed(PacedStart start)
    {
        lock (gate)
        {
            underWay--;
            probing = false;
            if (interval == 0 || start.Epoch != epoch || ++passedInRow < Enough)
            {
                return;
            }

            passed = interval;
            if (passed > refused * Near)
            {
                Set(refused > 0 ? Math.Sqrt(refused * passed) : passed / 2);
            }
            else if (Now >= holdUntil)
            {
                // What was refused once may pass by now; where it does, the next look comes sooner.
                hold = ++lowered < 2 ? hold : hold / 2 > ShortestHold ? hold / 2 : ShortestHold;
                refused *= 0.85;
                holdUntil = Now + hold;
            }

            passedInRow = 0;
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

            refused = Math.Max(interval, FirstSeconds / 2);
            bool fits = passed > refused * Near;
            double farther = fits ? Math.Sqrt(refused * passed) : refused * (passedInRow < Enough / 2 ? 2 : 1.08);
            if (!fits)
            {
                passed = 0;
            }

            lowered = 0;
            hold = holdUntil == TimeSpan.Zero ? ShortestHold : hold * 2 < LongestHold ? hold * 2 : LongestHold;
            holdUntil = now + hold;
            Set(Math.Min(MostSeconds, farther));
            passedInRow = 0;
            TimeSpan soonest = now + TimeSpan.FromSeconds(interval / 4);
            next = next > soonest ? next : soonest;
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
        next += TimeSpan.FromSeconds(seconds - interval);
        interval = seconds;
        epoch++;
    }
}
