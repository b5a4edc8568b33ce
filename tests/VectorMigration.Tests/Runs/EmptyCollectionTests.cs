namespace VectorMigration.Tests;

/// <summary>A collection that was created for nothing stays, and is told.</summary>
public sealed class EmptyCollectionTests : IDisposable
{
    private readonly MemoryStore store = new();
    private readonly Recorder recorder = new();

    public void Dispose() => store.Dispose();

    [Fact]
    public async Task A_run_that_stops_before_its_first_vector_tells_of_the_collection_that_it_created()
    {
        MemorySource source = new(50);
        source.Vector(3)[1] = float.NaN;
        MigrationResult result = await Run(source);
        result.Status.ShouldBe(MigrationStatus.Failed);
        string told = result.Warnings.ShouldHaveSingleItem();
        told.ShouldBe("This run created the collection 'c', which is empty. It stays, and the next run uses it.");
        recorder.Events.OfType<RunWarning>().ShouldHaveSingleItem().Message.ShouldBe(told);

        source.Vector(3)[1] = 1;
        MigrationResult next = await Run(source);
        next.Status.ShouldBe(MigrationStatus.Completed);
        next.Warnings.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_run_that_stops_later_does_not()
    {
        MemorySource source = new(50);
        source.Vector(40)[1] = float.NaN;
        MigrationResult result = await Run(source);
        result.Status.ShouldBe(MigrationStatus.Failed);
        result.Counts.Sent.ShouldBeGreaterThan(0);
        result.Warnings.ShouldBeEmpty();
    }

    private Task<MigrationResult> Run(MemorySource source) => new Migration(source, null, store, new FixedRetryPolicy(),
        new MigrationOptions { Collection = "c", Upload = new UploadOptions { BatchSize = 10, ThrottleLimit = 1 } }, recorder).RunAsync(default);
}
