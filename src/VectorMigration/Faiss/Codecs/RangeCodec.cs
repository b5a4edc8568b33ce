using System.Numerics;
using System.Runtime.InteropServices;
using VectorMigration.Vectors;

namespace VectorMigration.Faiss.Codecs;

/// <summary>
/// Codes of 4, 6 or 8 bits on a trained range: least[j] + (code + 0.5) / levels × extent[j]. The order of the operations is FAISS's, for
/// the same bits; a fused multiplication would give others.
/// </summary>
internal sealed class RangeCodec(string name, int bits, float[] least, float[] extent) : VectorCodec
{
    /// <summary>Fields spread at once where they are narrower than a byte; a multiple of eight, so that pieces begin at whole bytes.</summary>
    private const int Piece = 1024;

    private readonly float levels = (1 << bits) - 1;

    public override int Dimension => least.Length;

    public override int CodeSize { get; } = (int)((((long)bits * least.Length) + 7) / 8);

    public override string Name => name;

    public override CodecFamily? Family => CodecFamily.Scalar;

    /// <summary>Half a step of the widest component: the greatest error of what lies within the trained range.</summary>
    public override float? ExpectedError => least.Length == 0 ? null : extent.Max() / levels / 2;

    public override void Decode(ReadOnlySpan<byte> codes, Span<float> vectors)
    {
        int rows = Rows(codes, vectors);
        for (int row = 0; row < rows; row++)
        {
            ReadOnlySpan<byte> code = codes.Slice(row * CodeSize, CodeSize);
            Span<float> vector = vectors.Slice(row * Dimension, Dimension);
            if (bits == 8)
            {
                Scale(code, least, extent, levels, vector);
            }
            else
            {
                Spread(code, vector);
            }
        }
    }

    private void Spread(ReadOnlySpan<byte> code, Span<float> vector)
    {
        Span<byte> fields = stackalloc byte[Math.Min(Piece, vector.Length)];
        for (int at = 0; at < vector.Length; at += Piece)
        {
            Span<byte> piece = fields[..Math.Min(Piece, vector.Length - at)];
            BitFields.Unpack(code, at, bits, piece);
            Scale(piece, least.AsSpan(at, piece.Length), extent.AsSpan(at, piece.Length), levels, vector.Slice(at, piece.Length));
        }
    }

    private static void Scale(ReadOnlySpan<byte> fields, ReadOnlySpan<float> least, ReadOnlySpan<float> extent, float levels, Span<float> vector)
    {
        ref byte source = ref MemoryMarshal.GetReference(fields);
        int i = 0;
        if (vector.Length >= Vector<byte>.Count)
        {
            var divisor = new Vector<float>(levels);
            for (; i <= vector.Length - Vector<byte>.Count; i += Vector<byte>.Count)
            {
                Vector.Widen(Vector.LoadUnsafe(ref source, (nuint)i), out Vector<ushort> low, out Vector<ushort> high);
                Vector.Widen(low, out Vector<uint> first, out Vector<uint> second);
                Vector.Widen(high, out Vector<uint> third, out Vector<uint> fourth);
                Scale(first, i, least, extent, divisor, vector);
                Scale(second, i + Vector<float>.Count, least, extent, divisor, vector);
                Scale(third, i + (2 * Vector<float>.Count), least, extent, divisor, vector);
                Scale(fourth, i + (3 * Vector<float>.Count), least, extent, divisor, vector);
            }
        }

        for (; i < vector.Length; i++)
        {
            float part = (fields[i] + 0.5f) / levels;
            vector[i] = least[i] + (part * extent[i]);
        }
    }

    private static void Scale(
        Vector<uint> fields, int at, ReadOnlySpan<float> least, ReadOnlySpan<float> extent, Vector<float> levels, Span<float> vector)
    {
        nuint offset = (nuint)at;
        Vector<float> part = (Vector.ConvertToSingle(Vector.AsVectorInt32(fields)) + new Vector<float>(0.5f)) / levels;
        Vector<float> scaled = part * Vector.LoadUnsafe(ref MemoryMarshal.GetReference(extent), offset);
        Vector.StoreUnsafe(Vector.LoadUnsafe(ref MemoryMarshal.GetReference(least), offset) + scaled, ref MemoryMarshal.GetReference(vector), offset);
    }
}
