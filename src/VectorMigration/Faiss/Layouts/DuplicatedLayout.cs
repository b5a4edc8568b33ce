using System.Buffers.Binary;
using System.Runtime.InteropServices;
using VectorMigration.Faiss.Input;
using VectorMigration.Vectors;

namespace VectorMigration.Faiss.Layouts;

/// <summary>
/// IndexIVFFlatDedup: the lists hold each vector once, and pairs of ids say which further ids share one. The pairs follow the lists in the order of
/// vectors, as they stand in the file.
/// </summary>
/// <param name="inner">The lists.</param>
/// <param name="file">The file.</param>
/// <param name="pairs">Pairs of the id in the lists and the id that shares its vector, 16 bytes each.</param>
internal sealed class DuplicatedLayout(VectorLayout inner, FaissFile file, FileSpan pairs) : VectorLayout
{
    private const int Block = 4096;

    private readonly Lock loading = new();
    private Dictionary<long, long>? ordinals;

    public override long Count => inner.Count + pairs.Count;

    public override int Dimension => inner.Dimension;

    /// <summary>Vectors that ids share lie in the file once.</summary>
    public override IReadOnlyList<IndexRegion> Regions => new CodeRegions(inner.Regions);

    public override void Read(long ordinal, Span<long> ids, Span<float> components, CancellationToken cancellationToken)
    {
        int listed = Listed(ordinal, ids.Length);
        inner.Read(ordinal, ids[..listed], components[..(listed * Dimension)], cancellationToken);
        Span<long> pair = stackalloc long[2];
        Span<long> same = stackalloc long[1];
        for (int row = listed; row < ids.Length; row++)
        {
            ReadPair(ordinal + row, pair, cancellationToken);
            ids[row] = pair[1];
            inner.Read(OrdinalOf(ordinal + row, pair[0], cancellationToken), same, components.Slice(row * Dimension, Dimension), cancellationToken);
        }
    }

    public override void ReadIds(long ordinal, Span<long> ids, CancellationToken cancellationToken)
    {
        int listed = Listed(ordinal, ids.Length);
        inner.ReadIds(ordinal, ids[..listed], cancellationToken);
        Span<long> pair = stackalloc long[2];
        for (int row = listed; row < ids.Length; row++)
        {
            ReadPair(ordinal + row, pair, cancellationToken);
            ids[row] = pair[1];
        }
    }

    public override void ReadRows(long ordinal, Span<long> rows, CancellationToken cancellationToken) => ReadIds(ordinal, rows, cancellationToken);

    public override bool Project(Span<float> originals) => inner.Project(originals);

    public override long IdOffset(long ordinal, CancellationToken cancellationToken) =>
        ordinal < inner.Count ? inner.IdOffset(ordinal, cancellationToken) : PairAt(ordinal) + sizeof(long);

    private int Listed(long ordinal, int count) => (int)Math.Clamp(inner.Count - ordinal, 0, count);

    private long PairAt(long ordinal) => pairs.Offset + ((ordinal - inner.Count) * pairs.ElementSize);

    private void ReadPair(long ordinal, Span<long> pair, CancellationToken cancellationToken) =>
        file.ReadExactly(PairAt(ordinal), MemoryMarshal.AsBytes(pair), cancellationToken);

    private long OrdinalOf(long ordinal, long id, CancellationToken cancellationToken)
    {
        long found = Ordinals(cancellationToken)[id];
        return found >= 0 ? found : throw FaissErrors.DuplicateOfNothing(file.Path, ordinal, PairAt(ordinal), id);
    }

    /// <summary>Where the ids that others share lie: found by one pass over the ids when a pair is read first. As much memory as there are pairs.</summary>
    private Dictionary<long, long> Ordinals(CancellationToken cancellationToken)
    {
        lock (loading)
        {
            return ordinals ??= Load(cancellationToken);
        }
    }

    private Dictionary<long, long> Load(CancellationToken cancellationToken)
    {
        Dictionary<long, long> found = [];
        byte[] block = new byte[Block * sizeof(long)];
        for (long i = 0; i < pairs.Length; i += block.Length)
        {
            Span<byte> read = block.AsSpan(0, (int)Math.Min(block.Length, pairs.Length - i));
            file.ReadExactly(pairs.Offset + i, read, cancellationToken);
            for (int at = 0; at < read.Length; at += pairs.ElementSize)
            {
                found[BinaryPrimitives.ReadInt64LittleEndian(read[at..])] = -1;
            }
        }

        Span<long> ids = MemoryMarshal.Cast<byte, long>(block.AsSpan());
        for (long first = 0; first < inner.Count; first += Block)
        {
            Span<long> here = ids[..(int)Math.Min(Block, inner.Count - first)];
            inner.ReadIds(first, here, cancellationToken);
            for (int i = 0; i < here.Length; i++)
            {
                if (found.TryGetValue(here[i], out long known) && known < 0)
                {
                    found[here[i]] = first + i;
                }
            }
        }

        return found;
    }
}
