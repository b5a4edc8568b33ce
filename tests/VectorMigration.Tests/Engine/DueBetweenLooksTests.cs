namespace VectorMigration.Tests;

/// <summary>What comes due while the engine decides how long to wait must not be waited for without end.</summary>
public sealed class DueBetweenLooksTests
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(10);

    public static TheoryData<int, bool> Waits
    {
        get
        {
            TheoryData<int, bool> waits = [];
            for (int milliseconds = 1; milliseconds <= 61; milliseconds += 6)
            {
                waits.Add(milliseconds, false);
                waits.Add(milliseconds, true);
            }

            return waits;
        }
    }

    /// <summary>The clock moves on with every look, so that for some of the waits the moment falls between two of them.</summary>
    [Theory]
    [MemberData(nameof(Waits))]
    public async Task A_wait_that_ends_between_two_looks_is_over(int milliseconds, bool announced)
    {
        TimeSpan wait = TimeSpan.FromMilliseconds(milliseconds);
        int asked = 0;
        var target = new ScriptedTarget((batch, _) => asked++ == 0
            ? WriteAnswer.Retry("Unavailable", ErrorKind.Connection, "busy", "wait", announced ? wait : null, announced)
            : WriteAnswer.Ok(batch.Count));
        var options = new UploadOptions { BatchSize = 10, ThrottleLimit = 1 };
        var clock = new SteppingClock();
        var source = new MemorySource(10);
        var feed = new IndexFeed(source, null, new FeedOptions(), 0, source.Description.Count, new HashSet<long>(), null);
        using var flow = new FixedFlowControl(options, clock);
        var engine = new UploadEngine(target, flow, new FixedRetryPolicy(delay: wait), options, Guid.NewGuid(), new Recorder(), clock);

        // The limit only turns a wait without end into a failure; no time passes otherwise.
        UploadOutcome outcome = await engine.RunAsync(feed, CancellationToken.None).WaitAsync(TimeSpan.FromMinutes(2));
        outcome.Sent.ShouldBe(10);
    }

    private sealed class SteppingClock : TimeProvider
    {
        private long looks;

        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch + (Step * Interlocked.Increment(ref looks));

        /// <summary>Every wait is over at once: how long it takes in truth, and what else the machine does, plays no part.</summary>
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            System.CreateTimer(callback, state, dueTime == Timeout.InfiniteTimeSpan ? dueTime : TimeSpan.Zero, period);
    }
}
