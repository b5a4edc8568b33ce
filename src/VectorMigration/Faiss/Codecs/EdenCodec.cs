using System.Buffers.Binary;
using VectorMigration.Vectors;

namespace VectorMigration.Faiss.Codecs;

/// <summary>EDEN: fields that are places in the best table for a normal distribution, one scale a vector, around a center.</summary>
internal sealed class EdenCodec : VectorCodec
{
    private const int Piece = 1024;

    private readonly int bits;
    private readonly float[] table;
    private readonly float[] center;
    private readonly int packed;

    /// <param name="dimension">Components of a vector.</param>
    /// <param name="bits">Bits of a field, 1 to 8.</param>
    /// <param name="codeSize">Bytes of a code: the fields, a term that only searches need, and the scale.</param>
    /// <param name="center">What vectors are around; empty if the caller adds it (the centroid of a list).</param>
    /// <exception cref="ArgumentException">The numbers do not belong together.</exception>
    public EdenCodec(int dimension, int bits, int codeSize, float[] center)
    {
        packed = (int)((((long)bits * dimension) + 7) / 8);
        if (bits is < 1 or > 8 || codeSize < packed + (2 * sizeof(float)) || (center.Length != 0 && center.Length != dimension))
        {
            throw new ArgumentException(
                $"{codeSize} bytes and a center of {center.Length} do not belong to {dimension} components of {bits} bits.", nameof(codeSize));
        }

        this.bits = bits;
        this.center = center;
        table = NormalTables.Of(bits);
        Dimension = dimension;
        CodeSize = codeSize;
    }

    public override int Dimension { get; }

    public override int CodeSize { get; }

    public override string Name => $"EDEN{bits}";

    public override CodecFamily? Family => CodecFamily.Turbo;

    public override long ComponentBits => (long)bits * Dimension;

    public override void Decode(ReadOnlySpan<byte> codes, Span<float> vectors)
    {
        int rows = Rows(codes, vectors);
        Span<byte> fields = stackalloc byte[Math.Min(Piece, Dimension)];
        for (int row = 0; row < rows; row++)
        {
            ReadOnlySpan<byte> code = codes.Slice(row * CodeSize, CodeSize);
            Span<float> vector = vectors.Slice(row * Dimension, Dimension);
            float scale = BinaryPrimitives.ReadSingleLittleEndian(code[(packed + sizeof(float))..]);
            for (int at = 0; at < vector.Length; at += Piece)
            {
                Span<byte> piece = fields[..Math.Min(Piece, vector.Length - at)];
                BitFields.Unpack(code, at, bits, piece);
                for (int i = 0; i < piece.Length; i++)
                {
                    vector[at + i] = table[piece[i]] * scale;
                }
            }

            if (center.Length != 0)
            {
                VectorSums.Add(vector, center);
            }
        }
    }
}
