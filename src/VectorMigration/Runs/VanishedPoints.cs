using VectorMigration.Feeds;
using VectorMigration.Files;
using VectorMigration.Journal;
using VectorMigration.Store;
using VectorMigration.Vectors;

namespace VectorMigration.Runs;

/// <summary>Points that this migration wrote and whose ids the index no longer has.</summary>
/// <param name="store">The server.</param>
/// <param name="options">What was asked for.</param>
internal sealed class VanishedPoints(IVectorStore store, MigrationOptions options)
{
    private const int DeletedAtOnce = 1_000;

    private readonly IdMap map = options.Feed.Ids;

    /// <summary>Those of some FAISS ids that have a point, with its id.</summary>
    public async Task<IReadOnlyList<(long FaissId, PointId Point)>> StillThereAsync(long[] faissIds, CancellationToken cancellationToken)
    {
        PointId[] points = [.. faissIds.Select(map.Map)];
        bool[] there = await store.ContainAsync(options.Collection, points, cancellationToken).ConfigureAwait(false);
        return [.. Enumerable.Range(0, points.Length).Where(i => there[i]).Select(i => (faissIds[i], points[i]))];
    }

    /// <summary>
    /// Deletes them where that was asked for, and forgets what is no longer there, so that a point that somebody else puts under such an id is theirs.
    /// The record follows the deletion: a run that is killed between finds them gone.
    /// </summary>
    /// <param name="source">The index.</param>
    /// <param name="recorder">The record beside the journal.</param>
    /// <param name="record">What it says.</param>
    /// <param name="said">What the journal says by now.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>Points that were deleted.</returns>
    /// <exception cref="Errors.MigrationException">The server refused or does not answer, or the record cannot be written.</exception>
    public async Task<long> SettleAsync(
        IVectorSource source, IdRecord recorder, WrittenIds record, JournalContent said, CancellationToken cancellationToken)
    {
        SourceIds ids = new(source, options.SpillFolder);
        using PairSort left = new(new SpillFolder(options.SpillFolder));
        long pruned = 0;
        bool changes = false;
        foreach (long[] some in ids.Vanished(record.All(said), null, cancellationToken).Chunk(DeletedAtOnce))
        {
            IReadOnlyList<(long FaissId, PointId Point)> there = await StillThereAsync(some, cancellationToken).ConfigureAwait(false);
            changes |= there.Count < some.Length || (options.Prune && there.Count > 0);
            if (options.Prune && there.Count > 0)
            {
                await store.DeletePointsAsync(options.Collection, there.Select(static point => point.Point).ToArray(), cancellationToken)
                    .ConfigureAwait(false);
                pruned += there.Count;
                continue;
            }

            foreach ((long faissId, _) in there)
            {
                left.Add(faissId, 0);
            }
        }

        if (changes)
        {
            using SortedPairs kept = left.Finish(cancellationToken);
            recorder.Keep(record, kept.All().Select(static pair => pair.Key), cancellationToken);
        }

        return pruned;
    }
}
