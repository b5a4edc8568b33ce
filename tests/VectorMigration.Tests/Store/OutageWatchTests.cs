namespace VectorMigration.Tests;

/// <summary>When a server counts as gone, on a clock of the test's own.</summary>
public sealed class OutageWatchTests : IDisposable
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private readonly ManualTime time = new();
    private readonly List<(DateTimeOffset At, ServerOutage? Outage)> told = [];
    private readonly OutageWatch watch;
    private readonly IDisposable watching;
    private Func<Task> ask = static () => Task.CompletedTask;

    public OutageWatchTests()
    {
        watch = new OutageWatch(time);
        watching = watch.Watch(outage => told.Add((time.GetUtcNow(), outage)), () => ask());
    }

    public void Dispose() => watching.Dispose();

    [Fact]
    public void Calls_that_fail_are_told_within_five_seconds_and_so_is_the_end()
    {
        watch.Answered(watch.Start());
        DateTimeOffset gone = time.GetUtcNow();
        for (int i = 0; i < 50; i++)
        {
            watch.Failed(watch.Start(), "connection refused");
            time.Advance(TimeSpan.FromMilliseconds(100));
        }

        (DateTimeOffset at, ServerOutage? outage) = told.ShouldHaveSingleItem();
        outage.ShouldBe(new ServerOutage(gone, "connection refused", IsSilent: false));
        (at - gone).ShouldBeLessThan(5 * Second);
        time.Advance(60 * Second);
        told.Count.ShouldBe(1);
        watch.Answered(watch.Start());
        time.Advance(Second);
        told.Count.ShouldBe(2);
        told[1].Outage.ShouldBeNull();
    }

    /// <summary>Somebody pauses a run whose server is gone: it is not given up on meanwhile, and afterwards it has its whole time again.</summary>
    [Fact]
    public void An_outage_is_not_given_up_on_while_it_is_held()
    {
        using IDisposable limited = watch.Watch(_ => { }, null, 10 * Second);
        CancellationToken lost = watch.Lost;
        DateTimeOffset gone = time.GetUtcNow();
        watch.Failed(watch.Start(), "connection refused");
        watch.Hold(isHeld: true);
        time.Advance(TimeSpan.FromHours(1));
        lost.IsCancellationRequested.ShouldBeFalse();
        told.ShouldHaveSingleItem().Outage.ShouldNotBeNull().Since.ShouldBe(gone);
        watch.Hold(isHeld: false);
        DateTimeOffset released = time.GetUtcNow();
        time.Advance(9 * Second);
        lost.IsCancellationRequested.ShouldBeFalse();
        told.Count.ShouldBe(2);
        told[1].Outage.ShouldNotBeNull().Since.ShouldBe(gone);
        told[1].Outage!.CountedFrom.ShouldBe(released);
        time.Advance(2 * Second);
        lost.IsCancellationRequested.ShouldBeTrue();
    }

    [Fact]
    public void A_server_that_comes_back_while_an_outage_is_held_is_found()
    {
        watch.Failed(watch.Start(), "connection refused");
        time.Advance(5 * Second);
        told.Count.ShouldBe(1);
        watch.Hold(isHeld: true);
        ask = () =>
        {
            watch.Answered(watch.Start());
            return Task.CompletedTask;
        };
        time.Advance(2 * Second);
        told.Count.ShouldBe(2);
        told[1].Outage.ShouldBeNull();
    }

    /// <summary>A frozen server, or a line that swallows everything: no call ends.</summary>
    [Fact]
    public void Silence_is_told_within_five_seconds()
    {
        DateTimeOffset gone = time.GetUtcNow();
        LinkedListNode<DateTimeOffset> call = watch.Start();
        int asked = 0;
        ask = () =>
        {
            asked++;
            watch.Start();
            return new TaskCompletionSource().Task;
        };
        time.Advance(5 * Second);
        (DateTimeOffset at, ServerOutage? outage) = told.ShouldHaveSingleItem();
        outage.ShouldBe(new ServerOutage(gone, "no answer", IsSilent: true));
        (at - gone).ShouldBeLessThan(5 * Second);
        asked.ShouldBe(1);

        // The deadline of the call changes nothing of it.
        time.Advance(55 * Second);
        watch.Failed(call, "deadline exceeded");
        time.Advance(5 * Second);
        told.Count.ShouldBe(1);
    }

    [Fact]
    public void A_slow_server_that_gives_a_sign_of_life_is_not_called_gone()
    {
        ask = () =>
        {
            watch.Answered(watch.Start());
            return Task.CompletedTask;
        };
        LinkedListNode<DateTimeOffset> slow = watch.Start();
        time.Advance(60 * Second);
        watch.Answered(slow);
        told.ShouldBeEmpty();
    }

    [Fact]
    public void A_call_that_fails_while_others_are_answered_is_no_outage()
    {
        LinkedListNode<DateTimeOffset> hung = watch.Start();
        for (int i = 0; i < 60; i++)
        {
            watch.Answered(watch.Start());
            time.Advance(Second);
        }

        watch.Failed(hung, "deadline exceeded");
        time.Advance(Second);
        watch.Answered(watch.Start());
        time.Advance(10 * Second);
        told.ShouldBeEmpty();
    }

    [Fact]
    public void Calls_of_a_silent_server_are_ended_at_the_limit_and_later_ones_at_the_next_look()
    {
        watch.Lost.CanBeCanceled.ShouldBeFalse();
        using IDisposable limited = watch.Watch(static _ => { }, null, 10 * Second);
        LinkedListNode<DateTimeOffset> call = watch.Start();
        CancellationToken lost = watch.Lost;
        time.Advance(9 * Second);
        lost.IsCancellationRequested.ShouldBeFalse();
        time.Advance(Second);
        lost.IsCancellationRequested.ShouldBeTrue();
        watch.GaveUpAfter.ShouldBe(10 * Second);
        watch.Failed(call, "no answer");
        CancellationToken next = watch.Lost;
        next.IsCancellationRequested.ShouldBeFalse();
        time.Advance(Second);
        next.IsCancellationRequested.ShouldBeTrue();
    }

    [Fact]
    public void A_slow_server_that_gives_a_sign_of_life_has_its_full_time()
    {
        ask = () =>
        {
            watch.Answered(watch.Start());
            return Task.CompletedTask;
        };
        using IDisposable limited = watch.Watch(static _ => { }, () => ask(), 10 * Second);
        watch.Start();
        CancellationToken lost = watch.Lost;
        time.Advance(60 * Second);
        lost.IsCancellationRequested.ShouldBeFalse();
    }

    /// <summary>A session keeps its connection: what failed an hour ago is not held against the next command.</summary>
    [Fact]
    public void The_limit_counts_from_the_begin_of_the_watch()
    {
        watch.Failed(watch.Start(), "connection refused");
        time.Advance(TimeSpan.FromHours(1));
        using IDisposable limited = watch.Watch(static _ => { }, null, 10 * Second);
        CancellationToken lost = watch.Lost;
        time.Advance(9 * Second);
        lost.IsCancellationRequested.ShouldBeFalse();
        time.Advance(2 * Second);
        lost.IsCancellationRequested.ShouldBeTrue();
    }

    [Fact]
    public void Where_nothing_is_asked_nothing_is_missed()
    {
        watch.Abandoned(watch.Start());
        time.Advance(TimeSpan.FromHours(1));
        told.ShouldBeEmpty();
    }
}
