using System.Text;
using VectorMigration.SideFiles;

namespace VectorMigration.Tests.SideFiles;

public sealed class KeyedJsonLinesSourceTests : IDisposable
{
    private static readonly PayloadRules ById = new() { Key = "id" };

    private readonly string folder = Directory.CreateTempSubdirectory("vm-keyed-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Every_id_gets_its_line_whatever_the_order()
    {
        long[] ids = [.. Enumerable.Range(0, 5_000).Select(static i => (i * 7_919L % 5_003) - 100)];
        using KeyedJsonLinesSource source = Open(ids.Select(static id => $$"""{"text":"t{{id}}","id":{{(id % 2 == 0 ? $"{id}" : $"\"{id}\"")}}}"""));
        source.Check(scattered: true, default);
        source.Count.ShouldBe(5_000);
        Random random = new(1);
        for (int trial = 0; trial < 50; trial++)
        {
            long[] asked = [.. Enumerable.Range(0, random.Next(1, 300)).Select(_ => ids[random.Next(ids.Length)])];
            string[] rows = Texts(source, asked);
            rows.Zip(asked).ShouldAllBe(static pair => pair.First.StartsWith($"{{\"text\":\"t{pair.Second}\","));
        }
    }

    [Fact]
    public void An_id_that_no_line_has_gets_an_empty_row()
    {
        using KeyedJsonLinesSource source = Open(["""{"id":5}""", """{"id":1}"""]);
        Texts(source, [1, 2, 5]).ShouldBe(["""{"id":1}""", "", """{"id":5}"""]);
        source.Keys(default).ShouldBe([1L, 5L]);
        source.Line(1, default).ShouldBe(2);
    }

    [Theory]
    [InlineData("""{"id":1,"a":2}""", """{"a":2}""")]
    [InlineData("""{ "a" : 2 , "id" : 1 }""", """{ "a" : 2 }""")]
    [InlineData("""{"a":2,"id":"1","b":{"id":7}}""", """{"a":2,"b":{"id":7}}""")]
    [InlineData("""{"id":1}""", "{}")]
    [InlineData("""{ "id":1 , "b":[1] }""", """{  "b":[1] }""")]
    [InlineData("""{"\u0069d":1,"n":null}""", """{"n":null}""")]
    public void A_key_that_is_dropped_leaves_the_rest_as_it_was(string row, string expected)
    {
        using KeyedJsonLinesSource source = Open([row], ById with { DropKey = true });
        Texts(source, [1]).ShouldBe([expected]);
    }

    [Theory]
    [InlineData("""{"a":1}""", "no such field.")]
    [InlineData("""{"a":{"id":3},"ID":1}""", "no such field but 'ID' (case matters)")]
    [InlineData("""{"id":1.0}""", "the number 1.0")]
    [InlineData("""{"id":"one"}""", "a string")]
    [InlineData("""{"id":null}""", "null")]
    [InlineData("""{"id":9223372036854775808}""", "the number 9223372036854775808")]
    [InlineData("""{"id":1,"id":2}""", "the field twice")]
    [InlineData("""{"nested":{"id":1}}""", "no such field")]
    public void A_line_without_an_id_is_refused_by_its_number(string row, string found)
    {
        using KeyedJsonLinesSource source = Open(["""{"id":0}""", row]);
        MigrationException error = Should.Throw<MigrationException>(() => source.Check(scattered: true, default));
        error.ErrorId.ShouldBe("PayloadKeyInvalid");
        error.Message.ShouldContain("line 2");
        error.Message.ShouldContain(found);
    }

    [Fact]
    public void An_id_that_repeats_is_refused_with_both_lines()
    {
        using KeyedJsonLinesSource source = Open(["""{"id":3}""", """{"id":4}""", """{"id":"3"}"""]);
        MigrationException error = Should.Throw<MigrationException>(() => source.Check(scattered: true, default));
        error.ErrorId.ShouldBe("PayloadKeyRepeated");
        error.Message.ShouldContain("line 1 and of line 3");
    }

    private static string[] Texts(KeyedJsonLinesSource source, long[] ids)
    {
        PayloadBlock block = source.Read(ids, default);
        return [.. Enumerable.Range(0, ids.Length).Select(row => Encoding.UTF8.GetString(block[row].Span))];
    }

    private KeyedJsonLinesSource Open(IEnumerable<string> rows, PayloadRules? rules = null)
    {
        string path = Path.Combine(folder, "rows.jsonl");
        File.WriteAllLines(path, rows);
        return new KeyedJsonLinesSource(path, rules ?? ById, folder);
    }
}
