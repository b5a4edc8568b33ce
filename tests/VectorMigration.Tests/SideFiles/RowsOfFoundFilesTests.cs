using System.Globalization;
using System.Text;
using System.Text.Json;
using VectorMigration.SideFiles;
using VectorMigration.SideFiles.Stores;
using VectorMigration.Tests.Faiss;

namespace VectorMigration.Tests.SideFiles;

/// <summary>
/// A list or table that nobody named is joined in the order of adding because its rows are as many as the vectors. A field of it that numbers the rows in
/// another order contradicts that.
/// </summary>
public sealed class RowsOfFoundFilesTests : IDisposable
{
    private const int Count = 8;
    private const int Dimension = 2;

    private readonly string folder = Directory.CreateTempSubdirectory("vm-order-").FullName;
    private readonly MemoryStore store = new();

    public RowsOfFoundFilesTests() => File.WriteAllBytes(
        Path.Combine(folder, "index.faiss"), IndexBytes.Flat(Dimension, new float[Count * Dimension]).ToArray());

    public void Dispose()
    {
        store.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [InlineData("report.csv", "id,text\n", "{0},text {0}\n", "")]
    [InlineData("rows.jsonl", "", "{{\"text\":\"t\",\"id\":{0}}}\n", "")]
    [InlineData("list.json", "[", "{{\"meta\":{{\"nr\":{0}}}}},", "]")]
    [InlineData("list.json", "[", "{{\"name\":\"doc_{0}.txt\"}},", "]")]
    [InlineData("list.json", "[", "{{\"pandas\":{0}.0}},", "]")]
    [InlineData("list.json", "[", "\"{0}\",", "]")]
    [InlineData("list.json", "[", "{0},", "]")]
    public async Task The_FAISS_ids_in_another_order_are_refused_where_nobody_named_the_file(string name, string begin, string row, string end)
    {
        Write(name, begin, row, end, [3, 1, 0, 2, 4, 7, 6, 5]);
        MigrationResult refused = await Run(isFound: true);
        refused.Error.ShouldNotBeNull().ErrorId.ShouldBe("PayloadOrderUnknown");
        refused.Error.Message.ShouldContain(name);
        refused.Error.Message.ShouldContain("it was not specified");
        refused.Error.RecommendedAction.ShouldContain("-NoStore");
        store.Collections.ShouldBeEmpty();
        refused.Error.RecommendedAction.ShouldContain("-PayloadByRow");
        (await Run(isFound: true, byRow: true)).Status.ShouldBe(MigrationStatus.Completed);
    }

    [Theory]
    [InlineData("rows.jsonl", "", "{{\"text\":\"t\",\"id\":{0}}}\n", "", "-PayloadKey id")]
    [InlineData("report.csv", "id,text\n", "{0},text {0}\n", "", "-PayloadKey id")]
    [InlineData("list.json", "[", "{{\"meta\":{{\"nr\":{0}}}}},", "]", null)]
    [InlineData("list.json", "[", "{0},", "]", null)]
    public async Task An_id_in_another_order_is_refused_in_a_file_that_was_named_unless_rows_are_said_to_be_in_order(
        string name, string begin, string row, string end, string? key)
    {
        Write(name, begin, row, end, [3, 1, 0, 2, 4, 7, 6, 5]);
        MigrationError refused = (await Run(isFound: false)).Error.ShouldNotBeNull();
        refused.ErrorId.ShouldBe("PayloadOrderUnknown");
        refused.Message.ShouldContain(name);
        refused.Message.ShouldNotContain("it was not specified");
        refused.RecommendedAction!.ShouldContain(key ?? "-PayloadByRow");
        refused.RecommendedAction.ShouldNotContain("-NoStore");
        store.Collections.ShouldBeEmpty();
        MigrationResult said = await Run(isFound: false, byRow: true);
        said.Status.ShouldBe(MigrationStatus.Completed);
        said.Plan!.Warnings.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("{{\"name\":\"doc_{0}.txt\"}},", "field 'name' holds the FAISS ids", 3, 1, 0, 2, 4, 7, 6, 5)]
    [InlineData("{{\"pandas\":{0}.0}},", "field 'pandas' holds the FAISS ids", 3, 1, 0, 2, 4, 7, 6, 5)]
    [InlineData("{{\"id\":{0}}},", "field 'id' numbers the entries from 1 to 8", 3, 1, 8, 2, 4, 7, 6, 5)]
    public async Task Another_field_in_another_order_is_told_of_a_file_that_was_named(string row, string expected, params int[] numbers)
    {
        Write("list.json", "[", row, "]", numbers);
        MigrationResult named = await Run(isFound: false);
        named.Status.ShouldBe(MigrationStatus.Completed);
        named.Plan!.Warnings.ShouldHaveSingleItem().ShouldContain(expected);
        (await Run(isFound: false, byRow: true)).Plan!.Warnings.ShouldBeEmpty();
    }

    [Fact]
    public async Task Rows_that_are_said_to_be_in_order_have_no_key()
    {
        Write("list.json", "[", "{{\"id\":{0}}},", "]", [0, 1, 2, 3, 4, 5, 6, 7]);
        MigrationError error = (await Run(isFound: false, byRow: true, key: "id")).Error.ShouldNotBeNull();
        error.ErrorId.ShouldBe("PayloadKeyNotApplicable");
        error.Message.ShouldContain("-PayloadByRow and -PayloadKey");
    }

    [Theory]
    [InlineData("the FAISS ids in their order", "{{\"id\":{0},\"rank\":{1}}},", 0, 1, 2, 3, 4, 5, 6, 7)]
    [InlineData("ids of a database in their order", "{{\"id\":{0}}},", 2, 3, 5, 7, 11, 13, 17, 19)]
    [InlineData("an id that several rows have", "{{\"doc_id\":{0}}},", 3, 3, 3, 1, 1, 2, 2, 0)]
    [InlineData("ids of a database without any order, of another name", "{{\"year\":{0}}},", 1990, 1994, 1977, 2012, 1988, 2021, 2013, 2002)]
    [InlineData("numbers that are no ids", "{{\"page\":{0}}},", 30, 10, 20, 40, 50, 60, 70, 81)]
    [InlineData("a rank beside an id in its order", "{{\"id\":{1},\"rank\":{0}}},", 7, 5, 6, 4, 3, 0, 1, 2)]
    [InlineData("numbers below 0", "{{\"n\":-{0}}},", 3, 1, 2, 4, 5, 6, 7, 8)]
    [InlineData("a list of ids of a database", "{0},", 12, 10, 11, 13, 17, 16, 15, 14)]
    public async Task Rows_that_nothing_contradicts_travel(string what, string row, params int[] numbers)
    {
        Write("list.json", "[", row, "]", numbers);
        MigrationResult result = await Run(isFound: true);
        result.Error.ShouldBeNull(what);
        result.Status.ShouldBe(MigrationStatus.Completed);
        result.Plan!.PayloadForm.ShouldBe("JSON list");
        result.Plan.PayloadJoin.ShouldBe("entry n to vector n, both counted from 0");
    }

    [Theory]
    [InlineData("rows numbered from 1", "{{\"count\":{0}}},", "from 1 to 8", 3, 1, 8, 2, 4, 7, 6, 5)]
    [InlineData("ids with gaps", "{{\"chunkId\":{0}}},", "from 1 to 30", 3, 1, 8, 2, 30, 7, 6, 5)]
    [InlineData("ids far apart", "{{\"id\":{0}}},", "from 2 to 90210", 90210, 4, 77, 12345, 8, 666, 31337, 2)]
    [InlineData("ids of documents and parts", "{{\"id\":\"{0}-{0}\"}},", "field 'id' numbers the entries, and", 3, 1, 8, 2, 30, 7, 6, 5)]
    [InlineData("ids with one that repeats", "{{\"id\":{0}}},", "from 0 to 7", 3, 1, 0, 2, 4, 7, 6, 3)]
    [InlineData("names of documents with gaps", "{{\"doc\":\"doc_{0}.txt\"}},", "from 1 to 30", 3, 1, 8, 2, 30, 7, 6, 5)]
    [InlineData("numbers within a list", "{{\"metadata\":[{{\"chunk\":{0}}}]}},", "'metadata.chunk'", 3, 1, 8, 2, 4, 7, 6, 5)]
    [InlineData("numbers with a gap", "{{\"n\":{0}}},", "from 2 to 8", 3, 8, 2, 4, 7, 6, 5, 5)]
    public async Task Rows_that_are_numbered_in_another_order_are_refused(string what, string row, string range, params int[] numbers)
    {
        Write("list.json", "[", row, "]", numbers);
        MigrationResult result = await Run(isFound: true);
        result.Error.ShouldNotBeNull(what).ErrorId.ShouldBe("PayloadOrderUnknown");
        result.Error.Message.ShouldContain(range);
        result.Error.RecommendedAction.ShouldNotContain("-PayloadKey");
        (await Run(isFound: false)).Status.ShouldBe(MigrationStatus.Completed);
    }

    [Theory]
    [InlineData("id", true, 1, 2, 3, 4, 6, 7, 8, 9)]
    [InlineData("rowid", true, 0, 1, 2, 4, 5, 6, 7, 8)]
    [InlineData("id", false, 1, 2, 3, 4, 5, 6, 7, 8)]
    [InlineData("id", false, 11, 12, 13, 14, 15, 16, 17, 18)]
    [InlineData("id", false, 2, 3, 5, 7, 11, 13, 17, 19)]
    [InlineData("year", false, 1, 2, 3, 4, 6, 7, 8, 9)]
    public async Task Rows_that_were_deleted_are_told(string field, bool isTold, params int[] numbers)
    {
        Write("list.json", "[", $"{{{{\"{field}\":{{0}}}}}},", "]", numbers);
        MigrationResult result = await Run(isFound: true);
        result.Status.ShouldBe(MigrationStatus.Completed);
        result.Plan!.Warnings.Count(static warning => warning.Contains("were deleted", StringComparison.Ordinal)).ShouldBe(isTold ? 1 : 0);
    }

    [Fact]
    public async Task The_numbers_of_documents_with_different_names_are_refused_in_another_order()
    {
        string[] names = ["b_3.txt", "a_1.txt", "c_0.txt", "a_2.txt", "b_4.txt", "d_7.txt", "e_6.txt", "a_5.txt"];
        await File.WriteAllTextAsync(Path.Combine(folder, "list.json"), $"[{string.Join(',', names.Select(static name => $"{{\"source\":\"{name}\"}}"))}]");
        MigrationError error = (await Run(isFound: true)).Error.ShouldNotBeNull();
        error.ErrorId.ShouldBe("PayloadOrderUnknown");
        error.Message.ShouldContain("field 'source'");
        (await Run(isFound: false)).Error.ShouldBeNull();
    }

    [Theory]
    [InlineData("names of two numbers", true, "p1-2.md", "p0-1.md", "p0-0.md", "p1-0.md", "p1-1.md", "p0-2.md", "p2-1.md", "p2-0.md")]
    [InlineData("names of documents", true, "a#1", "b#0", "b#2", "c#0", "b#1", "a#0", "c#1", "c#2")]
    [InlineData("documents in any order", false, "d-9-0", "d-9-1", "d-9-2", "d-2-0", "d-2-1", "d-2-2", "d-5-0", "d-5-1")]
    [InlineData("documents among each other", false, "a#0", "b#0", "a#1", "c#0", "b#1", "a#2", "c#1", "b#2")]
    [InlineData("numbers with gaps", false, "a-7", "b-20", "b-3", "c-9", "a-2", "c-40", "d-1", "d-90")]
    [InlineData("names of one part each", false, "a-1", "b-1", "c-1", "d-1", "e-1", "f-1", "g-1", "h-1")]
    [InlineData("a name that repeats", false, "a-1", "a-0", "a-1", "b-0", "b-1", "b-0", "c-1", "c-0")]
    public async Task The_parts_of_a_document_stand_one_after_the_other(string what, bool isRefused, params string[] names)
    {
        await File.WriteAllTextAsync(Path.Combine(folder, "list.json"), $"[{string.Join(',', names.Select(static name => $"{{\"source\":\"{name}\"}}"))}]");
        MigrationError? error = (await Run(isFound: true)).Error;
        (error?.ErrorId).ShouldBe(isRefused ? "PayloadOrderUnknown" : null, what);
        (error?.Message.Contains("field 'source' numbers the parts of each document", StringComparison.Ordinal) ?? !isRefused).ShouldBeTrue(error?.Message);
        (await Run(isFound: true, byRow: true)).Error.ShouldBeNull();
        (await Run(isFound: false)).Error.ShouldBeNull();
    }

    [Theory]
    [InlineData("source and chunk", "chunk", "b1 a0 b0 c2 a1 c0 b2 c1")]
    [InlineData("texts that are numbers", "text", "b2 a1 b1 c3 a2 c1 b3 c2")]
    [InlineData("documents in any order", null, "c0 c1 c2 a0 a1 b0 b1 b2")]
    [InlineData("documents among each other", null, "c0 a0 c1 b0 b1 a1 c2 b2")]
    [InlineData("a page that repeats", null, "a1 a0 a1 b0 b1 b0 c1 c0")]
    [InlineData("one part each", null, "a1 b1 c1 d1 e1 f1 g1 h1")]
    [InlineData("numbers with gaps", null, "a7 b20 b3 c9 a2 c40 d1 d90")]
    public async Task The_parts_that_two_fields_name_stand_one_after_the_other(string what, string? field, string rows)
    {
        string list = string.Join(',', rows.Split(' ').Select(row => field == "text"
            ? $$$"""{"text":"{{{row[1..]}}}","meta":{"source":"{{{row[0]}}}.pdf"}}"""
            : $$$"""{"source":"{{{row[0]}}}.pdf","chunk":{{{row[1..]}}} }"""));
        await File.WriteAllTextAsync(Path.Combine(folder, "list.json"), $"[{list}]");
        MigrationError? error = (await Run(isFound: true)).Error;
        (error?.ErrorId).ShouldBe(field is null ? null : "PayloadOrderUnknown", what);
        if (field is not null)
        {
            error!.Message.ShouldContain($"field '{field}' numbers the parts of each document");
        }

        (await Run(isFound: true, byRow: true)).Error.ShouldBeNull();
        (await Run(isFound: false)).Error.ShouldBeNull();
    }

    [Fact]
    public void Of_many_documents_a_sample_is_followed_whole()
    {
        RowPartOrder inOrder = new(), shuffled = new();
        for (int document = 0; document < 20_000; document++)
        {
            foreach (int part in (int[])[0, 1, 2])
            {
                inOrder.Add(Encoding.UTF8.GetBytes($"doc-{document}-{part}")).ShouldBeTrue();
                shuffled.Add(Encoding.UTF8.GetBytes($"doc-{document}-{2 - part}")).ShouldBeTrue();
            }
        }

        (inOrder.IsShuffled(), shuffled.IsShuffled(), inOrder.Count).ShouldBe((false, true, 60_000));
    }

    [Theory]
    [InlineData("null in one row", """{"id":3},{"id":1},{"id":null},{"id":2},{"id":4},{"id":7},{"id":6},{"id":5}""")]
    [InlineData("missing in the first row", """{"a":3},{"id":1},{"id":0},{"id":2},{"id":4},{"id":7},{"id":6},{"id":5}""")]
    [InlineData("a text in one row", """{"id":"3"},{"id":"1"},{"id":"0"},{"id":"none"},{"id":"4"},{"id":"7"},{"id":"6"},{"id":"5"}""")]
    public async Task A_row_without_an_id_does_not_excuse_the_others(string what, string rows)
    {
        await File.WriteAllTextAsync(Path.Combine(folder, "list.json"), $"[{rows}]");
        (await Run(isFound: true)).Error.ShouldNotBeNull(what).ErrorId.ShouldBe("PayloadOrderUnknown");
        (await Run(isFound: true, byRow: true)).Error.ShouldBeNull();
    }

    [Theory]
    [InlineData("""{{"id":{1},"faiss_id":{0}}},""", "faiss_id", true)]
    [InlineData("""{{"row":{1},"vectorId":{0}}},""", "vectorId", true)]
    [InlineData("""{{"id":{1},"docId":{0}}},""", "docId", false)]
    public async Task An_id_of_the_vector_outweighs_one_that_is_in_order(string row, string field, bool refusesNamed)
    {
        int[] numbers = [3, 1, 0, 2, 4, 7, 6, 5];
        string rows = string.Concat(numbers.Select((number, at) => string.Format(CultureInfo.InvariantCulture, row, number, at)));
        await File.WriteAllTextAsync(Path.Combine(folder, "list.json"), $"[{rows.TrimEnd(',')}]");
        MigrationError error = (await Run(isFound: true)).Error.ShouldNotBeNull();
        error.ErrorId.ShouldBe("PayloadOrderUnknown");
        error.Message.ShouldContain($"field '{field}' holds the FAISS ids");
        MigrationResult named = await Run(isFound: false);
        (named.Error?.ErrorId).ShouldBe(refusesNamed ? "PayloadOrderUnknown" : null);
        (named.Plan?.Warnings.Count == 1).ShouldBe(!refusesNamed);
    }

    [Fact]
    public async Task Ids_of_an_id_map_in_another_order_are_refused_and_the_key_is_named()
    {
        Write("list.json", "[", "{{\"key\":{0}}},", "]", [70, 10, 20, 30, 40, 50, 60, 81]);
        MemorySource source = new(Count, Dimension, static ordinal => ordinal == 7 ? 81 : (ordinal + 1) * 10);
        MigrationResult result = await Run(isFound: true, source);
        result.Error.ShouldNotBeNull().ErrorId.ShouldBe("PayloadOrderUnknown");
        result.Error.RecommendedAction.ShouldContain("-PayloadKey key");
    }

    [Theory]
    [InlineData("sqlite/table")]
    [InlineData("tables/arrow_file")]
    [InlineData("tables/csv_commas")]
    [InlineData("tables/numpy_int64")]
    [InlineData("tables/parquet_plain")]
    public async Task Every_form_that_is_joined_by_row_is_held_against_the_ids(string fixture)
    {
        FoundStore found = StoreFinder.Find(Path.Combine(Fixture.Root, "stores", fixture), withStore: true, default);
        using IPayloadSource asked = StorePayloads.Open(found.StorePath.ShouldNotBeNull(), default, null, found.IndexPath, default)!;
        asked.Check(scattered: false, default);
        IReadOnlyList<RowNumbers> fields = ((IRowPayloadSource)asked).Numbers;
        RowNumbers field = fields.FirstOrDefault(static candidate => candidate.NamesId) ?? fields[^1];
        PayloadBlock rows = asked.Read([.. Enumerable.Range(0, (int)field.Rows)], default);
        long[] ids = [.. Enumerable.Range(0, (int)field.Rows).Select(row => NumberIn(rows, row, field.Field))];
        ids.Length.ShouldBeGreaterThan(2);

        (await Run(found, ids)).Error.ShouldBeNull();
        MigrationError error = (await Run(found, [.. ids.Reverse()])).Error.ShouldNotBeNull();
        error.ErrorId.ShouldBe("PayloadOrderUnknown");
        error.Message.ShouldContain("holds the FAISS ids of the index in another order");
    }

    [Fact]
    public void A_list_that_is_named_is_not_one_that_was_found()
    {
        Write("list.json", "[", "{{\"id\":{0}}},", "]", [3, 1, 0, 2, 4, 7, 6, 5]);
        StoreFinder.Find(folder, withStore: true, default).StoreIsNamed.ShouldBeFalse();
        StoreFinder.Find(Path.Combine(folder, "index.faiss"), withStore: true, default).StoreIsNamed.ShouldBeFalse();
        StoreFinder.Find(Path.Combine(folder, "list.json"), withStore: true, default).StoreIsNamed.ShouldBeTrue();
        StoreFinder.Find(folder, Path.Combine(folder, "list.json"), default).StoreIsNamed.ShouldBeTrue();
        StoreFinder.Find(folder, folder, default).StoreIsNamed.ShouldBeFalse();
    }

    private void Write(string name, string begin, string row, string end, int[] numbers)
    {
        string rows = string.Concat(numbers.Select((number, at) => string.Format(CultureInfo.InvariantCulture, row, number, 100 + at)));
        File.WriteAllText(Path.Combine(folder, name), begin + (end.Length > 0 ? rows.TrimEnd(',') : rows) + end);
    }

    private static long NumberIn(PayloadBlock rows, int row, string field)
    {
        using JsonDocument document = JsonDocument.Parse(rows[row]);
        JsonElement value = document.RootElement.GetProperty(field);
        return value.ValueKind == JsonValueKind.String ? long.Parse(value.GetString()!, CultureInfo.InvariantCulture) : value.GetInt64();
    }

    private async Task<MigrationResult> Run(FoundStore found, long[] ids)
    {
        MemorySource source = new(ids.Length, Dimension, ordinal => ids[ordinal]);
        // The vectors in the tables are not those in memory.
        PayloadRules rules = new() { IsFound = true, Mapping = PayloadMapping.Of(null, ["embeddings"], null, flattens: false, null) };
        using IPayloadSource payload = StorePayloads.Open(found.StorePath!, rules, null, found.IndexPath, default)!;
        MigrationOptions options = new() { Collection = Guid.NewGuid().ToString("N"), IdMapping = IdMapping.Uuid5, IdField = "faiss" };
        return await new Migration(source, payload, store, new FixedRetryPolicy(), options, new Recorder()).RunAsync(default);
    }

    private async Task<MigrationResult> Run(bool isFound, IVectorSource? other = null, bool byRow = false, string? key = null)
    {
        using IVectorSource source = other ?? FaissIndex.Open(Path.Combine(folder, "index.faiss"));
        string path = StoreFinder.Find(folder, withStore: true, default).StorePath.ShouldNotBeNull();
        PayloadRules rules = new() { IsFound = isFound, ByRow = byRow, Key = key };
        using IPayloadSource payload = StorePayloads.Open(path, rules, null, null, default) ?? JsonLinesPayloadSource.Open(path, rules, null);
        MigrationOptions options = new() { Collection = "c", OnExisting = ExistingPoints.Overwrite, PayloadByRow = byRow, PayloadKey = key };
        return await new Migration(source, payload, store, new FixedRetryPolicy(), options, new Recorder()).RunAsync(default);
    }
}
