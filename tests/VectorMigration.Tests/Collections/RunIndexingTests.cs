using VectorMigration.Tests.Faiss;

namespace VectorMigration.Tests;

/// <summary>Indexing around a run: put off and taken up, whatever happens in between, and waited for.</summary>
public sealed class RunIndexingTests : IDisposable
{
    private const string Key = "vector_migration_indexing_threshold";
    private readonly TemporaryFolder folder = new();
    private readonly MemoryStore store = new();
    private readonly Recorder recorder = new();

    private CollectionDescription Collection => store.Collections["c"];

    private IEnumerable<string> Warnings => recorder.Events.OfType<RunWarning>().Select(w => w.Message);

    public void Dispose()
    {
        store.Dispose();
        folder.Dispose();
    }

    [Fact]
    public async Task Nothing_is_asked_of_the_server_unless_it_is_asked_for()
    {
        MigrationResult result = await Run(new IndexingOptions());
        result.ExitCode.ShouldBe(0);
        result.Indexing.ShouldBeNull();
        store.Changes.ShouldBeEmpty();
        store.Created!.Optimizer.ShouldBe(new OptimizerSettings());
        store.Created.ShardNumber.ShouldBeNull();
    }

    [Fact]
    public async Task What_is_asked_for_reaches_the_new_collection()
    {
        OptimizerSettings optimizer = new() { IndexingThreshold = 500, DefaultSegmentNumber = 3, MaxSegmentSize = 4_000 };
        await Run(new IndexingOptions { ShardNumber = 2, Optimizer = optimizer });
        store.Created!.ShardNumber.ShouldBe(2);
        store.Created.Optimizer.ShouldBe(optimizer);
        store.Changes.ShouldBeEmpty();
    }

    [Fact]
    public async Task Deferred_indexing_is_remembered_first_and_forgotten_last()
    {
        ulong? whileSending = null;
        store.Answer = batch =>
        {
            whileSending = Collection.Optimizer.IndexingThreshold;
            Collection.Metadata[Key].ShouldBe("700");
            return WriteAnswer.Ok(1);
        };
        (await Run(Deferred(700))).ExitCode.ShouldBe(0);
        whileSending.ShouldBe(0UL);
        store.Changes.Select(Short).ShouldBe(["+700", "=0", "=700", "-"]);
        Collection.Metadata.Keys.ShouldNotContain(Key);
        Collection.Optimizer.IndexingThreshold.ShouldBe(700UL);
    }

    [Fact]
    public async Task A_stopped_run_takes_it_up_and_the_next_one_puts_it_off_again()
    {
        int asked = 0;
        store.Answer = _ => ++asked > 3 ? WriteAnswer.Stop("DiskFull", ErrorKind.ResourceUnavailable, "disk full", resumable: true, "Free it.")
            : WriteAnswer.Ok(1);
        (await Run(Deferred(700))).ExitCode.ShouldBe(3);
        Collection.Optimizer.IndexingThreshold.ShouldBe(700UL);
        Collection.Metadata.Keys.ShouldContain(Key);

        store.Answer = null;
        store.Changes.Clear();
        (await Run(Deferred(700))).ExitCode.ShouldBe(0);
        store.Changes.Select(Short).ShouldBe(["=0", "=700", "-"]);
    }

    [Theory]
    [InlineData(IndexingMode.Deferred)]
    [InlineData(IndexingMode.Immediate)]
    public async Task What_a_cut_off_run_left_is_mended_by_the_next_even_with_nothing_to_send(IndexingMode mode)
    {
        store.OnChange = change =>
        {
            if (change.IndexingThreshold > 0)
            {
                throw new MigrationException("ServerUnreachable", ErrorKind.Connection, "gone", "start it") { Resumable = true };
            }
        };
        MigrationResult cut = await Run(Deferred(null));
        cut.ExitCode.ShouldBe(3);
        cut.Indexing!.Status.ShouldBe(IndexingStatus.Deferred);
        Warnings.ShouldContain(w => w.Contains("still deferred"));
        DeferredIndexing.IsDeferred(Collection).ShouldBeTrue();

        store.OnChange = _ => { };
        MigrationResult next = await Run(new IndexingOptions { Mode = mode });
        next.ExitCode.ShouldBe(0);
        next.Counts.Sent.ShouldBe(0);
        next.Warnings.ShouldContain(w => w.Contains("has deferred the indexing of 'c'"));
        Collection.Optimizer.IndexingThreshold.ShouldBe(OptimizerSettings.UsualIndexingThreshold);
        Collection.Metadata.Keys.ShouldNotContain(Key);
    }

    [Fact]
    public async Task A_cancelled_run_takes_it_up()
    {
        using CancellationTokenSource stop = new();
        store.Answer = _ =>
        {
            stop.Cancel();
            return WriteAnswer.Ok(1);
        };
        (await Migration(Deferred(700)).RunAsync(stop.Token)).ExitCode.ShouldBe(3);
        Collection.Optimizer.IndexingThreshold.ShouldBe(700UL);
    }

    [Fact]
    public async Task A_collection_that_exists_keeps_its_indexing()
    {
        store.Add("c", 4, Distance.Euclid);
        store.Points[PointId.FromNumber(100_000)] = (new float[4], null);
        MigrationResult result = await Run(Deferred(700) with { ShardNumber = 3 });
        result.ExitCode.ShouldBe(0);
        store.Changes.ShouldBeEmpty();
        result.Warnings.ShouldContain(w => w.Contains("Indexing is deferred only for new and empty collections"));
        result.Warnings.ShouldContain(w => w.Contains("shard_number is 0, not 3")
            && w.Contains("indexing_threshold is the server's default, not 700"));
    }

    [Fact]
    public async Task An_empty_collection_that_somebody_made_is_loaded_deferred_too()
    {
        store.Add("c", 4, Distance.Euclid);
        MigrationResult result = await Run(new IndexingOptions { Mode = IndexingMode.Deferred });
        result.Warnings.ShouldBeEmpty();
        store.Changes.Select(Short).ShouldBe(["+10000", "=0", "=10000", "-"]);
    }

    [Fact]
    public async Task A_server_that_keeps_no_metadata_is_not_trusted_with_it()
    {
        store.KeepsMetadata = false;
        store.Version = "1.15.5";
        (await Run(Deferred(700))).ExitCode.ShouldBe(0);
        store.Changes.ShouldBeEmpty();
        Warnings.ShouldContain(w => w.Contains("1.16"));
    }

    [Fact]
    public async Task A_threshold_that_somebody_set_meanwhile_stays()
    {
        store.Answer = _ =>
        {
            store.Collections["c"] = Collection with { Optimizer = new OptimizerSettings { IndexingThreshold = 55 } };
            return WriteAnswer.Ok(1);
        };
        (await Run(Deferred(700))).ExitCode.ShouldBe(0);
        Collection.Optimizer.IndexingThreshold.ShouldBe(55UL);
        Collection.Metadata.Keys.ShouldNotContain(Key);
    }

    [Fact]
    public async Task A_verification_warns_of_indexing_that_is_still_put_off()
    {
        await Run(new IndexingOptions());
        store.Collections["c"] = Collection with
        {
            Metadata = new Dictionary<string, string>(Collection.Metadata) { [Key] = "10000" },
            Optimizer = new OptimizerSettings { IndexingThreshold = 0 }
        };
        (await Migration(new IndexingOptions()).VerifyAsync(default)).Passed.ShouldBeTrue();
        Warnings.ShouldContain(w => w.Contains("Wait-QdrantCollection"));
    }

    [Fact]
    public async Task The_index_is_waited_for_after_the_proof()
    {
        store.OnLook = c => c with { HnswM = 16, PointsCount = 500, IndexedVectorsCount = 500 };
        MigrationResult result = await Run(new IndexingOptions { Wait = true }, new SteppedTime());
        result.ExitCode.ShouldBe(0, result.Error?.Message);
        result.Indexing.ShouldNotBeNull().Indexed.ShouldBe(500);
        recorder.Events.OfType<PhaseStarted>().Select(p => p.Phase).ShouldBe(["plan", "collection", "upload", "verify", "index"]);
        recorder.Events.OfType<PhaseAdvanced>().Last().ShouldSatisfyAllConditions(
            a => a.Phase.ShouldBe("index"), a => a.Done.ShouldBe(500), a => a.Total.ShouldBe(500));
    }

    [Fact]
    public async Task An_index_that_is_not_done_in_time_leaves_a_complete_run_resumable()
    {
        store.OnLook = c => c with { Status = "yellow" };
        MigrationResult result = await Run(new IndexingOptions { Wait = true, WaitTimeout = TimeSpan.FromSeconds(20) }, new SteppedTime());
        result.ExitCode.ShouldBe(3);
        result.Verification!.Passed.ShouldBeTrue();
        result.ResumeOffset.ShouldBeNull();
        result.Indexing!.Status.ShouldBe(IndexingStatus.Unfinished);
        result.Error!.ErrorId.ShouldBe("IndexingUnfinished");
        result.Error.RecommendedAction.ShouldContain("same command again");
    }

    private static IndexingOptions Deferred(ulong? threshold) =>
        new() { Mode = IndexingMode.Deferred, Optimizer = new OptimizerSettings { IndexingThreshold = threshold } };

    private static string Short(CollectionChange change) =>
        change.Metadata.TryGetValue(Key, out string? remembered) ? $"+{remembered}" : change.RemovedKeys.Count > 0 ? "-" : $"={change.IndexingThreshold}";

    private Task<MigrationResult> Run(IndexingOptions indexing, TimeProvider? time = null) => Migration(indexing, time).RunAsync(default);

    private Migration Migration(IndexingOptions indexing, TimeProvider? time = null)
    {
        MigrationOptions options = new()
        {
            Collection = "c",
            Indexing = indexing,
            JournalPath = Path.Combine(folder.Path, "c.journal"),
            Upload = new UploadOptions { BatchSize = 20, ThrottleLimit = 1 },
        };
        return new Migration(new MemorySource(500), null, store, new FixedRetryPolicy(), options, recorder, time);
    }
}
