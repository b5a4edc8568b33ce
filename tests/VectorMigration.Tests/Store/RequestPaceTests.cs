using Microsoft.Extensions.Time.Testing;

namespace VectorMigration.Tests;

/// <summary>The pace against limiters as proxies have them, on a clock of the test's own: the same every time.</summary>
public sealed class RequestPaceTests
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(1);

    [Theory]
    [InlineData(20, 0, 0, 1, 5)]
    [InlineData(20, 0, 0, 4, 5)]
    [InlineData(20, 0, 0, 4, 30)]
    [InlineData(20, 0, 1, 4, 5)]
    [InlineData(20, 0, 1, 1, 30)]
    [InlineData(5, 0, 0, 4, 5)]
    [InlineData(5, 0, 1, 4, 5)]
    [InlineData(20, 20, 0, 4, 5)]
    [InlineData(20, 20, 1, 4, 5)]
    [InlineData(100, 0, 0, 8, 20)]
    public void At_least_four_fifths_of_what_is_allowed_gets_through(int perSecond, int burst, int retryAfter, int atOnce, int latency)
    {
        TimeSpan whole = TimeSpan.FromMinutes(5);
        Limiter limiter = new(perSecond, burst);
        int passed = Drive(limiter, whole, atOnce, TimeSpan.FromMilliseconds(latency), retryAfter == 0 ? null : TimeSpan.FromSeconds(retryAfter));
        passed.ShouldBeGreaterThan((int)(0.8 * perSecond * whole.TotalSeconds));
    }

    [Theory]
    [InlineData(20, 0, 0, 4)]
    [InlineData(20, 0, 1, 4)]
    [InlineData(20, 20, 0, 2)]
    [InlineData(20, 0, 0, 8)]
    [InlineData(10, 0, 1, 8)]
    public void A_line_that_is_uneven_costs_little(int perSecond, int burst, int retryAfter, int unevenness)
    {
        TimeSpan whole = TimeSpan.FromMinutes(5);
        Limiter limiter = new(perSecond, burst) { Uneven = new Random(7), Most = unevenness };
        int passed = Drive(limiter, whole, 4, TimeSpan.FromMilliseconds(10), retryAfter == 0 ? null : TimeSpan.FromSeconds(retryAfter));
        passed.ShouldBeGreaterThan((int)(0.8 * perSecond * whole.TotalSeconds));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void The_distance_is_found_within_seconds(int retryAfter)
    {
        FakeTimeProvider time = new();
        RequestPace pace = new(time);
        Limiter limiter = new(20, 0);
        TimeSpan latency = TimeSpan.FromMilliseconds(5);
        Drive(limiter, TimeSpan.FromSeconds(7), 4, latency, retryAfter == 0 ? null : TimeSpan.FromSeconds(retryAfter), time, pace);
        pace.Interval.ShouldBeInRange(0.049, 0.06);
        int passed = Drive(limiter, TimeSpan.FromSeconds(20), 4, latency, retryAfter == 0 ? null : TimeSpan.FromSeconds(retryAfter), time, pace);
        passed.ShouldBeGreaterThan(340);
    }

    [Fact]
    public void A_limit_by_the_second_is_used_as_well()
    {
        TimeSpan whole = TimeSpan.FromMinutes(5);
        Drive(new Limiter(20, 0) { Period = TimeSpan.FromSeconds(1) }, whole, 4, Step, null).ShouldBeGreaterThan(4_800);
    }

    [Fact]
    public void After_an_outage_it_is_soon_as_fast_as_before()
    {
        FakeTimeProvider time = new();
        RequestPace pace = new(time);
        Limiter limiter = new(1_000, 1_000);
        Drive(limiter, TimeSpan.FromSeconds(10), 4, TimeSpan.FromMilliseconds(10), null, time, pace);
        limiter.IsOut = true;
        Drive(limiter, TimeSpan.FromSeconds(30), 4, TimeSpan.FromMilliseconds(10), null, time, pace);
        limiter.IsOut = false;
        Drive(limiter, TimeSpan.FromMinutes(2), 4, TimeSpan.FromMilliseconds(10), null, time, pace);
        pace.Interval.ShouldBeLessThan(0.005);
    }

    [Fact]
    public async Task Requests_start_in_the_order_in_which_they_were_asked_for_and_evenly()
    {
        TimedWaits time = new();
        RequestPace pace = new(time);
        pace.TryStart(out PacedStart first, out _).ShouldBeTrue();
        pace.Refused(first, null);
        Task[] starts = [.. Enumerable.Range(0, 10).Select(_ => pace.StartAsync(default).AsTask())];
        for (int i = 0; i < starts.Length; i++)
        {
            // The clock goes on only once the next one waits for it.
            await time.Waits.WaitAsync(TimeSpan.FromMinutes(2));
            starts[i..].ShouldAllBe(static start => !start.IsCompleted);
            time.Advance(TimeSpan.FromMilliseconds(Math.Ceiling(1_000 * pace.Interval)));
            await starts[i].WaitAsync(TimeSpan.FromMinutes(2));
        }
    }

    /// <summary>Whoever steers a run sets how many requests start in a second; what the server asks for holds besides.</summary>
    [Fact]
    public void Requests_keep_the_distance_that_is_asked_for_until_it_is_taken_back()
    {
        FakeTimeProvider time = new();
        RequestPace pace = new(time) { LeastInterval = 0.5 };
        int started = 0;
        for (int i = 0; i < 100; i++)
        {
            if (pace.TryStart(out PacedStart start, out _))
            {
                started++;
                pace.Passed(start);
            }

            time.Advance(TimeSpan.FromMilliseconds(50));
        }

        started.ShouldBe(10);
        pace.Interval.ShouldBe(0);
        pace.LeastInterval = 0;
        pace.TryStart(out _, out _).ShouldBeTrue();
        pace.TryStart(out _, out _).ShouldBeTrue();
    }

    [Fact]
    public void What_is_not_refused_is_not_held_back()
    {
        FakeTimeProvider time = new();
        RequestPace pace = new(time);
        for (int i = 0; i < 1_000; i++)
        {
            pace.TryStart(out PacedStart start, out TimeSpan wait).ShouldBeTrue();
            wait.ShouldBeLessThanOrEqualTo(TimeSpan.Zero);
            pace.Passed(start);
        }

        pace.Interval.ShouldBe(0);
    }

    [Fact]
    public void A_limit_that_was_raised_is_noticed()
    {
        Limiter limiter = new(5, 0);
        FakeTimeProvider time = new();
        RequestPace pace = new(time);
        Drive(limiter, TimeSpan.FromMinutes(1), 4, Step, null, time, pace);
        pace.Interval.ShouldBeGreaterThan(0.15);
        limiter.PerSecond = 20;
        Drive(limiter, TimeSpan.FromMinutes(10), 4, Step, null, time, pace);
        pace.Interval.ShouldBeLessThan(0.07);
    }

    [Fact]
    public void After_a_wait_that_was_asked_for_one_request_tries_alone()
    {
        FakeTimeProvider time = new();
        RequestPace pace = new(time);
        pace.TryStart(out PacedStart first, out _).ShouldBeTrue();
        pace.Refused(first, TimeSpan.FromSeconds(7));
        pace.TryStart(out _, out TimeSpan wait).ShouldBeFalse();
        wait.ShouldBe(TimeSpan.FromSeconds(7));
        time.Advance(TimeSpan.FromSeconds(7));
        pace.TryStart(out PacedStart probe, out _).ShouldBeTrue();
        time.Advance(TimeSpan.FromSeconds(1));
        pace.TryStart(out _, out _).ShouldBeFalse("whether it is taken is not known yet");
        pace.Passed(probe);
        pace.TryStart(out _, out _).ShouldBeTrue();
    }

    private static int Drive(
        Limiter limiter, TimeSpan whole, int atOnce, TimeSpan latency, TimeSpan? retryAfter, FakeTimeProvider? clock = null, RequestPace? known = null)
    {
        FakeTimeProvider time = clock ?? new FakeTimeProvider();
        RequestPace pace = known ?? new RequestPace(time);
        List<(DateTimeOffset Due, PacedStart Start, bool Taken)> underWay = [];
        DateTimeOffset end = time.GetUtcNow() + whole;
        int passed = 0;
        for (DateTimeOffset now = time.GetUtcNow(); now < end; now = time.GetUtcNow())
        {
            foreach ((DateTimeOffset due, PacedStart start, bool taken) in underWay.Where(call => call.Due <= now).ToArray())
            {
                underWay.Remove((due, start, taken));
                passed += taken ? 1 : 0;
                if (taken)
                {
                    pace.Passed(start);
                }
                else
                {
                    pace.Refused(start, retryAfter);
                }
            }

            while (underWay.Count < atOnce && pace.TryStart(out PacedStart started, out _))
            {
                underWay.Add((now + latency, started, limiter.Takes(now)));
            }

            time.Advance(Step);
        }

        return passed;
    }

    /// <summary>nginx's limit_req: a leaky bucket whose refusals cost nothing.</summary>
    private sealed class Limiter(int perSecond, int burst)
    {
        private double excess;
        private DateTimeOffset? last;

        private long period = -1;
        private int taken;

        public int PerSecond { get; set; } = perSecond;

        /// <summary>Requests arrive up to so many milliseconds late.</summary>
        public Random? Uneven { get; init; }

        public int Most { get; init; }

        /// <summary>So many in each period, whenever they come; null for a leaky bucket.</summary>
        public TimeSpan? Period { get; init; }

        /// <summary>Refuses everything.</summary>
        public bool IsOut { get; set; }

        public bool Takes(DateTimeOffset sent)
        {
            DateTimeOffset now = Uneven is null ? sent : sent.AddMilliseconds(Uneven.Next(Most));
            if (IsOut)
            {
                return false;
            }

            if (Period is TimeSpan length)
            {
                long at = now.Ticks / length.Ticks;
                taken = at == period ? taken + 1 : 1;
                period = at;
                return taken <= PerSecond * length.TotalSeconds;
            }

            double level = last is DateTimeOffset before ? Math.Max(0, excess - (PerSecond * (now - before).TotalSeconds) + 1) : 0;
            if (level > burst + 1e-9)
            {
                return false;
            }

            excess = level;
            last = now;
            return true;
        }
    }

    /// <summary>A clock that tells when somebody begins to wait for it.</summary>
    private sealed class TimedWaits : FakeTimeProvider
    {
        public SemaphoreSlim Waits { get; } = new(0);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            ITimer timer = base.CreateTimer(callback, state, dueTime, period);
            Waits.Release();
            return timer;
        }
    }
}
