using System.Numerics;
using System.Runtime.InteropServices;

namespace VectorMigration;

/// <summary>Finds components that are NaN or infinite: those whose exponent bits are all set.</summary>
internal static class FiniteCheck
{
    private const uint Exponent = 0x7F80_0000;

    /// <summary>Index of the first component that is not finite; −1 when all are.</summary>
    public static int IndexOfNonFinite(ReadOnlySpan<float> components)
    {
        ReadOnlySpan<uint> bits = MemoryMarshal.Cast<float, uint>(components);
        var mask = new Vector<uint>(Exponent);
        int i = 0;
        for (; i <= bits.Length - Vector<uint>.Count; i += Vector<uint>.Count)
        {
            if (Vector.EqualsAny(new Vector<uint>(bits[i..]) & mask, mask))
            {
                break;
            }
        }

        for (; i < bits.Length; i++)
        {
            if ((bits[i] & Exponent) == Exponent)
            {
                return i;
            }
        }

        return -1;
    }
}
