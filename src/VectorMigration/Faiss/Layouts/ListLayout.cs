using System.Buffers;
using System.Runtime.InteropServices;
using VectorMigration.Faiss.Codecs;
using VectorMigration.Faiss.Input;
using VectorMigration.Vectors;

namespace VectorMigration.Faiss.Layouts;

/// <summary>Vectors of inverted lists, list by list, with the ids stored in them.</summary>
/// <param name="file">The file that the lists lie in.</param>
/// <param name="table">Where they lie.</param>
/// <param name="rows">How vectors lie in a list.</param>
/// <param name="centroids">What is added to each vector of a list; null where codes are not of residuals.</param>
internal sealed class ListLayout(FaissFile file, ListTable table, VectorRows rows, Centroids? centroids) : VectorLayout
{
    /// <summary>Span of the file up to which neighbouring small lists are read at once.</summary>
    private const int Gather = 256 << 10;

    public override long Count => table.Count;

    public override int Dimension => rows.Dimension;

    public override IReadOnlyList<IndexRegion> Regions { get; } = new ListRegions(table, rows, file.Path);

    public override void Read(long ordinal, Span<long> ids, Span<float> components, CancellationToken cancellationToken)
    {
        int row = 0;
        while (row < ids.Length)
        {
            int list = table.Find(ordinal + row);
            int here = RowsHere(list, ordinal + row, ids.Length - row);
            if (here < ids.Length - row)
            {
                int gathered = ReadNeighbours(list, ordinal + row, ids[row..], components[(row * Dimension)..], cancellationToken);
                row += gathered;
                if (gathered > 0)
                {
                    continue;
                }
            }

            Span<float> target = components.Slice(row * Dimension, here * Dimension);
            rows.Read(file, table.ComponentsOffset(list), ordinal + row - table.FirstOrdinal(list), target, cancellationToken);
            AddCentroid(list, target);
            file.ReadExactly(IdsAt(list, ordinal + row), MemoryMarshal.AsBytes(ids.Slice(row, here)), cancellationToken);
            row += here;
        }
    }

    public override void ReadIds(long ordinal, Span<long> ids, CancellationToken cancellationToken)
    {
        int row = 0;
        for (int list = ids.IsEmpty ? 0 : table.Find(ordinal); row < ids.Length; list++)
        {
            int here = RowsHere(list, ordinal + row, ids.Length - row);
            file.ReadExactly(IdsAt(list, ordinal + row), MemoryMarshal.AsBytes(ids.Slice(row, here)), cancellationToken);
            row += here;
        }
    }

    /// <summary>Storage order is list by list; FAISS gives ids in the order of adding unless it is told others.</summary>
    public override void ReadRows(long ordinal, Span<long> rows, CancellationToken cancellationToken) => ReadIds(ordinal, rows, cancellationToken);

    public override long IdOffset(long ordinal, CancellationToken cancellationToken) => IdsAt(table.Find(ordinal), ordinal);

    private int RowsHere(int list, long ordinal, int wanted) => (int)Math.Min(wanted, table.EndOrdinal(list) - ordinal);

    private long IdsAt(int list, long ordinal) => table.IdsOffset(list) + ((ordinal - table.FirstOrdinal(list)) * sizeof(long));

    private RunPart PartOf(int list, long ordinal, int count)
    {
        RunPart part = rows.PartOf(ordinal - table.FirstOrdinal(list), count);
        return part with { Offset = table.ComponentsOffset(list) + part.Offset };
    }

    /// <summary>What is left of a list between two reads of a vector's batch takes its centroid once.</summary>
    private void AddCentroid(int list, Span<float> vectors)
    {
        if (centroids is null)
        {
            return;
        }

        float[] centroid = ArrayPool<float>.Shared.Rent(Dimension);
        try
        {
            Span<float> span = centroid.AsSpan(0, Dimension);
            centroids.Read(table.Number(list), span);
            VectorSums.AddToRows(vectors, span);
        }
        finally
        {
            ArrayPool<float>.Shared.Return(centroid);
        }
    }

    /// <summary>
    /// Reads as many of the following lists as lie in one short span of the file (vectors of a list, its ids, the next list) with
    /// one read. Returns the rows read: 0 when not even two lists fit.
    /// </summary>
    private int ReadNeighbours(int first, long ordinal, Span<long> ids, Span<float> components, CancellationToken cancellationToken)
    {
        long start = PartOf(first, ordinal, 1).Offset;
        long end = start;
        int last = first;
        for (int read = 0; last < table.Length && read < ids.Length; last++)
        {
            long from = Math.Max(ordinal, table.FirstOrdinal(last));
            int here = RowsHere(last, from, ids.Length - read);
            RunPart part = PartOf(last, from, here);
            long listEnd = Math.Max(part.Offset + part.Length, IdsAt(last, from + here));
            if (part.Offset < end || IdsAt(last, from) < start || listEnd - start > Gather)
            {
                break;
            }

            end = listEnd;
            read += here;
        }

        return last - first < 2 ? 0 : Scatter(first, last, ordinal, start, (int)(end - start), ids, components, cancellationToken);
    }

    private int Scatter(int first, int last, long ordinal, long start, int length, Span<long> ids, Span<float> components, CancellationToken cancellationToken)
    {
        byte[] rented = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            Span<byte> span = rented.AsSpan(0, length);
            file.ReadExactly(start, span, cancellationToken);
            int row = 0;
            for (int list = first; list < last; list++)
            {
                int here = RowsHere(list, ordinal + row, ids.Length - row);
                RunPart part = PartOf(list, ordinal + row, here);
                Span<float> vectors = components.Slice(row * Dimension, here * Dimension);
                rows.Decode(span.Slice((int)(part.Offset - start), (int)part.Length), ordinal + row - table.FirstOrdinal(list), vectors);
                AddCentroid(list, vectors);
                Span<byte> numbers = MemoryMarshal.AsBytes(ids.Slice(row, here));
                span.Slice((int)(IdsAt(list, ordinal + row) - start), numbers.Length).CopyTo(numbers);
                row += here;
            }

            return row;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }
}
