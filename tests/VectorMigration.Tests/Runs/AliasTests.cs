using VectorMigration.Tests.Faiss;

namespace VectorMigration.Tests;

/// <summary>A collection under its alias is the same collection: no advice may lead to a second set of points.</summary>
public sealed class AliasTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly MemoryStore store = new();

    private MigrationOptions Options => new() { Collection = "words", JournalPath = Path.Combine(folder.Path, "words.journal") };

    public void Dispose()
    {
        store.Dispose();
        folder.Dispose();
    }

    [Fact]
    public async Task A_first_run_under_an_alias_names_the_collection_and_its_journal()
    {
        await MigrateThenPointAsync();
        MigrationOptions alias = Options with { Collection = "words-live", JournalPath = Path.Combine(folder.Path, "words-live.journal") };
        MigrationResult result = await Run(alias);
        result.ExitCode.ShouldBe(0, result.Error?.Message);
        result.Warnings.ShouldContain("'words-live' is an alias of the collection 'words'. A migration that was run under the name 'words' has a journal of "
            + "its own. To resume that migration, run the same command with the collection 'words'.");
        result.Warnings.ShouldNotContain(static text => text.Contains("moved", StringComparison.Ordinal), "nothing was moved");
        store.Points.Count.ShouldBe(50);
    }

    [Fact]
    public async Task The_journal_of_the_collection_is_no_other_migration()
    {
        await MigrateThenPointAsync();
        MigrationError refusal = (await Run(Options with { Collection = "words-live" })).Error!;
        refusal.ErrorId.ShouldBe(ErrorIds.JournalDiffers);
        refusal.Message.ShouldContain("belongs to the collection 'words'. 'words-live' is an alias of that collection.");
        refusal.RecommendedAction.ShouldBe("To resume that migration, run the same command with the collection 'words'.");
    }

    [Fact]
    public async Task Without_an_alias_another_collection_stays_another_migration()
    {
        await MigrateThenPointAsync();
        store.Aliases.Clear();
        MigrationError refusal = (await Run(Options with { Collection = "words-live" })).Error!;
        refusal.Message.ShouldContain("collection: words in the journal, words-live now");
    }

    private async Task MigrateThenPointAsync()
    {
        await Run(Options);
        store.Collections["words-live"] = store.Collections["words"];
        store.Aliases["words-live"] = "words";
    }

    private Task<MigrationResult> Run(MigrationOptions options) =>
        new Migration(new MemorySource(50), null, store, new FixedRetryPolicy(), options, new Recorder()).RunAsync(default);
}
