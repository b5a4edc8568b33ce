using System.Numerics;
using System.Runtime.InteropServices;
using VectorMigration.Vectors;

namespace VectorMigration.Faiss.Codecs;

/// <summary>Components as IEEE half precision: every half is a float32.</summary>
internal sealed class HalfCodec(int dimension) : VectorCodec
{
    /// <summary>A half's exponent and fraction at a float's place are the half divided by 2^112; the product is exact, of subnormal halves too.</summary>
    private const float Rebase = 5.192296858534828e33f;

    /// <summary>From here on a half moved to a float's place is infinite or not a number.</summary>
    private const int Special = 31 << 23;

    private const int ExponentOfFloat = 0x7F80_0000;

    public override int Dimension => dimension;

    public override int CodeSize { get; } = checked(2 * dimension);

    public override string Name => "SQfp16";

    public override CodecFamily? Family => CodecFamily.HalfPrecision;

    public override void Decode(ReadOnlySpan<byte> codes, Span<float> vectors)
    {
        Rows(codes, vectors);
        ReadOnlySpan<ushort> halves = MemoryMarshal.Cast<byte, ushort>(codes);
        ref ushort source = ref MemoryMarshal.GetReference(halves);
        ref float target = ref MemoryMarshal.GetReference(vectors);
        int i = 0;
        for (; i <= halves.Length - Vector<ushort>.Count; i += Vector<ushort>.Count)
        {
            Vector.Widen(Vector.LoadUnsafe(ref source, (nuint)i), out Vector<uint> low, out Vector<uint> high);
            Vector.StoreUnsafe(ToSingle(Vector.AsVectorInt32(low)), ref target, (nuint)i);
            Vector.StoreUnsafe(ToSingle(Vector.AsVectorInt32(high)), ref target, (nuint)(i + Vector<float>.Count));
        }

        for (; i < halves.Length; i++)
        {
            vectors[i] = ToSingle(halves[i]);
        }
    }

    /// <summary>One half; the fraction of what is not a number is kept.</summary>
    public static float ToSingle(ushort half)
    {
        int moved = (half & 0x7FFF) << 13;
        int magnitude = moved >= Special
            ? moved | ExponentOfFloat
            : BitConverter.SingleToInt32Bits(BitConverter.Int32BitsToSingle(moved) * Rebase);
        return BitConverter.Int32BitsToSingle(magnitude | ((half & 0x8000) << 16));
    }

    private static Vector<float> ToSingle(Vector<int> half)
    {
        Vector<int> moved = (half & new Vector<int>(0x7FFF)) << 13;
        Vector<int> rebased = Vector.AsVectorInt32(Vector.AsVectorSingle(moved) * new Vector<float>(Rebase));
        Vector<int> magnitude = Vector.ConditionalSelect(
            Vector.GreaterThanOrEqual(moved, new Vector<int>(Special)), moved | new Vector<int>(ExponentOfFloat), rebased);
        return Vector.AsVectorSingle(magnitude | ((half & new Vector<int>(0x8000)) << 16));
    }
}

/// <summary>Components as the upper half of a float32 (bfloat16).</summary>
internal sealed class BrainHalfCodec(int dimension) : VectorCodec
{
    public override int Dimension => dimension;

    public override int CodeSize { get; } = checked(2 * dimension);

    public override string Name => "SQbf16";

    public override CodecFamily? Family => CodecFamily.HalfPrecision;

    public override void Decode(ReadOnlySpan<byte> codes, Span<float> vectors)
    {
        Rows(codes, vectors);
        ReadOnlySpan<ushort> halves = MemoryMarshal.Cast<byte, ushort>(codes);
        ref ushort source = ref MemoryMarshal.GetReference(halves);
        Span<uint> bits = MemoryMarshal.Cast<float, uint>(vectors);
        ref uint target = ref MemoryMarshal.GetReference(bits);
        int i = 0;
        for (; i <= halves.Length - Vector<ushort>.Count; i += Vector<ushort>.Count)
        {
            Vector.Widen(Vector.LoadUnsafe(ref source, (nuint)i), out Vector<uint> low, out Vector<uint> high);
            Vector.StoreUnsafe(low << 16, ref target, (nuint)i);
            Vector.StoreUnsafe(high << 16, ref target, (nuint)(i + Vector<uint>.Count));
        }

        for (; i < halves.Length; i++)
        {
            bits[i] = (uint)halves[i] << 16;
        }
    }
}
