using System.Numerics;
using System.Text.Json;
using VectorMigration.Tests.Faiss;
using VectorMigration.TestSupport;

namespace VectorMigration.EndToEnd.Tests;

/// <summary>Collections like their indexes: quantization, datatype, bits; proposed, and created where that is asked for.</summary>
[Collection(SharedServer.Name)]
public class LikeForLikeTests(QdrantServerFixture fixture) : ServerTests(fixture)
{
    [Theory]
    [InlineData("sq_8bit", """{"scalar":{"type":"int8"}}""", "Scalar quantization, nearest to the index (SQ8, 192 bits per vector)")]
    [InlineData("hnsw_sq8", """{"scalar":{"type":"int8"}}""", "Scalar quantization")]
    [InlineData("pq6x8", """{"product":{"compression":"x16"}}""", "Product X16 quantization, nearest to the index (PQ6x8, 48 bits per vector)")]
    [InlineData("vt_opq6_pq6x6np", """{"product":{"compression":"x16"}}""", "Product X16 quantization")]
    [InlineData("fs_pq6x4fs", """{"product":{"compression":"x32"}}""", "Product X32 quantization")]
    [InlineData("bin_hnsw", """{"binary":{}}""", "Binary quantization, nearest to the index (binary, 64 bits per vector)")]
    [InlineData("lsh_lsh", """{"binary":{}}""", "Binary quantization")]
    public async Task The_quantization_of_the_index_is_proposed_and_created_on_demand(string name, string expected, string words)
    {
        string index = Fixture.Of($"faiss-1.7.3/{name}").IndexPath;
        ToolResult plan = (await MigrateAsync(index, "--allow-decoded", "--dry-run")).ShouldSucceed();
        plan.Output.ShouldContain($"proposed: {words}");
        plan.Output.ShouldContain("--match-quantization creates it");
        plan.Output.ShouldContain("Estimated from the settings of the collection");

        ToolResult run = (await MigrateAsync(index, "--allow-decoded", "--match-quantization")).ShouldSucceed();
        run.Output.ShouldContain(words);
        run.Output.ShouldNotContain("proposed:");
        JsonElement config = (await Witness.DescribeAsync(Collection)).GetProperty("config");
        JsonElement made = config.GetProperty("quantization_config");
        JsonElement wanted = JsonDocument.Parse(expected).RootElement;
        JsonProperty kind = wanted.EnumerateObject().Single();
        foreach (JsonProperty detail in kind.Value.EnumerateObject())
        {
            made.GetProperty(kind.Name).GetProperty(detail.Name).GetString().ShouldBe(detail.Value.GetString());
        }

        made.EnumerateObject().Single().Name.ShouldBe(kind.Name);
        if (name.Contains("hnsw", StringComparison.Ordinal))
        {
            IndexDescription described = FaissIndex.Describe(index);
            config.GetProperty("hnsw_config").GetProperty("m").GetInt32().ShouldBe(described.HnswM!.Value);
            config.GetProperty("hnsw_config").GetProperty("ef_construct").GetInt32().ShouldBe(described.HnswEfConstruction!.Value);
        }

        (await VerifyAsync(index, "--allow-decoded")).ShouldSucceed();
    }

    [Fact]
    public async Task Without_being_asked_for_nothing_is_quantized_and_what_is_asked_for_wins()
    {
        string index = Fixture.Of("faiss-1.7.3/sq_8bit").IndexPath;
        (await MigrateAsync(index, "--allow-decoded")).ShouldSucceed();
        (await Witness.DescribeAsync(Collection)).GetProperty("config").TryGetProperty("quantization_config", out JsonElement none);
        (none.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null).ShouldBeTrue();

        // An existing collection keeps what it has, and the run says so.
        ToolResult again = (await MigrateAsync(index, "--allow-decoded", "--match-quantization", "--restart")).ShouldSucceed();
        again.Error.ShouldContain("keeps its own settings: quantization is none, not scalar");

        (await MigrateAsync(index, "--allow-decoded", "--match-quantization", "--quantization", "binary", "--hnsw-m", "5", "--recreate", "--yes",
            "--restart")).ShouldSucceed();
        JsonElement config = (await Witness.DescribeAsync(Collection)).GetProperty("config");
        config.GetProperty("quantization_config").EnumerateObject().Single().Name.ShouldBe("binary");
        config.GetProperty("hnsw_config").GetProperty("m").GetInt32().ShouldBe(5);

        ToolResult exact = (await MigrateAsync(Fixture.Of("faiss-1.7.3/flat_l2").IndexPath, "--match-quantization", "--dry-run", "--recreate", "--yes"))
            .ShouldSucceed();
        exact.Error.ShouldContain("there is no quantization to match");
    }

    [Theory]
    [InlineData("sq_fp16")]
    [InlineData("hnsw_sqfp16")]
    public async Task Halves_stay_halves_and_the_verification_says_so(string name)
    {
        string index = Fixture.Of($"faiss-1.7.3/{name}").IndexPath;
        ToolResult run = (await MigrateAsync(index, "--match-quantization")).ShouldSucceed();
        run.Output.ShouldContain("datatype Float16, nearest to the index (SQfp16");
        run.Output.ShouldContain("equal after conversion to the collection's datatype");
        (await Witness.DescribeAsync(Collection)).GetProperty("config").GetProperty("params").GetProperty("vectors").GetProperty("datatype").GetString()
            .ShouldBe("float16");

        // The halves of the index are halves in Qdrant: nothing is lost.
        float[] truth = Fixture.Of($"faiss-1.7.3/{name}").Vectors();
        Dictionary<string, WitnessedPoint> points = await Witness.ReadAllAsync(Collection);
        for (int row = 0; row < points.Count; row++)
        {
            points[$"{row}"].Vector.ShouldBe(truth[(row * 24)..((row + 1) * 24)]);
        }

        (await VerifyAsync(index)).ShouldSucceed().Output.ShouldContain("equal after conversion");
        (await MigrateAsync(index, "--match-quantization")).ShouldSucceed();
        (await MigrateAsync(index)).ShouldEndWith(2, "datatype is Float16");
        await Witness.SetVectorAsync(Collection, 7, new float[24]);
        (await VerifyAsync(index)).ExitCode.ShouldBe(4);
        (await VerifyAsync(index, "--repair")).ShouldSucceed().Output.ShouldContain("1 of 1 repaired");
    }

    [Fact]
    public async Task Originals_are_rounded_where_halves_are_asked_for_and_both_recalls_stand_side_by_side()
    {
        string index = Fixture.Of("faiss-1.7.3/sq_fp16").IndexPath;
        string originals = Fixture.Of("faiss-1.7.3/flat_l2").IndexPath;
        JsonElement proof = (await MigrateAsync(index, "--match-quantization", "--original-vectors", originals, "--json")).ShouldSucceed()
            .Json().GetProperty("verification");
        proof.GetProperty("comparison").GetString().ShouldBe("datatype");
        proof.GetProperty("maxDeviation").GetDouble().ShouldBeInRange(1e-6, 4e-3);

        string codes = Fixture.Of("faiss-1.7.3/pq6x8").IndexPath;
        (await MigrateAsync(codes, "--original-vectors", originals, "--match-quantization", "--recreate", "--yes", "--restart", "--indexing-threshold", "1",
            "--wait-indexed")).ShouldSucceed();
        JsonElement recall = (await VerifyAsync(codes, "--original-vectors", originals, "--recall", "10", "--seed", "4", "--json")).ShouldSucceed()
            .Json().GetProperty("verification").GetProperty("recall");
        recall.GetProperty("exact").GetProperty("recall").GetDouble().ShouldBe(1);
        recall.GetProperty("indexCodec").GetString().ShouldBe("PQ6x8");
        recall.GetProperty("indexRecall").GetDouble().ShouldBeInRange(0.1, 0.99);
        recall.GetProperty("indexLeast").GetDouble().ShouldBeLessThanOrEqualTo(recall.GetProperty("indexRecall").GetDouble());
        (await VerifyAsync(codes, "--original-vectors", originals, "--recall", "10")).ShouldSucceed()
            .Output.ShouldContain("by comparing all codes of the index (PQ6x8)");
    }

    [Theory]
    [InlineData("bin_flat", "float32", "dot", "Dot")]
    [InlineData("bin_flat", "float32", null, "Dot")]
    [InlineData("bin_flat", "uint8", null, "Manhattan")]
    [InlineData("bin_ivf", "uint8", "euclid", "Euclid")]
    [InlineData("bin_hnsw", "uint8", null, "Manhattan")]
    [InlineData("bin_ivf", "float32", "euclid", "Euclid")]
    public async Task Bits_rank_by_Hamming_distance_in_both_forms_exactly_and_by_binary_quantization(string name, string form, string? distance, string made)
    {
        Fixture index = Fixture.Of($"faiss-1.7.3/{name}");
        string[] asked = distance is null ? [] : ["--distance", distance];
        (await MigrateAsync(index.IndexPath, ["--binary-as", form, "--match-quantization", "--indexing-threshold", "1", "--wait-indexed", .. asked]))
            .ShouldSucceed();
        JsonElement config = (await Witness.DescribeAsync(Collection)).GetProperty("config");
        JsonElement vectors = config.GetProperty("params").GetProperty("vectors");
        vectors.GetProperty("distance").GetString().ShouldBe(made);
        config.GetProperty("quantization_config").EnumerateObject().Single().Name.ShouldBe("binary");
        (vectors.TryGetProperty("datatype", out JsonElement datatype) ? datatype.GetString() : null).ShouldBe(form == "uint8" ? "uint8" : null);

        (float one, float zero) = form == "uint8" ? (255f, 0f) : (1f, -1f);
        float[] signs = index.Signs();
        long[] ids = index.Ids();
        int dimension = signs.Length / ids.Length;
        Dictionary<string, WitnessedPoint> points = await Witness.ReadAllAsync(Collection);
        points.Count.ShouldBe(ids.Length);
        Dictionary<long, ulong> bits = [];
        for (int row = 0; row < ids.Length; row++)
        {
            float[] own = signs[(row * dimension)..((row + 1) * dimension)];
            points[$"{ids[row]}"].Vector.ShouldBe([.. own.Select(sign => sign > 0 ? one : zero)]);
            bits[ids[row]] = Packed(own);
        }

        Random random = new(7);
        for (int query = 0; query < 10; query++)
        {
            float[] asking = [.. Enumerable.Range(0, dimension).Select(_ => random.Next(2) == 1 ? 1f : -1f)];
            ulong wanted = Packed(asking);
            int[] truth = [.. bits.Values.Select(other => BitOperations.PopCount(other ^ wanted)).Order().Take(25)];
            foreach (object parameters in (object[])[new { exact = true }, new { hnsw_ef = 500, quantization = new { rescore = false } }])
            {
                int[] found = await Witness.SearchAsync(Collection, [.. asking.Select(sign => sign > 0 ? one : zero)], 25, parameters);
                found.Select(id => BitOperations.PopCount(bits[id] ^ wanted)).ShouldBe(truth);
            }
        }

        (await VerifyAsync(index.IndexPath, ["--binary-as", form, .. asked])).ShouldSucceed().Output
            .ShouldContain(form == "uint8" ? "equal after conversion to the collection's datatype" : "identical bit for bit");
    }

    [Fact]
    public async Task The_form_of_bits_is_part_of_a_migration_and_applies_to_binary_indexes_only()
    {
        string index = Fixture.Of("faiss-1.7.3/bin_flat").IndexPath;
        (await MigrateAsync(Fixture.Of("faiss-1.7.3/flat_l2").IndexPath, "--binary-as", "uint8")).ShouldEndWith(2, "--binary-as uint8 applies to binary");
        (await MigrateAsync(index, "--binary-as", "uint8", "--distance", "dot", "--dry-run")).ShouldSucceed()
            .Error.ShouldContain("ranks by Hamming distance");
        (await MigrateAsync(index, "--binary-as", "uint8")).ShouldSucceed();
        (await VerifyAsync(index)).ExitCode.ShouldBe(2);
        (await MigrateAsync(index)).ExitCode.ShouldBe(2);
    }

    [Fact]
    public async Task Inspect_proposes_quantization_and_Cosine()
    {
        string coded = Fixture.Of("faiss-1.7.3/refine_pq_flat").IndexPath;
        ToolResult shown = (await Tool.RunAsync(Folder, ["inspect", coded])).ShouldSucceed();
        shown.Output.ShouldContain("nearest in Qdrant: Product X32; migrate --match-quantization creates it");
        shown.Output.ShouldContain("PQ6x5, 32 bits per vector");
        string unit = Fixture.Of("faiss-1.7.3/flat_ip_normalized").IndexPath;
        (await Tool.RunAsync(Folder, ["inspect", unit])).ShouldSucceed().Output.ShouldContain("Cosine is possible: all 256 sampled vectors have length 1");
        JsonElement json = (await Tool.RunAsync(Folder, ["inspect", unit, "--json"])).ShouldSucceed().Json();
        json.GetProperty("proposedDistance").GetString().ShouldBe("Cosine");
        json.GetProperty("distance").GetString().ShouldBe("Dot");
        (await Tool.RunAsync(Folder, ["inspect", Fixture.Of("faiss-1.7.3/flat_linf").IndexPath])).ShouldSucceed()
            .Output.ShouldContain("the nearest is migrate --distance euclid");
    }

    private static ulong Packed(float[] signs) => signs.Select((sign, place) => sign > 0 ? 1UL << place : 0).Aggregate((all, bit) => all | bit);
}
