namespace VectorMigration.Tests;

/// <summary>Files of users that have the names of those beside a journal.</summary>
public sealed class SideFileTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("side").FullName;
    private readonly MemoryStore store = new();

    private string Journal => Path.Combine(folder, "z.journal");

    public void Dispose()
    {
        store.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [InlineData(".new", "a letter")]
    [InlineData(".ids", "1,2,3")]
    [InlineData(".ids.new", "1,2,3")]
    [InlineData(".sent", "what I sent")]
    [InlineData(".ids", "VectorMigration-journal 3 ")]
    public async Task A_file_of_a_user_stays_and_is_named(string suffix, string text)
    {
        await File.WriteAllTextAsync(Journal + suffix, text);
        foreach (bool dryRun in (bool[])[true, false])
        {
            MigrationResult result = await Run(new MigrationOptions { Collection = "c", JournalPath = Journal, DryRun = dryRun });
            result.Status.ShouldBe(MigrationStatus.Refused);
            result.Error.ShouldNotBeNull().ErrorId.ShouldBe("JournalForeign");
            result.Error!.Message.ShouldContain(Journal + suffix);
        }

        (await File.ReadAllTextAsync(Journal + suffix)).ShouldBe(text);
        store.Points.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(".new", "")]
    [InlineData(".new", "VectorMigration-journal 3 {\"key\":")]
    [InlineData(".ids", "VectorMigration-ids 1 {")]
    [InlineData(".ids.new", "VectorMigration-i")]
    public async Task What_a_killed_run_left_is_replaced(string suffix, string text)
    {
        await File.WriteAllTextAsync(Journal + suffix, text);
        (await Run(new MigrationOptions { Collection = "c", JournalPath = Journal })).Status.ShouldBe(MigrationStatus.Completed);
    }

    private Task<MigrationResult> Run(MigrationOptions options) =>
        new Migration(new MemorySource(5), null, store, new FixedRetryPolicy(), options, new Recorder()).RunAsync(default);
}
