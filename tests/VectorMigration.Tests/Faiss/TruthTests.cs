using System.Runtime.InteropServices;

namespace VectorMigration.Tests.Faiss;

/// <summary>
/// Every index that FAISS wrote, against what was decoded from it independently or by FAISS itself: codes without a matrix product bit for bit, others
/// within two millionths of the greatest component.
/// </summary>
public sealed class TruthTests
{
    private const float Noise = 2e-6f;

    /// <summary>Where FAISS takes a matrix for orthonormal that is not, and the truth beside the index is its wrong answer (reference 1.10).</summary>
    private static readonly string[] WrongInFaiss =
    [
        "faiss-1.7.3/vt_pcaw12_flat", "faiss-1.7.3/vt_pcawr12_flat", "faiss-1.7.3/vt_pcaw24_flat", "faiss-1.7.3/vt_linear_nonorthonormal",
    ];

    /// <summary>Its truth has vectors that ids share in another order than the file.</summary>
    private const string Shared = "faiss-1.7.3/ivfflat_dedup";

    public static TheoryData<string> Floats => Fixture.Names(Fixture.Decoded.Where(static fixture =>
        !fixture.IsBinary && !WrongInFaiss.Contains(fixture.Name) && fixture.Name != Shared));

    public static TheoryData<string> Binary => Fixture.Names(Fixture.Binary);

    [Fact]
    public void Every_index_is_read_or_refused()
    {
        Fixture.All.Count.ShouldBe(266);
        Fixture.Decoded.Count.ShouldBe(Fixture.All.Count - Fixture.Refused.Count);
        Fixture.Decoded.ShouldAllBe(static fixture => FaissIndex.Describe(fixture.IndexPath).IsSupported);
    }

    [Theory]
    [MemberData(nameof(Floats))]
    public void Ids_and_vectors_are_true(string name)
    {
        Fixture fixture = Fixture.Of(name);
        using IVectorSource source = FaissIndex.Open(fixture.IndexPath, allowDecoded: true);
        using VectorBatch batch = source.Read(0, 1000, CancellationToken.None);
        batch.FaissIds.ToArray().ShouldBe(fixture.Ids());
        float[] truth = fixture.Vectors();
        batch.Components.Length.ShouldBe(truth.Length);
        float allowed = HasMatrix(source.Description) ? Noise * truth.Select(MathF.Abs).DefaultIfEmpty().Max() : 0f;
        ShouldBeWithin(batch.Components.Span, truth, allowed);
    }

    [Theory]
    [MemberData(nameof(Binary))]
    public void Bits_become_1_and_minus_1(string name)
    {
        Fixture fixture = Fixture.Of(name);
        ShouldHaveById(fixture, fixture.Signs());
    }

    [Fact]
    public void Ids_that_share_a_vector_have_it_each() => ShouldHaveById(Fixture.Of(Shared), Fixture.Of(Shared).Vectors());

    /// <summary>A whitened space of as many components gives the originals; of fewer, what the same space without whitening gives.</summary>
    [Theory]
    [InlineData("faiss-1.7.3/vt_pcaw24_flat", "faiss-1.7.3/flat_l2")]
    [InlineData("faiss-1.7.3/vt_pcaw12_flat", "faiss-1.7.3/vt_pca12_flat")]
    [InlineData("faiss-1.7.3/vt_pcawr12_flat", "faiss-1.7.3/vt_pca12_flat")]
    public void Matrices_that_are_not_orthonormal_are_undone_where_FAISS_transposes_them(string name, string same)
    {
        using IVectorSource source = FaissIndex.Open(Fixture.Of(name).IndexPath, allowDecoded: true);
        using VectorBatch batch = source.Read(0, 1000, CancellationToken.None);
        float[] truth = Fixture.Of(same).Vectors();
        ShouldBeWithin(batch.Components.Span, truth, 20 * Noise * truth.Max(MathF.Abs));
        float[] wrong = Fixture.Of(name).Vectors();
        wrong.Zip(truth).Max(static pair => MathF.Abs(pair.First - pair.Second)).ShouldBeGreaterThan(1f);
    }

    /// <summary>Its image is what the index holds: taken back by the transpose, it is what FAISS gives.</summary>
    [Fact]
    public void A_matrix_of_any_shape_is_undone_by_its_pseudoinverse()
    {
        const int rows = 12;
        const int columns = 24;
        const int offset = 4 + 33 + 4 + 4 + 1 + 8;
        Fixture fixture = Fixture.Of("faiss-1.7.3/vt_linear_nonorthonormal");
        ReadOnlySpan<float> matrix = MemoryMarshal.Cast<byte, float>(fixture.Bytes().AsSpan(offset, rows * columns * sizeof(float)));
        float[] transposed = fixture.Vectors();
        using IVectorSource source = FaissIndex.Open(fixture.IndexPath, allowDecoded: true);
        using VectorBatch batch = source.Read(0, 1000, CancellationToken.None);
        float[] again = new float[transposed.Length];
        for (int i = 0; i < batch.Count; i++)
        {
            for (int row = 0; row < rows; row++)
            {
                ReadOnlySpan<float> coefficients = matrix.Slice(row * columns, columns);
                double image = 0;
                for (int column = 0; column < columns; column++)
                {
                    image += (double)coefficients[column] * batch.Vector(i)[column];
                }

                for (int column = 0; column < columns; column++)
                {
                    again[(i * columns) + column] += (float)(image * coefficients[column]);
                }
            }
        }

        batch.Count.ShouldBe(500);
        ShouldBeWithin(again, transposed, 20 * Noise * transposed.Max(MathF.Abs));
    }

    private static void ShouldHaveById(Fixture fixture, float[] truth)
    {
        using IVectorSource source = FaissIndex.Open(fixture.IndexPath);
        using VectorBatch batch = source.Read(0, 1000, CancellationToken.None);
        int dimension = source.Description.Dimension;
        Dictionary<long, float[]> expected = fixture.Ids().Select((id, row) => (id, row))
            .ToDictionary(static pair => pair.id, pair => truth.AsSpan(pair.row * dimension, dimension).ToArray());
        batch.FaissIds.ToArray().Distinct().Count().ShouldBe(expected.Count);
        batch.Count.ShouldBe(expected.Count);
        for (int row = 0; row < batch.Count; row++)
        {
            batch.Vector(row).ToArray().ShouldBe(expected[batch.FaissIds.Span[row]]);
        }
    }

    private static bool HasMatrix(IndexDescription index) =>
        index.Kind.Contains("PreTransform", StringComparison.Ordinal) || index.Codec is "LSH" or "SQtq2" or "SQtq3" or "SQtq4" or "SQtq5";

    private static void ShouldBeWithin(ReadOnlySpan<float> vectors, float[] truth, float allowed)
    {
        if (allowed == 0)
        {
            MemoryMarshal.Cast<float, uint>(vectors).SequenceEqual(MemoryMarshal.Cast<float, uint>(truth.AsSpan())).ShouldBeTrue();
            return;
        }

        double worst = 0;
        for (int i = 0; i < truth.Length; i++)
        {
            worst = Math.Max(worst, Math.Abs((double)vectors[i] - truth[i]));
        }

        worst.ShouldBeLessThanOrEqualTo(allowed);
    }
}
