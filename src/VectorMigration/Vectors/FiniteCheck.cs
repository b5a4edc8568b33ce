using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace VectorMigration.Vectors;

/// <summary>Finds components that are NaN or infinite: those whose exponent bits are all set.</summary>
internal static class FiniteCheck
{
    private const uint Exponent = 0x7F80_0000;

    /// <summary>Index of the first component that is not finite; −1 when all are.</summary>
    // Every component passes here, so compile it optimised from the start.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int IndexOfNonFinite(ReadOnlySpan<float> components)
    {
        ReadOnlySpan<uint> bits = MemoryMarshal.Cast<float, uint>(components);
        ref uint first = ref MemoryMarshal.GetReference(bits);
        var mask = new Vector<uint>(Exponent);
        int width = Vector<uint>.Count;
        int i = 0;
        for (; i <= bits.Length - (4 * width); i += 4 * width)
        {
            // Four at once, one decision: the four comparisons do not wait for each other.
            Vector<uint> found = Vector.Equals(Vector.LoadUnsafe(ref first, (nuint)i) & mask, mask)
                | Vector.Equals(Vector.LoadUnsafe(ref first, (nuint)(i + width)) & mask, mask)
                | Vector.Equals(Vector.LoadUnsafe(ref first, (nuint)(i + (2 * width))) & mask, mask)
                | Vector.Equals(Vector.LoadUnsafe(ref first, (nuint)(i + (3 * width))) & mask, mask);
            if (found != Vector<uint>.Zero)
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
