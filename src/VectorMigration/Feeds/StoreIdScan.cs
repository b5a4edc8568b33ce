using VectorMigration.Files;
using VectorMigration.Vectors;

namespace VectorMigration.Feeds;

/// <summary>An id of a store, and the vector that it belongs to.</summary>
/// <param name="Ordinal">The vector.</param>
/// <param name="FaissId">Its id in the index.</param>
/// <param name="Id">The store's id; null where there is none.</param>
internal readonly record struct StoreIdOccurrence(long Ordinal, long FaissId, string? Id);

/// <summary>What the ids of a store were found to be.</summary>
internal sealed record StoreIdFindings
{
    /// <summary>The point ids.</summary>
    public required PointIdTable Table { get; init; }

    /// <summary>Vectors without an id.</summary>
    public long Missing { get; init; }

    /// <summary>The first of them.</summary>
    public IReadOnlyList<StoreIdOccurrence> FirstMissing { get; init; } = [];

    /// <summary>Ids that are neither UUIDs nor numbers, where they are to be kept.</summary>
    public long Unusable { get; init; }

    /// <summary>The first of them.</summary>
    public IReadOnlyList<StoreIdOccurrence> FirstUnusable { get; init; } = [];

    /// <summary>Vectors whose id another one has.</summary>
    public long Repeated { get; init; }

    /// <summary>The first of them.</summary>
    public IReadOnlyList<StoreIdOccurrence> FirstRepeated { get; init; } = [];
}

/// <summary>Reads the store's ids of a range of vectors once and makes point ids of them.</summary>
/// <param name="source">The index.</param>
/// <param name="store">The store.</param>
/// <param name="mapping">Kept, or made UUIDs.</param>
/// <param name="part">The part that UUIDs contain; null for none.</param>
internal sealed class StoreIdScan(IVectorSource source, IStoreIds store, IdMapping mapping, string? part)
{
    private const int MostListed = 3;
    private const int BlockSize = 1 << 15;

    private readonly Guid? space = string.IsNullOrEmpty(part) ? null : NamedUuid.OfPart(part);
    private readonly List<StoreIdOccurrence> missing = [];
    private readonly List<StoreIdOccurrence> unusable = [];
    private long missingCount;
    private long unusableCount;

    /// <summary>Reads them.</summary>
    /// <param name="offset">First ordinal.</param>
    /// <param name="count">How many.</param>
    /// <param name="superseded">Ordinals that a later vector of the same FAISS id replaces: they share its id.</param>
    /// <param name="spill">Folder for what does not fit in memory; null for that of the system.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    public StoreIdFindings Run(long offset, long count, IReadOnlySet<long> superseded, string? spill, CancellationToken cancellationToken)
    {
        PointIdTable table = new(store, offset, count);
        using PairSort sort = new(new SpillFolder(spill));
        long[] block = new long[(int)Math.Min(BlockSize, count)];
        for (long done = 0; done < count;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int read = source.ReadIds(offset + done, block.AsSpan(0, (int)Math.Min(block.Length, count - done)), cancellationToken);
            if (read <= 0)
            {
                throw FeedErrors.EndedEarly(source.Description, offset + done, offset + count);
            }

            for (int i = 0; i < read; i++)
            {
                long ordinal = offset + done + i;
                if (Take(ordinal, block[i]) is PointId id)
                {
                    table.Set(ordinal, id);
                    if (!superseded.Contains(ordinal))
                    {
                        sort.Add(Fold(id), ordinal);
                    }
                }
            }

            done += read;
        }

        using SortedPairs sorted = sort.Finish(cancellationToken);
        (long repeated, List<StoreIdOccurrence> first) = Repeated(sorted, table, cancellationToken);
        return new StoreIdFindings
        {
            Table = table,
            Missing = missingCount,
            FirstMissing = missing,
            Unusable = unusableCount,
            FirstUnusable = unusable,
            Repeated = repeated,
            FirstRepeated = first,
        };
    }

    private PointId? Take(long ordinal, long faissId)
    {
        if (store.IdOf(faissId) is not { Length: > 0 } text)
        {
            Note(missing, ref missingCount, new StoreIdOccurrence(ordinal, faissId, null));
            return null;
        }

        PointId? id = mapping == IdMapping.Keep ? PointIdTable.Parse(text)
            : PointId.FromGuid(space is Guid named ? NamedUuid.OfText(named, text) : UuidV5.OfText(text));
        if (id is null)
        {
            Note(unusable, ref unusableCount, new StoreIdOccurrence(ordinal, faissId, text));
        }

        return id;
    }

    private static void Note(List<StoreIdOccurrence> list, ref long count, StoreIdOccurrence occurrence)
    {
        if (count++ < MostListed)
        {
            list.Add(occurrence);
        }
    }

    /// <summary>Ids that are alike lie beside each other; which of those are the same their table tells.</summary>
    private (long Count, List<StoreIdOccurrence> First) Repeated(SortedPairs sorted, PointIdTable table, CancellationToken cancellationToken)
    {
        long count = 0;
        List<StoreIdOccurrence> first = [];
        HashSet<PointId> alike = [];
        long? last = null;
        foreach ((long folded, long ordinal) in sorted.All())
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (folded != last)
            {
                alike.Clear();
                last = folded;
            }

            if (!alike.Add(table.Find(ordinal)!.Value) && count++ < MostListed)
            {
                long[] id = new long[1];
                source.ReadIds(ordinal, id, cancellationToken);
                first.Add(new StoreIdOccurrence(ordinal, id[0], store.IdOf(id[0])));
            }
        }

        return (count, first);
    }

    private static long Fold(PointId id)
    {
        Span<byte> bytes = stackalloc byte[16];
        if (!id.IsGuid)
        {
            return unchecked((long)id.Number);
        }

        id.Guid.TryWriteBytes(bytes);
        return BitConverter.ToInt64(bytes) ^ BitConverter.ToInt64(bytes[8..]);
    }
}
