using VectorMigration.Tests.Faiss;

namespace VectorMigration.Tests;

/// <summary>The journal of an index that was moved is found by the run id of the collection, and only then.</summary>
public sealed class MovedJournalTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly MemoryStore store = new();
    private readonly MemorySource source = new(100, 8);

    public void Dispose()
    {
        store.Dispose();
        folder.Dispose();
    }

    [Fact]
    public async Task An_index_that_is_gone_from_where_it_was_resumes_from_its_journal()
    {
        await BeginAsync("gone.faiss");
        MigrationResult resumed = await RunAsync("new.faiss", Options("c.new.journal"));
        (resumed.Counts.Skipped, resumed.Counts.Sent).ShouldBe((40, 60));
        resumed.JournalPath.ShouldBe(At("c.gone.journal"));
        resumed.Plan!.Warnings.ShouldContain(static warning => warning.Contains("resumes from that journal", StringComparison.Ordinal));
        File.Exists(At("c.new.journal")).ShouldBeFalse();
    }

    [Fact]
    public async Task A_journal_that_was_named_or_whose_index_is_still_there_is_not_replaced()
    {
        await BeginAsync("gone.faiss");
        MigrationOptions named = Options("c.new.journal") with { JournalIsDefault = false };
        (await RunAsync("new.faiss", named with { OnExisting = ExistingPoints.Overwrite })).JournalPath.ShouldBe(At("c.new.journal"));
        File.Delete(At("c.new.journal"));

        await File.WriteAllTextAsync(At("gone.faiss"), "still there");
        (await RunAsync("new.faiss", Options("c.new.journal") with { OnExisting = ExistingPoints.Overwrite })).JournalPath.ShouldBe(At("c.new.journal"));
    }

    [Fact]
    public async Task The_journal_of_a_collection_that_was_created_anew_is_not_taken()
    {
        await BeginAsync("gone.faiss");
        await store.DeleteCollectionAsync("c", default);
        MigrationResult anew = await RunAsync("new.faiss", Options("c.new.journal"));
        (anew.Counts.Skipped, anew.Counts.Sent).ShouldBe((0, 100));
        anew.JournalPath.ShouldBe(At("c.new.journal"));
    }

    private async Task BeginAsync(string name) =>
        (await RunAsync(name, Options("c.gone.journal") with { Limit = 40 })).Counts.Sent.ShouldBe(40);

    private Task<MigrationResult> RunAsync(string name, MigrationOptions options)
    {
        source.Description = source.Description with { Path = At(name) };
        return new Migration(source, null, store, new FixedRetryPolicy(), options, new Recorder()).RunAsync(default);
    }

    private MigrationOptions Options(string journal) => new() { Collection = "c", JournalPath = At(journal), JournalIsDefault = true };

    private string At(string name) => Path.Combine(folder.Path, name);
}
