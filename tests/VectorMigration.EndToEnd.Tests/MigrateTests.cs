using System.Text.Json;
using VectorMigration.Tests.Faiss;
using VectorMigration.TestSupport;

namespace VectorMigration.EndToEnd.Tests;

/// <summary>What arrives, seen by a witness that shares no code with the tool.</summary>
[Collection(SharedServer.Name)]
public sealed class MigrateTests(QdrantServerFixture fixture) : ServerTests(fixture)
{
    public static TheoryData<string> Sound => Fixture.Names(
        Fixture.Readable.Where(static fixture => !fixture.Name.EndsWith("/flat_special_values", StringComparison.Ordinal)
            && !fixture.Name.EndsWith("/idmap_duplicate_ids", StringComparison.Ordinal)));

    [Theory]
    [MemberData(nameof(Sound))]
    public async Task Every_id_and_every_bit_of_a_readable_index_arrives(string name)
    {
        Fixture index = Fixture.Of(name);
        IndexDescription description = FaissIndex.Describe(index.IndexPath);
        bool mapped = index.Ids().Any(static id => id < 0);
        string[] options = [.. description.Distance is null ? ["--distance", "euclid"] : (string[])[], .. mapped ? ["--id-mapping", "uuid5"] : (string[])[]];
        (await MigrateAsync(index.IndexPath, [.. options, "--batch-size", "7"])).ShouldSucceed();
        await ShouldHoldAsync(index.Ids(), index.Vectors(), description.Dimension, mapped);
        (await VerifyAsync(index.IndexPath, options)).ShouldSucceed();
    }

    [Fact]
    public async Task The_sample_arrives_with_its_words_and_the_collection_fits_the_index()
    {
        string samples = Path.Combine(QdrantServer.RepositoryRoot(), "samples");
        ToolResult run = (await MigrateAsync(Path.Combine(samples, "words.faiss"), "--payload", Path.Combine(samples, "words.jsonl"), "--json"))
            .ShouldSucceed();
        JsonElement result = run.Json();
        result.GetProperty("status").GetString().ShouldBe("Completed");
        result.GetProperty("counts").GetProperty("sent").GetInt64().ShouldBe(10_000);
        result.GetProperty("verification").GetProperty("passed").GetBoolean().ShouldBeTrue();
        result.GetProperty("verification").GetProperty("compared").GetInt64().ShouldBe(10_000);

        Dictionary<string, WitnessedPoint> points = await Witness.ReadAllAsync(Collection);
        string[] rows = await File.ReadAllLinesAsync(Path.Combine(samples, "words.jsonl"));
        points.Count.ShouldBe(rows.Length);
        foreach (string row in rows)
        {
            JsonElement expected = JsonDocument.Parse(row).RootElement;
            JsonElement found = points[(1000 + (7 * (expected.GetProperty("rank").GetInt64() - 1))).ToString()].Payload;
            found.GetProperty("word").GetString().ShouldBe(expected.GetProperty("word").GetString());
            found.GetProperty("rank").GetRawText().ShouldBe(expected.GetProperty("rank").GetRawText());
        }

        JsonElement vectors = (await Witness.DescribeAsync(Collection)).GetProperty("config").GetProperty("params").GetProperty("vectors");
        vectors.GetProperty("size").GetInt32().ShouldBe(100);
        vectors.GetProperty("distance").GetString().ShouldBe("Euclid");
    }

    [Fact]
    public async Task A_second_run_changes_nothing_and_succeeds()
    {
        (string path, long[] ids, float[] components) = Mapped(250, 16);
        (await MigrateAsync(path)).ShouldSucceed();
        JsonElement second = (await MigrateAsync(path, "--json")).ShouldSucceed().Json();
        second.GetProperty("counts").GetProperty("presentBefore").GetInt64().ShouldBe(250);
        await ShouldHoldAsync(ids, components, 16);
    }

    [Fact]
    public async Task Limit_and_offset_together_make_the_whole()
    {
        (string path, long[] ids, float[] components) = Mapped(300, 8);
        (await MigrateAsync(path, "--limit", "120")).ShouldSucceed();
        (await Witness.CountAsync(Collection)).ShouldBe(120);
        (await VerifyAsync(path)).ExitCode.ShouldBe(4);
        (await MigrateAsync(path, "--offset", "120")).ShouldSucceed();
        await ShouldHoldAsync(ids, components, 8);
        (await VerifyAsync(path)).ShouldSucceed();
    }

    [Fact]
    public async Task Recreate_leaves_only_the_points_of_the_index()
    {
        (string first, _, _) = Mapped(50, 4);
        (await MigrateAsync(first)).ShouldSucceed();
        float[] components = IndexFiles.Random(20, 6, seed: 9);
        string second = IndexFiles.Flat(At("second.faiss"), 6, components);
        (await MigrateAsync(second)).ShouldEndWith(2, "dimension");
        (await MigrateAsync(second, "--recreate", "--yes")).ShouldSucceed();
        await ShouldHoldAsync([.. Enumerable.Range(0, 20).Select(static id => (long)id)], components, 6);
    }

    [Fact]
    public async Task Uuid5_keeps_negative_ids_in_the_payload()
    {
        float[] components = IndexFiles.Random(3, 4, seed: 2);
        string path = IndexFiles.IdMap(At("negative.faiss"), 4, components, [-5, 7, long.MinValue]);
        (await MigrateAsync(path)).ShouldEndWith(2, "negative", "-5");
        (await Witness.ExistsAsync(Collection)).ShouldBeFalse();
        (await MigrateAsync(path, "--id-mapping", "uuid5")).ShouldSucceed();
        Dictionary<string, WitnessedPoint> points = await Witness.ReadAllAsync(Collection);
        points.Keys.ShouldAllBe(static id => PointId.Parse(id).IsGuid);
        points.Values.Select(static point => point.Payload.GetProperty("faiss_id").GetInt64()).Order().ShouldBe([long.MinValue, -5, 7]);
        (await VerifyAsync(path, "--id-mapping", "uuid5")).ShouldSucceed();
    }

    [Fact]
    public async Task Duplicate_ids_are_refused_or_the_last_one_wins()
    {
        float[] components = IndexFiles.Random(4, 4, seed: 3);
        string path = IndexFiles.IdMap(At("duplicates.faiss"), 4, components, [10, 11, 10, 12]);
        (await MigrateAsync(path)).ShouldEndWith(2, "10");
        (await Witness.ExistsAsync(Collection)).ShouldBeFalse();
        (await MigrateAsync(path, "--allow-duplicate-ids")).ShouldSucceed();
        await ShouldHoldAsync([11, 10, 12], components[4..], 4);
    }

    [Fact]
    public async Task A_vector_that_is_not_finite_stops_the_run_or_is_left_out()
    {
        Fixture index = Fixture.Of("faiss-1.7.3/flat_special_values");
        (await MigrateAsync(index.IndexPath)).ShouldEndWith(1, "Vector ");
        ToolResult run = await MigrateAsync(index.IndexPath, "--skip-invalid", "--json");
        run.ExitCode.ShouldBe(4);
        JsonElement result = run.Json();
        float[] all = index.Vectors();
        int dimension = all.Length / index.Ids().Length;
        long[] finite = [.. index.Ids().Where((_, row) => all.AsSpan(row * dimension, dimension).ToArray().All(float.IsFinite))];
        result.GetProperty("status").GetString().ShouldBe("Incomplete");
        result.GetProperty("counts").GetProperty("invalid").GetInt64().ShouldBe(index.Ids().Length - finite.Length);
        result.GetProperty("leftOut").GetArrayLength().ShouldBe(index.Ids().Length - finite.Length);
        await ShouldHoldAsync(finite, [.. finite.SelectMany(id => all[(int)(id * dimension)..(int)((id + 1) * dimension)])], dimension);
    }

    [Fact]
    public async Task A_named_vector_is_used_in_an_existing_collection()
    {
        await Witness.CreateAsync(Collection, """{"vectors":{"text":{"size":4,"distance":"Euclid"},"image":{"size":9,"distance":"Dot"}}}""");
        string path = IndexFiles.Flat(At("flat.faiss"), 4, IndexFiles.Random(30, 4, seed: 5));
        (await MigrateAsync(path)).ShouldEndWith(2, "text", "image");
        (await MigrateAsync(path, "--vector-name", "sound")).ShouldEndWith(2, "sound");
        (await MigrateAsync(path, "--vector-name", "text")).ShouldSucceed();
        (await Witness.CountAsync(Collection)).ShouldBe(30);
        (await VerifyAsync(path, "--vector-name", "text")).ShouldSucceed();
    }

    [Fact]
    public async Task Verify_finds_what_is_missing_and_what_is_different()
    {
        (string path, long[] ids, float[] components) = Mapped(100, 8);
        (await MigrateAsync(path)).ShouldSucceed();
        await Witness.DeleteAsync(Collection, (ulong)ids[3], (ulong)ids[97]);
        float[] bent = components[(50 * 8)..(51 * 8)];
        bent[7] = MathF.BitIncrement(bent[7]);
        await Witness.SetVectorAsync(Collection, (ulong)ids[50], bent);
        ToolResult run = await VerifyAsync(path, "--json");
        run.ExitCode.ShouldBe(4);
        JsonElement proof = run.Json().GetProperty("verification");
        proof.GetProperty("passed").GetBoolean().ShouldBeFalse();
        proof.GetProperty("missing").GetInt64().ShouldBe(2);
        proof.GetProperty("different").GetInt64().ShouldBe(1);
        proof.GetProperty("differences").EnumerateArray().Select(static difference => difference.GetProperty("ordinal").GetInt64()).ShouldBe([3, 50, 97]);
    }

    [Fact]
    public async Task A_dry_run_tells_the_plan_and_changes_nothing()
    {
        (string path, _, _) = Mapped(100, 8);
        ToolResult run = (await MigrateAsync(path, "--dry-run")).ShouldSucceed();
        run.Output.ShouldContain("100 vectors");
        (await Witness.ExistsAsync(Collection)).ShouldBeFalse();
        Directory.Exists(At("logs")).ShouldBeFalse();
        JsonElement result = (await MigrateAsync(path, "--dry-run", "--json")).ShouldSucceed().Json();
        result.GetProperty("status").GetString().ShouldBe("Planned");
        result.GetProperty("plan").GetProperty("count").GetInt64().ShouldBe(100);
    }

    [Fact]
    public async Task Verify_none_says_so()
    {
        (string path, _, _) = Mapped(10, 4);
        (await MigrateAsync(path, "--verify", "none")).ShouldSucceed().Output.ShouldContain("not verified");
    }

    [Fact]
    public async Task Every_vector_is_accounted_for_in_the_log()
    {
        (string path, long[] ids, _) = Mapped(230, 4);
        (await MigrateAsync(path, "--log-dir", At("told"), "--batch-size", "50")).ShouldSucceed();
        List<string> logged = [];
        foreach (string line in RunLogs.Lines(At("told")))
        {
            JsonElement entry = JsonDocument.Parse(line).RootElement;
            if (entry.GetProperty("event").GetString() == "batch")
            {
                entry.GetProperty("status").GetString().ShouldBe("Completed");
                logged.AddRange(entry.TryGetProperty("ids", out JsonElement ranges) ? ranges.EnumerateArray().Select(static range => range.GetString()!) : []);
            }
        }

        // Ids that are no short list of ranges stand in a file of their own.
        string apart = Path.Combine(RunFolder.All(At("told")).ShouldHaveSingleItem().Path, "ids.log.gz");
        logged.AddRange(LoggedIds.Read(apart).Select(static ids => ids.Text));
        logged.SelectMany(IdText.Read).Select(static id => (long)id.Number).Order().ShouldBe(ids.Order());
        File.Exists(Path.Combine(RunFolder.All(At("told")).ShouldHaveSingleItem().Path, "perf_slow.log")).ShouldBeTrue();
    }

    [Fact]
    public async Task Verbose_tells_plan_and_connection_source()
    {
        (string path, _, _) = Mapped(10, 4);
        ToolResult run = await Tool.RunAsync(Folder, new Dictionary<string, string> { ["QDRANT_URL"] = Url }, "migrate", path, "--collection", Collection,
            "--verbose");
        run.ShouldSucceed().Error.ShouldContain($"endpoint {Url} from QDRANT_URL, no key");
        run.Error.ShouldContain("send 10 vectors");
    }

    [Fact]
    public async Task Batch_delay_makes_one_batch_at_a_time_unless_more_are_asked_for()
    {
        (string path, _, _) = Mapped(40, 4);
        JsonElement slow = (await MigrateAsync(path, "--batch-size", "20", "--batch-delay", "0.01", "--json")).ShouldSucceed().Json();
        slow.GetProperty("plan").GetProperty("flow").GetString()!.ShouldContain("1 in parallel");
        JsonElement both = (await MigrateAsync(path, "--batch-size", "20", "--batch-delay", "0.01", "--parallel", "3", "--json")).ShouldSucceed().Json();
        both.GetProperty("plan").GetProperty("flow").GetString()!.ShouldContain("3 in parallel");
    }

    private (string Path, long[] Ids, float[] Components) Mapped(int count, int dimension)
    {
        long[] ids = [.. Enumerable.Range(0, count).Select(static place => 1_000_000_007L + (place * 13))];
        float[] components = IndexFiles.Random(count, dimension, seed: count);
        return (IndexFiles.IdMap(At("mapped.faiss"), dimension, components, ids), ids, components);
    }

    private async Task ShouldHoldAsync(long[] ids, float[] components, int dimension, bool mapped = false)
    {
        Dictionary<string, WitnessedPoint> points = await Witness.ReadAllAsync(Collection);
        points = mapped ? points.Values.ToDictionary(static point => point.Payload.GetProperty("faiss_id").GetRawText()) : points;
        points.Count.ShouldBe(ids.Length);
        for (int row = 0; row < ids.Length; row++)
        {
            float[] found = points[ids[row].ToString()].Vector;
            found.Select(BitConverter.SingleToInt32Bits).ShouldBe(components.AsSpan(row * dimension, dimension).ToArray()
                .Select(BitConverter.SingleToInt32Bits));
        }
    }
}
