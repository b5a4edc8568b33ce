using System.Buffers.Binary;
using System.Numerics;
using VectorMigration.Vectors;

namespace VectorMigration.Faiss.Codecs;

/// <summary>
/// TurboQuant (SQtq2 to SQtq5): planes of bits that are places in a table, one plane of signs of what they missed, projected by signs and
/// a Walsh-Hadamard transform, the norm of the vector, and the norm of what was missed.
/// </summary>
internal sealed class TurboCodec : VectorCodec
{
    private readonly int magnitudePlanes;
    private readonly int planeSize;
    private readonly float[] table;
    private readonly float[] signs;
    private readonly double missedScale;

    /// <param name="bits">Bits of a component, 2 to 5: one of them the sign plane.</param>
    /// <param name="dimension">Components of a vector.</param>
    /// <param name="trained">Table, boundaries, seed, kind of projection.</param>
    /// <exception cref="ArgumentException">The kind of projection is unknown.</exception>
    public TurboCodec(int bits, int dimension, ReadOnlySpan<float> trained)
    {
        magnitudePlanes = bits - 1;
        planeSize = (dimension + 7) / 8;
        Dimension = dimension;
        CodeSize = (bits * planeSize) + (2 * sizeof(float));
        Name = $"SQtq{bits}";
        int entries = 1 << magnitudePlanes;
        if (trained[(2 * entries) + 1] != 0f)
        {
            throw new ArgumentException($"The projection {trained[(2 * entries) + 1]} of TurboQuant is not known.", nameof(trained));
        }

        double root = Math.Sqrt(Math.Max(1, dimension));
        table = new float[entries];
        for (int i = 0; i < entries; i++)
        {
            table[i] = (float)(trained[i] / root);
        }

        int padded = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(1, dimension));
        var random = new Mt19937(BitConverter.SingleToUInt32Bits(trained[(2 * entries) - 1]));
        signs = new float[padded];
        for (int i = 0; i < padded; i++)
        {
            signs[i] = random.Next() % 2 == 0 ? 1f : -1f;
        }

        missedScale = Math.Sqrt(Math.PI / 2) / Math.Max(1, dimension) / Math.Sqrt(padded);
    }

    public override int Dimension { get; }

    public override int CodeSize { get; }

    public override string Name { get; }

    public override CodecFamily? Family => CodecFamily.Turbo;

    public override long ComponentBits => (magnitudePlanes + 1L) * Dimension;

    public override void Decode(ReadOnlySpan<byte> codes, Span<float> vectors)
    {
        int rows = Rows(codes, vectors);
        using Scratch scratch = new(signs.Length);
        for (int row = 0; row < rows; row++)
        {
            Decode(codes.Slice(row * CodeSize, CodeSize), vectors.Slice(row * Dimension, Dimension), scratch.Span);
        }
    }

    private void Decode(ReadOnlySpan<byte> code, Span<float> vector, Span<float> missed)
    {
        SignTable.Expand(code[(magnitudePlanes * planeSize)..], missed[..vector.Length]);
        missed[vector.Length..].Clear();

        // Sums of signs are whole numbers: nothing is rounded before the scale.
        WalshHadamard.Transform(missed);
        float norm = BinaryPrimitives.ReadSingleLittleEndian(code[^8..]);
        float missedNorm = (float)(missedScale * BinaryPrimitives.ReadSingleLittleEndian(code[^4..]));
        for (int at = 0; at < vector.Length; at += 8)
        {
            ulong places = Places(code, at / 8);
            int end = Math.Min(at + 8, vector.Length);
            for (int i = at; i < end; i++, places >>= 8)
            {
                vector[i] = norm * (table[(byte)places] + (missedNorm * missed[i] * signs[i]));
            }
        }
    }

    /// <summary>The places of eight components, a byte each: bit i of byte j comes from bit j of plane i.</summary>
    private ulong Places(ReadOnlySpan<byte> code, int at)
    {
        ulong places = 0;
        for (int plane = 0; plane < magnitudePlanes; plane++)
        {
            // Eight copies, of which each keeps a bit of its own, moved to the bottom of its byte: what carries over from the addition is the bit.
            ulong copies = code[(plane * planeSize) + at] * 0x0101_0101_0101_0101UL & 0x8040_2010_0804_0201UL;
            places |= (((copies & 0x7F7F_7F7F_7F7F_7F7FUL) + 0x7F7F_7F7F_7F7F_7F7FUL | copies) >> 7 & 0x0101_0101_0101_0101UL) << plane;
        }

        return places;
    }
}
