namespace VectorMigration.Faiss.Codecs;

/// <summary>IndexLSH: a bit a component, read as −1 or 1; of the vector its direction is left.</summary>
internal sealed class LshCodec : VectorCodec
{
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

    public override void Decode(ReadOnlySpan<byte> codes, Span<float> vectors)
    {
        int rows = Rows(codes, vectors);
        using Scratch scratch = new(bits);
        Span<float> signs = scratch.Span;
        for (int row = 0; row < rows; row++)
        {
            ReadOnlySpan<byte> code = codes.Slice(row * CodeSize, CodeSize);
            Span<float> vector = vectors.Slice(row * Dimension, Dimension);
            for (int i = 0; i < bits; i++)
            {
                signs[i] = (2 * ((code[i / 8] >> (i % 8)) & 1)) - 1;
            }

            if (thresholds.Length != 0)
            {
                VectorSums.Add(signs, thresholds);
            }

            Finish(signs, vector);
        }
    }

    /// <summary>FAISS leaves components that have no bit as memory had them; here they are 0.</summary>
    private void Finish(ReadOnlySpan<float> signs, Span<float> vector)
    {
        if (rotation is not null)
        {
            rotation.Reverse(signs, vector);
            return;
        }

        int kept = Math.Min(signs.Length, vector.Length);
        signs[..kept].CopyTo(vector);
        vector[kept..].Clear();
    }
}
