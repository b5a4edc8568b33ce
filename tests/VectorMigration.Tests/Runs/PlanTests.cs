using VectorMigration.Tests.Faiss;

namespace VectorMigration.Tests;

/// <summary>Dry runs: every reason at once, nothing touched, and the time that an earlier run lets expect.</summary>
public sealed class PlanTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("plan").FullName;
    private readonly MemoryStore store = new();

    public void Dispose()
    {
        store.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [InlineData(null, null, 0, null, "adaptive")]
    [InlineData(7, null, 0, 7, "batches of 7, adaptive parallelism")]
    [InlineData(null, 3, 0, null, "adaptive batches, 3 in parallel")]
    [InlineData(7, 3, 0, 7, "batches of 7, 3 in parallel")]
    [InlineData(null, null, 2, 100, "batches of 100, 1 in parallel, pauses of 2 s")]
    [InlineData(7, 3, 2, 7, "batches of 7, 3 in parallel, pauses of 2 s")]
    public async Task What_is_not_given_is_null_and_found_while_running_unless_a_pause_makes_pacing_exact(
        int? batchSize, int? throttleLimit, int delay, int? planned, string flow)
    {
        var pacing = new UploadOptions { BatchSize = batchSize, ThrottleLimit = throttleLimit, BatchDelay = TimeSpan.FromSeconds(delay) };
        MigrationPlan plan = (await Run(new MemorySource(10), new MigrationOptions { Collection = "c", DryRun = true, Upload = pacing }))
            .Plan.ShouldNotBeNull();
        (plan.BatchSize, plan.Flow).ShouldBe((planned, flow));
    }

    [Fact]
    public async Task A_dry_run_tells_every_reason_and_a_real_run_the_first()
    {
        store.Add("c", 9, Distance.Dot);
        var source = new MemorySource(10, id: i => (i % 8) - 2, metric: FaissMetric.Canberra, distance: null);
        var options = new MigrationOptions { Collection = "c", Upload = new UploadOptions { BatchSize = 0 } };
        using var payload = new ShortPayload(7);

        MigrationResult dry = await Run(source, options with { DryRun = true }, payload);
        dry.Status.ShouldBe(MigrationStatus.Refused);
        dry.ExitCode.ShouldBe(2);
        MigrationPlan plan = dry.Plan.ShouldNotBeNull();
        plan.Refusals.Select(refusal => refusal.ErrorId).ShouldBe(
            ["ValueOutOfRange", "MetricNotSupported", "NegativeIds", "DuplicateIds", "PayloadTooShort", "CollectionDiffers"]);
        plan.Refusals.ShouldAllBe(refusal => refusal.RecommendedAction.Length > 0);
        plan.Refusals[5].Message.ShouldContain("dimension is 9, expected 4");
        plan.Refusals[5].Message.ShouldNotContain("distance");
        dry.Error.ShouldBe(plan.Refusals[0]);
        dry.ResumeOffset.ShouldBeNull();

        MigrationResult real = await Run(source, options, payload);
        real.ExitCode.ShouldBe(2);
        real.Plan.ShouldBeNull();
        real.Error.ShouldBe(plan.Refusals[0]);
        store.Points.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_server_that_does_not_answer_is_one_reason_among_others()
    {
        using var lost = new LostStore();
        var migration = new Migration(new MemorySource(10, id: i => i % 8), null, lost, new FixedRetryPolicy(),
            new MigrationOptions { Collection = "c", DryRun = true }, new Recorder());
        MigrationPlan plan = await migration.PlanAsync(default);
        plan.Refusals.Select(refusal => refusal.ErrorId).ShouldBe(["DuplicateIds", "NoServer"]);
        plan.ServerVersion.ShouldBeEmpty();
        plan.Count.ShouldBe(10);
    }

    [Fact]
    public async Task Norms_are_looked_at_even_where_the_collection_differs()
    {
        store.Add("c", 4, Distance.Dot);
        var source = new MemorySource(10, metric: FaissMetric.InnerProduct, distance: Distance.Dot);
        MigrationResult dry = await Run(source, new MigrationOptions { Collection = "c", Distance = Distance.Cosine, DryRun = true });
        dry.Plan.ShouldNotBeNull().Refusals.Select(refusal => refusal.ErrorId).ShouldBe(["CollectionDiffers", "NormsNotUnit"]);
    }

    [Fact]
    public async Task An_index_that_cannot_be_read_is_planned_as_far_as_it_can()
    {
        using IVectorSource source = PlanningParts.OpenIndex(Fixture.Of("faiss-1.7.3/ivf_spectralhash").IndexPath);
        using IPayloadSource payload = PlanningParts.OpenPayload("nothing.jsonl",
            () => throw new MigrationException("PayloadMissing", ErrorKind.NotFound, "There is no file.", "Look."));
        var migration = new Migration(source, payload, store, new FixedRetryPolicy(), new MigrationOptions { Collection = "c", DryRun = true }, new Recorder());
        MigrationPlan plan = await migration.PlanAsync(default);
        plan.Refusals.ShouldContain(refusal => refusal.ErrorId == "UnsupportedIndexKind");
        plan.Refusals.ShouldContain(refusal => refusal.ErrorId == "PayloadMissing");
        plan.Count.ShouldBe(0);
    }

    [Fact]
    public async Task A_payload_that_cannot_be_opened_is_a_reason()
    {
        using IPayloadSource payload = PlanningParts.OpenPayload("nothing.jsonl",
            () => throw new MigrationException("PayloadMissing", ErrorKind.NotFound, "There is no file.", "Look."));
        MigrationResult dry = await Run(new MemorySource(10, id: i => i - 1), new MigrationOptions { Collection = "c", DryRun = true }, payload);
        dry.Plan.ShouldNotBeNull().Refusals.Select(refusal => refusal.ErrorId).ShouldBe(["NegativeIds", "PayloadMissing"]);
        dry.Plan!.PayloadPath.ShouldBe("nothing.jsonl");
    }

    [Fact]
    public async Task An_earlier_run_tells_the_time_where_it_is_of_the_same_kind()
    {
        var options = new MigrationOptions { Collection = "c", LogDirectory = folder };
        using (var log = new RunLog(folder, TimeSpan.FromSeconds(5)))
        {
            await new Migration(new MemorySource(200), null, store, new FixedRetryPolicy(), options, log).RunAsync(default);
        }

        RunSummary run = RunSummaries.Latest(folder).ShouldHaveSingleItem();
        RunSummaries.Write(folder, run with
        {
            Perf = run.Perf! with { Duration = TimeSpan.FromSeconds(10) },
            Verification = run.Verification! with { Duration = TimeSpan.FromSeconds(2) }
        });
        await File.WriteAllTextAsync(Path.Combine(folder, "runs", "99991231T000000Z-odd.json"), "not a summary");

        MigrationOptions dry = options with { DryRun = true };
        RunExpectation expected = (await Run(new MemorySource(1_000), dry)).Plan!.Expectation.ShouldNotBeNull();
        expected.Upload.ShouldBe(TimeSpan.FromSeconds(50));
        expected.Verification.ShouldBe(TimeSpan.FromSeconds(10));
        expected.Duration.ShouldBe(TimeSpan.FromSeconds(60));
        expected.RunId.ShouldBe(run.RunId);
        expected.Vectors.ShouldBe(200);
        (await Run(new MemorySource(5_000), dry)).Plan!.Expectation.ShouldNotBeNull("a run of ten seconds tells the rate").Vectors.ShouldBe(200);

        (await Run(new MemorySource(1_000), dry with { Verification = VerificationMode.None })).Plan!.Expectation.ShouldNotBeNull().Verification.ShouldBeNull();
        (await Run(new MemorySource(1_000), dry with { Upload = new UploadOptions { BatchSize = 7 } })).Plan!.Expectation.ShouldBeNull();
        (await Run(new MemorySource(1_000, dimension: 5), dry with { Collection = "other" })).Plan!.Expectation.ShouldBeNull();
        (await Run(new MemorySource(1_000), dry with { LogDirectory = Path.Combine(folder, "none") })).Plan!.Expectation.ShouldBeNull();
        Directory.Exists(Path.Combine(folder, "none")).ShouldBeFalse();
    }

    [Theory]
    [InlineData(100, true)]
    [InlineData(101, false)]
    [InlineData(5_000, false)]
    public async Task A_short_run_of_few_vectors_is_not_scaled_to_many(int count, bool isExpected)
    {
        var options = new MigrationOptions { Collection = "c", LogDirectory = folder };
        using (var log = new RunLog(folder, TimeSpan.FromSeconds(5)))
        {
            await new Migration(new MemorySource(10), null, store, new FixedRetryPolicy(), options, log).RunAsync(default);
        }

        RunSummary run = RunSummaries.Latest(folder).ShouldHaveSingleItem();
        RunSummaries.Write(folder, run with { Perf = run.Perf! with { Duration = TimeSpan.FromSeconds(1) } });

        ((await Run(new MemorySource(count), options with { DryRun = true })).Plan!.Expectation is not null).ShouldBe(isExpected);
    }

    [Fact]
    public async Task Recreate_tells_how_many_points_will_be_gone()
    {
        store.Add("c", 9, Distance.Dot);
        store.Points[PointId.FromNumber(1)] = (new float[9], null);
        MigrationPlan plan = (await Run(new MemorySource(10), new MigrationOptions { Collection = "c", Recreate = true, DryRun = true }))
            .Plan.ShouldNotBeNull();
        plan.Refusals.ShouldBeEmpty();
        plan.RecreatesCollection.ShouldBeTrue();
        plan.PresentBefore.ShouldBe(1);
        store.Deleted.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(null, "exists with 0 points: 9 components, Dot")]
    [InlineData("body", "exists with 0 points: unnamed vector, 9 components, Dot")]
    public async Task An_existing_collection_is_described_as_it_is_and_not_as_the_index_needs_it(string? name, string expected)
    {
        store.Add("c", 9, Distance.Dot);
        var options = new MigrationOptions { Collection = "c", VectorName = name, DryRun = true };
        MigrationPlan plan = (await Run(new MemorySource(10), options)).Plan.ShouldNotBeNull();
        PlanText.CollectionState(plan).ShouldBe(expected);
        plan.Refusals.ShouldHaveSingleItem().Message.ShouldContain("expected");
        (string Label, string Text)[] rows = [.. PlanRows.Of(plan, TimeSpan.FromSeconds(1))];
        rows.ShouldContain(("refused", "for 1 reason: CollectionDiffers"));
        rows.ShouldNotContain(static row => row.Label == "expected");
    }

    [Fact]
    public async Task Where_everything_is_acknowledged_nothing_is_sent_and_the_plan_says_so()
    {
        var options = new MigrationOptions { Collection = "c", LogDirectory = folder, JournalPath = Path.Combine(folder, "c.journal") };
        using (var log = new RunLog(folder, TimeSpan.FromSeconds(5)))
        {
            await new Migration(new MemorySource(200), null, store, new FixedRetryPolicy(), options, log).RunAsync(default);
        }

        MigrationPlan plan = (await Run(new MemorySource(200), options with { DryRun = true })).Plan.ShouldNotBeNull();
        PlanText.Sending(plan).ShouldBe("none of 200 vectors");
        PlanText.Journal(plan).ShouldBe($"{options.JournalPath}: 200 vectors are already acknowledged");
        PlanText.Expectation(plan).ShouldNotBeNull().ShouldNotContain("upload");
    }

    private Task<MigrationResult> Run(MemorySource source, MigrationOptions options, IPayloadSource? payload = null) =>
        new Migration(source, payload, store, new FixedRetryPolicy(), options, new Recorder())
        {
            History = options.LogDirectory is string logs ? new LoggedRuns(logs) : null,
        }.RunAsync(default);

    private sealed class ShortPayload(long rows) : IPayloadSource
    {
        public string Path => "short.jsonl";

        public string Identity => "short";

        public long? Count => rows;

        public void Check(bool scattered, CancellationToken cancellationToken)
        {
        }

        public PayloadBlock Read(ReadOnlySpan<long> places, CancellationToken cancellationToken) =>
            new("{}"u8.ToArray(), [0, .. Enumerable.Repeat(2, places.Length)]);

        public void Dispose()
        {
        }
    }

    /// <summary>A server that nobody answers for.</summary>
    private sealed class LostStore : IVectorStore
    {
        public string Endpoint => "memory://lost";

        private static MigrationException Lost => new("NoServer", ErrorKind.Connection, "Nobody answers at memory://lost.", "Start it.");

        public Task<ServerInfo> GetServerAsync(CancellationToken cancellationToken) => throw Lost;

        public Task<IReadOnlyList<string>> ListCollectionsAsync(CancellationToken cancellationToken) => throw Lost;

        public Task<CollectionDescription?> GetCollectionAsync(string name, CancellationToken cancellationToken) => throw Lost;

        public Task<bool[]> ContainAsync(string name, ReadOnlyMemory<PointId> ids, CancellationToken cancellationToken) => throw Lost;

        public Task CreateCollectionAsync(string name, CollectionSettings settings, CancellationToken cancellationToken) => throw Lost;

        public Task AddVectorAsync(string name, CollectionSettings settings, CancellationToken cancellationToken) => throw Lost;

        public Task CreatePayloadIndexAsync(string name, PayloadIndexSettings index, bool waits, CancellationToken cancellationToken) => throw Lost;

        public Task UpdateCollectionAsync(string name, CollectionChange change, CancellationToken cancellationToken) => throw Lost;

        public Task<bool> DeleteCollectionAsync(string name, CancellationToken cancellationToken) => throw Lost;

        public Task<ulong> CountAsync(string name, CancellationToken cancellationToken) => throw Lost;

        public Task<RetrievedPoints> RetrieveAsync(string name, string? vectorName, ReadOnlyMemory<PointId> ids, int dimension, bool withPayload,
            CancellationToken cancellationToken) => throw Lost;

        public Task<IReadOnlyList<ScoredPoint>> QueryAsync(string name, string? vectorName, ReadOnlyMemory<float> vector, int limit, bool exact,
            bool withPayload, CancellationToken cancellationToken) => throw Lost;

        public Task<(IReadOnlyList<PointId> Ids, PointId? Next)> ScrollAsync(string name, PointId? from, int limit, CancellationToken cancellationToken) =>
            throw Lost;

        public Task DeletePointsAsync(string name, ReadOnlyMemory<PointId> ids, CancellationToken cancellationToken) => throw Lost;

        public IPointTarget OpenTarget(string name, string? vectorName) => throw Lost;

        public IPointTarget OpenPayloadTarget(string name) => throw Lost;

        public IPointTarget OpenVectorTarget(string name, string? vectorName) => throw Lost;

        public void Dispose()
        {
        }
    }
}
