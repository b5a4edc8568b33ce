namespace VectorMigration.Tests;

/// <summary>What a server from 1.17 on has still to apply or hides, as its sources tell it (reference/qdrant.md §8); no such server was run.</summary>
public sealed class UpdateQueueTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task It_waits_until_the_queue_is_empty_and_nothing_is_hidden()
    {
        using MemoryStore store = new();
        store.Add("c", 2, Distance.Euclid);
        (ulong Length, ulong Deferred)[] states = [(3, 0), (1, 9), (0, 9), (0, 0)];
        int look = 0;
        store.OnLook = collection => collection with
        {
            UpdateQueueLength = states[Math.Min(look, 3)].Length,
            DeferredPoints = states[Math.Min(look++, 3)].Deferred,
        };
        await UpdateQueue.SettleAsync(store, "c", Limit, new SteppedTime(), default);
        look.ShouldBe(4);
    }

    [Fact]
    public async Task Where_it_gets_no_less_it_ends_resumable_and_says_what_is_left()
    {
        using MemoryStore store = new();
        store.Add("c", 2, Distance.Euclid);
        store.OnLook = static collection => collection with { DeferredPoints = 9 };
        MigrationException error = await Should.ThrowAsync<MigrationException>(() => UpdateQueue.SettleAsync(store, "c", Limit, new SteppedTime(), default));
        (error.ErrorId, error.Resumable).ShouldBe(("UpdatesPending", true));
        error.Message.ShouldContain("are hidden until they are optimized (9)");
    }

    [Fact]
    public async Task A_run_proves_nothing_before_that()
    {
        using MemoryStore store = new() { Version = "1.18.0" };
        MemorySource source = new(20);
        int left = 5;
        int looksLeft = -1;
        store.OnLook = collection => collection with { UpdateQueueLength = (ulong)(store.Points.Count == 20 && left > 0 ? left-- : looksLeft = 0) };
        Migration migration = new(source, null, store, new FixedRetryPolicy(), new MigrationOptions { Collection = "c" }, new Recorder(), new SteppedTime());
        MigrationResult result = await migration.RunAsync(default);
        result.Status.ShouldBe(MigrationStatus.Completed, result.Error?.Message);
        left.ShouldBe(0);
        looksLeft.ShouldBe(0);
    }

    [Theory]
    [InlineData(VerificationMode.Count)]
    [InlineData(VerificationMode.Sample)]
    public async Task A_count_or_a_sample_of_points_that_may_be_hidden_is_refused(VerificationMode mode)
    {
        using MemoryStore store = new() { Version = "1.18.0" };
        MemorySource source = new(20);
        store.Add("c", source.Description.Dimension, source.Description.Distance!.Value);
        store.OnLook = static collection => collection with { HidesUnoptimized = true };
        Migration migration = new(source, null, store, new FixedRetryPolicy(), new MigrationOptions { Collection = "c", Verification = mode }, new Recorder());
        MigrationResult result = await migration.RunAsync(default);
        (result.Status, result.Error?.ErrorId).ShouldBe((MigrationStatus.Refused, "ProofNeedsVisiblePoints"));
        store.Upserted.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_collection_that_was_made_anew_meanwhile_is_told_by_the_time_of_its_creation()
    {
        DateTimeOffset created = DateTimeOffset.UnixEpoch;
        using MemoryStore store = new() { Version = "1.20.0" };
        MemorySource source = new(20);
        store.Add("c", source.Description.Dimension, source.Description.Distance!.Value);
        store.OnLook = collection => collection with { CreatedAt = store.Points.IsEmpty ? created : created.AddSeconds(1) };
        Migration migration = new(source, null, store, new FixedRetryPolicy(), new MigrationOptions { Collection = "c" }, new Recorder());
        MigrationResult result = await migration.RunAsync(default);
        result.Error.ShouldNotBeNull().ErrorId.ShouldBe("CollectionReplaced");
    }

    [Fact]
    public async Task Custom_sharding_is_refused_before_the_first_vector_and_does_not_keep_from_verifying()
    {
        using MemoryStore store = new();
        MemorySource source = new(20);
        store.Add("c", source.Description.Dimension, source.Description.Distance!.Value);
        store.OnLook = static collection => collection with { WantsShardKey = true };
        MigrationOptions options = new() { Collection = "c" };
        Migration migration = new(source, null, store, new FixedRetryPolicy(), options, new Recorder());
        MigrationResult result = await migration.RunAsync(default);
        (result.Status, result.ExitCode, result.Error?.ErrorId).ShouldBe((MigrationStatus.Refused, 2, "CustomSharding"));
        MigrationCheck check = new(source, null, store, new FixedRetryPolicy(), options, new Recorder());
        (await check.VerifyAsync(forRepair: false, default)).Missing.ShouldBe(20);
    }
}
