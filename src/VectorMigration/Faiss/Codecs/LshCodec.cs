using VectorMigration.Vectors;

namespace VectorMigration.Faiss.Codecs;

/// <summary>IndexLSH: a bit a component, read as −1 or 1; of the vector its direction is left.</summary>
internal sealed class LshCodec : VectorCodec
{
    /// <summary>Rows at once: a rotation of many is many times faster than many rotations of one.</summary>
    private const int Batch = 48;

    private readonly int bits;
    private readonly float[] thresholds;
    private readonly VectorTransform? rotation;

    /// <param name="dimension">Components of a vector.</param>
    /// <param name="bits">Bits of a code (nbits).</param>
    /// <param name="thresholds">What is added to each bit's value; empty if thresholds were not trained.</param>
    /// <param name="rotation">What vectors were rotated by before; null if they were not.</param>
    /// <param name="codeSize">Bytes of a code.</param>
    /// <exception cref="ArgumentException">The numbers do not belong together.</exception>
    public LshCodec(int dimension, int bits, float[] thresholds, VectorTransform? rotation, int codeSize)
    {
        bool fits = bits >= 0 && bits <= 8L * codeSize && (thresholds.Length == 0 || thresholds.Length == bits)
            && (rotation is null || (rotation.InputDimension == dimension && rotation.OutputDimension == bits));
        if (!fits)
        {
            throw new ArgumentException($"{thresholds.Length} thresholds and {codeSize} bytes do not belong to {bits} bits.", nameof(bits));
        }

        this.bits = bits;
        this.thresholds = thresholds;
        this.rotation = rotation;
        Dimension = dimension;
        CodeSize = codeSize;
    }

    public override int Dimension { get; }

    public override int CodeSize { get; }

    public override string Name => "LSH";

    public override CodecFamily? Family => CodecFamily.Binary;

    public override void Decode(ReadOnlySpan<byte> codes, Span<float> vectors)
    {
        int rows = Rows(codes, vectors);
        using Scratch scratch = new(checked(Batch * bits));
        for (int first = 0; first < rows; first += Batch)
        {
            int count = Math.Min(Batch, rows - first);
            Span<float> signs = scratch.Span[..(count * bits)];
            for (int row = 0; row < count; row++)
            {
                SignTable.Expand(codes.Slice((first + row) * CodeSize, CodeSize), signs.Slice(row * bits, bits));
            }

            if (thresholds.Length != 0)
            {
                VectorSums.AddToRows(signs, thresholds);
            }

            Finish(signs, vectors.Slice(first * Dimension, count * Dimension));
        }
    }

    /// <summary>FAISS leaves components that have no bit as memory had them; here they are 0.</summary>
    private void Finish(ReadOnlySpan<float> signs, Span<float> vectors)
    {
        if (rotation is not null)
        {
            rotation.Reverse(signs, vectors);
            return;
        }

        int kept = Math.Min(bits, Dimension);
        vectors.Clear();
        for (int row = 0; row * Dimension < vectors.Length; row++)
        {
            signs.Slice(row * bits, kept).CopyTo(vectors.Slice(row * Dimension, kept));
        }
    }
}
