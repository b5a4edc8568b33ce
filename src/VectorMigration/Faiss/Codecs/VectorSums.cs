using System.Numerics;
using System.Runtime.InteropServices;

namespace VectorMigration.Faiss.Codecs;

/// <summary>Sums and multiples of vectors in place: a residual and its centroid, a code and its refinement, signs and their scale.</summary>
internal static class VectorSums
{
    /// <summary>Adds component by component.</summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static void Add(Span<float> vectors, ReadOnlySpan<float> addend)
    {
        if (vectors.Length != addend.Length)
        {
            throw new ArgumentException($"{addend.Length} components cannot be added to {vectors.Length}.", nameof(addend));
        }

        ref float target = ref MemoryMarshal.GetReference(vectors);
        ref float source = ref MemoryMarshal.GetReference(addend);
        int i = 0;
        for (; i <= vectors.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector.StoreUnsafe(Vector.LoadUnsafe(ref target, (nuint)i) + Vector.LoadUnsafe(ref source, (nuint)i), ref target, (nuint)i);
        }

        for (; i < vectors.Length; i++)
        {
            vectors[i] += addend[i];
        }
    }

    /// <summary>Multiplies each component by one factor.</summary>
    public static void Scale(Span<float> vectors, float factor)
    {
        ref float target = ref MemoryMarshal.GetReference(vectors);
        var factors = new Vector<float>(factor);
        int i = 0;
        for (; i <= vectors.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector.StoreUnsafe(Vector.LoadUnsafe(ref target, (nuint)i) * factors, ref target, (nuint)i);
        }

        for (; i < vectors.Length; i++)
        {
            vectors[i] *= factor;
        }
    }

    /// <summary>Adds one vector to each of many.</summary>
    /// <exception cref="ArgumentException"><paramref name="vectors"/> are no rows of the length of <paramref name="addend"/>.</exception>
    public static void AddToRows(Span<float> vectors, ReadOnlySpan<float> addend)
    {
        int rows = CodeRows.Of(0, 0, vectors.Length, addend.Length);
        for (int row = 0; row < rows; row++)
        {
            Add(vectors.Slice(row * addend.Length, addend.Length), addend);
        }
    }
}
