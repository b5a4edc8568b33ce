using System.Buffers.Binary;
using VectorMigration.Vectors;

namespace VectorMigration.Faiss.Codecs;

/// <summary>
/// RaBitQ: a sign a component and one multiplier a vector, around a center. Codes of several bits begin like those of one, and FAISS
/// itself reads no more of them.
/// </summary>
internal sealed class RaBitQCodec : VectorCodec
{
    /// <summary>The factor before the multiplier, which only searches need, and the multiplier.</summary>
    public const int FactorBytes = 2 * sizeof(float);

    private readonly float[] center;
    private readonly float inverseRoot;

    /// <param name="dimension">Components of a vector.</param>
    /// <param name="codeSize">Bytes of a code; what follows signs and factors is not read.</param>
    /// <param name="center">What vectors are around; empty if the caller adds it (the centroid of a list).</param>
    /// <exception cref="ArgumentException">The numbers do not belong together.</exception>
    public RaBitQCodec(int dimension, int codeSize, float[] center)
    {
        if (codeSize < SignBytes(dimension) + FactorBytes || (center.Length != 0 && center.Length != dimension))
        {
            throw new ArgumentException($"{codeSize} bytes and a center of {center.Length} do not belong to {dimension} components.", nameof(codeSize));
        }

        this.center = center;
        inverseRoot = 1f / MathF.Sqrt(Math.Max(1, dimension));
        Dimension = dimension;
        CodeSize = codeSize;
    }

    public override int Dimension { get; }

    public override int CodeSize { get; }

    public override string Name => "RaBitQ";

    public override CodecFamily? Family => CodecFamily.Binary;

    public override long ComponentBits => Dimension;

    /// <summary>Bytes of the signs of a vector.</summary>
    public static int SignBytes(int dimension) => (dimension + 7) / 8;

    public override void Decode(ReadOnlySpan<byte> codes, Span<float> vectors)
    {
        int rows = Rows(codes, vectors);
        for (int row = 0; row < rows; row++)
        {
            ReadOnlySpan<byte> code = codes.Slice(row * CodeSize, CodeSize);
            Span<float> vector = vectors.Slice(row * Dimension, Dimension);
            float multiplier = BinaryPrimitives.ReadSingleLittleEndian(code[(SignBytes(Dimension) + sizeof(float))..]);
            float step = 0.5f * multiplier * 2f * inverseRoot;
            SignTable.Expand(code, vector);
            VectorSums.Scale(vector, step);
            if (center.Length != 0)
            {
                VectorSums.Add(vector, center);
            }
        }
    }
}
