using VectorMigration.TestSupport;

namespace VectorMigration.EndToEnd.Tests;

/// <summary>Texts that could be lost, or be on the wrong vector, are refused with exit code 2 before the collection is created, and told by inspect.</summary>
[Collection(SharedServer.Name)]
public sealed class TextsBesideTests(QdrantServerFixture fixture) : ServerTests(fixture)
{
    private const int Count = 6;

    [Theory]
    [InlineData("metadata.json", """["a","b","c","d","e","f"]""")]
    [InlineData("texts.jsonl", "{\"t\":1}\n{\"t\":2}\n{\"t\":3}\n{\"t\":4}\n{\"t\":5}\n{\"t\":6}\n")]
    [InlineData("docs.csv", "id,text\n0,a\n1,b\n2,c\n3,d\n4,e\n5,f\n")]
    public async Task Texts_that_could_be_those_of_two_indexes_are_refused_and_told(string name, string content)
    {
        Index("a.faiss");
        Index("b.faiss");
        await File.WriteAllTextAsync(At(name), content);
        ToolResult refused = await MigrateAsync(At("a.faiss"));
        refused.ShouldEndWith(2, name);
        foreach (string word in (string[])["b.faiss", "--payload", "--store-path", "--no-store"])
        {
            refused.Error.ShouldContain(word);
        }

        (await Tool.RunAsync(Folder, "inspect", At("a.faiss"))).ShouldSucceed().Error.ShouldContain(name);
        (await MigrateAsync(At("a.faiss"), "--no-store")).ShouldSucceed();
    }

    [Fact]
    public async Task A_table_next_to_the_index_does_not_replace_the_payloads_that_were_named()
    {
        Index("a.faiss");
        string[] named = ["--payload", At("texts.jsonl")];
        await File.WriteAllLinesAsync(At("texts.jsonl"), Enumerable.Range(0, Count).Select(static i => $$"""{"t":"right {{i}}"}"""));
        (await MigrateAsync(At("a.faiss"), named)).ShouldSucceed();
        await File.WriteAllTextAsync(At("meta.csv"), "text,lang\na,de\nb,de\nc,de\nd,de\ne,de\nf,de\n");
        foreach (string[] more in (string[][])[[], ["--on-changed", "sync"], ["--on-changed", "restart"], ["--restart"], ["--on-changed", "sync", "--dry-run"]])
        {
            ToolResult refused = await MigrateAsync(At("a.faiss"), more);
            refused.ShouldEndWith(2, "meta.csv was found next to the index");
            refused.Error.ShouldContain("from texts.jsonl");
            refused.Error.ShouldContain("--payload");
        }

        (await Witness.ReadAsync(Collection, 3)).GetProperty("payload").GetProperty("t").GetString().ShouldBe("right 3");
        (await MigrateAsync(At("a.faiss"), named)).ShouldSucceed();
        (await MigrateAsync(At("a.faiss"), "--payload", At("meta.csv"), "--on-changed", "sync")).ShouldSucceed();
        (await Witness.ReadAsync(Collection, 3)).GetProperty("payload").GetProperty("text").GetString().ShouldBe("d");
        await File.WriteAllTextAsync(At("meta.csv"), "text,lang\na,de\nb,de\nc,de\nchanged,de\ne,de\nf,de\n");
        (await MigrateAsync(At("a.faiss"))).ShouldEndWith(2, "have changed since the journal");
        (await MigrateAsync(At("a.faiss"), "--on-changed", "sync")).ShouldSucceed();
        (await Witness.ReadAsync(Collection, 3)).GetProperty("payload").GetProperty("text").GetString().ShouldBe("changed");
    }

    [Fact]
    public async Task A_field_that_is_there_twice_is_refused_by_line_and_name()
    {
        Index("a.faiss");
        await File.WriteAllLinesAsync(At("p.jsonl"), Enumerable.Range(0, Count).Select(static i => i == 4 ? """{"m":{"x":1,"x":2}}""" : "{}"));
        foreach (string[] more in (string[][])[["--dry-run"], []])
        {
            ToolResult refused = await MigrateAsync(At("a.faiss"), ["--payload", At("p.jsonl"), .. more]);
            refused.ShouldEndWith(2, "'m.x' twice");
            refused.Error.ShouldContain("line 5");
        }

        (await Witness.ExistsAsync(Collection)).ShouldBeFalse();
    }

    [Fact]
    public async Task A_table_without_a_header_is_refused_and_sent_where_that_is_confirmed()
    {
        Index("a.faiss");
        await File.WriteAllLinesAsync(At("docs.csv"), Enumerable.Range(0, Count + 1).Select(static i => $"{i},some text"));
        ToolResult refused = await MigrateAsync(At("a.faiss"));
        refused.ShouldEndWith(2, "found a row of data");
        refused.Error.ShouldContain("--payload-by-row");
        (await Tool.RunAsync(Folder, "inspect", At("a.faiss"))).ShouldSucceed().Error.ShouldContain("found a row of data");
        (await MigrateAsync(At("a.faiss"), "--payload", At("docs.csv"), "--payload-by-row")).ShouldSucceed();
    }

    private void Index(string name) => IndexFiles.Flat(At(name), 4, IndexFiles.Random(Count, 4, 1));
}
