using System.Buffers;
using System.Runtime.InteropServices;
using VectorMigration.Faiss.Input;
using VectorMigration.Vectors;

namespace VectorMigration.Faiss.Layouts;

/// <summary>Vectors of inverted lists, list by list, with the ids stored in them.</summary>
internal sealed class ListLayout(FaissFile file, ListTable table) : VectorLayout
{
    /// <summary>Span of the file up to which neighbouring small lists are read at once.</summary>
    private const int Gather = 256 << 10;

    public override long Count => table.Count;

    public override IReadOnlyList<IndexRegion> Regions { get; } = new ListRegions(table, file.Path);

    public override void Read(long ordinal, Span<long> ids, Span<float> components, CancellationToken cancellationToken)
    {
        int row = 0;
        while (row < ids.Length)
        {
            int list = table.Find(ordinal + row);
            int rows = RowsHere(list, ordinal + row, ids.Length - row);
            if (rows < ids.Length - row)
            {
                int gathered = ReadNeighbours(list, ordinal + row, ids[row..], components[(row * table.Dimension)..], cancellationToken);
                row += gathered;
                if (gathered > 0)
                {
                    continue;
                }
            }

            Span<float> target = components.Slice(row * table.Dimension, rows * table.Dimension);
            file.ReadExactly(ComponentsAt(list, ordinal + row), MemoryMarshal.AsBytes(target), cancellationToken);
            file.ReadExactly(IdsAt(list, ordinal + row), MemoryMarshal.AsBytes(ids.Slice(row, rows)), cancellationToken);
            row += rows;
        }
    }

    public override void ReadIds(long ordinal, Span<long> ids, CancellationToken cancellationToken)
    {
        int row = 0;
        for (int list = ids.IsEmpty ? 0 : table.Find(ordinal); row < ids.Length; list++)
        {
            int rows = RowsHere(list, ordinal + row, ids.Length - row);
            file.ReadExactly(IdsAt(list, ordinal + row), MemoryMarshal.AsBytes(ids.Slice(row, rows)), cancellationToken);
            row += rows;
        }
    }

    /// <summary>Storage order is list by list; FAISS gives ids in the order of adding unless it is told others.</summary>
    public override void ReadRows(long ordinal, Span<long> rows, CancellationToken cancellationToken) => ReadIds(ordinal, rows, cancellationToken);

    public override long IdOffset(long ordinal, CancellationToken cancellationToken) => IdsAt(table.Find(ordinal), ordinal);

    private int RowsHere(int list, long ordinal, int wanted) => (int)Math.Min(wanted, table.EndOrdinal(list) - ordinal);

    private long ComponentsAt(int list, long ordinal) => table.ComponentsOffset(list) + ((ordinal - table.FirstOrdinal(list)) * table.RowBytes);

    private long IdsAt(int list, long ordinal) => table.IdsOffset(list) + ((ordinal - table.FirstOrdinal(list)) * sizeof(long));

    /// <summary>
    /// Reads as many of the following lists as lie in one short span of the file (vectors of a list, its ids, the next list) with
    /// one read. Returns the rows read: 0 when not even two lists fit.
    /// </summary>
    private int ReadNeighbours(int first, long ordinal, Span<long> ids, Span<float> components, CancellationToken cancellationToken)
    {
        long start = ComponentsAt(first, ordinal);
        long end = start;
        int last = first;
        for (int rows = 0; last < table.Length && rows < ids.Length; last++)
        {
            long from = Math.Max(ordinal, table.FirstOrdinal(last));
            int here = RowsHere(last, from, ids.Length - rows);
            long listEnd = Math.Max(ComponentsAt(last, from + here), IdsAt(last, from + here));
            if (ComponentsAt(last, from) < end || IdsAt(last, from) < start || listEnd - start > Gather)
            {
                break;
            }

            end = listEnd;
            rows += here;
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
                Span<byte> vectors = MemoryMarshal.AsBytes(components.Slice(row * table.Dimension, here * table.Dimension));
                span.Slice((int)(ComponentsAt(list, ordinal + row) - start), vectors.Length).CopyTo(vectors);
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
