using VectorMigration.TestSupport;

namespace VectorMigration.EndToEnd.Tests;

/// <summary>Texts arrive at the vectors that a file next to the index names for their ids, or the run is refused before the collection is created.</summary>
[Collection(SharedServer.Name)]
public sealed class OrderTests(QdrantServerFixture fixture) : ServerTests(fixture)
{
    private const int Count = 6;

    private static readonly int[] Places = [4, 1, 5, 0, 3, 2];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Texts_of_a_table_arrive_by_the_ids_that_another_file_has(bool isNamed)
    {
        await WriteAsync(Places.Select(static place => $"{100 + place}"));
        string[] more = isNamed ? ["--payload", At("docs.csv")] : [];
        (await MigrateAsync(Folder, [.. more, "--dry-run"])).ShouldSucceed().Output.ShouldContain("position n to an id by ids.txt");
        (await MigrateAsync(Folder, more)).ShouldSucceed();
        for (uint position = 0; position < Count; position++)
        {
            (await Witness.ReadAsync(Collection, position)).GetProperty("payload").GetProperty("text").GetString().ShouldBe($"text {Places[position]}");
        }

        (await VerifyAsync(Folder, more)).ShouldSucceed();
        await File.WriteAllLinesAsync(At("ids.txt"), Places.Reverse().Select(static place => $"{100 + place}"));
        (await MigrateAsync(Folder, more)).ShouldEndWith(2, "changed since the journal");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Rows_are_refused_if_a_file_has_their_ids_in_another_order_and_does_not_say_which_is_right(bool isNamed)
    {
        await WriteAsync(Places.Select(static place => $"{100 + place}"));
        await File.WriteAllTextAsync(At("map.json"), $"{{{string.Join(',', Enumerable.Range(0, Count).Select(static n => $"\"{n}\":{100 + n}"))}}}");
        string[] more = isNamed ? ["--payload", At("docs.csv")] : [];
        ToolResult refused = await MigrateAsync(Folder, more);
        refused.ShouldEndWith(2, "ids.txt");
        foreach (string word in (string[])["docs.csv", "'id'", "position 0", "--payload-by-row"])
        {
            refused.Error.ShouldContain(word);
        }

        (await Witness.ExistsAsync(Collection)).ShouldBeFalse();
        (await Tool.RunAsync(Folder, ["inspect", Folder])).ShouldSucceed().Error.ShouldContain("in another order");
        (await MigrateAsync(Folder, "--payload", At("docs.csv"), "--payload-by-row")).ShouldSucceed();
        (await Witness.ReadAsync(Collection, 0)).GetProperty("payload").GetProperty("text").GetString().ShouldBe("text 0");
    }

    private async Task WriteAsync(IEnumerable<string> ids)
    {
        IndexFiles.Flat(At("index.faiss"), 4, IndexFiles.Random(Count, 4, 1));
        await File.WriteAllLinesAsync(At("docs.csv"), Enumerable.Range(0, Count).Select(static row => $"{100 + row},text {row}").Prepend("id,text"));
        await File.WriteAllLinesAsync(At("ids.txt"), ids);
    }
}
