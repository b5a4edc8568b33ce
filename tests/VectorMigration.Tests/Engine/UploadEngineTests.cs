using Microsoft.Extensions.Time.Testing;

namespace VectorMigration.Tests;

public sealed class UploadEngineTests
{
    private readonly Recorder recorder = new();

    [Fact]
    public async Task Everything_answered_ok_is_sent_once_in_order()
    {
        var target = new ScriptedTarget((batch, _) => WriteAnswer.Ok(batch.Count));
        UploadOutcome outcome = await Run(target, new MemorySource(1_050), new UploadOptions { BatchSize = 100, ThrottleLimit = 1 });

        outcome.Sent.ShouldBe(1_050);
        outcome.Stop.ShouldBeNull();
        outcome.ResumeOrdinal.ShouldBeNull();
        target.Asked.Select(a => a.First).ShouldBe(Enumerable.Range(0, 11).Select(i => i * 100L));
        recorder.Results.Select(r => r.Count).ShouldBe([.. Enumerable.Repeat(100, 10), 50]);
        recorder.Results.Select(r => r.Number).ShouldBe(Enumerable.Range(1, 11).Select(i => (long)i));
        recorder.Results.ShouldAllBe(r => r.Status == BatchStatus.Completed && r.Attempts == 1 && r.LastOrdinal - r.FirstOrdinal + 1 == r.Count);
    }

    [Fact]
    public async Task No_more_than_throttle_limit_attempts_are_under_way()
    {
        var gated = new GatedTarget();
        Task<UploadOutcome> run = Run(gated, new MemorySource(1_000), new UploadOptions { BatchSize = 100, ThrottleLimit = 3 });
        for (int answered = 0; answered < 10; answered++)
        {
            int expected = Math.Min(3, 10 - answered);
            await Eventually.BeTrue(() => gated.Open == expected, $"{expected} attempts should be open");
            gated.AnswerOne(WriteAnswer.Ok(1));
        }

        (await run).Sent.ShouldBe(1_000);
        gated.Started.ShouldBe(10);
    }

    /// <summary>A retry or a pause may come due between the look that found nothing to do and the wait: it is started all the same.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_comes_due_between_two_looks_is_not_missed(bool pool)
    {
        var target = new ScriptedTarget((_, attempt) => attempt < 4 ? WriteAnswer.Retry(
            "Busy", ErrorKind.Server, "busy", "wait", pool ? TimeSpan.FromMilliseconds(50) : null) : WriteAnswer.Ok(1));
        Task<UploadOutcome> run = Run(target, new MemorySource(10), new UploadOptions { BatchSize = 10, ThrottleLimit = 1 },
            retry: new FixedRetryPolicy(retries: 10, TimeSpan.FromMilliseconds(50)), time: new LeapingClock());
        (await run.WaitAsync(TimeSpan.FromSeconds(30))).Sent.ShouldBe(10);
    }

    /// <summary>A clock that has moved on by 40 ms whenever somebody looks.</summary>
    private sealed class LeapingClock : TimeProvider
    {
        private long looks;

        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch + TimeSpan.FromMilliseconds(40 * Interlocked.Increment(ref looks));
    }

    /// <summary>Whatever the target answers, in whatever order: nothing is lost, nothing is sent again after Ok, what failed is told.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(16)]
    public async Task Any_order_of_answers_loses_nothing_and_repeats_nothing(int parallel)
    {
        for (int seed = 0; seed < 60; seed++)
        {
            var random = new Random(seed);
            var poison = new HashSet<long>(Enumerable.Range(0, seed % 4).Select(_ => (long)random.Next(500)));
            var target = new ScriptedTarget((batch, _) => Answer(random, batch, poison));
            var watch = new Recorder();
            UploadOutcome outcome = await Run(target, new MemorySource(500), new UploadOptions { BatchSize = 1 + (seed % 40), ThrottleLimit = parallel }, watch,
                new FixedRetryPolicy(retries: 200));

            outcome.Stop.ShouldBeNull($"seed {seed}");
            target.AppliedTwice.ShouldBeEmpty($"seed {seed}");
            target.Applied.Count.ShouldBe(500 - poison.Count, $"seed {seed}");
            outcome.Sent.ShouldBe(500 - poison.Count);
            outcome.Failed.ShouldBe(poison.Count);
            watch.Results.Where(r => r.Status == BatchStatus.Failed).SelectMany(r => r.PointIds).Select(id => (long)id.Number).Order()
                .ShouldBe(poison.Order(), $"seed {seed}");
            watch.Results.SelectMany(r => r.PointIds).Select(id => id.Number).Order()
                .ShouldBe(Enumerable.Range(0, 500).Select(i => (ulong)i), $"seed {seed}: every vector ends in exactly one result");
        }
    }

    private static WriteAnswer Answer(Random random, VectorBatch batch, HashSet<long> poison)
    {
        int[] poisoned = [.. Enumerable.Range(0, batch.Count).Where(row => poison.Contains(batch.Ordinal(row)))];
        lock (random)
        {
            switch (random.Next(6))
            {
                case 0:
                    return WriteAnswer.Retry("Unavailable", ErrorKind.Connection, "busy", "wait");
                case 1:
                    return WriteAnswer.Retry("RateLimited", ErrorKind.ResourceUnavailable, "slow down", "wait", TimeSpan.Zero, rateLimited: true);
                case 2 when batch.Count > 1:
                    return WriteAnswer.Split("TooLarge", ErrorKind.InvalidArgument, "too large", "smaller");
                default:
                    return poisoned.Length == 0 ? WriteAnswer.Ok(batch.Count)
                        : WriteAnswer.Reject("Poison", ErrorKind.InvalidData, random.Next(2) == 0 ? poisoned : null, "poison", "mend it");
            }
        }
    }

    /// <summary>A Stop at any attempt, in any state: nothing applied twice, everything before the resume ordinal applied.</summary>
    [Fact]
    public async Task Stop_at_any_attempt_leaves_a_true_resume_ordinal()
    {
        for (int at = 1; at <= 40; at++)
        {
            var random = new Random(at);
            var target = new ScriptedTarget((batch, call) => call == at ? WriteAnswer.Stop(
                "DiskFull", ErrorKind.ResourceUnavailable, "No space left", resumable: true, "make room") : Answer(random, batch, []));
            UploadOutcome outcome = await Run(target, new MemorySource(600), new UploadOptions { BatchSize = 20, ThrottleLimit = 4 }, new Recorder(),
                new FixedRetryPolicy(retries: 500));

            target.AppliedTwice.ShouldBeEmpty();
            outcome.Sent.ShouldBe(target.Applied.Count);
            MigrationException stop = outcome.Stop.ShouldNotBeNull($"stop at attempt {at}");
            (stop.ErrorId, stop.Kind).ShouldBe(("DiskFull", ErrorKind.ResourceUnavailable));
            stop.Resumable.ShouldBeTrue();
            long resume = outcome.ResumeOrdinal.ShouldNotBeNull();
            for (long ordinal = 0; ordinal < resume; ordinal++)
            {
                target.Applied.ShouldContainKey(PointId.FromNumber((ulong)ordinal));
            }

            target.Applied.ShouldNotContainKey(PointId.FromNumber((ulong)resume), $"stop at attempt {at}");
        }
    }

    [Fact]
    public async Task An_announced_wait_pauses_the_whole_pool_and_one_attempt_tries_first()
    {
        var time = new FakeTimeProvider();
        var gated = new GatedTarget();
        Task<UploadOutcome> run = Run(gated, new MemorySource(800), new UploadOptions { BatchSize = 100, ThrottleLimit = 4 }, time: time);
        await Eventually.BeTrue(() => gated.Open == 4, "four attempts should be open");
        gated.AnswerOne(WriteAnswer.Retry("RateLimited", ErrorKind.ResourceUnavailable, "Retry after 30s", "wait", TimeSpan.FromSeconds(30),
            rateLimited: true));
        await Eventually.BeTrue(() => recorder.Events.OfType<PoolPaused>().Any(), "the pool should pause");
        gated.AnswerOne(WriteAnswer.Ok(1));
        gated.AnswerOne(WriteAnswer.Ok(1));
        gated.AnswerOne(WriteAnswer.Ok(1));
        await Eventually.BeTrue(() => recorder.Results.Count == 3, "what was under way should end");
        await Task.Delay(50);
        gated.Started.ShouldBe(4);
        time.Advance(TimeSpan.FromSeconds(29));
        await Task.Delay(50);
        gated.Started.ShouldBe(4);
        time.Advance(TimeSpan.FromSeconds(1));
        await Eventually.BeTrue(() => gated.Started == 5, "one attempt should try after the wait");
        await Task.Delay(50);
        gated.Started.ShouldBe(5);
        gated.AnswerOne(WriteAnswer.Ok(1));
        await Eventually.BeTrue(() => gated.Started == 6, "one should follow the one that was let through");
        await Task.Delay(50);
        gated.Started.ShouldBe(6);
        gated.AnswerOne(WriteAnswer.Ok(1));
        await Eventually.BeTrue(() => gated.Started == 8, "two should follow the second one");
        await Task.Delay(50);
        gated.Started.ShouldBe(8);
        while (!run.IsCompleted)
        {
            await Eventually.BeTrue(() => gated.Open > 0 || run.IsCompleted, "the run should go on");
            if (gated.Open > 0)
            {
                gated.AnswerOne(WriteAnswer.Ok(1));
            }
        }

        (await run).Sent.ShouldBe(800);
        recorder.Results.Single(r => r.RateLimited == 1).Attempts.ShouldBe(2);
    }

    [Fact]
    public async Task Backoff_delays_one_batch_while_others_go_on()
    {
        var time = new FakeTimeProvider();
        int first = 0;
        var target = new ScriptedTarget((batch, _) => batch.FirstOrdinal == 0 && Interlocked.Exchange(ref first, 1) == 0
            ? WriteAnswer.Retry("Unavailable", ErrorKind.Connection, "gone", "look")
            : WriteAnswer.Ok(1));
        Task<UploadOutcome> run = Run(target, new MemorySource(300), new UploadOptions { BatchSize = 100, ThrottleLimit = 2 },
            retry: new FixedRetryPolicy(3, TimeSpan.FromSeconds(7)), time: time);
        await Eventually.BeTrue(() => recorder.Results.Count == 2, "the other batches should not wait");
        run.IsCompleted.ShouldBeFalse();
        while (!run.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(1);
        }

        (await run).Sent.ShouldBe(300);
        recorder.Results.Single(r => r.FirstOrdinal == 0).Attempts.ShouldBe(2);
    }

    [Fact]
    public async Task Retries_end_and_the_run_stops_resumable()
    {
        var target = new ScriptedTarget((_, _) => WriteAnswer.Retry("NoServer", ErrorKind.Connection, "connection refused", "start it"));
        UploadOutcome outcome = await Run(target, new MemorySource(300), new UploadOptions { BatchSize = 100, ThrottleLimit = 1 },
            retry: new FixedRetryPolicy(retries: 2));
        outcome.Sent.ShouldBe(0);
        outcome.ResumeOrdinal.ShouldBe(0);
        MigrationException stop = outcome.Stop.ShouldNotBeNull();
        stop.ErrorId.ShouldBe("NoServer");
        stop.Resumable.ShouldBeTrue();
        stop.Message.ShouldContain("connection refused");
        target.Calls.ShouldBe(3);
        recorder.Results.Single().Status.ShouldBe(BatchStatus.Failed);
    }

    [Fact]
    public async Task An_open_circuit_ends_the_run_at_once()
    {
        var target = new ScriptedTarget((_, _) => WriteAnswer.Retry("NoServer", ErrorKind.Connection, "connection refused", "start it"));
        UploadOutcome outcome = await Run(target, new MemorySource(300), new UploadOptions { BatchSize = 100, ThrottleLimit = 1 },
            retry: new FixedRetryPolicy(retries: 1_000) { IsOpen = true });
        outcome.Stop.ShouldNotBeNull().Resumable.ShouldBeTrue();
        target.Calls.ShouldBe(1);
    }

    [Fact]
    public async Task Announced_waits_without_progress_end_the_run_at_last()
    {
        var time = new FakeTimeProvider { AutoAdvanceAmount = TimeSpan.FromSeconds(1) };
        var target = new ScriptedTarget((_, _) => WriteAnswer.Retry("RateLimited", ErrorKind.ResourceUnavailable, "Retry after 1s", "wait",
            TimeSpan.FromSeconds(1), rateLimited: true));
        Task<UploadOutcome> run = Run(target, new MemorySource(10), new UploadOptions { BatchSize = 10, NoProgressTimeout = TimeSpan.FromMinutes(5) },
            time: time);
        while (!run.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(10));
            await Task.Delay(1);
        }

        (await run).Stop.ShouldNotBeNull().ErrorId.ShouldBe("RateLimited");
    }

    [Fact]
    public async Task Cancellation_leaves_nothing_in_flight()
    {
        var gated = new GatedTarget();
        using var cancel = new CancellationTokenSource();
        Task<UploadOutcome> run = Run(gated, new MemorySource(1_000), new UploadOptions { BatchSize = 100, ThrottleLimit = 4 }, token: cancel.Token);
        await Eventually.BeTrue(() => gated.Open == 4, "four attempts should be open");
        gated.AnswerOne(WriteAnswer.Ok(1));
        await Eventually.BeTrue(() => gated.Open == 4 && recorder.Results.Count == 1, "a fifth attempt should be open");
        await cancel.CancelAsync();
        UploadOutcome outcome = await run;
        outcome.Cancelled.ShouldBeTrue();
        outcome.Sent.ShouldBe(100);
        QdrantBatchResult done = recorder.Results.Single();
        outcome.ResumeOrdinal.ShouldBe(done.FirstOrdinal == 0 ? 100 : 0);
    }

    /// <summary>Whatever a target does to prepare a batch is done once for all its attempts, and given back.</summary>
    [Fact]
    public async Task A_batch_is_prepared_once_for_all_its_attempts_and_given_back()
    {
        var target = new ScriptedTarget((_, attempt) => attempt <= 3 ? WriteAnswer.Retry("Busy", ErrorKind.ResourceUnavailable, "busy", "wait")
            : WriteAnswer.Ok(1));
        UploadOutcome outcome = await Run(target, new MemorySource(300), new UploadOptions { BatchSize = 100, ThrottleLimit = 2 },
            retry: new FixedRetryPolicy(retries: 5));
        (outcome.Sent, target.Calls).ShouldBe((300, 6));
        target.Prepared.Select(static batch => batch.Disposals).ShouldBe([1, 1, 1]);

        var large = new ScriptedTarget((_, _) => WriteAnswer.Ok(1));
        await Run(large, new MemorySource(100), new UploadOptions { BatchSize = 100, ThrottleLimit = 1, MaxRequestBytes = 5_000 });
        large.Calls.ShouldBe(2);
        large.Prepared.Select(static batch => batch.Disposals).ShouldBe([1, 1, 1]);
    }

    [Fact]
    public async Task Batches_over_the_request_cap_are_halved_before_they_are_sent()
    {
        var target = new ScriptedTarget((batch, _) => WriteAnswer.Ok(batch.Count)) { Size = batch => batch.Count * 1_000L };
        UploadOutcome outcome = await Run(target, new MemorySource(1_000), new UploadOptions { BatchSize = 100, ThrottleLimit = 2, MaxRequestBytes = 30_000 });
        outcome.Sent.ShouldBe(1_000);
        target.Asked.ShouldAllBe(a => a.Count <= 30);
        recorder.Results.Sum(r => r.Count).ShouldBe(1_000);
        recorder.Results.ShouldAllBe(r => r.Attempts == 1);
    }

    [Fact]
    public async Task A_single_vector_that_is_too_large_fails_alone_and_is_told()
    {
        var target = new ScriptedTarget((batch, _) => batch.FirstOrdinal <= 7 && batch.LastOrdinal >= 7
            ? WriteAnswer.Split("TooLarge", ErrorKind.InvalidArgument, "too large", "smaller") : WriteAnswer.Ok(1));
        UploadOutcome outcome = await Run(target, new MemorySource(64), new UploadOptions { BatchSize = 64, ThrottleLimit = 2 });
        outcome.Sent.ShouldBe(63);
        outcome.Failed.ShouldBe(1);
        QdrantBatchResult failed = recorder.Results.Single(r => r.Status == BatchStatus.Failed);
        failed.FirstOrdinal.ShouldBe(7);
        failed.Error.ShouldBe("too large");
    }

    [Fact]
    public async Task A_feed_that_fails_stops_the_run_with_its_error()
    {
        var source = new MemorySource(500);
        source.Vector(250)[2] = float.NaN;
        var target = new ScriptedTarget((batch, _) => WriteAnswer.Ok(1));
        UploadOutcome outcome = await Run(target, source, new UploadOptions { BatchSize = 100, ThrottleLimit = 4 });
        MigrationException stop = outcome.Stop.ShouldNotBeNull();
        stop.ErrorId.ShouldBe("NonFiniteComponent");
        stop.Message.ShouldContain("Vector 250");
        stop.Message.ShouldContain("Component 2 of vector 250");
        outcome.Sent.ShouldBe(200);
        outcome.ResumeOrdinal.ShouldBe(200);
        target.Applied.ShouldNotContainKey(PointId.FromNumber(200));
    }

    [Fact]
    public async Task An_observer_that_fails_ends_the_run_with_nothing_in_flight()
    {
        var target = new ScriptedTarget((batch, _) => WriteAnswer.Ok(1));
        recorder.Also = e =>
        {
            if (e is BatchEnded { Result.Number: 3 })
            {
                throw new MigrationException("LogUnwritable", ErrorKind.Permission, "disk full", "make room");
            }
        };
        UploadOutcome outcome = await Run(target, new MemorySource(2_000), new UploadOptions { BatchSize = 100, ThrottleLimit = 4 });
        outcome.Stop.ShouldNotBeNull().ErrorId.ShouldBe("LogUnwritable");
        target.InFlight.ShouldBe(0);
    }

    [Fact]
    public async Task A_target_that_throws_stops_the_run_without_a_stack_trace()
    {
        var target = new ScriptedTarget((_, _) => throw new InvalidOperationException("bug"));
        UploadOutcome outcome = await Run(target, new MemorySource(10), new UploadOptions());
        outcome.Stop.ShouldNotBeNull().ErrorId.ShouldBe("UnexpectedFailure");
        outcome.Stop!.Message.ShouldNotContain(" at ");
    }

    [Fact]
    public async Task Batch_delay_is_between_the_end_of_one_and_the_start_of_the_next()
    {
        var time = new FakeTimeProvider();
        var gated = new GatedTarget();
        Task<UploadOutcome> run = Run(gated, new MemorySource(300), new UploadOptions
        {
            BatchSize = 100,
            ThrottleLimit = 1,
            BatchDelay = TimeSpan.FromSeconds(3)
        }, time: time);
        await Eventually.BeTrue(() => gated.Started == 1, "the first batch starts at once");
        time.Advance(TimeSpan.FromSeconds(60));
        gated.AnswerOne(WriteAnswer.Ok(1));
        await Eventually.BeTrue(() => recorder.Results.Count == 1, "the first batch should end");
        time.Advance(TimeSpan.FromSeconds(2.9));
        await Task.Delay(50);
        gated.Started.ShouldBe(1);
        time.Advance(TimeSpan.FromSeconds(0.1));
        await Eventually.BeTrue(() => gated.Started == 2, "the second starts three seconds after the first ended");
        gated.AnswerOne(WriteAnswer.Ok(1));
        await Eventually.BeTrue(() => recorder.Results.Count == 2, "the second batch should end");
        time.Advance(TimeSpan.FromSeconds(3));
        await Eventually.BeTrue(() => gated.Started == 3, "the third batch should start");
        gated.AnswerOne(WriteAnswer.Ok(1));
        (await run).Sent.ShouldBe(300);
    }

    private Task<UploadOutcome> Run(IPointTarget target, MemorySource source, UploadOptions options, Recorder? watch = null, IRetryPolicy? retry = null,
        TimeProvider? time = null, CancellationToken token = default)
    {
        TimeProvider clock = time ?? TimeProvider.System;
        var feed = new IndexFeed(source, null, new FeedOptions(), 0, source.Description.Count, new HashSet<long>(), null);
        var engine = new UploadEngine(target, new FixedFlowControl(options, clock), retry ?? new FixedRetryPolicy(), options, Guid.NewGuid(), watch ?? recorder,
            clock);
        return engine.RunAsync(feed, token);
    }
}
