using Microsoft.Extensions.Time.Testing;

namespace VectorMigration.Qdrant.Tests;

public sealed class RetryPolicyTests
{
    [Fact]
    public void There_are_as_many_delays_as_retries_and_none_is_beyond_the_limit()
    {
        RetryOptions options = new() { MaxRetries = 9, BaseDelay = TimeSpan.FromMilliseconds(200), MaxDelay = TimeSpan.FromSeconds(3) };
        int batches = 0;
        PollyRetryPolicy policy = new(options, TimeProvider.System, () => ++batches);
        for (int batch = 0; batch < 50; batch++)
        {
            List<TimeSpan> delays = Take(policy.Begin());
            delays.Count.ShouldBe(9);
            delays.ShouldAllBe(delay => delay > TimeSpan.Zero && delay <= options.MaxDelay);
            delays.Skip(6).Average(static delay => delay.TotalSeconds).ShouldBeGreaterThan(delays[0].TotalSeconds);
        }
    }

    [Fact]
    public void Two_batches_do_not_wait_in_step()
    {
        PollyRetryPolicy policy = new();
        Take(policy.Begin()).ShouldNotBe(Take(policy.Begin()));
        Take(policy.Begin()).Count.ShouldBe(new RetryOptions().MaxRetries);
    }

    [Fact]
    public void Delays_grow_exponentially_from_about_the_first_to_the_limit()
    {
        RetryOptions options = new() { MaxRetries = 12, BaseDelay = TimeSpan.FromMilliseconds(200), MaxDelay = TimeSpan.FromSeconds(10) };
        int batches = 0;
        PollyRetryPolicy policy = new(options, TimeProvider.System, () => ++batches);
        List<TimeSpan>[] all = [.. Enumerable.Range(0, 200).Select(_ => Take(policy.Begin()))];
        double[] means = [.. Enumerable.Range(0, options.MaxRetries).Select(i => all.Average(delays => delays[i].TotalSeconds))];
        means[0].ShouldBeInRange(0.1, 0.3);
        for (int i = 1; i < 5; i++)
        {
            (means[i] / means[i - 1]).ShouldBeInRange(1.2, 2.7);
        }

        (means[5] / means[0]).ShouldBeGreaterThan(8);
        means[^1].ShouldBe(10, 0.001);
    }

    [Fact]
    public void Without_retries_there_is_no_delay() => new PollyRetryPolicy(new RetryOptions { MaxRetries = 0 }).Begin().TryNext(out _).ShouldBeFalse();

    [Fact]
    public void While_nothing_gets_through_the_circuit_decides_and_not_the_number_of_retries()
    {
        FakeTimeProvider clock = new();
        RetryOptions options = new() { MaxRetries = 3, MaxDelay = TimeSpan.FromSeconds(5), CircuitTime = TimeSpan.FromSeconds(60) };
        PollyRetryPolicy policy = new(options, clock);
        policy.RecordFailure();
        IRetryDelays delays = policy.Begin();
        int retries = 0;
        while (delays.TryNext(out TimeSpan delay))
        {
            delay.ShouldBeInRange(TimeSpan.FromTicks(1), options.MaxDelay);
            clock.Advance(TimeSpan.FromSeconds(5));
            policy.RecordFailure();
            retries++;
        }

        retries.ShouldBe(12);
        policy.IsOpen.ShouldBeTrue();

        policy.RecordSuccess();
        policy.RecordFailure();
        IRetryDelays poison = policy.Begin();
        for (int i = 0; i < 3; i++)
        {
            poison.TryNext(out TimeSpan _).ShouldBeTrue();
        }

        policy.RecordSuccess();
        poison.TryNext(out TimeSpan _).ShouldBeFalse();
    }

    [Fact]
    public void No_wait_leads_past_the_time_at_which_the_run_gives_up()
    {
        FakeTimeProvider clock = new();
        PollyRetryPolicy policy = new(new RetryOptions { MaxRetries = 3, CircuitTime = TimeSpan.FromSeconds(60) }, clock);
        long started = clock.GetTimestamp();
        policy.RecordFailure();
        IRetryDelays delays = policy.Begin();
        while (delays.TryNext(out TimeSpan delay))
        {
            clock.Advance(delay);
            policy.RecordFailure();
        }

        policy.IsOpen.ShouldBeTrue();
        clock.GetElapsedTime(started).ShouldBe(TimeSpan.FromSeconds(60));
    }

    [Fact]
    public void Failures_that_come_seldom_end_the_waiting_too()
    {
        FakeTimeProvider clock = new();
        PollyRetryPolicy policy = new(new RetryOptions { MaxRetries = 1, CircuitTime = TimeSpan.FromSeconds(5) }, clock);
        policy.RecordFailure();
        IRetryDelays delays = policy.Begin();
        delays.TryNext(out TimeSpan _).ShouldBeTrue();
        clock.Advance(TimeSpan.FromSeconds(6));
        policy.RecordFailure();
        delays.TryNext(out TimeSpan _).ShouldBeFalse();
    }

    [Fact]
    public void The_circuit_opens_only_after_its_time_without_a_success()
    {
        FakeTimeProvider clock = new();
        PollyRetryPolicy policy = new(new RetryOptions { CircuitTime = TimeSpan.FromSeconds(120) }, clock);
        policy.RecordSuccess();
        clock.Advance(TimeSpan.FromHours(1));
        for (int second = 0; second < 119; second++)
        {
            policy.RecordFailure();
            policy.IsOpen.ShouldBeFalse();
            clock.Advance(TimeSpan.FromSeconds(1));
        }

        clock.Advance(TimeSpan.FromSeconds(1));
        policy.IsOpen.ShouldBeTrue();
        policy.RecordSuccess();
        policy.IsOpen.ShouldBeFalse();
        policy.RecordFailure();
        policy.RecordFailure();
        policy.IsOpen.ShouldBeFalse();
        clock.Advance(TimeSpan.FromSeconds(121));
        policy.IsOpen.ShouldBeTrue();
    }

    [Fact]
    public void A_success_between_failures_keeps_the_circuit_closed()
    {
        FakeTimeProvider clock = new();
        PollyRetryPolicy policy = new(new RetryOptions { CircuitTime = TimeSpan.FromSeconds(10) }, clock);
        for (int i = 0; i < 100; i++)
        {
            policy.RecordFailure();
            clock.Advance(TimeSpan.FromSeconds(4));
            policy.RecordFailure();
            clock.Advance(TimeSpan.FromSeconds(4));
            policy.RecordSuccess();
            policy.IsOpen.ShouldBeFalse();
        }
    }

    [Fact]
    public void Many_threads_may_report_at_once()
    {
        PollyRetryPolicy policy = new();
        Parallel.For(0, 2_000, i =>
        {
            if (i % 3 == 0)
            {
                policy.RecordSuccess();
            }
            else
            {
                policy.RecordFailure();
                policy.Begin().TryNext(out _).ShouldBeTrue();
            }

            policy.IsOpen.ShouldBeFalse();
        });
    }

    private static List<TimeSpan> Take(IRetryDelays delays)
    {
        List<TimeSpan> taken = [];
        while (delays.TryNext(out TimeSpan delay))
        {
            taken.Add(delay);
        }

        return taken;
    }
}
