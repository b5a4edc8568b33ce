using System.Text;

namespace VectorMigration.Tests;

/// <summary>The run that a pipeline feeds vector by vector, and what it shares with the one command.</summary>
public sealed class PipelineRunTests : IDisposable
{
    private static readonly UploadOptions InHundreds = new() { BatchSize = 100, ThrottleLimit = 1 };
    private readonly string folder = Directory.CreateTempSubdirectory("pipeline").FullName;
    private readonly MemoryStore store = new();
    private readonly Recorder recorder = new();

    public void Dispose()
    {
        store.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Vectors_arrive_in_batches_with_their_payloads()
    {
        var batches = new List<(int Count, string? Payload)>();
        store.Answer = batch =>
        {
            batches.Add((batch.Count, batch.Payload is null ? null : Encoding.UTF8.GetString(batch.Payload[0].Span)));
            return WriteAnswer.Ok(1);
        };
        await using PipelineRun run = New(InHundreds);
        MigrationResult result = await Send(run, 250, i => i < 100 ? "{\"n\":1}" : null);

        result.Status.ShouldBe(MigrationStatus.Completed);
        result.Counts.ShouldBe(new MigrationCounts { Source = 250, Sent = 250 });
        store.Points[PointId.FromNumber(249)].Vector.ShouldBe([249f, -249f]);
        batches.ShouldBe([(100, "{\"n\":1}"), (100, null), (50, null)]);
        recorder.Events.OfType<RunStarted>().Single().Plan.FromPipeline.ShouldBeTrue();
        recorder.Events[^1].ShouldBeOfType<RunEnded>().Result.ShouldBe(result);
    }

    [Fact]
    public async Task A_batch_that_reads_back_otherwise_fails_and_is_sent_again_by_the_next_run()
    {
        // The server acknowledges the vector and keeps nothing of it.
        store.Loses = static id => id == PointId.FromNumber(7);
        MigrationOptions verified = Options(new UploadOptions { BatchSize = 5, ThrottleLimit = 1 }) with
        {
            JournalPath = Path.Combine(folder, "verified"),
            VerifySent = true,
        };
        var source = new MemorySource(20);
        await using (PipelineRun run = new(store, new FixedRetryPolicy(), verified, recorder))
        {
            MigrationResult result = await Send(run, 20, source);
            result.Status.ShouldNotBe(MigrationStatus.Completed);
            result.Counts.Failed.ShouldBeGreaterThan(0);
            (result.Counts.Sent + result.Counts.Failed).ShouldBe(20);
            QdrantBatchResult failed = recorder.Events.OfType<BatchEnded>().Select(static ended => ended.Result)
                .First(static batch => batch.Status == BatchStatus.Failed);
            failed.ErrorId.ShouldBe("UpdateNotApplied");
            failed.Error.ShouldNotBeNull().ShouldContain("7: ");
        }

        store.Loses = static _ => false;
        await using PipelineRun again = new(store, new FixedRetryPolicy(), verified, recorder);
        MigrationResult second = await Send(again, 20, source);
        second.Status.ShouldBe(MigrationStatus.Completed);
        second.Counts.Sent.ShouldBeInRange(1, 5);
        store.Points.Count.ShouldBe(20);
    }

    [Fact]
    public async Task A_full_feed_holds_the_producer_back()
    {
        using var flow = new FixedFlowControl(new UploadOptions { BatchSize = 1 });
        var feed = new PipelineFeed(flow, 2, null, SourceIdentity.Objects);
        await feed.AddAsync(Vector(0), default);
        ValueTask second = feed.AddAsync(Vector(1), default);
        second.IsCompleted.ShouldBeFalse();
        using VectorBatch? first = await feed.NextAsync(1, default);
        first.ShouldNotBeNull().FirstOrdinal.ShouldBe(0);
        await second;
        feed.Release();
    }

    [Fact]
    public async Task After_a_stop_vectors_are_dropped_and_the_run_says_why()
    {
        store.Answer = _ => WriteAnswer.Stop("WrongApiKey", ErrorKind.Authentication, "Invalid API key or JWT", resumable: false, "check");
        await using PipelineRun run = New(new UploadOptions { BatchSize = 2, ThrottleLimit = 2 });
        MigrationResult result = await Send(run, 1_000);
        run.HasEnded.ShouldBeTrue();
        run.Failure.ShouldNotBeNull().ErrorId.ShouldBe("WrongApiKey");
        result.Status.ShouldBe(MigrationStatus.Failed);
        result.Counts.Sent.ShouldBe(0);
    }

    [Fact]
    public async Task Dispose_ends_what_is_under_way()
    {
        var gated = new GatedTarget();
        store.Elsewhere = gated;
        PipelineRun run = New(new UploadOptions { BatchSize = 1, ThrottleLimit = 2 });
        await run.PlanAsync(Vector(0), default);
        await run.BeginAsync(default);
        await run.AddAsync(Vector(0), default);
        await Eventually.BeTrue(() => gated.Started == 1, "an attempt should be under way");
        await run.DisposeAsync();
        run.HasEnded.ShouldBeTrue();
        recorder.Events[^1].ShouldBeOfType<RunEnded>().Result.Status.ShouldBe(MigrationStatus.Interrupted);
    }

    [Fact]
    public async Task A_vector_of_another_dimension_is_an_error()
    {
        await using PipelineRun run = New(InHundreds);
        await run.PlanAsync(Vector(0), default);
        await run.BeginAsync(default);
        InputVector odd = Vector(0) with { Components = [1, 2, 3] };
        (await Should.ThrowAsync<ArgumentException>(() => run.AddAsync(odd, default).AsTask())).Message.ShouldContain("3 components; expected 2");
    }

    [Fact]
    public async Task What_is_left_out_is_counted_and_told_also_before_the_first_vector()
    {
        await using PipelineRun run = New(InHundreds);
        run.LeaveOut(new SkippedVector(0, 0, "UnreadableObject"));
        MigrationResult result = await Send(run, 10);
        result.Status.ShouldBe(MigrationStatus.Incomplete);
        result.Counts.ShouldBe(new MigrationCounts { Source = 11, Sent = 10, Invalid = 1 });
        result.LeftOut.Single().Reason.ShouldBe("UnreadableObject");
        recorder.Events.OfType<VectorSkipped>().ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Objects_without_a_distance_are_refused_and_nothing_is_left()
    {
        await using PipelineRun run = New(InHundreds, distance: null);
        (await Should.ThrowAsync<MigrationException>(() => run.PlanAsync(Vector(0), default))).ErrorId.ShouldBe("DistanceMissing");
        store.Collections.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_journal_in_use_refuses_the_run_before_anything_is_created()
    {
        var source = new MemorySource(20);
        MigrationOptions options = Options(InHundreds) with { JournalPath = Path.Combine(folder, "j") };
        using MigrationJournal other = MigrationJournal.Open(options.JournalPath, restart: false, TimeProvider.System);
        await using PipelineRun run = new(store, new FixedRetryPolicy(), options, recorder);
        await run.PlanAsync(Vector(source, 0), default);
        (await Should.ThrowAsync<MigrationException>(() => run.BeginAsync(default))).ErrorId.ShouldBe("JournalInUse");
        store.Collections.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_pipeline_survives_that_somebody_else_creates_its_collection_and_checks_that_it_fits(bool fits)
    {
        await using PipelineRun run = New(InHundreds);
        store.BeforeCreating = () => CreatedByAnother(fits ? 2 : 3);
        if (!fits)
        {
            (await Should.ThrowAsync<MigrationException>(() => Send(run, 10))).ErrorId.ShouldBe("CollectionDiffers");
            store.Points.ShouldBeEmpty();
            return;
        }

        MigrationResult result = await Send(run, 10);
        result.Status.ShouldBe(MigrationStatus.Completed);
        result.Plan.ShouldNotBeNull().CreatesCollection.ShouldBeFalse();
        store.Points.Count.ShouldBe(10);
    }

    /// <summary>Planned before, the creation comes after the plan; otherwise it comes while the server is asked.</summary>
    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task The_one_command_survives_that_somebody_else_creates_its_collection_and_checks_that_it_fits(bool planned, bool fits)
    {
        string journal = Path.Combine(folder, "new", "j");
        var options = new MigrationOptions { Collection = "c", Upload = InHundreds, JournalPath = journal };
        var migration = new Migration(new MemorySource(10), null, store, new FixedRetryPolicy(), options, recorder);
        if (planned)
        {
            (await migration.PlanAsync(default)).CreatesCollection.ShouldBeTrue();
        }

        store.BeforeCreating = () => CreatedByAnother(fits ? 4 : 5);
        MigrationResult result = await migration.RunAsync(default);
        if (fits)
        {
            result.Status.ShouldBe(MigrationStatus.Completed);
            result.Verification.ShouldNotBeNull().Passed.ShouldBeTrue();
            JournalContent.Read(journal).Header.ShouldNotBeNull().CollectionRun.ShouldBe("another");
        }
        else
        {
            result.Status.ShouldBe(MigrationStatus.Refused);
            result.Error.ShouldNotBeNull().ErrorId.ShouldBe("CollectionDiffers");
            store.Points.ShouldBeEmpty();
            Directory.Exists(Path.GetDirectoryName(journal)).ShouldBeFalse();
        }
    }

    [Fact]
    public async Task A_collection_that_was_agreed_to_be_made_anew_is_not_taken_from_somebody_else()
    {
        store.Add("c", 9, Distance.Dot);
        var options = new MigrationOptions { Collection = "c", Recreate = true };
        store.BeforeCreating = () => CreatedByAnother(4);
        MigrationResult result = await new Migration(new MemorySource(10), null, store, new FixedRetryPolicy(), options, recorder).RunAsync(default);
        result.Error.ShouldNotBeNull().ErrorId.ShouldBe("CollectionExists");
        store.Points.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_pipeline_leaves_the_summary_that_the_one_command_leaves()
    {
        var source = new MemorySource(250);
        RunSummary piped = await Summary("piped", async log =>
        {
            await using PipelineRun run = new(store, new FixedRetryPolicy(), Options(InHundreds), log);
            await Send(run, 250, source);
        });
        store.Collections.Clear();
        store.Points.Clear();
        RunSummary whole = await Summary("whole", log =>
            new Migration(source, null, store, new FixedRetryPolicy(), Options(InHundreds) with { Distance = null }, log).RunAsync(default));

        piped.Plan.ShouldNotBeNull().FromPipeline.ShouldBeTrue();
        Comparable(piped).ShouldBe(Comparable(whole));
        piped.Perf.ShouldNotBeNull().Vectors.ShouldBe(250);
        piped.Perf!.Batches.ShouldBe(whole.Perf!.Batches);
        piped.Perf.Bytes.ShouldBe(whole.Perf.Bytes);

        // A pipeline is no measure for what the one command takes.
        LoggedRuns history = new(Path.Combine(folder, "piped"));
        var dry = new Migration(source, null, store, new FixedRetryPolicy(), Options(InHundreds) with { DryRun = true }, recorder) { History = history };
        (await dry.PlanAsync(default)).Expectation.ShouldBeNull();
    }

    /// <summary>What two runs of the same vectors must tell alike: all but their names, their times, and where the vectors came from.</summary>
    private static RunSummary Comparable(RunSummary run) => run with
    {
        RunId = Guid.Empty,
        StartedAt = default,
        Duration = default,
        Perf = null,
        Client = null,
        Warnings = null,
        Plan = run.Plan! with { FromPipeline = false, Rows = null },
    };

    private static InputVector Vector(int i, string? payload = null) =>
        new(i, i, PointId.FromNumber((ulong)i), [i, -i], payload is null ? default : Encoding.UTF8.GetBytes(payload), null);

    private static InputVector Vector(MemorySource source, int i) =>
        new(i, i, PointId.FromNumber((ulong)i), source.Vector(i).ToArray(), default, source.Description);

    private static MigrationOptions Options(UploadOptions pacing) => new() { Collection = "c", Upload = pacing, Verification = VerificationMode.None };

    private static Task<MigrationResult> Send(PipelineRun run, int count, MemorySource source) => Send(run, count, i => Vector(source, i));

    private static Task<MigrationResult> Send(PipelineRun run, int count, Func<int, string?>? payload = null) =>
        Send(run, count, i => Vector(i, payload?.Invoke(i)));

    private static async Task<MigrationResult> Send(PipelineRun run, int count, Func<int, InputVector> vector)
    {
        await run.PlanAsync(vector(0), default);
        await run.BeginAsync(default);
        for (int i = 0; i < count; i++)
        {
            await run.AddAsync(vector(i), default);
        }

        return await run.CompleteAsync(default);
    }

    private void CreatedByAnother(int dimension)
    {
        store.BeforeCreating = null;
        store.Add("c", dimension, Distance.Euclid);
        store.Collections["c"] = store.Collections["c"] with { Metadata = new Dictionary<string, string> { [CollectionFit.RunKey] = "another" } };
    }

    private async Task<RunSummary> Summary(string name, Func<RunLog, Task> work)
    {
        string logs = Path.Combine(folder, name);
        using (var log = new RunLog(logs, TimeSpan.FromSeconds(5)))
        {
            await work(log);
        }

        return RunSummaries.Latest(logs).ShouldHaveSingleItem();
    }

    private PipelineRun New(UploadOptions pacing, Distance? distance = Distance.Euclid) =>
        new(store, new FixedRetryPolicy(), Options(pacing) with { Distance = distance }, recorder);
}
