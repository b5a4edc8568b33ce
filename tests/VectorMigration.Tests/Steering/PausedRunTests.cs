using Microsoft.Extensions.Time.Testing;

namespace VectorMigration.Tests;

/// <summary>What a run does that is paused, paced or stopped from outside.</summary>
public sealed class PausedRunTests : IDisposable
{
    private static readonly TimeSpan Long = TimeSpan.FromHours(9);
    private readonly RunControl control = new();
    private readonly FakeTimeProvider time = new();
    private readonly MemoryStore store = new();
    private readonly Recorder recorder = new();

    public void Dispose() => store.Dispose();

    [Fact]
    public async Task A_paused_run_starts_nothing_and_what_is_under_way_counts()
    {
        GatedTarget gated = new();
        Task<UploadOutcome> run = Upload(gated, 1_000, new UploadOptions { BatchSize = 100, ThrottleLimit = 3 });
        await Eventually.BeTrue(() => gated.Open == 3, "three batches should be under way");
        control.Pause().ShouldBeTrue();
        control.Pause().ShouldBeFalse();
        control.UnderWay.ShouldBe(3);
        for (int i = 0; i < 3; i++)
        {
            gated.AnswerOne(WriteAnswer.Ok(1));
        }

        await Eventually.BeTrue(() => control.UnderWay == 0, "the answers should be taken");
        recorder.Results.Count.ShouldBe(3);

        // Whatever would have been started by now was waited for above.
        time.Advance(Long);
        gated.Started.ShouldBe(3);
        control.Resume().ShouldBeTrue();
        for (int i = 0; i < 7; i++)
        {
            await Eventually.BeTrue(() => gated.Open > 0, "a batch should be under way");
            gated.AnswerOne(WriteAnswer.Ok(1));
        }

        (await run).Sent.ShouldBe(1_000);
        gated.Started.ShouldBe(10);
    }

    /// <summary>The limits of a run are for servers that do not answer, not for people who pause it.</summary>
    [Fact]
    public async Task A_pause_longer_than_every_limit_does_not_end_the_run()
    {
        GatedTarget gated = new();
        FixedRetryPolicy retry = new(retries: 2);
        var options = new UploadOptions
        {
            BatchSize = 10,
            ThrottleLimit = 1,
            NoProgressTimeout = TimeSpan.FromMinutes(1),
            GiveUpAfter = TimeSpan.FromSeconds(5),
        };
        Task<UploadOutcome> run = Upload(gated, 20, options, retry);
        await Eventually.BeTrue(() => gated.Open == 1, "a batch should be under way");
        control.Pause();
        retry.IsOpen = true;
        time.Advance(Long);
        gated.AnswerOne(WriteAnswer.Retry("ServerUnavailable", ErrorKind.Connection, "gone", "wait"));
        await Eventually.BeTrue(() => control.UnderWay == 0, "the answer should be taken");
        run.IsCompleted.ShouldBeFalse();
        time.Advance(Long);
        retry.IsOpen = false;
        control.Resume();
        for (int i = 0; i < 2; i++)
        {
            await Eventually.BeTrue(() => gated.Open == 1, "a batch should be under way");
            gated.AnswerOne(WriteAnswer.Ok(1));
        }

        UploadOutcome outcome = await run;
        outcome.Sent.ShouldBe(20);
        outcome.Stop.ShouldBeNull();
        retry.Restarts.ShouldBe(1);
    }

    [Fact]
    public async Task A_paused_run_can_be_cancelled()
    {
        using CancellationTokenSource cancel = new();
        control.Pause();
        Task<UploadOutcome> run = Upload(new GatedTarget(), 100, new UploadOptions { BatchSize = 10, ThrottleLimit = 1 }, token: cancel.Token);
        await cancel.CancelAsync();
        UploadOutcome outcome = await run;
        outcome.Cancelled.ShouldBeTrue();
        outcome.ResumeOrdinal.ShouldBe(0);
    }

    [Fact]
    public async Task Another_pace_holds_from_the_next_batch_on()
    {
        GatedTarget gated = new();
        var options = new UploadOptions { BatchSize = 100, ThrottleLimit = 1 };
        Task<UploadOutcome> run = Upload(gated, 500, options);
        await Eventually.BeTrue(() => gated.Open == 1, "a batch should be under way");
        control.Pause();
        control.SetPace(new PaceSettings { BatchSize = 50, ThrottleLimit = 2 });
        gated.AnswerOne(WriteAnswer.Ok(1));
        await Eventually.BeTrue(() => control.UnderWay == 0, "the answer should be taken");
        control.Resume();
        await Eventually.BeTrue(() => gated.Open == 2, "two batches should be under way");
        control.SetPace(new PaceSettings { ThrottleLimit = 1 });
        for (int left = 7; left >= 0; left--)
        {
            await Eventually.BeTrue(() => gated.Open >= 1, "a batch should be under way");
            gated.AnswerOne(WriteAnswer.Ok(1));
        }

        (await run).Sent.ShouldBe(500);
        recorder.Results.Select(static result => result.Count).ShouldBe([100, .. Enumerable.Repeat(50, 8)]);
        recorder.Events.OfType<FlowChanged>().Select(static told => (told.Change.BatchSize, told.Change.Parallelism)).ShouldBe([(50, 2), (50, 1)]);
    }

    [Fact]
    public async Task A_stop_from_outside_is_that_of_ctrl_c()
    {
        int answers = 0;
        store.Answer = _ => answers++ == 0 ? WriteAnswer.Ok(1) : WriteAnswer.Retry("RateLimited", ErrorKind.Server, "too fast", "wait", TimeSpan.FromHours(1));
        recorder.Also = runEvent =>
        {
            if (runEvent is PoolPaused)
            {
                control.Stop();
            }
        };
        MigrationResult stopped = await Run();
        stopped.Status.ShouldBe(MigrationStatus.Interrupted);
        stopped.ExitCode.ShouldBe(3);
        stopped.Error.ShouldNotBeNull().ErrorId.ShouldBe(ErrorIds.Interrupted);
        stopped.ResumeOffset.ShouldBe(10);
        stopped.Error!.RecommendedAction.ShouldContain("-Skip 10");
    }

    [Fact]
    public async Task Verification_waits_while_the_run_is_paused()
    {
        recorder.Also = runEvent =>
        {
            if (runEvent is PhaseStarted { Phase: "verify" })
            {
                control.Pause();
            }
        };
        Task<MigrationResult> run = Run();
        await Eventually.BeTrue(() => control.IsPaused, "the verification should begin");
        await Task.WhenAny(run, Task.Delay(50));
        run.IsCompleted.ShouldBeFalse();
        recorder.Events.OfType<PhaseAdvanced>().Where(static told => told.Phase == "verify").ShouldBeEmpty();
        control.Resume();
        (await run).Status.ShouldBe(MigrationStatus.Completed);
    }

    [Theory]
    [InlineData(null, null, 0.0, "batches of 40, 3 in parallel")]
    [InlineData(7, null, 0.0, "batches of 7, 3 in parallel")]
    [InlineData(null, 1, 0.0, "batches of 40, 1 in parallel")]
    [InlineData(null, null, 0.5, "batches of 40, 3 in parallel, pauses of 0.5 s")]
    public void What_is_not_set_stays_as_it_is(int? size, int? limit, double delay, string expected)
    {
        PaceSettings pace = new() { BatchSize = size, ThrottleLimit = limit, BatchDelay = TimeSpan.FromSeconds(delay) };
        UploadOptions options = pace.Apply(new UploadOptions { BatchSize = 40, ThrottleLimit = 3 }, new FlowSummary { BatchSize = 1, ThrottleLimit = 1 });
        FlowControls.Describe(options).ShouldBe(expected);
    }

    /// <summary>Exact pacing keeps what an adaptive run has found; adaptive pacing takes it back.</summary>
    [Fact]
    public void A_pause_between_batches_keeps_what_was_found_and_adaptive_reverts_it()
    {
        FlowSummary found = new() { BatchSize = 640, ThrottleLimit = 5 };
        PaceSettings slowed = new PaceSettings { BatchDelay = TimeSpan.FromSeconds(1), RequestsPerSecond = 3 }.Over(PaceSettings.None);
        FlowControls.Describe(slowed.Apply(new UploadOptions(), found)).ShouldBe("batches of 640, 5 in parallel, pauses of 1 s");
        PaceSettings free = new PaceSettings { Adaptive = true }.Over(slowed);
        FlowControls.Describe(free.Apply(new UploadOptions { BatchSize = 9 }, found)).ShouldBe("adaptive");
        free.RequestsPerSecond.ShouldBe(0);
        new PaceSettings { BatchSize = 8 }.Over(free).Apply(new UploadOptions(), found).BatchSize.ShouldBe(8);
    }

    [Fact]
    public void A_delay_and_adaptive_pacing_exclude_each_other()
    {
        MigrationException refusal = Should.Throw<MigrationException>(new PaceSettings { Adaptive = true, BatchDelay = TimeSpan.FromSeconds(1) }.Require);
        refusal.ErrorId.ShouldBe("ValueOutOfRange");
        refusal.Message.ShouldContain("-Adaptive removes the delay");
        new PaceSettings { Adaptive = true, BatchDelay = TimeSpan.Zero, RequestsPerSecond = 3 }.Require();
    }

    [Theory]
    [InlineData(0, null, null)]
    [InlineData(null, 1_025, null)]
    [InlineData(null, null, 0.01)]
    [InlineData(null, null, double.NaN)]
    [InlineData(null, null, -1.0)]
    public void A_pace_that_no_run_takes_is_refused(int? size, int? limit, double? rate) => Should.Throw<MigrationException>(
        () => new PaceSettings { BatchSize = size, ThrottleLimit = limit, RequestsPerSecond = rate }.Require()).ErrorId.ShouldBe(ErrorIds.ValueOutOfRange);

    private Task<MigrationResult> Run() => new Migration(
        new MemorySource(1_000), null, store, new FixedRetryPolicy(),
        new MigrationOptions { Collection = "c", Upload = new UploadOptions { BatchSize = 10, ThrottleLimit = 1 } }, recorder)
    {
        Control = control,
    }.RunAsync(default);

    private async Task<UploadOutcome> Upload(
        IPointTarget target, int vectors, UploadOptions options, IRetryPolicy? retry = null, CancellationToken token = default)
    {
        MemorySource source = new(vectors);
        using SteeredFlowControl flow = new(options, new FlowStart { Dimension = 4, Vectors = vectors }, control, time);
        IndexFeed feed = new(source, null, new FeedOptions(), 0, vectors, new HashSet<long>(), null);
        UploadEngine engine = new(target, flow, retry ?? new FixedRetryPolicy(), options, Guid.NewGuid(), recorder, time, control);
        return await engine.RunAsync(feed, token);
    }
}
