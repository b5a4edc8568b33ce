namespace VectorMigration.Tests.Store;

public sealed class CollectionNamesTests
{
    public static TheoryData<string, string> Impossible => new()
    {
        { ".", "folder" },
        { "..", "folder" },
        { "", "empty" },
        { "a/b", "contains /" },
        { "a\\b", "contains \\" },
        { "a:b", "contains :" },
        { "<a>", "contains <" },
        { "a|b", "contains |" },
        { "a?", "contains ?" },
        { "*", "contains *" },
        { "a\"b", "contains \"" },
        { "a\0b", "U+0000" },
        { "a\u001fb", "U+001F" },
        { "a\nb", "U+000A" },
        { new string('x', 256), "256 characters" },
    };

    [Theory]
    [MemberData(nameof(Impossible))]
    public void What_cannot_be_a_name_is_refused_with_its_reason(string name, string reason)
    {
        MigrationException refusal = Should.Throw<MigrationException>(() => CollectionNames.Require(name));
        refusal.ErrorId.ShouldBe("InvalidCollectionName");
        refusal.Message.ShouldContain(reason);
        refusal.Message.Any(char.IsControl).ShouldBeFalse();
        refusal.Message.Length.ShouldBeLessThan(250);
    }

    [Theory]
    [InlineData("words")]
    [InlineData("...")]
    [InlineData(".hidden")]
    [InlineData("a.b")]
    [InlineData("a b")]
    [InlineData("vektörler 向量 😀")]
    public void Every_other_text_is_a_name(string name) => CollectionNames.Problem(name).ShouldBeNull();

    [Fact]
    public void Characters_are_counted_as_people_and_the_server_count_them() =>
        CollectionNames.Problem(string.Concat(Enumerable.Repeat("😀", 255))).ShouldBeNull();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_run_is_refused_before_anything_is_asked(bool dryRun)
    {
        using MemoryStore store = new();
        Migration migration = new(new MemorySource(3), null, store, new FixedRetryPolicy(), new MigrationOptions { Collection = "..", DryRun = dryRun },
            new Recorder());
        MigrationResult result = await migration.RunAsync(default);
        result.ExitCode.ShouldBe(2);
        result.Error.ShouldNotBeNull().ErrorId.ShouldBe("InvalidCollectionName");
        store.Collections.ShouldBeEmpty();
        store.Deleted.ShouldBeEmpty();
    }
}
