using System.Text.Json;

namespace VectorMigration.Tests.Faiss;

public sealed class DescriptionTests
{
    public static TheoryData<string> All => Fixture.Names(Fixture.All);

    public static TheoryData<string> Others => Fixture.Names(Fixture.All.Except(Fixture.Decoded));

    [Theory]
    [MemberData(nameof(All))]
    public void Every_kind_is_parsed_to_its_last_byte(string name)
    {
        Fixture fixture = Fixture.Of(name);
        IndexDescription description = FaissIndex.Describe(fixture.IndexPath);
        description.TrailingBytes.ShouldBe(0);
        description.Size.ShouldBe(new FileInfo(fixture.IndexPath).Length);
        description.Path.ShouldBe(fixture.IndexPath);
        description.Identity.Fingerprint.Length.ShouldBe(64);
        if (fixture.Meta() is not JsonElement meta)
        {
            return;
        }

        description.FourCC.ShouldBe(meta.GetProperty("fourcc").GetString());
        description.Dimension.ShouldBe(meta.GetProperty("d").GetInt32());
        if (description.Fidelity != Fidelity.NotRecoverable && !name.Contains("/indep_", StringComparison.Ordinal))
        {
            description.Count.ShouldBe(meta.GetProperty("ntotal").GetInt64());
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void The_fidelity_told_is_the_fidelity_measured(string name)
    {
        Fixture fixture = Fixture.Of(name);
        if (fixture.Meta() is not JsonElement meta || !meta.TryGetProperty("lossless", out JsonElement lossless))
        {
            return;
        }

        Fidelity fidelity = FaissIndex.Describe(fixture.IndexPath).Fidelity;
        if (lossless.ValueKind == JsonValueKind.True)
        {
            // Codes of integers and of halves are lossless for integers and halves only.
            (fidelity is Fidelity.Exact || name.Contains("sq", StringComparison.Ordinal) || name.Contains("vt_", StringComparison.Ordinal)
                || name.Contains("hadamard", StringComparison.Ordinal))
                .ShouldBeTrue(fidelity.ToString());
        }
        else if (lossless.ValueKind == JsonValueKind.False)
        {
            fidelity.ShouldNotBe(Fidelity.Exact);
        }
    }

    [Theory]
    [MemberData(nameof(Others))]
    public void Other_kinds_are_refused_by_their_class_name(string name)
    {
        Fixture fixture = Fixture.Of(name);
        IndexDescription description = FaissIndex.Describe(fixture.IndexPath);
        description.IsSupported.ShouldBeFalse();
        description.Regions.ShouldBeEmpty();
        MigrationException error = Should.Throw<MigrationException>(() => FaissIndex.Open(fixture.IndexPath));
        error.ErrorId.ShouldBe("UnsupportedIndexKind");
        error.Kind.ShouldBe(ErrorKind.NotSupported);
        error.Message.ShouldContain(description.UnsupportedReason!);
        error.Message.ShouldContain(Fixture.Refused[name]);
        error.Message.ShouldContain(IndexKinds.Find(FourCharacters.Of(description.FourCC))!.ClassName);
        error.Target.ShouldBe(fixture.IndexPath);
        error.RecommendedAction.ShouldNotBeNullOrWhiteSpace();
    }

    [Theory]
    [InlineData("faiss-1.7.3/idmap2_pretransform_ivf", "IDMap2(PreTransform(PCA, IVFFlat))", Fidelity.Approximate)]
    [InlineData("faiss-1.7.3/refine_ivfpqfs_flat", "Refine(IVFPQFastScan, Flat)", Fidelity.Exact)]
    [InlineData("faiss-1.7.3/vt_rr24_flat", "PreTransform(RandomRotation, Flat)", Fidelity.RoundingOnly)]
    [InlineData("faiss-1.7.3/vt_linear_nonorthonormal", "PreTransform(Linear, Flat)", Fidelity.Approximate)]
    [InlineData("faiss-1.7.3/sq_fp16", "ScalarQuantizer", Fidelity.RoundingOnly)]
    [InlineData("faiss-1.7.3/bin_idmap", "BinaryIDMap(BinaryFlat)", Fidelity.Exact)]
    [InlineData("faiss-1.7.3/ivf_spectralhash", "IVFSpectralHash", Fidelity.NotRecoverable)]
    [InlineData("faiss-1.7.3/idmap_hnsw", "IDMap(HNSWFlat)", Fidelity.Exact)]
    public void Kinds_are_nested_class_names(string name, string kind, Fidelity fidelity)
    {
        IndexDescription description = FaissIndex.Describe(Fixture.Of(name).IndexPath);
        description.Kind.ShouldBe(kind);
        description.Fidelity.ShouldBe(fidelity);
    }

    [Theory]
    [InlineData("faiss-1.7.3/flat_l2", null, 24 * 32L)]
    [InlineData("faiss-1.7.3/sq_fp16", "SQfp16", 24 * 16L)]
    [InlineData("faiss-1.7.3/ivfpq6x8", "PQ6x8", 48L)]
    [InlineData("faiss-1.7.3/ivfpqr", "PQ6x8+PQ6x8", 48L + 48)]
    [InlineData("faiss-1.7.3/vt_opq6_pq6x6np", "PQ6x6", 40L)]
    [InlineData("faiss-1.7.3/bin_idmap", "binary", 64L)]
    public void Codec_and_bits_of_a_vector_are_told(string name, string? codec, long bits)
    {
        IndexDescription description = FaissIndex.Describe(Fixture.Of(name).IndexPath);
        description.Codec.ShouldBe(codec);
        description.BitsPerVector.ShouldBe(bits);
    }

    /// <summary>The originals are those of a flat index of the same vectors, at the positions that are the ids.</summary>
    [Theory]
    [InlineData("faiss-1.7.3/sq_8bit")]
    [InlineData("faiss-1.7.3/sq_6bit")]
    [InlineData("faiss-1.7.3/ivfsq_4bit_uniform")]
    [InlineData("faiss-1.7.3/hnsw_sq8")]
    public void The_error_told_is_the_greatest_one(string name)
    {
        float[] originals = Fixture.Of("faiss-1.7.3/flat_l2").Vectors();
        using IVectorSource source = FaissIndex.Open(Fixture.Of(name).IndexPath, allowDecoded: true);
        using VectorBatch batch = source.Read(0, 500, CancellationToken.None);
        double greatest = 0;
        for (int row = 0; row < batch.Count; row++)
        {
            for (int i = 0; i < 24; i++)
            {
                greatest = Math.Max(greatest, Math.Abs((double)batch.Vector(row)[i] - originals[(batch.FaissIds.Span[row] * 24) + i]));
            }
        }

        float told = source.Description.ExpectedError.ShouldNotBeNull();
        greatest.ShouldBeInRange(told * 0.8, told * 1.001);
    }

    [Fact]
    public void Codes_are_opened_with_consent_only()
    {
        string path = Fixture.Of("faiss-1.7.3/ivfpq6x8").IndexPath;
        MigrationException error = Should.Throw<MigrationException>(() => FaissIndex.Open(path));
        error.ErrorId.ShouldBe("VectorsNotExact");
        error.Message.ShouldContain("IVFPQ");
        error.Message.ShouldContain("PQ6x8");
        error.RecommendedAction!.ShouldContain("-AllowDecoded");
    }

    [Theory]
    [InlineData("faiss-1.7.3/hnsw_flat", 32)]
    [InlineData("faiss-1.7.3/hnsw_flat_ip", 16)]
    [InlineData("faiss-1.7.3/idmap_hnsw", 8)]
    public void The_graphs_settings_are_told(string name, int m)
    {
        IndexDescription description = FaissIndex.Describe(Fixture.Of(name).IndexPath);
        description.HnswM.ShouldBe(m);
        description.HnswEfConstruction.ShouldBe(40);
    }

    [Theory]
    [InlineData("faiss-1.7.3/flat_l2", "sequential", null)]
    [InlineData("faiss-1.7.3/ivfflat_ids", "inverted lists", 16L)]
    [InlineData("faiss-1.7.3/idmap_ivfflat", "id map", 16L)]
    public void The_source_of_the_ids_is_told(string name, string source, long? lists)
    {
        IndexDescription description = FaissIndex.Describe(Fixture.Of(name).IndexPath);
        description.IdSource.ShouldBe(source);
        description.ListCount.ShouldBe(lists);
    }

    [Theory]
    [InlineData("faiss-1.7.3/ivfflat_null_invlists", "without its inverted lists")]
    [InlineData("faiss-head/hnsw_skip_storage", "without its storage")]
    public void An_index_that_was_written_without_its_vectors_is_told(string name, string reason)
    {
        IndexDescription description = FaissIndex.Describe(Fixture.Of(name).IndexPath);
        description.Count.ShouldBe(0);
        description.Fidelity.ShouldBe(Fidelity.NotRecoverable);
        description.Warnings.ShouldBeEmpty();
        description.UnsupportedReason!.ShouldContain(reason);
    }

    [Fact]
    public void Every_code_of_the_table_is_four_characters_and_its_own()
    {
        IndexKinds.All.Count().ShouldBe(97);
        IndexKinds.All.ShouldAllBe(kind => kind.FourCC.Length == 4 && IndexKinds.Find(FourCharacters.Of(kind.FourCC)) == kind);
    }
}
