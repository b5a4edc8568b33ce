namespace VectorMigration.Tests;

/// <summary>A target that refuses everything, told from one that refuses a few vectors; and attempts, which count once.</summary>
public sealed class RefusalTests
{
    private const string Words = "Wrong input: no";
    private readonly Recorder recorder = new();

    [Theory]
    [InlineData(1, 1_000)]
    [InlineData(4, 1_000)]
    [InlineData(4, 50)]
    [InlineData(16, 7)]
    public async Task A_target_that_refuses_everything_ends_the_run_with_its_words(int parallel, int vectors)
    {
        ScriptedTarget target = new((_, _) => Refused());
        UploadOutcome outcome = await RunAsync(target, vectors, new UploadOptions { BatchSize = 64, ThrottleLimit = parallel });
        MigrationException stop = outcome.Stop.ShouldNotBeNull();
        (stop.ErrorId, stop.Resumable).ShouldBe(("EveryBatchRefused", false));
        stop.Message.ShouldContain(Words);
        target.Calls.ShouldBeLessThan(80);
        outcome.ResumeOrdinal.ShouldBe(0);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task Three_batches_in_a_row_that_are_refused_whole_end_the_run_though_others_were_taken(int parallel)
    {
        ScriptedTarget target = new((batch, _) => batch.FirstOrdinal < 640 ? WriteAnswer.Ok(1) : Refused());
        UploadOutcome outcome = await RunAsync(target, 100_000, new UploadOptions { BatchSize = 64, ThrottleLimit = parallel });
        outcome.Stop.ShouldNotBeNull().ErrorId.ShouldBe("EveryBatchRefused");
        (outcome.Sent, outcome.ResumeOrdinal).ShouldBe((640, 640));
        target.Calls.ShouldBeLessThan(60);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task Two_bad_vectors_with_the_same_words_do_not_end_it(int parallel)
    {
        foreach ((long one, long other) in ((long, long)[])[(0, 1), (0, 63), (0, 64), (63, 64), (999, 998), (500, 700)])
        {
            Recorder watch = new();
            ScriptedTarget target = new((batch, _) => Holds(batch, one) || Holds(batch, other) ? Refused() : WriteAnswer.Ok(1));
            UploadOutcome outcome = await RunAsync(target, 1_000, new UploadOptions { BatchSize = 64, ThrottleLimit = parallel }, watch);
            outcome.Stop.ShouldBeNull($"{one} and {other}");
            (outcome.Sent, outcome.Failed).ShouldBe((998, 2));
            IEnumerable<long> failed = watch.Results.Where(static result => result.Status == BatchStatus.Failed).Select(static result => result.FirstOrdinal);
            failed.Order().ShouldBe([.. new[] { one, other }.Order()]);
        }
    }

    /// <summary>Monitoring knows the pace from the first request on, not only from the first change of it.</summary>
    [Fact]
    public async Task Every_request_tells_how_many_may_be_under_way()
    {
        Recorder watch = new();
        await RunAsync(new ScriptedTarget((_, _) => WriteAnswer.Ok(1)), 128, new UploadOptions { BatchSize = 16, ThrottleLimit = 3 }, watch);
        using RunMetrics metrics = new("c", null, TimeProvider.System);
        watch.Events.OfType<InFlightChanged>().First().Parallelism.ShouldBe(3);
        foreach (RunEvent told in watch.Events)
        {
            metrics.OnEvent(told);
        }

        metrics.ToText().ShouldContain("vectormigration_parallelism{collection=\"c\"} 3\n");
    }

    [Fact]
    public async Task Every_attempt_counts_once_however_often_a_batch_was_split()
    {
        ScriptedTarget target = new((batch, _) =>
            batch.Count > 16 ? WriteAnswer.Split("TooLarge", ErrorKind.InvalidArgument, "too large", "smaller") : WriteAnswer.Ok(1));
        await RunAsync(target, 128, new UploadOptions { BatchSize = 128, ThrottleLimit = 1 });
        recorder.Results.Count.ShouldBe(8);
        recorder.Results.Sum(static result => result.Attempts).ShouldBe(target.Calls);
        (target.Calls - recorder.Results.Count).ShouldBe(7, "so many were refused");
    }

    [Fact]
    public async Task A_rate_that_nobody_tells_is_no_reason_to_give_a_batch_up()
    {
        ScriptedTarget target = new((_, attempt) => attempt % 3 == 0 ? WriteAnswer.Ok(1) : TooFast());
        UploadOptions options = new() { BatchSize = 10, ThrottleLimit = 4 };
        SteppedTime time = new();
        UploadOutcome outcome = await RunAsync(new PacedTarget(target, time), 400, options, retry: new FixedRetryPolicy(retries: 0), time: time);
        outcome.Stop.ShouldBeNull();
        outcome.Sent.ShouldBe(400);
    }

    [Fact]
    public async Task A_rate_that_lets_nothing_through_ends_the_run_after_the_time_without_progress_and_tells_it()
    {
        SteppedTime time = new();
        ScriptedTarget target = new((_, _) => TooFast());
        UploadOptions options = new() { BatchSize = 10, ThrottleLimit = 4, NoProgressTimeout = TimeSpan.FromMinutes(5) };
        UploadOutcome outcome = await RunAsync(new PacedTarget(target, time), 400, options, time: time);
        MigrationException stop = outcome.Stop.ShouldNotBeNull();
        (stop.ErrorId, stop.Resumable).ShouldBe(("RateLimited", true));
        stop.Message.ShouldContain("300 s (-NoProgressTimeoutSec)");
    }

    private static WriteAnswer Refused() => WriteAnswer.Reject("RequestRefused", ErrorKind.InvalidData, null, Words, "mend it");

    private static WriteAnswer TooFast() =>
        WriteAnswer.TooFast("RateLimited", ErrorKind.ResourceUnavailable, "HTTP 429", "wait", after: null, rateLimited: true);

    private static bool Holds(VectorBatch batch, long ordinal) => batch.FirstOrdinal <= ordinal && ordinal <= batch.LastOrdinal;

    private Task<UploadOutcome> RunAsync(
        IPointTarget target, int vectors, UploadOptions options, Recorder? watch = null, IRetryPolicy? retry = null, TimeProvider? time = null)
    {
        MemorySource source = new(vectors);
        IndexFeed feed = new(source, null, new FeedOptions(), 0, vectors, new HashSet<long>(), null);
        TimeProvider clock = time ?? TimeProvider.System;
        UploadEngine engine = new(
            target, new FixedFlowControl(options, clock), retry ?? new FixedRetryPolicy(), options, Guid.NewGuid(), watch ?? recorder, clock);
        return engine.RunAsync(feed, CancellationToken.None);
    }
}
