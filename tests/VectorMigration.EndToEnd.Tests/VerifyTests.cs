using System.Text.Json;
using VectorMigration.Tests.Faiss;
using VectorMigration.TestSupport;

namespace VectorMigration.EndToEnd.Tests;

/// <summary>What <c>verify</c> finds, says and repairs on a real server whose points were changed behind its back.</summary>
[Collection(SharedServer.Name)]
public class VerifyTests(QdrantServerFixture fixture) : ServerTests(fixture)
{
    [Fact]
    public async Task Repair_sends_exactly_what_is_missing_or_different_and_nothing_else_changes()
    {
        (string path, long[] ids, float[] components) = Mapped(300, 8);
        string payload = At("rows.jsonl");
        await File.WriteAllLinesAsync(payload, Enumerable.Range(0, 300).Select(static row => $$"""{"row":{{row}}}"""));
        (await MigrateAsync(path, "--payload", payload)).ShouldSucceed();
        await Witness.DeleteAsync(Collection, (ulong)ids[3], (ulong)ids[4], (ulong)ids[299]);
        await Witness.SetVectorAsync(Collection, (ulong)ids[50], [9, 9, 9, 9, 9, 9, 9, 9]);
        await Witness.SetPayloadAsync(Collection, (ulong)ids[60], """{"row":61}""");
        await Witness.UpsertAsync(Collection, """{"points":[{"id":5,"vector":[1,2,3,4,5,6,7,8],"payload":{"own":1}}]}""");

        JsonElement found = (await VerifyAsync(path, "--payload", payload, "--json")).Json().GetProperty("verification");
        Longs(found, "missing", "different", "extra").ShouldBe([3, 2, 1]);
        found.GetProperty("extraIds").EnumerateArray().Select(static id => id.GetUInt64()).ShouldBe([5UL]);

        ToolResult run = (await VerifyAsync(path, "--payload", payload, "--repair", "--log-dir", At("told"), "--json")).ShouldSucceed();
        JsonElement proof = run.Json().GetProperty("verification");
        Longs(proof, "missing", "different", "extra", "compared").ShouldBe([0, 0, 1, 300]);
        Longs(proof.GetProperty("repair"), "missing", "different", "sent", "repaired", "leftAlone").ShouldBe([3, 2, 5, 5, 0]);
        RunLogs.Batches(At("told")).ShouldBeGreaterThan(0);
        string[] told = await File.ReadAllLinesAsync(At("told/migration.log"));
        told.Length.ShouldBe(2);
        told[0].ShouldContain("\"repair-started\"");
        told[1].ShouldContain("\"repair-ended\"");
        (await VerifyAsync(path, "--payload", payload)).ShouldSucceed();

        Dictionary<string, WitnessedPoint> points = await Witness.ReadAllAsync(Collection);
        points.Count.ShouldBe(301);
        points["5"].Payload.GetRawText().ShouldBe("""{"own":1}""");
        for (int row = 0; row < 300; row++)
        {
            points[$"{ids[row]}"].Vector.ShouldBe(components.AsSpan(row * 8, 8).ToArray());
            points[$"{ids[row]}"].Payload.GetRawText().ShouldBe($$"""{"row":{{row}}}""");
        }
    }

    [Fact]
    public async Task A_repair_or_a_restart_without_the_payload_of_its_journal_is_refused()
    {
        string path = IndexFiles.Flat(At("flat.faiss"), 4, IndexFiles.Random(20, 4, seed: 5));
        string payload = At("rows.jsonl");
        await File.WriteAllLinesAsync(payload, Enumerable.Range(0, 20).Select(static row => $$"""{"row":{{row}},"lang":"de"}"""));
        (await MigrateAsync(path, "--payload", payload)).ShouldSucceed();
        await Witness.DeleteAsync(Collection, 8);
        string logs = Path.Combine(Folder, "logs");
        foreach (string[] options in (string[][])[[], ["--payload", payload, "--payload-field", "row"]])
        {
            (await VerifyAsync(path, [.. options, "--repair", "--log-dir", logs])).ShouldEndWith(2, "The journal");
        }

        (await MigrateAsync(path, "--restart")).ShouldEndWith(2, "would lose theirs").Error.ShouldContain("--payload");
        (await Witness.ReadAsync(Collection, 7)).GetProperty("payload").GetProperty("row").GetInt32().ShouldBe(7);
        (await Witness.CountAsync(Collection)).ShouldBe(19);
        (await VerifyAsync(path, "--payload", payload, "--repair", "--log-dir", logs)).ShouldSucceed();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_integer_is_not_a_double_and_a_window_calls_nothing_extra(bool rest)
    {
        string[] at = ["--url", (rest ? Server.RestUri : Server.GrpcUri).GetLeftPart(UriPartial.Authority), "--collection", Collection];
        string path = IndexFiles.Flat(At("flat.faiss"), 4, IndexFiles.Random(20, 4, seed: 6));
        string payload = At("rows.jsonl");
        await File.WriteAllLinesAsync(payload, Enumerable.Range(0, 20).Select(static _ => """{"n":9007199254740992,"d":1.0,"e":1e3,"z":-0,"l":1e20}"""));
        (await Tool.RunAsync(Folder, ["migrate", path, .. at, "--payload", payload])).ShouldSucceed();
        (await Tool.RunAsync(Folder, ["verify", path, .. at, "--payload", payload])).ShouldSucceed();
        await Witness.SetPayloadAsync(Collection, 3, """{"n":9007199254740992.0}""");
        await Witness.SetPayloadAsync(Collection, 4, """{"d":1}""");
        JsonElement found = (await Tool.RunAsync(Folder, ["verify", path, .. at, "--payload", payload, "--json"])).Json().GetProperty("verification");
        Longs(found, "missing", "different").ShouldBe([0, 2]);

        ToolResult window = (await VerifyAsync(path, "--payload", payload, "--offset", "10", "--limit", "5")).ShouldSucceed();
        window.Output.ShouldContain("5 of 20 vectors, from position 10 on");
        window.Output.ShouldNotContain("not from this index");
        (await VerifyAsync(path, "--payload", payload, "--offset", "20")).ShouldEndWith(2, "--offset 20", "no vector is left");
    }

    [Fact]
    public async Task Repair_without_a_payload_file_keeps_payloads_and_other_vectors()
    {
        await Witness.CreateAsync(Collection, """{"vectors":{"text":{"size":4,"distance":"Euclid"},"image":{"size":2,"distance":"Dot"}}}""");
        string path = IndexFiles.Flat(At("flat.faiss"), 4, IndexFiles.Random(20, 4, seed: 5));
        (await MigrateAsync(path, "--vector-name", "text")).ShouldSucceed();
        await Witness.UpsertAsync(Collection, """{"points":[{"id":7,"vector":{"text":[1,1,1,1],"image":[3,4]},"payload":{"kept":true}}]}""");
        await Witness.DeleteAsync(Collection, 8);
        (await VerifyAsync(path, "--vector-name", "text")).ExitCode.ShouldBe(4);
        (await VerifyAsync(path, "--vector-name", "text", "--repair")).ShouldSucceed().Output.ShouldContain("2 of 2 repaired");
        JsonElement point = await Witness.ReadAsync(Collection, 7);
        point.GetProperty("payload").GetRawText().ShouldBe("""{"kept":true}""");
        point.GetProperty("vector").GetProperty("image").GetRawText().ShouldBe("[3.0,4.0]");
        (await VerifyAsync(path, "--vector-name", "text")).ShouldSucceed();
    }

    [Fact]
    public async Task Uuid_ids_are_verified_listed_and_repaired()
    {
        float[] components = IndexFiles.Random(30, 4, seed: 2);
        string path = IndexFiles.IdMap(At("negative.faiss"), 4, components, [.. Enumerable.Range(0, 30).Select(static i => (i * 7L) - 100)]);
        (await MigrateAsync(path, "--id-mapping", "uuid5")).ShouldSucceed();
        string first = UuidV5.OfFaissId(-100).ToString();
        await Witness.DeleteAsync(Collection, first);
        await Witness.UpsertAsync(Collection, """{"points":[{"id":"11111111-2222-3333-4444-555555555555","vector":[1,2,3,4]},{"id":1,"vector":[1,2,3,4]}]}""");
        JsonElement proof = (await VerifyAsync(path, "--id-mapping", "uuid5", "--json")).Json().GetProperty("verification");
        proof.GetProperty("differences")[0].GetProperty("id").GetString().ShouldBe(first);
        proof.GetProperty("extraIds").EnumerateArray().Select(static id => id.ToString()).ShouldBe(["1", "11111111-2222-3333-4444-555555555555"]);
        (await VerifyAsync(path, "--id-mapping", "uuid5", "--repair")).ShouldSucceed();
        (await Witness.CountAsync(Collection)).ShouldBe(32);
    }

    [Fact]
    public async Task Cosine_tells_tolerance_and_greatest_deviation_and_repairs()
    {
        string path = IndexFiles.Flat(At("cosine.faiss"), 32, IndexFiles.Random(200, 32, seed: 4));
        (await MigrateAsync(path, "--distance", "cosine")).ShouldSucceed();
        JsonElement proof = (await VerifyAsync(path, "--distance", "cosine", "--json")).ShouldSucceed().Json().GetProperty("verification");
        proof.GetProperty("comparison").GetString().ShouldBe("normalised");
        double tolerance = proof.GetProperty("tolerance").GetDouble();
        tolerance.ShouldBe(1e-6);
        proof.GetProperty("maxDeviation").GetDouble().ShouldBeInRange(1e-10, tolerance);
        float[] bent = new float[32];
        bent[0] = 1;
        await Witness.SetVectorAsync(Collection, 12, bent);
        (await VerifyAsync(path, "--distance", "cosine")).ExitCode.ShouldBe(4);
        (await VerifyAsync(path, "--distance", "cosine", "--repair")).ShouldSucceed().Output.ShouldContain("largest deviation");
    }

    [Fact]
    public async Task A_sample_states_its_confidence()
    {
        (string path, long[] ids, _) = Mapped(2_000, 4);
        (await MigrateAsync(path, "--sample", "100", "--seed", "3")).ShouldSucceed().Output.ShouldContain("With 95 % confidence, fewer than");
        JsonElement proof = (await VerifyAsync(path, "--sample", "100", "--seed", "3", "--json")).ShouldSucceed().Json().GetProperty("verification");
        proof.GetProperty("mode").GetString().ShouldBe("Sample");
        Longs(proof.GetProperty("sample"), "size", "population", "seed", "atMost").ShouldBe([100, 2_000, 3, 57]);
        Longs(proof, "compared").ShouldBe([100]);
        await Witness.DeleteAsync(Collection, [.. ids.Take(1_000).Select(static id => (ulong)id)]);
        (await VerifyAsync(path, "--sample", "100")).ExitCode.ShouldBe(4);
        (await VerifyAsync(path, "--sample", "100", "--repair")).ShouldEndWith(2, "repair must compare every vector");
        (await VerifyAsync(path, "--sample", "0")).ShouldEndWith(2, "--sample");
    }

    [Theory]
    [InlineData("faiss-1.7.3/flat_l2", "Euclid")]
    [InlineData("faiss-1.7.3/flat_ip", "Dot")]
    [InlineData("faiss-1.7.3/flat_l1", "Manhattan")]
    public async Task Exact_search_has_the_recall_of_brute_force(string name, string distance)
    {
        Fixture index = Fixture.Of(name);
        FaissIndex.Describe(index.IndexPath).Distance.ToString().ShouldBe(distance);
        (await MigrateAsync(index.IndexPath)).ShouldSucceed();
        JsonElement recall = (await VerifyAsync(index.IndexPath, "--recall", "5", "--recall-queries", "40", "--json")).ShouldSucceed().Json()
            .GetProperty("verification").GetProperty("recall");
        recall.GetProperty("exact").GetProperty("recall").GetDouble().ShouldBe(1);
        recall.GetProperty("approximate").GetProperty("recall").GetDouble().ShouldBeInRange(0.5, 1);
        recall.GetProperty("approximate").GetProperty("p50Latency").GetDouble().ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Recall_of_a_graph_is_measured_and_where_exact_search_is_off_that_is_said()
    {
        await Witness.CreateAsync(Collection, """
            {
              "vectors": {"size": 24, "distance": "Cosine"},
              "optimizers_config": {"indexing_threshold": 50, "default_segment_number": 1},
              "hnsw_config": {"m": 4, "ef_construct": 4, "full_scan_threshold": 10},
              "strict_mode_config": {"enabled": true, "search_allow_exact": false, "max_query_limit": 700}
            }
            """);
        string path = IndexFiles.Flat(At("cosine.faiss"), 24, IndexFiles.Random(3_000, 24, seed: 8));
        // Until there is a graph Qdrant scans, and finds everything.
        (await MigrateAsync(path, "--distance", "cosine", "--wait-indexed")).ShouldSucceed();
        ToolResult run = (await VerifyAsync(path, "--distance", "cosine", "--recall", "10", "--json")).ShouldSucceed();
        JsonElement recall = run.Json().GetProperty("verification").GetProperty("recall");
        recall.GetProperty("exact").ValueKind.ShouldBe(JsonValueKind.Null);
        recall.GetProperty("exactRefused").GetString()!.ShouldContain("Exact search disabled");
        Longs(recall, "k", "indexedVectors", "foreignAnswers").ShouldBe([10, 3_000, 0]);
        // How well a graph finds is Qdrant's affair and differs from run to run, up to everything; what misses are counted as is held by RecallTests.
        double least = recall.GetProperty("approximate").GetProperty("least").GetDouble();
        least.ShouldBeGreaterThanOrEqualTo(0);
        recall.GetProperty("approximate").GetProperty("recall").GetDouble().ShouldBeInRange(Math.Max(least, 0.001), 1);
        (await VerifyAsync(path, "--distance", "cosine", "--recall", "10")).ShouldSucceed().Output.ShouldContain("not measured");

        // The exact count is refused with it, and pages of more than 700 ids: both are found out, and every id is still counted.
        await Witness.DeleteAsync(Collection, 2_999);
        Longs((await VerifyAsync(path, "--distance", "cosine", "--json")).Json().GetProperty("verification"), "collectionCount", "missing", "extra")
            .ShouldBe([2_999, 1, 0]);
    }

    private static long[] Longs(JsonElement element, params string[] names) => [.. names.Select(name => element.GetProperty(name).GetInt64())];

    private (string Path, long[] Ids, float[] Components) Mapped(int count, int dimension)
    {
        long[] ids = [.. Enumerable.Range(0, count).Select(static place => 1_000_000_007L + (place * 13))];
        float[] components = IndexFiles.Random(count, dimension, seed: count);
        return (IndexFiles.IdMap(At("mapped.faiss"), dimension, components, ids), ids, components);
    }
}
