using VectorMigration.Feeds;
using VectorMigration.Store;
using VectorMigration.Vectors;

namespace VectorMigration.Verification;

/// <summary>
/// Finds points of a collection that are not of an index, by their ids alone and in bounded memory. Sequential ids are known by arithmetic. For all
/// others the collection's ids are taken in parts of <paramref name="part"/>, and for each part the ids of the index are gone through once; while those
/// ascend, as the collection's do, each part goes on where the last one ended.
/// </summary>
internal sealed class ExtraPoints(IVectorSource source, IVectorStore store, VerificationScope scope, IReadOnlySet<PointId> leftOut, int part = 1 << 19)
{
    private const int PageSize = 10_000;
    private const int BlockSize = 1 << 15;

    private readonly long[] block = new long[BlockSize];
    private long position = scope.Offset;

    private readonly IdMap ids = scope.Feed.Ids;

    /// <summary>The first point of an index whose ids are its ordinals.</summary>
    private ulong First => (ulong)scope.Offset + (ulong)scope.Feed.IdOffset;

    private long End => scope.Offset + scope.Count;

    private bool IsArithmetic => source.Description.IdSource == "sequential" && scope.Feed.KeepsFaissIds;

    /// <summary>The first extra points in the server's order, <paramref name="most"/> at most.</summary>
    public async Task<IReadOnlyList<PointId>> FindAsync(long most, CancellationToken cancellationToken)
    {
        List<PointId> extra = [];
        List<PointId> waiting = [];
        PointId? from = null;
        do
        {
            (IReadOnlyList<PointId> page, from) = await store.ScrollAsync(scope.Collection, from, PageSize, cancellationToken).ConfigureAwait(false);
            waiting.AddRange(page);
            if (IsArithmetic || waiting.Count >= part || from is null)
            {
                extra.AddRange(NotOfTheIndex(waiting, cancellationToken).Take((int)(most - extra.Count)));
                waiting.Clear();
            }
        }
        while (from is not null && extra.Count < most);
        return extra;
    }

    private PointId[] NotOfTheIndex(List<PointId> points, CancellationToken cancellationToken)
    {
        if (IsArithmetic)
        {
            return [.. points.Where(id => id.IsGuid || id.Number < First || id.Number >= First + (ulong)scope.Count || leftOut.Contains(id))];
        }

        HashSet<PointId> unknown = [.. points];
        unknown.ExceptWith(leftOut);
        Strike(unknown, points.Count > 0 && !points[^1].IsGuid ? points[^1] : null, cancellationToken);
        return [.. points.Where(id => unknown.Contains(id) || leftOut.Contains(id))];
    }

    /// <summary>Strikes out the ids of the index.</summary>
    private void Strike(HashSet<PointId> unknown, PointId? greatest, CancellationToken cancellationToken)
    {
        bool merges = scope.Ids.Ascending && scope.Feed.KeepsFaissIds;
        long next = merges ? position : scope.Offset;
        while (next < End && unknown.Count > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int read = source.ReadIds(next, block.AsSpan(0, (int)Math.Min(BlockSize, End - next)), cancellationToken);
            if (read <= 0)
            {
                throw FeedErrors.EndedEarly(source.Description, next, End);
            }

            for (int i = 0; i < read; i++)
            {
                if (ids.Find(next + i, block[i]) is not PointId id)
                {
                    continue;
                }

                if (merges && greatest is PointId last && id > last)
                {
                    position = next + i;
                    return;
                }

                unknown.Remove(id);
            }

            next += read;
            position = next;
        }
    }
}
