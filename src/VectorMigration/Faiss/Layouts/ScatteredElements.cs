using System.Buffers;
using VectorMigration.Faiss.Input;

namespace VectorMigration.Faiss.Layouts;

/// <summary>Elements of an array in a file that are wanted in no order.</summary>
internal static class ScatteredElements
{
    /// <summary>Bytes read at once: a page.</summary>
    private const int Window = 4096;

    /// <summary>
    /// Reads the elements with the numbers <paramref name="keys"/>, in that order. They are looked up in ascending order, so that neighbours come with one
    /// read. <paramref name="keys"/> and <paramref name="elements"/> may be the same memory.
    /// </summary>
    /// <param name="file">The file.</param>
    /// <param name="span">Where the array lies.</param>
    /// <param name="keys">Numbers of elements, all within the array.</param>
    /// <param name="elements">Takes them, <see cref="FileSpan.ElementSize"/> bytes each.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    public static void Read(FaissFile file, FileSpan span, ReadOnlySpan<long> keys, Span<byte> elements, CancellationToken cancellationToken)
    {
        long[] rentedKeys = ArrayPool<long>.Shared.Rent(keys.Length);
        int[] rentedRows = ArrayPool<int>.Shared.Rent(keys.Length);
        byte[] window = ArrayPool<byte>.Shared.Rent(Math.Max(Window, span.ElementSize));
        try
        {
            Span<long> sorted = rentedKeys.AsSpan(0, keys.Length);
            Span<int> rows = rentedRows.AsSpan(0, keys.Length);
            keys.CopyTo(sorted);
            for (int i = 0; i < rows.Length; i++)
            {
                rows[i] = i;
            }

            sorted.Sort(rows);
            LookUp(file, span, sorted, rows, elements, window, cancellationToken);
        }
        finally
        {
            ArrayPool<long>.Shared.Return(rentedKeys);
            ArrayPool<int>.Shared.Return(rentedRows);
            ArrayPool<byte>.Shared.Return(window);
        }
    }

    private static void LookUp(
        FaissFile file, FileSpan span, ReadOnlySpan<long> keys, ReadOnlySpan<int> rows, Span<byte> elements, byte[] window, CancellationToken cancellationToken)
    {
        int size = span.ElementSize;
        int most = Math.Max(1, Window / size);
        long start = 0;
        int length = 0;
        for (int i = 0; i < keys.Length; i++)
        {
            if (keys[i] >= start + length)
            {
                start = keys[i];
                length = (int)Math.Min(most, span.Count - start);
                file.ReadExactly(span.Offset + (start * size), window.AsSpan(0, length * size), cancellationToken);
            }

            window.AsSpan((int)(keys[i] - start) * size, size).CopyTo(elements[(rows[i] * size)..]);
        }
    }
}
