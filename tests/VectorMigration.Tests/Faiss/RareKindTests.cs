namespace VectorMigration.Tests.Faiss;

/// <summary>Kinds that no FAISS at hand writes any more, or only in builds of its own: made by hand after its reader.</summary>
public sealed class RareKindTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    [Theory]
    [InlineData("ISVD")]
    [InlineData("ISV2")]
    [InlineData("ILVQ")]
    [InlineData("ISVL")]
    [InlineData("ISVF")]
    [InlineData("ISID")]
    [InlineData("ISIL")]
    [InlineData("ISIQ")]
    public void Svs_indexes_are_named_and_their_unknown_end_is_no_trailing_bytes(string code)
    {
        IndexDescription description = Described(new IndexBytes().Header(code, 8, 12).Bytes(new byte[100]));
        description.Kind.ShouldStartWith("SVS");
        description.Count.ShouldBe(12);
        description.TrailingBytes.ShouldBe(0);
        description.UnsupportedReason!.ShouldContain("IndexSVS");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(57)]
    public void An_Svs_index_with_its_vectors_at_the_end_is_read_whatever_is_before_them(int stream)
    {
        float[] vectors = [.. Enumerable.Range(0, 96).Select(static i => i - 40.5f)];
        byte[] unknown = [.. Enumerable.Range(0, 57 + stream).Select(static i => (byte)(i * 7))];
        IndexDescription description = Described(new IndexBytes().Header("ISV2", 8, 12).Bytes(unknown).Floats(vectors));
        description.IsSupported.ShouldBeTrue();
        description.Fidelity.ShouldBe(Fidelity.Exact);
        description.TrailingBytes.ShouldBe(0);
        Vectors(description.Path).ShouldBe(vectors);

        // With anything behind them, or with another count, nothing tells where they are.
        Described(new IndexBytes().Header("ISV2", 8, 12).Bytes(unknown).Floats(vectors).U8(0)).IsSupported.ShouldBeFalse();
        Described(new IndexBytes().Header("ISV2", 8, 12).Bytes(unknown).Floats(vectors[..95])).IsSupported.ShouldBeFalse();
        IndexDescription mapped = Described(
            new IndexBytes().Header("IxMp", 8, 12).Append(new IndexBytes().Header("ISV2", 8, 12).Bytes(unknown).Floats(vectors)));
        mapped.IsSupported.ShouldBeFalse();
        mapped.UnsupportedReason!.ShouldContain("since 1.14.2");
    }

    [Fact]
    public void Every_kind_tells_the_release_that_brought_it()
    {
        string[] releases = [.. IndexKinds.All.Select(static kind => FaissReleases.Of(kind.FourCC)).Distinct()];
        releases.ShouldAllBe(static release => Version.Parse(release) >= Version.Parse("1.2.1") && Version.Parse(release) <= Version.Parse("1.15.0"));
        FaissReleases.Of("Irfs").ShouldBe("1.13.0");
        FaissReleases.Of("IxF2").ShouldBe("1.2.1");
    }

    [Fact]
    public void The_older_cagra_has_no_numeric_type()
    {
        List<byte> bytes = [.. Fixture.Of("faiss-head/cagra_f32").Bytes()];
        bytes.RemoveRange(4 + 33 + 6, 4);
        bytes[2] = (byte)'N';
        bytes[3] = (byte)'c';
        IndexDescription description = Described(new IndexBytes().Bytes([.. bytes]));
        description.Kind.ShouldBe("HNSWCagra");
        description.TrailingBytes.ShouldBe(0);
        description.Count.ShouldBe(500);
        Vectors(description.Path).ShouldBe(Fixture.Of("faiss-head/cagra_f32").Vectors());
    }

    /// <summary>The first layout of EDEN, which no release wrote, does not tell how it scales.</summary>
    [Theory]
    [InlineData("faiss-head/eden2", "IxEd")]
    [InlineData("faiss-head/ivf_eden2", "IwEd")]
    public void The_first_layout_of_eden_does_not_tell_its_scale(string name, string code)
    {
        Fixture fixture = Fixture.Of(name);
        List<byte> bytes = [.. fixture.Bytes()];
        IndexDescription full = FaissIndex.Describe(fixture.IndexPath);
        byte[] quantizer = new IndexBytes().U64((ulong)full.Dimension).U64((ulong)full.BitsPerVector! / 8).ToArray();
        int at = bytes.ToArray().AsSpan().IndexOf(quantizer);
        bytes.RemoveRange(at + 8 + 8 + 4 + 8, 4);
        bytes[3] = (byte)code[3];
        IndexDescription description = Described(new IndexBytes().Bytes([.. bytes]));
        description.FourCC.ShouldBe(code);
        description.TrailingBytes.ShouldBe(0);
        Vectors(description.Path).ShouldBe(fixture.Vectors());
    }

    [Fact]
    public void The_older_panorama_lists_have_batches_of_128()
    {
        IndexBytes index = new IndexBytes().Header("IwPn", 2, 130).U64(2).U64(1).Append(IndexBytes.Flat(2, [])).U8(0).U64(0).U64(2)
            .Code("ilpn").U64(2).U64(8).U64(2).Code("full").Ids(1, 129)
            .Append(Batch(1000)).Raw(7).Bytes(new byte[128 * 3 * 4])
            .Append(Batch(2000)).Append(Batch(3000)).Raw([.. Enumerable.Range(100, 129).Select(static id => (long)id)]).Bytes(new byte[256 * 3 * 4]);
        IndexDescription description = Described(index);
        description.Kind.ShouldBe("IVFFlatPanorama");
        description.Count.ShouldBe(130);
        description.TrailingBytes.ShouldBe(0);
        Vectors(description.Path).ShouldBe([1000f, -1000f,
            .. Enumerable.Range(2000, 128).SelectMany(static value => new[] { value, (float)-value }), 3000f, -3000f]);
    }

    /// <summary>A batch of 128 vectors of two levels: the first components of all, then the second ones.</summary>
    private static IndexBytes Batch(int first)
    {
        IndexBytes bytes = new();
        for (int i = 0; i < 256; i++)
        {
            int value = first + (i % 128);
            bytes.F32(i < 128 ? value : -value);
        }

        return bytes;
    }

    private static float[] Vectors(string path)
    {
        using IVectorSource source = FaissIndex.Open(path, allowDecoded: true);
        using VectorBatch batch = source.Read(0, 1000, CancellationToken.None);
        return batch.Components.ToArray();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_two_older_layouts_of_rabitq_fast_scan_are_told_apart(bool withBits)
    {
        IndexBytes flat = RaBitQ(new IndexBytes().Header("Irfs", 16, 3), withBits).Floats(new float[16]).U8(0);
        Factors(flat, withBits, 3).I32(32).Raw(32, 4, 2).U64(64).Bytes(new byte[64]);
        Described(flat).TrailingBytes.ShouldBe(0);
        MigrationException refused = Should.Throw<MigrationException>(() => FaissIndex.Open(folder.Write("index.faiss", flat.ToArray())));
        refused.Message.ShouldContain("as only FAISS 1.13 wrote it");
        refused.RecommendedAction.ShouldContain("FAISS 1.14 or later");

        IndexBytes lists = RaBitQ(new IndexBytes().Header("Iwrf", 16, 0).U64(1).U64(1).Append(IndexBytes.Flat(16, [])).U8(0).U64(0), withBits)
            .U8(1).Raw(10).I32(32).Raw(0, 4).I32(0).U8(8).U8(0);
        Factors(lists, withBits, 3).Code("ilbl").Raw(1, -1, 32, 64, 0, 0);
        IndexDescription description = Described(lists);
        description.Kind.ShouldBe("IVFRaBitQFastScan");
        description.TrailingBytes.ShouldBe(0);
    }

    public void Dispose() => folder.Dispose();

    private static IndexBytes RaBitQ(IndexBytes index, bool withBits)
    {
        index.U64(16).U64(10).I32(1);
        return withBits ? index.U64(1) : index;
    }

    private static IndexBytes Factors(IndexBytes index, bool asBytes, int count) => index.U64((ulong)(asBytes ? count * 8 : count)).Bytes(new byte[count * 8]);

    private IndexDescription Described(IndexBytes index) => FaissIndex.Describe(folder.Write("index.faiss", index.ToArray()));
}
