using VectorMigration.Tests.Faiss;

namespace VectorMigration.Tests;

/// <summary>What in Qdrant comes nearest to the codes of an index, by the version of the server, and what a collection of it takes.</summary>
public sealed class QuantizationMatchTests
{
    [Theory]
    [InlineData("faiss-1.7.3/sq_8bit", "Scalar", "Scalar")]
    [InlineData("faiss-1.7.3/sq_8bit_uniform", "Scalar", "Scalar")]
    [InlineData("faiss-1.7.3/sq_8bit_direct", "Scalar", "Scalar")]
    [InlineData("faiss-1.7.3/hnsw_sq8", "Scalar", "Scalar")]
    [InlineData("faiss-1.7.3/idmap_sq8", "Scalar", "Scalar")]
    [InlineData("faiss-1.7.3/vt_pca16_sq8", "Scalar", "Turbo Bits4")]
    [InlineData("faiss-1.7.3/sq_6bit", "Scalar", "Scalar")]
    [InlineData("faiss-1.7.3/sq_4bit", "Scalar", "Turbo Bits4")]
    [InlineData("faiss-1.7.3/pq6x8", "Product X16", "Product X16")]
    [InlineData("faiss-1.7.3/ivfpq6x8", "Product X16", "Product X16")]
    [InlineData("faiss-1.7.3/ivfpqr", "Product X16", "Product X16")]
    [InlineData("faiss-1.7.3/pq6x5", "Product X32", "Turbo Bits15")]
    [InlineData("faiss-1.7.3/vt_opq6_pq6x6np", "Product X16", "Turbo Bits15")]
    [InlineData("faiss-1.7.3/fs_pq24x4fs", "Product X8", "Product X8")]
    [InlineData("faiss-1.7.3/fs_pq6x4fs", "Product X32", "Product X32")]
    [InlineData("faiss-1.7.3/aq_rq3x4", "Product X64", "Product X64")]
    [InlineData("faiss-1.7.3/refine_pq_flat", "Product X32", "Turbo Bits15")]
    [InlineData("faiss-1.7.3/refine_pq_sqfp16", "Product X32", "Turbo Bits15")]
    [InlineData("faiss-1.7.3/index2layer", "Product X16", "Product X16")]
    [InlineData("faiss-1.7.3/sq_fp16", "datatype Float16", "datatype Float16")]
    [InlineData("faiss-1.7.3/hnsw_sqfp16", "datatype Float16", "datatype Float16")]
    [InlineData("faiss-head/xsqbf16", "datatype Float16", "datatype Float16")]
    [InlineData("faiss-1.7.3/bin_flat", "Binary", "Binary")]
    [InlineData("faiss-1.7.3/bin_ivf", "Binary", "Binary")]
    [InlineData("faiss-1.7.3/bin_hnsw", "Binary", "Binary")]
    [InlineData("faiss-1.7.3/bin_idmap", "Binary", "Binary")]
    [InlineData("faiss-1.7.3/bin_fromfloat", "Binary", "Binary")]
    [InlineData("faiss-1.7.3/lsh_lsh", "Binary", "Binary")]
    [InlineData("faiss-head/rabitq", "Binary", "Binary")]
    [InlineData("faiss-head/rabitq4", "Binary", "Binary")]
    [InlineData("faiss-head/eden4_biased", "Product X8", "Turbo Bits4")]
    [InlineData("faiss-head/eden8", "Scalar", "Turbo Bits4")]
    [InlineData("faiss-head/eden1", "Binary", "Turbo Bits1")]
    [InlineData("faiss-head/xsqtq2", "Product X16", "Turbo Bits2")]
    [InlineData("faiss-head/xsqtqmse4", "Product X8", "Turbo Bits4")]
    [InlineData("faiss-1.7.3/flat_l2", null, null)]
    [InlineData("faiss-1.7.3/hnsw_flat", null, null)]
    [InlineData("faiss-1.7.3/ivfflat_l2", null, null)]
    public void The_nearest_is_found_by_the_bits_of_the_codes(string name, string? before, string? since118)
    {
        IndexDescription index = FaissIndex.Describe(Fixture.Of(name).IndexPath);
        Found(index, null).ShouldBe(before);
        Found(index, "1.16.3").ShouldBe(before);
        Found(index, "1.18.0").ShouldBe(since118);
        (index.SearchCodes is null).ShouldBe(before is null);
    }

    [Fact]
    public void Eight_bits_of_TurboQuant_come_with_their_server()
    {
        IndexDescription index = FaissIndex.Describe(Fixture.Of("faiss-head/eden8").IndexPath);
        Found(index, "1.19.2").ShouldBe("Turbo Bits4");
        Found(index, "1.20.0").ShouldBe("Turbo Bits8");
        Found(FaissIndex.Describe(Fixture.Of("faiss-1.7.3/sq_8bit").IndexPath), "1.20.0").ShouldBe("Scalar");
    }

    [Fact]
    public void What_is_asked_for_wins_over_what_matches()
    {
        QuantizationMatch match = Match("faiss-1.7.3/sq_8bit");
        CreationOptions asked = new() { MatchQuantization = true };
        asked.Resolve(match).Quantization.ShouldBe(new QuantizationSettings(QuantizationKind.Scalar));
        QuantizationSettings binary = new(QuantizationKind.Binary);
        (asked with { Quantization = binary }).Resolve(match).Quantization.ShouldBe(binary);
        (asked with { MatchQuantization = false }).Resolve(match).Quantization.ShouldBeNull();
        QuantizationSettings? memory = CreationOptions.Codes(QuantizationKind.None, new QuantizationDetails(null, null, null, true), matches: true);
        (asked with { Quantization = memory }).Resolve(match).Quantization.ShouldBe(new QuantizationSettings(QuantizationKind.Scalar) { AlwaysRam = true });
        Should.Throw<MigrationException>(() => CreationOptions.Codes(QuantizationKind.None, new QuantizationDetails(null, null, null, true), matches: false))
            .ErrorId.ShouldBe("QuantizationMissing");
        Should.Throw<MigrationException>(
            () => CreationOptions.Codes(QuantizationKind.Scalar, new QuantizationDetails(null, null, TurboBits.Bits2, null), matches: false))
            .ErrorId.ShouldBe("InvalidCollectionSettings");
    }

    [Theory]
    [InlineData(null, null, VectorDatatype.Default, 6_144_000, null, 2_116_266)]
    [InlineData(0, null, VectorDatatype.Float16, 3_072_000, null, 0)]
    [InlineData(8, QuantizationKind.Scalar, VectorDatatype.Float32, 6_144_000, 1_536_000L, 1_097_142)]
    [InlineData(null, QuantizationKind.Binary, VectorDatatype.Uint8, 1_536_000, 192_000L, 2_116_266)]
    [InlineData(null, QuantizationKind.Product, VectorDatatype.Default, 6_144_000, 384_000L, 2_116_266)]
    public void Memory_and_disk_are_estimated_by_their_formula(
        int? m, QuantizationKind? kind, VectorDatatype datatype, long vectors, long? codes, long graph)
    {
        IndexDescription index = FaissIndex.Describe(Fixture.Of("faiss-1.7.3/flat_l2").IndexPath);
        CollectionSettings settings = new()
        {
            Dimension = 96,
            Distance = Distance.Dot,
            HnswM = m,
            Datatype = datatype,
            Quantization = kind is null ? null : new QuantizationSettings(kind.Value),
        };
        QuantizationSettings? x32 = kind == QuantizationKind.Product ? settings.Quantization! with { Compression = ProductCompression.X16 } : null;
        StorageEstimate estimate = StorageEstimate.Of(index, 16_000, x32 is null ? settings : settings with { Quantization = x32 }, 1_000);
        (estimate.IndexBytes, estimate.VectorBytes, estimate.QuantizedBytes, estimate.GraphBytes, estimate.PayloadBytes)
            .ShouldBe((index.Size, vectors, codes, graph, 1_000L));
        estimate.MemoryBytes.ShouldBe(vectors + (codes ?? 0) + graph);
        estimate.DiskBytes.ShouldBe(vectors + (codes ?? 0) + graph + 1_000);
        StorageEstimate onDisk = StorageEstimate.Of(index, 16_000, settings with { OnDisk = true, ReplicationFactor = 2 }, null);
        onDisk.MemoryBytes.ShouldBe(2 * graph);
    }

    private static QuantizationMatch Match(string name) => QuantizationMatch.Of(FaissIndex.Describe(Fixture.Of(name).IndexPath), null).ShouldNotBeNull();

    private static string? Found(IndexDescription index, string? version) =>
        QuantizationMatch.Of(index, version is null ? null : new ServerInfo("qdrant", version))?.ToString();
}
