using VectorMigration.Feeds;
using VectorMigration.Files;
using VectorMigration.Vectors;

namespace VectorMigration.Runs;

/// <summary>
/// Holds ids that were written against the ids that a source has now, in bounded memory: both are sorted, outside of memory where they are many, and gone
/// through side by side.
/// </summary>
/// <param name="source">The index, all of it, whatever part a run is about.</param>
/// <param name="spillFolder">Folder for what does not fit in memory; null for that of the system.</param>
internal sealed class SourceIds(IVectorSource source, string? spillFolder)
{
    private const int BlockSize = 1 << 15;

    private readonly SpillFolder spill = new(spillFolder);

    /// <summary>Written ids, each counted once; known when <see cref="Vanished"/> was gone through.</summary>
    public long Written { get; private set; }

    /// <summary>The FAISS ids of the source in the order of its vectors, <paramref name="count"/> from the first on.</summary>
    public IEnumerable<long> InOrder(long count, CancellationToken cancellationToken)
    {
        if (source.Description.IdSource == "sequential")
        {
            for (long id = 0; id < count; id++)
            {
                yield return id;
            }

            yield break;
        }

        long[] block = new long[BlockSize];
        for (long next = 0; next < count;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int read = source.ReadIds(next, block.AsSpan(0, (int)Math.Min(BlockSize, count - next)), cancellationToken);
            if (read <= 0)
            {
                throw FeedErrors.EndedEarly(source.Description, next, count);
            }

            for (int i = 0; i < read; i++)
            {
                yield return block[i];
            }

            next += read;
        }
    }

    /// <summary>Ids in ascending order, each once.</summary>
    public IEnumerable<long> Distinct(IEnumerable<long> ids, CancellationToken cancellationToken)
    {
        using SortedPairs sorted = Sort(ids, cancellationToken);
        long? last = null;
        foreach ((long id, _) in sorted.All())
        {
            if (id != last)
            {
                yield return id;
            }

            last = id;
        }
    }

    /// <summary>The written ids that the source no longer has, ascending.</summary>
    /// <param name="written">Ids that were written, in any order.</param>
    /// <param name="stillThere">Told the ordinals of vectors whose id was written; null for nobody.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public IEnumerable<long> Vanished(IEnumerable<long> written, Action<long>? stillThere, CancellationToken cancellationToken)
    {
        Written = 0;
        using SortedPairs present = Sort(InOrder(source.Description.Count, cancellationToken), cancellationToken);
        using IEnumerator<(long Key, long Value)> here = present.All().GetEnumerator();
        bool more = here.MoveNext();
        foreach (long id in Distinct(written, cancellationToken))
        {
            Written++;
            while (more && here.Current.Key < id)
            {
                more = here.MoveNext();
            }

            if (!more || here.Current.Key != id)
            {
                yield return id;
                continue;
            }

            // The same id may stand in the index more than once.
            for (; more && here.Current.Key == id; more = here.MoveNext())
            {
                stillThere?.Invoke(here.Current.Value);
            }
        }
    }

    private SortedPairs Sort(IEnumerable<long> ids, CancellationToken cancellationToken)
    {
        using PairSort sort = new(spill);
        long place = 0;
        foreach (long id in ids)
        {
            sort.Add(id, place++);
        }

        return sort.Finish(cancellationToken);
    }
}
