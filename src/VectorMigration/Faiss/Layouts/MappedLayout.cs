using System.Runtime.InteropServices;
using VectorMigration.Faiss.Input;
using VectorMigration.Vectors;

namespace VectorMigration.Faiss.Layouts;

/// <summary>An id map over another layout: the user's id is the entry that the inner id points to (IndexIDMap::add_with_ids).</summary>
internal sealed class MappedLayout(VectorLayout inner, FaissFile file, FileSpan map, bool innerIsSequential) : VectorLayout
{
    public override long Count => inner.Count;

    public override int Dimension => inner.Dimension;

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

    public override bool Project(Span<float> originals) => inner.Project(originals);

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

        for (int i = 0; i < ids.Length; i++)
        {
            if ((ulong)ids[i] >= (ulong)map.Count)
            {
                throw FaissErrors.IdOutsideMap(file.Path, ordinal + i, inner.IdOffset(ordinal + i, cancellationToken), ids[i], map.Count);
            }
        }

        ScatteredElements.Read(file, map, ids, MemoryMarshal.AsBytes(ids), cancellationToken);
    }
}
