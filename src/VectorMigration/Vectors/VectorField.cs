using System.Runtime.InteropServices;

namespace VectorMigration.Vectors;

/// <summary>A field of payloads that holds vectors.</summary>
/// <param name="Name">Its name, or path.</param>
/// <param name="IsExcluded">The user leaves it out of the payloads: its vectors may be those of another model.</param>
public sealed record VectorField(string Name, bool IsExcluded)
{
    /// <summary>Hash of the bits of a vector, whose sums tell sets of vectors apart.</summary>
    /// <param name="vector">The components.</param>
    public static ulong Hash(ReadOnlySpan<float> vector)
    {
        ulong hash = 0;
        foreach (int bits in MemoryMarshal.Cast<float, int>(vector))
        {
            hash = RowNumbers.Hash(unchecked((long)((hash * 31) ^ (uint)bits)));
        }

        return hash;
    }
}
