namespace VectorMigration.Tests;

/// <summary>
/// A collection that hides points until they are optimised (prevent_unoptimized, servers from 1.17 on), played after Qdrant's sources
/// (reference/qdrant.md §8); no such server was run.
/// </summary>
public sealed class HiddenPointsTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("hidden-").FullName;
    private readonly MemoryStore store = new() { Version = "1.18.0" };
    private readonly MemorySource source = new(200);
    private int hiddenLooks;

    public HiddenPointsTests()
    {
        store.Add("c", source.Description.Dimension, source.Description.Distance!.Value);

        // After each batch two looks find points hidden.
        store.OnLook = collection => collection with { HidesUnoptimized = true, DeferredPoints = hiddenLooks > 0 ? (ulong)hiddenLooks-- : 0 };
        store.Answer = _ =>
        {
            hiddenLooks = 2;
            return WriteAnswer.Ok(1);
        };
    }

    private string Journal => Path.Combine(folder, "c.journal");

    public void Dispose()
    {
        store.Dispose();
        source.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_run_waits_until_nothing_is_hidden_reads_back_and_completes()
    {
        MigrationResult result = await RunAsync();
        result.Status.ShouldBe(MigrationStatus.Completed, result.Error?.Message);
        hiddenLooks.ShouldBe(0);
        store.Unwaited.ShouldBe(1, "writes are not waited for");
        (await RunAsync()).Counts.Sent.ShouldBe(0, "the journal holds what was read back");
    }

    [Fact]
    public async Task What_is_not_there_as_it_was_sent_ends_the_run_and_is_sent_again_by_the_next()
    {
        bool loses = true;
        store.Loses = id => loses && id == PointId.FromNumber(7);
        MigrationResult result = await RunAsync();
        (result.Status, result.Error?.ErrorId).ShouldBe((MigrationStatus.Interrupted, "UpdateNotApplied"));
        result.Error!.Message.ShouldContain("the first is 7: missing");
        loses = false;
        MigrationResult again = await RunAsync();
        again.Status.ShouldBe(MigrationStatus.Completed, again.Error?.Message);
        store.Points.Count.ShouldBe(200);
    }

    [Fact]
    public async Task The_journal_learns_of_batches_only_when_they_were_read_back()
    {
        List<long> told = [];
        VerificationScope scope = new()
        {
            Collection = "c",
            Distance = source.Description.Distance!.Value,
            Feed = new FeedOptions(),
            Count = 0,
            Ids = new IdScanResult(),
        };
        using HiddenPoints hidden = new(store, scope, TimeSpan.FromMinutes(1), new SteppedTime(), mostBytes: 50 * 4 * source.Description.Dimension);
        IRunObserver watch = new CompositeObserver([
            hidden.Before(new DelegateObserver(e => Note(told, e))),
            new DelegateObserver(e => Check(e, told)),
        ]);
        UploadOptions options = new() { BatchSize = 10, ThrottleLimit = 3 };
        IndexFeed feed = new(source, null, new FeedOptions(), 0, 200, new HashSet<long>(), null);
        IPointTarget target = hidden.Watch(store.OpenUnwaitedTarget("c", null, replacesVectorsOnly: false), isWhole: true);
        UploadEngine engine = new(
            target, new FixedFlowControl(options, TimeProvider.System), new FixedRetryPolicy(), options, Guid.NewGuid(), watch, TimeProvider.System);
        (await engine.RunAsync(feed, CancellationToken.None)).Sent.ShouldBe(200);
        told.Count.ShouldBeLessThan(200);
        await hidden.FinishAsync(CancellationToken.None);
        told.Order().ShouldBe(Enumerable.Range(0, 200).Select(static i => (long)i));
    }

    private static void Note(List<long> told, RunEvent e)
    {
        if (e is BatchEnded ended)
        {
            for (long ordinal = ended.Result.FirstOrdinal; ordinal <= ended.Result.LastOrdinal; ordinal++)
            {
                told.Add(ordinal);
            }
        }
    }

    private void Check(RunEvent e, List<long> told)
    {
        if (e is BatchEnded)
        {
            // Fifty are read back at a time at the least, so that what is told is always behind what was sent.
            told.ShouldAllBe(ordinal => store.Read.ContainsKey(PointId.FromNumber((ulong)ordinal)));
        }
    }

    private Task<MigrationResult> RunAsync()
    {
        MigrationOptions options = new() { Collection = "c", JournalPath = Journal, Upload = new UploadOptions { BatchSize = 32 } };
        return new Migration(source, null, store, new FixedRetryPolicy(), options, new Recorder(), new SteppedTime()).RunAsync(default);
    }
}
