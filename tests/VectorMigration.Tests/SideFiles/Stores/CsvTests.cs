using System.Text;
using VectorMigration.SideFiles.Stores;
using VectorMigration.Tests.Faiss;

namespace VectorMigration.Tests.SideFiles.Stores;

/// <summary>CSV as RFC 4180 has it: texts that stay texts, rows in the order of adding or by a column, one error for what is no such file.</summary>
public sealed class CsvTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("vm-csv-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("a,b\n1,2\n", """{"a":"1","b":"2"}""")]
    [InlineData("a,b\r\n1,2\r\n\r\n", """{"a":"1","b":"2"}""")]
    [InlineData("a,b\n1,2", """{"a":"1","b":"2"}""")]
    [InlineData("a,b\n\"1,\n\"\"x\"\"\",\n", """{"a":"1,\n\"x\"","b":""}""")]
    [InlineData("\"a;\";b\n1.50;true\n", """{"a;":"1.50","b":"true"}""")]
    [InlineData("a\tb,c\td\n 1 \tNaN\t\n", """{"a":" 1 ","b,c":"NaN","d":""}""")]
    [InlineData("a,b;c\n1,2\n", """{"a":"1","b;c":"2"}""")]
    [InlineData(",b\n,2\n", """{"column_1":"","b":"2"}""")]
    [InlineData("a,b\n1,123456789012345678901234567890\n", """{"a":"1","b":"123456789012345678901234567890"}""")]
    public void Every_value_stays_the_text_that_it_is(string text, string payload)
    {
        using IPayloadSource source = Open(text);
        source.Check(scattered: false, default);
        source.Count.ShouldBe(1);
        Encoding.UTF8.GetString(source.Read([0], default)[0].Span).ShouldBe(payload);
    }

    [Fact]
    public void One_column_is_read_where_the_name_says_that_it_is_CSV()
    {
        using IPayloadSource source = Open("text\nA\n\"\"\nB\n");
        source.Check(scattered: false, default);
        source.Count.ShouldBe(3);
        Encoding.UTF8.GetString(source.Read([1], default)[0].Span).ShouldBe("""{"text":""}""");
    }

    [Fact]
    public void Rows_are_joined_by_the_column_that_is_named()
    {
        using IPayloadSource source = Open("text,id\nA,9\nB,4\n", new PayloadRules { Key = "id", DropKey = true });
        source.Check(scattered: true, default);
        source.ShouldBeAssignableTo<IKeyedPayloadSource>()!.Keys(default).ShouldBe([4, 9]);
        Encoding.UTF8.GetString(source.Read([4], default)[0].Span).ShouldBe("""{"text":"B"}""");
    }

    [Theory]
    [InlineData("a,b\n1,2\n1\n", "line 3: expected 2 fields as in the header, found 1")]
    [InlineData("a,b\n\"1\n2\",3\n1,2,3\n", "line 4: expected 2 fields as in the header, found 3")]
    [InlineData("a,b\n1,2\n\n3,4\n", "line 3: expected a row, found a blank line, and more rows follow")]
    [InlineData("a,b\n1,\"2\n", "line 2: expected a row of CSV, found a quote that is not closed")]
    [InlineData("a,b\n1,\"2\"x\n", "line 2: expected a row of CSV, found text after the closing quote of a field")]
    [InlineData("a,b\n1,2\"\n", "line 2: expected a row of CSV, found a quote within a field that does not begin with one")]
    [InlineData("a,b\r1,2\r", "found a carriage return without a line feed, outside quotes")]
    [InlineData("a,b,a\n1,2,3\n", "has two columns with the name 'a'")]
    [InlineData("a,\u00e4\n1,\u0001\"\n", "line 2: expected a row of CSV")]
    public void What_is_no_such_row_is_refused_by_its_line(string text, string words)
    {
        MigrationException error = Should.Throw<MigrationException>(() => Open(text).Dispose());
        error.ErrorId.ShouldBe("StoreInvalid");
        error.Message.ShouldContain(words);
    }

    [Fact]
    public void Bytes_that_are_not_UTF_8_are_refused_by_row_and_column()
    {
        string path = Path.Combine(folder, "rows.csv");
        File.WriteAllBytes(path, [.. "a,b\n1,2\n3,"u8, 0xE4, .. "\n"u8]);
        using IPayloadSource source = StorePayloads.Open(path, default, null, null, default)!;
        MigrationException error = Should.Throw<MigrationException>(() => source.Check(scattered: false, default));
        error.ErrorId.ShouldBe("StoreValueRefused");
        error.Message.ShouldContain("row 2 has in 'b' bytes that are not UTF-8");
    }

    [Fact]
    public void Rows_of_any_length_cross_every_boundary_of_blocks()
    {
        StringBuilder text = new("a,b\n");
        for (int i = 0; i < 400; i++)
        {
            text.Append(i).Append(",\"").Append('x', i * 7 % 3_000).Append("\"\"\n\"\n");
        }

        using IPayloadSource source = Open(text.ToString());
        source.Check(scattered: true, default);
        source.Count.ShouldBe(400);
        long[] places = [.. Enumerable.Range(0, 400).Select(static i => (long)(i * 7 % 400))];
        PayloadBlock block = source.Read(places, default);
        for (int i = 0; i < places.Length; i++)
        {
            Encoding.UTF8.GetString(block[i].Span).ShouldBe($$"""{"a":"{{places[i]}}","b":"{{new string('x', (int)places[i] * 7 % 3_000)}}\"\n"}""");
        }
    }

    [Fact]
    public void A_table_of_another_length_is_not_sent_and_two_that_fit_are_named()
    {
        File.Copy(Path.Combine(Fixture.Root, "stores", "json", "list_texts", "index.faiss"), Path.Combine(folder, "index.faiss"));
        Open("a,b\n1,2\n").Dispose();
        Should.Throw<MigrationException>(() => StoreFinder.Find(folder, withStore: true, default)).Message.ShouldContain("it has 1 entry, and the index has 4");
        Open("a,b\n1,2\n1,2\n1,2\n1,2\n").Dispose();
        StoreFinder.Find(folder, withStore: true, default).StorePath.ShouldBe(Path.Combine(folder, "rows.csv"));
        File.WriteAllText(Path.Combine(folder, "texts.json"), """["a","b","c","d"]""");
        MigrationException error = Should.Throw<MigrationException>(() => StoreFinder.Find(folder, withStore: true, default));
        error.ErrorId.ShouldBe("StoreAmbiguous");
        error.Message.ShouldContain("rows.csv, texts.json");
        // Text that has commas is no table.
        File.Delete(Path.Combine(folder, "texts.json"));
        File.WriteAllText(Path.Combine(folder, "README.md"), "# Title, with a comma\n\nText\n");
        StorePayloads.FormOf(Path.Combine(folder, "README.md"), default).ShouldBe(StoreForm.None);
    }

    private IPayloadSource Open(string text, PayloadRules rules = default)
    {
        string path = Path.Combine(folder, "rows.csv");
        File.WriteAllText(path, text);
        return StorePayloads.Open(path, rules, null, null, default).ShouldNotBeNull();
    }
}
