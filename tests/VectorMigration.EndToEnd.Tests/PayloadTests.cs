using VectorMigration.Tests.Faiss;
using VectorMigration.TestSupport;

namespace VectorMigration.EndToEnd.Tests;

/// <summary>The right payload on the right vector, seen on the real server, and files that are none.</summary>
[Collection(SharedServer.Name)]
public sealed class PayloadTests(QdrantServerFixture fixture) : ServerTests(fixture)
{
    [Theory]
    [InlineData("faiss-1.7.3/ivfflat_l2", "line n to id n")]
    [InlineData("faiss-1.7.3/idmap_ivfflat", "added n-th")]
    [InlineData("faiss-1.7.3/idmap_hnsw", "line n to vector n")]
    public async Task Every_text_lands_on_the_vector_that_was_added_with_it(string name, string join)
    {
        // All of these were filled with the vectors of flat_l2 in their order.
        float[] added = Fixture.Of("faiss-1.7.3/flat_l2").Vectors();
        string path = Fixture.Of(name).IndexPath;
        await WriteAsync(Enumerable.Range(0, 500).Select(static row => $$"""{"row":{{row}}}"""));
        ToolResult run = (await MigrateAsync(path, "--payload", Rows, "--id-mapping", "uuid5", "--json")).ShouldSucceed();
        run.Json().GetProperty("plan").GetProperty("payloadJoin").GetString().ShouldNotBeNull().ShouldContain(join);
        Dictionary<string, WitnessedPoint> points = await Witness.ReadAllAsync(Collection);
        points.Count.ShouldBe(500);
        foreach (WitnessedPoint point in points.Values)
        {
            int row = point.Payload.GetProperty("row").GetInt32();
            point.Vector.ShouldBe(added[(row * point.Vector.Length)..((row + 1) * point.Vector.Length)]);
        }
    }

    [Fact]
    public async Task Lists_with_ids_of_their_own_want_a_key_and_are_joined_by_it()
    {
        Fixture index = Fixture.Of("faiss-1.7.3/ivfflat_ids");
        long[] ids = index.Ids();
        await WriteAsync(ids.Order().Select(static id => $$"""{"key":"{{id}}","n":{{id}}}"""));
        // One of its ids is negative.
        string[] mapped = ["--payload", Rows, "--id-mapping", "uuid5"];
        (await MigrateAsync(index.IndexPath, mapped)).ShouldEndWith(2, "does not keep the order");
        (await Witness.ExistsAsync(Collection)).ShouldBeFalse();

        (await MigrateAsync(index.IndexPath, [.. mapped, "--payload-key", "key", "--drop-payload-key"])).ShouldSucceed();
        foreach (WitnessedPoint point in (await Witness.ReadAllAsync(Collection)).Values)
        {
            point.Payload.TryGetProperty("key", out _).ShouldBeFalse();
            point.Payload.GetProperty("faiss_id").GetRawText().ShouldBe(point.Payload.GetProperty("n").GetRawText());
        }

        (await VerifyAsync(index.IndexPath, [.. mapped, "--payload-key", "key", "--drop-payload-key"])).ShouldSucceed();
        (await VerifyAsync(index.IndexPath, [.. mapped, "--payload-key", "key"])).ExitCode.ShouldBe(4);
    }

    [Fact]
    public async Task A_table_that_nobody_named_is_refused_if_its_ids_are_in_another_order()
    {
        string folder = Path.Combine(Path.GetDirectoryName(Rows)!, "stray");
        Directory.CreateDirectory(folder);
        string index = Path.Combine(folder, "index.faiss");
        File.Copy(Fixture.Of("faiss-1.7.3/flat_l2").IndexPath, index);
        int[] shuffled = [.. Enumerable.Range(0, 500).Select(static row => row * 7 % 500)];
        await File.WriteAllLinesAsync(Path.Combine(folder, "report.csv"), shuffled.Select(static id => $"{id},Ticket {id}").Prepend("id,text"));
        foreach (string path in (string[])[folder, index])
        {
            (await MigrateAsync(path)).ShouldEndWith(2, "report.csv (CSV) was found next to");
            (await MigrateAsync(path, "--dry-run")).ShouldEndWith(2, "in another order than the vectors");
        }

        (await Witness.ExistsAsync(Collection)).ShouldBeFalse();
        ToolResult run = (await MigrateAsync(folder, "--payload", Path.Combine(folder, "report.csv"), "--payload-key", "id")).ShouldSucceed();
        run.Output.ShouldContain("report.csv (CSV); field 'id' to FAISS id");
        foreach ((string id, WitnessedPoint point) in await Witness.ReadAllAsync(Collection))
        {
            point.Payload.GetProperty("text").GetString().ShouldBe($"Ticket {id}");
        }
    }

    [Theory]
    [InlineData("id,text\n1,a\n2,b\n", "has 2 rows")]
    [InlineData("id,text\n1,a\n2\n3,c\n", "line 3: expected 2 fields")]
    [InlineData("[{\"a\":1},{\"a\":2}]", "has 2 entries")]
    [InlineData("SQLite format 3\0\u0010\0\u0001\u0001", "or not a SQLite database")]
    [InlineData("PAR1\u0015\u0004\u0015\0", "or not a Parquet file")]
    [InlineData("(dp0\nS'a'\np1\nI1\ns.", "is a Python pickle")]
    public async Task What_is_no_JSON_Lines_is_named_for_what_it_is(string text, string named)
    {
        string path = IndexFiles.Flat(At("three.faiss"), 4, IndexFiles.Random(3, 4, seed: 1));
        await File.WriteAllTextAsync(Rows, text);
        ToolResult run = (await MigrateAsync(path, "--payload", Rows)).ShouldEndWith(2, named);
        run.Error.ShouldNotMatch(@"(^|\s)jq\s");
        (await Witness.ExistsAsync(Collection)).ShouldBeFalse();
        (await MigrateAsync(path, "--payload", Rows, "--dry-run")).ShouldEndWith(2, named);
    }

    [Fact]
    public async Task An_integer_beyond_64_bits_is_refused_or_a_text_and_never_another_number()
    {
        string path = IndexFiles.Flat(At("three.faiss"), 4, IndexFiles.Random(3, 4, seed: 1));
        await WriteAsync(["""{"x":13570027672830659665}""", "{}", "{}"]);
        (await MigrateAsync(path, "--payload", Rows)).ShouldEndWith(2, "line 1", "13570027672830659665 in 'x'");
        (await Witness.ExistsAsync(Collection)).ShouldBeFalse();
        (await MigrateAsync(path, "--payload", Rows, "--large-integer", "text")).ShouldSucceed();
        (await Witness.ReadAllAsync(Collection))["0"].Payload.GetRawText().ShouldBe("""{"x":"13570027672830659665"}""");
        await WriteAsync(["""{"x":13570027672830659666}""", "{}", "{}"]);
        (await VerifyAsync(path, "--payload", Rows, "--large-integer", "text")).ExitCode.ShouldBe(4);
    }

    [Theory]
    [InlineData("s3://bucket/index.faiss")]
    [InlineData("https://example.org/index.faiss")]
    public async Task An_address_is_no_path(string address)
    {
        (await MigrateAsync(address)).ShouldEndWith(2, "reads only files");
        string path = IndexFiles.Flat(At("three.faiss"), 4, IndexFiles.Random(3, 4, seed: 1));
        (await MigrateAsync(path, "--payload", address)).ShouldEndWith(2, "reads only files");
    }

    private string Rows => At("rows.jsonl");

    private Task WriteAsync(IEnumerable<string> rows) => File.WriteAllLinesAsync(Rows, rows);

    /// <summary>Random doubles in many magnitudes: what the server makes of them is computed, not allowed for.</summary>
    [Fact]
    public async Task Doubles_of_all_digits_pass_and_those_that_the_server_rounds_are_counted()
    {
        Random random = new(20);
        string path = IndexFiles.Flat(At("doubles.faiss"), 4, IndexFiles.Random(3_000, 4, seed: 20));
        await File.WriteAllLinesAsync(At("doubles.jsonl"), Enumerable.Range(0, 3_000).Select(row => string.Create(
            System.Globalization.CultureInfo.InvariantCulture,
            $"{{\"a\":{random.NextDouble() * Math.Pow(10, random.Next(-12, 16)):R},\"f\":[{(double)random.NextSingle():R},{-random.NextDouble():E17}],"
                + $"\"d\":{row / 100.0:0.00}}}")));
        ToolResult run = (await MigrateAsync(path, "--payload", At("doubles.jsonl"), "--json")).ShouldSucceed();
        System.Text.Json.JsonElement proof = run.Json().GetProperty("verification");
        proof.GetProperty("passed").GetBoolean().ShouldBeTrue();
        proof.GetProperty("roundedNumbers").GetInt64().ShouldBeInRange(1, 9_000);
        (await VerifyAsync(path, "--payload", At("doubles.jsonl"))).ShouldSucceed().Output.ShouldContain("which Qdrant rounds");
        await File.WriteAllLinesAsync(At("other.jsonl"), (await File.ReadAllLinesAsync(At("doubles.jsonl"))).Select((line, row) =>
            row == 5 ? line.Replace("\"d\":0.05", "\"d\":0.05000000000000001", StringComparison.Ordinal) : line));
        (await VerifyAsync(path, "--payload", At("other.jsonl"))).ExitCode.ShouldBe(4);
    }
}
