using VectorMigration.SideFiles.VectorFiles;

namespace VectorMigration.SideFiles.Stores.Orders;

/// <summary>
/// Files of vectors next to an index and a table: usually those that the index was built from, row by row with the table. Where they hold the vectors of the
/// index in another order, the rows of the table may be in that order too.
/// </summary>
internal static class VectorsBeside
{
    /// <summary>Rows of a file that are compared with the vectors of the same rows.</summary>
    private const int SampleSize = 32;

    /// <summary>Rows with another vector that are looked for in the whole index.</summary>
    private const int MostSought = 4;

    /// <summary>An index with more vectors is not searched.</summary>
    private const long MostSearched = 1 << 23;

    private const int BlockSize = 256;

    /// <summary>Refuses rows next to a file that has the vectors of the index on other rows.</summary>
    /// <param name="rows">The rows of the table.</param>
    /// <param name="index">The index.</param>
    /// <param name="files">Files next to it.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="MigrationException">A file has them on other rows.</exception>
    public static void Check(IRowPayloadSource rows, IndexDescription index, IReadOnlyList<string> files, CancellationToken cancellationToken)
    {
        if (index is not { IsSupported: true, Count: > 1 and < MostSearched, Fidelity: Fidelity.Exact or Fidelity.RoundingOnly })
        {
            return;
        }

        foreach (string file in files)
        {
            if (Find(file, index, cancellationToken) is (long row, long vector))
            {
                throw OrderErrors.VectorsInOtherOrder(rows, index, file, row, vector);
            }
        }
    }

    private static (long Row, long Vector)? Find(string file, IndexDescription index, CancellationToken cancellationToken)
    {
        try
        {
            if (!VectorFile.Is(file))
            {
                return null;
            }

            using IVectorSource beside = VectorFile.OpenAny(file);
            if (beside.Description.Dimension != index.Dimension || beside.Description.Count != index.Count)
            {
                return null;
            }

            using IVectorSource source = VectorFile.OpenAny(index.Path, index.ListPath);
            List<(long Row, float[] Vector)> other = Differing(source, beside, cancellationToken);
            return other.Count == 0 ? null : Search(source, other, cancellationToken);
        }
        catch (MigrationException)
        {
            // What cannot be read says nothing.
            return null;
        }
    }

    /// <summary>Rows of the file whose vector is not that of the same row of the index; none where the file has the order in which the index stores them, which
    /// says nothing of the order of adding.</summary>
    private static List<(long Row, float[] Vector)> Differing(IVectorSource source, IVectorSource beside, CancellationToken cancellationToken)
    {
        List<(long Row, float[] Vector)> found = [];
        long[] row = new long[1];
        long count = source.Description.Count;
        int size = (int)Math.Min(SampleSize, count);
        bool isAsStored = true;
        for (int i = 0; i < size && (isAsStored || found.Count < MostSought); i++)
        {
            long ordinal = (long)((Int128)(count - 1) * i / (size - 1));
            source.ReadRows(ordinal, row, cancellationToken);
            if ((ulong)row[0] >= (ulong)count)
            {
                return [];
            }

            using VectorBatch vector = source.Read(ordinal, 1, cancellationToken);
            using VectorBatch other = beside.Read(row[0], 1, cancellationToken);
            if (!Likeness.AreSame(vector.Vector(0), other.Vector(0)) && found.Count < MostSought)
            {
                found.Add((row[0], other.Vector(0).ToArray()));
            }

            using VectorBatch stored = beside.Read(ordinal, 1, cancellationToken);
            isAsStored &= Likeness.AreSame(vector.Vector(0), stored.Vector(0));
        }

        return isAsStored ? [] : found;
    }

    private static (long Row, long Vector)? Search(IVectorSource source, List<(long Row, float[] Vector)> sought, CancellationToken cancellationToken)
    {
        long[] rows = new long[BlockSize];
        for (long ordinal = 0; ordinal < source.Description.Count;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using VectorBatch block = source.Read(ordinal, BlockSize, cancellationToken);
            source.ReadRows(ordinal, rows.AsSpan(0, block.Count), cancellationToken);
            for (int i = 0; i < block.Count; i++)
            {
                foreach ((long row, float[] vector) in sought)
                {
                    if (Likeness.AreSame(block.Vector(i), vector))
                    {
                        return (row, rows[i]);
                    }
                }
            }

            ordinal += block.Count;
        }

        return null;
    }
}
