namespace VectorMigration.Tests;

/// <summary>The whole tuning against a server in memory whose clock moves with what it is sent.</summary>
public sealed class MigrationTunerTests : IDisposable
{
    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(20);
    private readonly MemoryStore store = new();
    private readonly Recorder recorder = new();
    private readonly StandingClock clock = new();
    private readonly Lock gate = new();

    public MigrationTunerTests() => store.Answer = Applied;

    public void Dispose() => store.Dispose();

    [Fact]
    public async Task Tells_what_it_found_and_leaves_nothing()
    {
        MigrationTuning tuning = await Tuner(new MemorySource(20_000)).RunAsync(CancellationToken.None);

        tuning.Points.Count.ShouldBeGreaterThan(3);
        tuning.Points.Select(point => point.VectorsPerSecond).ShouldBeInOrder(SortDirection.Descending);
        tuning.Points.ShouldContain(point => point.BatchSize == tuning.BatchSize && point.ThrottleLimit == tuning.ThrottleLimit
            && point.BatchDelay == tuning.BatchDelay);
        tuning.Reason.ShouldContain("vectors/s");
        tuning.Predictions.Select(prediction => prediction.Vectors).ShouldBe([1_000, 10_000, 20_000]);
        tuning.Predictions.ShouldAllBe(prediction => prediction.Low < prediction.Upload && prediction.Upload < prediction.High);
        tuning.AdaptivePredictions.Count.ShouldBe(3);
        tuning.ScratchCollection.ShouldMatch("^words-tuning-[0-9a-f]{8}$");
        tuning.Duration.ShouldBeLessThanOrEqualTo(Budget);
        store.Collections.ShouldBeEmpty();
        recorder.Events.OfType<TuningAdvanced>().ShouldAllBe(advanced => advanced.Budget == Budget);
        recorder.Events.OfType<TuningTrialEnded>().Sum(ended => ended.Vectors).ShouldBe(tuning.VectorsSent);
        recorder.Events.OfType<BatchEnded>().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_small_index_works_and_is_said()
    {
        MigrationTuning tuning = await Tuner(new MemorySource(7)).RunAsync(CancellationToken.None);
        tuning.Predictions.ShouldHaveSingleItem().Vectors.ShouldBe(7);
        tuning.Warnings.ShouldContain(warning => warning.Contains("7 vectors", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_empty_range_is_refused()
    {
        MigrationTuner tuner = Tuner(new MemorySource(0));
        MigrationException error = await tuner.RunAsync(CancellationToken.None).ShouldThrowAsync<MigrationException>();
        error.ErrorId.ShouldBe("NothingToTune");
        tuner.Sending.ShouldBeFalse();
    }

    [Fact]
    public async Task Trials_of_a_small_index_insert_and_never_overwrite()
    {
        var seen = new HashSet<(string, PointId)>();
        int again = 0;
        store.Answer = batch =>
        {
            lock (gate)
            {
                foreach (PointId id in batch.PointIds.Span)
                {
                    again += seen.Add((store.Deleted.Count.ToString(), id)) ? 0 : 1;
                }
            }

            return Applied(batch);
        };
        await Tuner(new MemorySource(300)).RunAsync(CancellationToken.None);
        again.ShouldBe(0);
    }

    [Fact]
    public async Task The_collection_itself_is_left_alone()
    {
        store.Add("words", 4, Distance.Euclid);
        await Tuner(new MemorySource(5_000)).RunAsync(CancellationToken.None);
        store.Deleted.ShouldNotContain("words");
        store.Collections.Keys.ShouldBe(["words"]);
    }

    [Fact]
    public async Task What_a_migration_would_refuse_is_refused()
    {
        store.Add("words", 8, Distance.Euclid);
        MigrationTuner tuner = Tuner(new MemorySource(100));
        MigrationException error = await tuner.RunAsync(CancellationToken.None).ShouldThrowAsync<MigrationException>();
        error.ErrorId.ShouldBe("CollectionDiffers");
        tuner.Sending.ShouldBeFalse();
    }

    [Fact]
    public async Task A_server_that_refuses_ends_it_and_the_scratch_collection_goes()
    {
        store.Answer = batch => WriteAnswer.Stop("DiskFull", ErrorKind.ResourceUnavailable, "No space left on device", resumable: true, "Make room.");
        MigrationTuner tuner = Tuner(new MemorySource(5_000));
        MigrationException error = await tuner.RunAsync(CancellationToken.None).ShouldThrowAsync<MigrationException>();
        (error.ErrorId, error.Kind).ShouldBe(("DiskFull", ErrorKind.ResourceUnavailable));
        tuner.Sending.ShouldBeTrue();
        store.Collections.ShouldBeEmpty();
    }

    [Fact]
    public async Task Stopped_it_removes_the_scratch_collection_too()
    {
        using var stop = new CancellationTokenSource();
        int batches = 0;
        store.Answer = batch =>
        {
            if (Interlocked.Increment(ref batches) == 20)
            {
                stop.Cancel();
            }

            return Applied(batch);
        };
        await Tuner(new MemorySource(5_000)).RunAsync(stop.Token).ShouldThrowAsync<OperationCanceledException>();
        store.Collections.ShouldBeEmpty();
    }

    [Fact]
    public async Task Leftovers_are_removed_where_their_metadata_says_so()
    {
        clock.MoveTo(100_000);
        Leftover("words-tuning-00000001", DateTimeOffset.UnixEpoch);
        Leftover("words-tuning-00000002", clock.GetUtcNow());
        store.Add("mine-tuning-00000003", 4, Distance.Euclid);
        MigrationTuning tuning = await Tuner(new MemorySource(2_000)).RunAsync(CancellationToken.None);
        store.Collections.Keys.ShouldBe(["words-tuning-00000002", "mine-tuning-00000003"], ignoreOrder: true);
        tuning.Warnings.ShouldContain(warning => warning.Contains("words-tuning-00000001", StringComparison.Ordinal));
        tuning.Warnings.ShouldContain(warning => warning.Contains("mine-tuning-00000003", StringComparison.Ordinal)
            && warning.Contains("was not removed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_write_limit_of_the_collection_decides()
    {
        store.Add("words", 4, Distance.Euclid);
        store.Collections["words"] = store.Collections["words"] with { WriteRateLimit = 6_000, ShardNumber = 1 };
        MigrationTuning tuning = await Tuner(new MemorySource(20_000)).RunAsync(CancellationToken.None);
        tuning.PointsPerMinute.ShouldBe(6_000);
        tuning.ThrottleLimit.ShouldBe(1);
        tuning.BatchDelay.ShouldBeGreaterThan(TimeSpan.Zero);
        tuning.VectorsPerSecond.ShouldBe(100, 1);
        tuning.Reason.ShouldContain("6,000 points per minute");
        tuning.Predictions[^1].Upload.TotalSeconds.ShouldBeInRange(180, 230);
    }

    [Fact]
    public async Task Sizes_asked_for_are_told()
    {
        MigrationTuning tuning = await Tuner(new MemorySource(2_000), options => options with { Sizes = [500, 1_000_000] }).RunAsync(CancellationToken.None);
        tuning.Predictions.Select(prediction => prediction.Vectors).ShouldBe([500, 2_000, 1_000_000]);
        tuning.Predictions[^1].Extrapolated.ShouldBeTrue();
    }

    private void Leftover(string name, DateTimeOffset madeAt)
    {
        store.Add(name, 4, Distance.Euclid);
        store.Collections[name] = store.Collections[name] with
        {
            Metadata = new Dictionary<string, string>
            {
                [ScratchCollection.MadeAtKey] = madeAt.ToString(
            "O")
            }
        };
    }

    /// <summary>A batch takes twenty milliseconds and a twentieth of one for each vector, one after the other.</summary>
    private WriteAnswer Applied(VectorBatch batch)
    {
        lock (gate)
        {
            clock.MoveTo(clock.Elapsed.TotalSeconds + 0.02 + (batch.Count * 5e-5));
        }

        return WriteAnswer.Ok(batch.Count * 16);
    }

    private MigrationTuner Tuner(MemorySource source, Func<TuningOptions, TuningOptions>? change = null)
    {
        var options = new TuningOptions { Migration = new MigrationOptions { Collection = "words" }, Budget = Budget };
        return new MigrationTuner(source, null, store, () => new FixedRetryPolicy(), change?.Invoke(options) ?? options, recorder, clock);
    }
}
