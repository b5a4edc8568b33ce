using System.Text;
using VectorMigration.SideFiles;

namespace VectorMigration.Tests.SideFiles;

public sealed class JsonLinesPayloadSourceTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("vm-jsonl-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("\n", false, true)]
    [InlineData("\n", true, false)]
    [InlineData("\r\n", false, false)]
    [InlineData("\r\n", true, true)]
    public void Reads_every_row_as_it_stands(string lineEnd, bool byteOrderMark, bool lastEnd)
    {
        string[] rows = Rows(3000, seed: 1);
        using JsonLinesPayloadSource source = Open(string.Join(lineEnd, rows) + (lastEnd ? lineEnd : ""), byteOrderMark);
        Texts(source, 0, rows.Length).ShouldBe(rows);
        source.CountRows(default).ShouldBe(rows.Length);
    }

    [Fact]
    public void Reads_from_any_ordinal_in_any_order()
    {
        string[] rows = Rows(5000, seed: 2);
        using JsonLinesPayloadSource source = Open(string.Join("\n", rows) + "\n");
        Random random = new(3);
        for (int trial = 0; trial < 500; trial++)
        {
            int first = random.Next(rows.Length);
            int count = random.Next(1, Math.Min(200, rows.Length - first) + 1);
            Texts(source, first, count).ShouldBe(rows[first..(first + count)]);
        }
    }

    [Fact]
    public void Reads_from_many_threads_at_once()
    {
        string[] rows = Rows(4000, seed: 4);
        using JsonLinesPayloadSource source = Open(string.Join("\n", rows));
        Parallel.For(0, 400, trial =>
        {
            int first = trial * 37 % (rows.Length - 50);
            Texts(source, first, 50).ShouldBe(rows[first..(first + 50)]);
        });
    }

    [Fact]
    public void Count_is_known_once_the_file_has_been_passed_through()
    {
        using JsonLinesPayloadSource source = Open(string.Concat(Enumerable.Repeat("{}\n", 100)));
        source.Count.ShouldBeNull();
        Texts(source, 0, 10).Length.ShouldBe(10);
        source.Count.ShouldBeNull();
        source.CountRows(default).ShouldBe(100);
        source.Count.ShouldBe(100);
    }

    [Fact]
    public void Blank_lines_at_the_end_are_no_rows()
    {
        using JsonLinesPayloadSource source = Open("{\"a\":1}\n{\"a\":2}\n\n  \n");
        source.CountRows(default).ShouldBe(2);
        Texts(source, 1, 1).ShouldBe(["{\"a\":2}"]);
        Refused(source, 0, 3).ErrorId.ShouldBe("PayloadTooFewRows");
    }

    [Fact]
    public void A_blank_line_inside_is_refused_with_its_number()
    {
        using JsonLinesPayloadSource source = Open("{\"a\":1}\n\n{\"a\":3}\n");
        MigrationException error = Refused(source, 0, 3);
        error.ErrorId.ShouldBe("PayloadRowBlank");
        error.Message.ShouldContain("line 2");
        error.RecommendedAction.ShouldContain("{}");
    }

    [Theory]
    [InlineData(10, 0, 11)]
    [InlineData(10, 9, 5)]
    [InlineData(10, 10, 1)]
    [InlineData(10, 5000, 1)]
    [InlineData(0, 0, 1)]
    public void Too_few_rows_are_named_with_what_was_expected(int rows, int first, int count)
    {
        using JsonLinesPayloadSource source = Open(string.Concat(Enumerable.Repeat("{}\n", rows)));
        MigrationException error = Refused(source, first, count);
        error.ErrorId.ShouldBe("PayloadTooFewRows");
        error.Message.ShouldContain($"has {rows} rows");
        error.Message.ShouldContain(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"at least {first + count:N0}"));
    }

    [Theory]
    [InlineData("[1,2]", "an array")]
    [InlineData("\"text\"", "a string")]
    [InlineData("12", "a number")]
    [InlineData("null", "null")]
    [InlineData("{\"a\":1", "does not end on its line, at byte")]
    [InlineData("{\"a\":1}{\"b\":2}", "more data after its end at byte 8")]
    [InlineData("{\"a\":1},", "more data after its end at byte 8")]
    [InlineData("{a:1}", "invalid JSON at byte 2")]
    [InlineData("{\"a\":1e999}", "in 'a' the number 1e999, which is too large for a 64-bit float")]
    [InlineData("{\"a\":[0,{\"b\":-1e400}]}", "in 'a[1].b' the number -1e400")]
    [InlineData("{\"x\":NaN}", "NaN at byte 6, which is not JSON")]
    [InlineData("{\"x\": -Infinity}", "-Infinity at byte 7, which is not JSON")]
    [InlineData("{'a':1}", "a single quote")]
    [InlineData("{\"a\":None}", "None at byte 6")]
    [InlineData("{\"a\":\"\\ud800\"}", "half of a surrogate pair")]
    [InlineData("{\"\\ud800\":1}", "half of a surrogate pair")]
    [InlineData("{\"a\":\"\\ud83d\\n\"}", "half of a surrogate pair")]
    [InlineData("{\"a\":\"\\ud83dx\"}", "half of a surrogate pair")]
    [InlineData("{\"a\":\"\\ude00\\ud83d\"}", "half of a surrogate pair")]
    [InlineData("{\"a\":\"\\ud83d\\ud83d\\ude00\"}", "half of a surrogate pair")]
    [InlineData("{\"\\ud83d\":1}", "half of a surrogate pair")]
    [InlineData("words", "invalid JSON at byte 1")]
    public void What_is_no_object_is_refused_with_file_line_and_finding(string row, string found)
    {
        using JsonLinesPayloadSource source = Open("{}\n{}\n" + row + "\n{}\n");
        Texts(source, 0, 2).ShouldBe(["{}", "{}"]);
        MigrationException error = Refused(source, 0, 4);
        error.ErrorId.ShouldBe("PayloadRowInvalid");
        error.Message.ShouldContain(source.Path + ", line 3: expected one JSON object");
        error.Message.ShouldContain(found);
    }

    [Theory]
    [InlineData(@"{""a"":""\ud83d\ude00\n\u00e4""}")]
    [InlineData(@"{""a"":""\\ud800""}")]
    [InlineData(@"{""a"":""\\\\ud800\\""}")]
    public void Escapes_of_whole_characters_are_taken(string row)
    {
        using JsonLinesPayloadSource source = Open(row + "\n");
        Texts(source, 0, 1).ShouldBe([row]);
    }

    [Fact]
    public void Nesting_deeper_than_the_encoder_takes_is_refused()
    {
        string objects = string.Concat(Enumerable.Repeat("{\"a\":", 34)) + "1" + new string('}', 34);
        string arrays = "{\"a\":" + new string('[', 70) + "1" + new string(']', 70) + "}";
        foreach (string deep in (string[])[objects, arrays])
        {
            using JsonLinesPayloadSource source = Open(deep + "\n");
            MigrationException error = Refused(source, 0, 1);
            error.ErrorId.ShouldBe("PayloadRowInvalid");
            error.Message.ShouldContain("nested deeper than Qdrant accepts");
            error.RecommendedAction.ShouldContain("33 objects");
        }
    }

    [Fact]
    public void Bytes_that_are_not_utf8_are_refused()
    {
        string path = Path.Combine(folder, "latin.jsonl");
        File.WriteAllBytes(path, [.. "{\"a\":\""u8, 0xE4, .. "\"}\n"u8]);
        using JsonLinesPayloadSource source = new(path);
        Refused(source, 0, 1).Message.ShouldContain("not UTF-8");
    }

    [Fact]
    public void Utf16_and_gzip_are_refused_by_name()
    {
        string path = Path.Combine(folder, "other.jsonl");
        File.WriteAllText(path, "{}\n", Encoding.Unicode);
        Should.Throw<MigrationException>(() => new JsonLinesPayloadSource(path)).Message.ShouldContain("UTF-16");
        File.WriteAllBytes(path, [0x1F, 0x8B, 8, 0]);
        Should.Throw<MigrationException>(() => new JsonLinesPayloadSource(path)).Message.ShouldContain("gzip");
    }

    [Fact]
    public void A_missing_file_and_a_directory_are_refused()
    {
        Should.Throw<MigrationException>(() => new JsonLinesPayloadSource(Path.Combine(folder, "none.jsonl"))).ErrorId.ShouldBe("PayloadFileMissing");
        Should.Throw<MigrationException>(() => new JsonLinesPayloadSource(folder)).ErrorId.ShouldBe("PayloadIsDirectory");
    }

    [Fact]
    public void A_file_that_changes_while_it_is_read_is_refused()
    {
        using JsonLinesPayloadSource source = Open("{}\n{}\n");
        Texts(source, 0, 1).ShouldBe(["{}"]);
        File.AppendAllText(source.Path, "{}\n");
        Refused(source, 1, 1).ErrorId.ShouldBe("PayloadFileChanged");
    }

    [Fact]
    public void A_long_row_is_read_whole()
    {
        string row = "{\"text\":\"" + new string('ä', 300_000) + "\"}";
        using JsonLinesPayloadSource source = Open("{}\n" + row + "\n{}\n");
        Texts(source, 0, 3).ShouldBe(["{}", row, "{}"]);
    }

    [Fact]
    public void Reading_is_cancelled()
    {
        using JsonLinesPayloadSource source = Open("{}\n{}\n");
        Should.Throw<OperationCanceledException>(() => source.Read(Places(0, 2), new CancellationToken(canceled: true)));
    }

    private static string[] Rows(int count, int seed)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, count).Select(row => random.Next(4) == 0
            ? "{}"
            : $"{{\"word\":\"wört {row} \\n {new string('x', random.Next(120))}\",\"n\":{row},\"nested\":{{\"a\":[1,2.5,null,true]}}}}")];
    }

    private static string[] Texts(JsonLinesPayloadSource source, long first, int count)
    {
        PayloadBlock block = source.Read(Places(first, count), default);
        block.Count.ShouldBe(count);
        return [.. Enumerable.Range(0, count).Select(row => Encoding.UTF8.GetString(block[row].Span))];
    }

    private static MigrationException Refused(JsonLinesPayloadSource source, long first, int count) =>
        Should.Throw<MigrationException>(() => source.Read(Places(first, count), default));

    private static long[] Places(long first, int count) => [.. Enumerable.Range(0, count).Select(i => first + i)];

    private JsonLinesPayloadSource Open(string text, bool byteOrderMark = false)
    {
        string path = Path.Combine(folder, "rows.jsonl");
        File.WriteAllText(path, text, new UTF8Encoding(byteOrderMark));
        return new JsonLinesPayloadSource(path);
    }
}
