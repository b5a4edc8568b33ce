using VectorMigration.Tests.Faiss;

namespace VectorMigration.Tests;

/// <summary>Original vectors of indexes that hold something else than a code of them: their direction, fewer dimensions, a part of their components.</summary>
public sealed class TransformedOriginalsTests
{
    public static TheoryData<string> Names =>
    [
        "vt_l2norm_flat", "vt_l2norm_pca12_flat", "vt_pca12_flat", "vt_pcaw12_flat", "vt_pca12_hnsw8", "vt_pca12_ivf16_flat", "vt_rr16_flat",
        "vt_remap_uniform", "vt_pca16_sq8", "idmap_pretransform",
    ];

    [Theory]
    [MemberData(nameof(Names))]
    public void Originals_are_compared_with_what_the_transform_leaves_of_them(string name)
    {
        using IVectorSource flat = Flat();
        using OriginalVectors both = OriginalVectors.Of(FaissIndex.Open(Fixture.Of($"faiss-1.7.3/{name}").IndexPath, allowDecoded: true), Flat(), default);
        using VectorBatch all = both.Read(0, (int)both.Description.Count, default);
        using VectorBatch truth = flat.Read(0, (int)flat.Description.Count, default);
        long[] rows = new long[all.Count];
        both.ReadRows(0, rows, default).ShouldBe((int)flat.Description.Count);
        for (int i = 0; i < all.Count; i++)
        {
            all.Vector(i).SequenceEqual(truth.Vector((int)rows[i])).ShouldBeTrue();
        }
    }

    /// <summary>The transforms of one index, as those of an index within another one: FAISS reads both alike.</summary>
    [Fact]
    public void Nested_transforms_are_compared_with_what_all_of_them_leave()
    {
        const int header = 37;
        byte[] chained = Fixture.Of("faiss-1.7.3/vt_l2norm_pca12_flat").Bytes();
        int second = chained.AsSpan().IndexOf("Pcam"u8);
        byte[] one = [1, 0, 0, 0];
        string folder = Directory.CreateTempSubdirectory("vm-nested-").FullName;
        string path = Path.Combine(folder, "nested.faiss");
        File.WriteAllBytes(path, [.. chained[..header], .. one, .. chained[(header + one.Length)..second], .. chained[..header], .. one, .. chained[second..]]);
        try
        {
            using IVectorSource flat = Flat();
            using OriginalVectors both = OriginalVectors.Of(FaissIndex.Open(path, allowDecoded: true), Flat(), default);
            using VectorBatch all = both.Read(0, (int)both.Description.Count, default);
            using VectorBatch truth = flat.Read(0, (int)flat.Description.Count, default);
            for (int i = 0; i < all.Count; i++)
            {
                all.Vector(i).SequenceEqual(truth.Vector(i)).ShouldBeTrue();
            }

            Should.Throw<MigrationException>(() => OriginalVectors.Of(FaissIndex.Open(path, allowDecoded: true), new Reversed(Flat()), default))
                .ErrorId.ShouldBe("OriginalVectorsDiffer");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Others_are_refused(string name)
    {
        MigrationException error = Should.Throw<MigrationException>(() =>
        {
            using IVectorSource index = FaissIndex.Open(Fixture.Of($"faiss-1.7.3/{name}").IndexPath, allowDecoded: true);
            using OriginalVectors both = OriginalVectors.Of(index, new Reversed(Flat()), default);
            using VectorBatch all = both.Read(0, (int)both.Description.Count, default);
        });
        error.ErrorId.ShouldBe("OriginalVectorsDiffer");
        error.Message.ShouldNotContain("()");
    }

    [Theory]
    [InlineData("hadamard_flat")]
    [InlineData("vt_pca24_flat")]
    [InlineData("vt_l2norm_pca12_flat")]
    public void A_plan_says_what_the_index_holds(string name)
    {
        IndexDescription index = FaissIndex.Describe(Fixture.All.Single(fixture => fixture.Name.EndsWith('/' + name)).IndexPath);
        string words = PlanText.Vectors(index) ?? string.Empty;
        words.ShouldNotContain("codes");
        words.Contains("after a transform", StringComparison.Ordinal).ShouldBe(index.Fidelity == Fidelity.Approximate);
    }

    private static IVectorSource Flat() => FaissIndex.Open(Fixture.Of("faiss-1.7.3/flat_l2").IndexPath);

    /// <summary>The same vectors from the last to the first.</summary>
    private sealed class Reversed(IVectorSource source) : IVectorSource
    {
        public IndexDescription Description => source.Description;

        public VectorBatch Read(long ordinal, int count, CancellationToken cancellationToken)
        {
            int rows = (int)Math.Min(count, Description.Count - ordinal);
            float[] components = new float[rows * Description.Dimension];
            for (int i = 0; i < rows; i++)
            {
                using VectorBatch one = source.Read(Description.Count - 1 - ordinal - i, 1, cancellationToken);
                one.Vector(0).CopyTo(components.AsSpan(i * Description.Dimension));
            }

            return VectorBatch.Create(Description.Identity, ordinal, Description.Dimension, new long[rows], components);
        }

        public int ReadIds(long ordinal, Span<long> destination, CancellationToken cancellationToken) =>
            source.ReadIds(ordinal, destination, cancellationToken);

        public void Dispose() => source.Dispose();
    }
}
