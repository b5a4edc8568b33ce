namespace VectorMigration.Tests;

/// <summary>When an index counts as done. What servers say was seen on 1.16.3; the update queue is of later ones and only played here.</summary>
public sealed class IndexWaitTests : IDisposable
{
    private const string Name = "c";
    private readonly MemoryStore store = new();
    private readonly SteppedTime time = new();
    private readonly List<(long Done, long Total)> told = [];

    public IndexWaitTests()
    {
        store.Add(Name, 384, Distance.Cosine);
        Be(c => c with { PointsCount = 20_000, SegmentsCount = 3, HnswM = 16, Optimizer = new OptimizerSettings { IndexingThreshold = 10_000 } });
    }

    public void Dispose() => store.Dispose();

    [Fact]
    public async Task Green_with_the_rest_in_small_segments_is_done()
    {
        Be(c => c with { Status = "green", IndexedVectorsCount = 13_568 });
        IndexingResult result = await Wait();
        result.Status.ShouldBe(IndexingStatus.Complete);
        result.Unindexed.ShouldBe(6_432);
        result.Message.ShouldBe("13,568 of 20,000 vectors are indexed. The rest are in segments below the indexing threshold (10,000 KB), which are "
            + "searched exactly.");
        result.Duration.ShouldBeLessThan(TimeSpan.FromSeconds(3));
        store.Changes.ShouldBeEmpty();
    }

    [Fact]
    public async Task Yellow_is_waited_for_and_told()
    {
        Script(c => c with { Status = "yellow" }, c => c with { IndexedVectorsCount = 8_000 }, c => c with { Status = "green", IndexedVectorsCount = 20_000 });
        IndexingResult result = await Wait();
        result.Status.ShouldBe(IndexingStatus.Complete);
        result.Message.ShouldBe("20,000 of 20,000 vectors are indexed.");
        told[..3].ShouldBe([(0, 20_000), (8_000, 20_000), (20_000, 20_000)]);
    }

    [Fact]
    public async Task Green_for_a_moment_between_two_optimisations_is_not_done()
    {
        Script(c => c with { Status = "green", IndexedVectorsCount = 19_000 }, c => c with { Status = "yellow" },
            c => c with { Status = "green", IndexedVectorsCount = 20_000 });
        (await Wait()).Indexed.ShouldBe(20_000);
    }

    [Fact]
    public async Task Operations_still_to_be_applied_are_waited_for()
    {
        Script(c => c with { Status = "green", IndexedVectorsCount = 20_000, UpdateQueueLength = 5 }, c => c, c => c, c => c, c => c, c => c,
            c => c with { UpdateQueueLength = 0 });
        await Wait();
        told.Count.ShouldBeGreaterThan(7);
    }

    [Fact]
    public async Task Grey_is_woken_by_an_empty_change()
    {
        Be(c => c with { Status = "grey" });
        store.OnChange = _ => Be(c => c with { Status = "green", IndexedVectorsCount = 20_000 });
        (await Wait()).Status.ShouldBe(IndexingStatus.Complete);
        store.Changes.ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            c => c.IndexingThreshold.ShouldBeNull(), c => c.Metadata.ShouldBeEmpty(), c => c.RemovedKeys.ShouldBeEmpty());
    }

    [Fact]
    public async Task Grey_that_does_not_wake_ends_unfinished_soon()
    {
        Be(c => c with { Status = "grey" });
        IndexingResult result = await Wait();
        result.Status.ShouldBe(IndexingStatus.Unfinished);
        store.Changes.Count.ShouldBe(3);
        result.Duration.ShouldBeLessThan(TimeSpan.FromMinutes(1));
        IndexingErrors.Unfinished(Name, result).RecommendedAction.ShouldContain("max_optimization_threads");
    }

    [Fact]
    public async Task Red_is_an_error_in_the_words_of_the_optimiser()
    {
        Be(c => c with { Status = "red", OptimizerError = "No space left on device" });
        MigrationException error = await Should.ThrowAsync<MigrationException>(Wait());
        error.ErrorId.ShouldBe("IndexingFailed");
        error.Message.ShouldContain("No space left on device");
    }

    [Fact]
    public async Task Green_that_nothing_explains_is_tried_to_be_woken_and_then_settled()
    {
        Be(c => c with { Status = "green", SegmentsCount = 1 });
        IndexingResult result = await Wait();
        result.Status.ShouldBe(IndexingStatus.Settled);
        store.Changes.Count.ShouldBeInRange(1, 3);
        result.Duration.ShouldBeInRange(TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(35));
    }

    [Theory]
    [InlineData(0, 16, "builds no index")]
    [InlineData(10_000, 0, "No graph is built")]
    public async Task A_collection_that_builds_no_index_says_so(int threshold, int m, string words)
    {
        Be(c => c with { Status = "green", HnswM = (ulong)m, SegmentsCount = 1, Optimizer = new OptimizerSettings { IndexingThreshold = (ulong)threshold } });
        IndexingResult result = await Wait();
        result.Status.ShouldBe(IndexingStatus.Off);
        result.Message.ShouldContain(words);
    }

    [Fact]
    public async Task The_time_ends_the_wait()
    {
        Be(c => c with { Status = "yellow" });
        IndexingResult result = await Wait(new IndexWaitLimits { Timeout = TimeSpan.FromSeconds(30) });
        result.Status.ShouldBe(IndexingStatus.Unfinished);
        time.Passed.ShouldBeInRange(TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(32));
        (await Wait()).Duration.ShouldBeGreaterThan(TimeSpan.FromHours(1.9));
    }

    [Fact]
    public async Task A_server_that_is_away_is_waited_for_but_not_for_ever()
    {
        int looks = 0;
        MigrationException away = new("ServerUnreachable", ErrorKind.Connection, "gone", "start it") { Resumable = true };
        store.OnLook = c => looks++ < 5 ? throw away : c with { Status = "green", IndexedVectorsCount = 20_000 };
        (await Wait()).Status.ShouldBe(IndexingStatus.Complete);
        store.OnLook = _ => throw away;
        (await Should.ThrowAsync<MigrationException>(Wait())).ShouldBe(away);
    }

    [Fact]
    public async Task A_collection_that_is_gone_is_an_error()
    {
        store.Collections.Clear();
        (await Should.ThrowAsync<MigrationException>(Wait())).ErrorId.ShouldBe("CollectionReplaced");
    }

    [Fact]
    public async Task Cancelling_ends_at_once()
    {
        using CancellationTokenSource stop = new();
        Be(c => c with { Status = "yellow" });
        Task<IndexingResult> wait = new IndexWait(store, Name, new IndexWaitLimits(), TimeProvider.System).RunAsync((_, _) => stop.Cancel(), stop.Token);
        await Should.ThrowAsync<OperationCanceledException>(wait);
    }

    [Theory]
    [InlineData(VectorDatatype.Float32, 6_666)]
    [InlineData(VectorDatatype.Float16, 13_333)]
    [InlineData(VectorDatatype.Uint8, 26_666)]
    public void Small_segments_hold_as_much_as_the_datatype_allows(VectorDatatype datatype, long rows)
    {
        CollectionDescription collection = store.Collections[Name];
        IndexingView view = new(collection with { SegmentsCount = 1, Vectors = [collection.Vectors[0] with { Datatype = datatype }] });
        view.MostUnindexed.ShouldBe(rows);
    }

    private void Be(Func<CollectionDescription, CollectionDescription> change) => store.Collections[Name] = change(store.Collections[Name]);

    private void Script(params Func<CollectionDescription, CollectionDescription>[] looks)
    {
        int next = 0;
        store.OnLook = c => next < looks.Length ? looks[next++](c) : c;
    }

    private Task<IndexingResult> Wait(IndexWaitLimits? limits = null) =>
        new IndexWait(store, Name, limits ?? new IndexWaitLimits(), time).RunAsync((done, total) => told.Add((done, total)), default);
}
