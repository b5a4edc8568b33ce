using VectorMigration.Errors;
using VectorMigration.Feeds;
using VectorMigration.Journal;
using VectorMigration.Store;
using VectorMigration.Vectors;

namespace VectorMigration.Runs;

/// <summary>
/// Points that earlier runs of a journal wrote and that a run which sends everything again does not write over: it makes other ids, or the index no longer has
/// theirs. Looked for before anything is sent. Changes nothing.
/// </summary>
/// <param name="source">The index.</param>
/// <param name="store">The server.</param>
/// <param name="options">What was asked for.</param>
internal sealed class LeftPoints(IVectorSource source, IVectorStore store, MigrationOptions options)
{
    private const int MostListed = 10;

    /// <summary>Looks for them; null where there are none.</summary>
    /// <param name="said">What the journal said before it is begun anew.</param>
    /// <param name="key">What the run writes.</param>
    /// <param name="taken">Ids of this run that have a point already.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="MigrationException">The server refused or does not answer.</exception>
    public async Task<LeftPointsPlan?> FindAsync(JournalContent said, JournalKey key, long taken, CancellationToken cancellationToken)
    {
        JournalKey begun = said.Header!.Key;
        JournalKey sameSource = begun with { IdFrom = key.IdFrom, IdMapping = key.IdMapping, IdOffset = key.IdOffset, IdNamespace = key.IdNamespace };
        IReadOnlyList<string> differences = sameSource.DifferencesFrom(begun, isSameCollection: true);
        if (begun.IdFrom == IdOrigin.FaissId && RecordOf(said) is WrittenIds record)
        {
            return await CountAsync(record.All(said), begun, key, differences, cancellationToken).ConfigureAwait(false);
        }

        OrdinalSet written = said.Acknowledged.Copy();
        written.AddAll(said.Owned);
        return key.IsOfTheSamePoints(begun) || written.Count <= taken ? null
            : new LeftPointsPlan { Count = written.Count - taken, IsUpperBound = true, Differences = differences, MayBeOthers = options.Others is not null };
    }

    private WrittenIds? RecordOf(JournalContent said)
    {
        try
        {
            return WrittenIds.Find(options.JournalPath!, said.Header);
        }
        catch (MigrationException)
        {
            // A damaged record is no obstacle to starting anew.
            return null;
        }
    }

    private async Task<LeftPointsPlan?> CountAsync(
        IEnumerable<long> written, JournalKey begun, JournalKey key, IReadOnlyList<string> differences, CancellationToken cancellationToken)
    {
        SourceIds ids = new(source, options.SpillFolder);
        bool comparable = key.IdFrom == begun.IdFrom && key.IdMapping == begun.IdMapping && key.IdNamespace == begun.IdNamespace;

        // With another offset an old point has the id of another vector of this run, or of none.
        long shift = begun.IdOffset - key.IdOffset;
        IEnumerable<long> left = comparable
            ? ids.Vanished(written.Select(id => unchecked(id + shift)), null, cancellationToken).Select(id => unchecked(id - shift))
            : ids.Distinct(written, cancellationToken);
        if (options.Others is { } others)
        {
            left = others.Mark(left, begun.IdMapping, begun.IdOffset, begun.IdNamespace, cancellationToken)
                .Where(static id => !id.IsTaken).Select(static id => id.Id);
        }

        IdMap map = new(begun.IdMapping, begun.IdOffset, begun.IdNamespace);
        long count = 0;
        List<object> first = [];
        foreach (long[] some in left.Chunk(ExistingLook.IdsAtOnce))
        {
            PointId[] points = [.. some.Select(map.Map)];
            bool[] there = await store.ContainAsync(options.Collection, points, cancellationToken).ConfigureAwait(false);
            count += there.Count(static isThere => isThere);
            first.AddRange(points.Where((_, i) => there[i]).Take(MostListed - first.Count).Select(static point => point.Value));
        }

        return count == 0 ? null
            : new LeftPointsPlan { Count = count, First = first, Differences = differences, MayBeOthers = options.Others is { IsComplete: false } };
    }
}
