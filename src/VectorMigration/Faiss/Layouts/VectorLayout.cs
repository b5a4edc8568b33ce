using System.Buffers;
using System.Runtime.InteropServices;
using VectorMigration.Faiss.Input;
using VectorMigration.Vectors;

namespace VectorMigration.Faiss.Layouts;

/// <summary>Where vectors and ids lie, and how they are read; thread-safe. Ordinals are in storage order.</summary>
internal abstract class VectorLayout
{
    public const string SequentialIds = "sequential";
    public const string IdsInLists = "inverted lists";
    public const string IdsInMap = "id map";

    /// <summary>Number of vectors.</summary>
    public abstract long Count { get; }

    /// <summary>Regions in storage order; made when asked for, since there may be two for each of millions of lists.</summary>
    public abstract IReadOnlyList<IndexRegion> Regions { get; }

    /// <summary>Reads ids and components, <paramref name="ids"/>.Length of each, row-major.</summary>
    public abstract void Read(long ordinal, Span<long> ids, Span<float> components, CancellationToken cancellationToken);

    /// <summary>Reads ids only.</summary>
    public abstract void ReadIds(long ordinal, Span<long> ids, CancellationToken cancellationToken);

    /// <summary>Reads as what rows the vectors were added; positions, unless the layout knows better.</summary>
    public virtual void ReadRows(long ordinal, Span<long> rows, CancellationToken cancellationToken)
    {
        for (int i = 0; i < rows.Length; i++)
        {
            rows[i] = ordinal + i;
        }
    }

    /// <summary>Offset in its file of the id of a vector; where none is stored, of its components.</summary>
    public abstract long IdOffset(long ordinal, CancellationToken cancellationToken);
}

/// <summary>One block of row-major float32; ids are the positions.</summary>
internal sealed class FlatLayout(FaissFile file, long offset, long count, int dimension) : VectorLayout
{
    public override long Count => count;

    public override IReadOnlyList<IndexRegion> Regions =>
        [new(RegionContent.Components, file.Path, offset, count * dimension * sizeof(float), 0)];

    public override void Read(long ordinal, Span<long> ids, Span<float> components, CancellationToken cancellationToken)
    {
        ReadIds(ordinal, ids, cancellationToken);
        file.ReadExactly(offset + (ordinal * dimension * sizeof(float)), MemoryMarshal.AsBytes(components), cancellationToken);
    }

    public override void ReadIds(long ordinal, Span<long> ids, CancellationToken cancellationToken) => ReadRows(ordinal, ids, cancellationToken);

    public override long IdOffset(long ordinal, CancellationToken cancellationToken) => offset + (ordinal * dimension * sizeof(float));
}

/// <summary>An id map over another layout: the user's id is the entry that the inner id points to (IndexIDMap::add_with_ids).</summary>
internal sealed class MappedLayout(VectorLayout inner, FaissFile file, FileSpan map, bool innerIsSequential) : VectorLayout
{
    /// <summary>Entries read at once where inner ids are in no order: 4 KiB, a page.</summary>
    private const int Window = 512;

    public override long Count => inner.Count;

    public override IReadOnlyList<IndexRegion> Regions { get; } =
        new AppendedRegion(inner.Regions, new IndexRegion(RegionContent.Ids, file.Path, map.Offset, map.Length, 0));

    public override void Read(long ordinal, Span<long> ids, Span<float> components, CancellationToken cancellationToken)
    {
        inner.Read(ordinal, ids, components, cancellationToken);
        Translate(ordinal, ids, cancellationToken);
    }

    public override void ReadIds(long ordinal, Span<long> ids, CancellationToken cancellationToken)
    {
        if (!innerIsSequential)
        {
            inner.ReadIds(ordinal, ids, cancellationToken);
        }

        Translate(ordinal, ids, cancellationToken);
    }

    /// <summary>The map is indexed by what the inner index calls its vectors, in the order of adding.</summary>
    public override void ReadRows(long ordinal, Span<long> rows, CancellationToken cancellationToken) => inner.ReadRows(ordinal, rows, cancellationToken);

    public override long IdOffset(long ordinal, CancellationToken cancellationToken)
    {
        Span<long> id = [ordinal];
        if (!innerIsSequential)
        {
            inner.ReadIds(ordinal, id, cancellationToken);
        }

        return map.Offset + (id[0] * sizeof(long));
    }

    private void Translate(long ordinal, Span<long> ids, CancellationToken cancellationToken)
    {
        if (innerIsSequential)
        {
            file.ReadExactly(map.Offset + (ordinal * sizeof(long)), MemoryMarshal.AsBytes(ids), cancellationToken);
            return;
        }

        TranslateScattered(ordinal, ids, cancellationToken);
    }

    /// <summary>Looks inner ids up in ascending order, so that neighbours in the map come with one read.</summary>
    private void TranslateScattered(long ordinal, Span<long> ids, CancellationToken cancellationToken)
    {
        long[] rentedKeys = ArrayPool<long>.Shared.Rent(ids.Length);
        int[] rentedRows = ArrayPool<int>.Shared.Rent(ids.Length);
        try
        {
            Span<long> keys = rentedKeys.AsSpan(0, ids.Length);
            Span<int> rows = rentedRows.AsSpan(0, ids.Length);
            for (int i = 0; i < rows.Length; i++)
            {
                keys[i] = (ulong)ids[i] < (ulong)map.Count
                    ? ids[i]
                    : throw FaissErrors.IdOutsideMap(file.Path, ordinal + i, inner.IdOffset(ordinal + i, cancellationToken), ids[i], map.Count);
                rows[i] = i;
            }

            keys.Sort(rows);
            LookUp(keys, rows, ids, cancellationToken);
        }
        finally
        {
            ArrayPool<long>.Shared.Return(rentedKeys);
            ArrayPool<int>.Shared.Return(rentedRows);
        }
    }

    private void LookUp(ReadOnlySpan<long> keys, ReadOnlySpan<int> rows, Span<long> ids, CancellationToken cancellationToken)
    {
        Span<long> window = stackalloc long[Window];
        long start = 0;
        int length = 0;
        for (int i = 0; i < keys.Length; i++)
        {
            if (keys[i] >= start + length)
            {
                start = keys[i];
                length = (int)Math.Min(Window, map.Count - start);
                file.ReadExactly(map.Offset + (start * sizeof(long)), MemoryMarshal.AsBytes(window[..length]), cancellationToken);
            }

            ids[rows[i]] = window[(int)(keys[i] - start)];
        }
    }
}
