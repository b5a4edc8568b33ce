using VectorMigration.Feeds;
using VectorMigration.Files;
using VectorMigration.Journal;
using VectorMigration.Store;
using VectorMigration.Vectors;
using VectorMigration.Verification;

namespace VectorMigration.Runs;

/// <summary>A point that this migration wrote and whose id the index no longer has.</summary>
/// <param name="FaissId">The id.</param>
/// <param name="Point">Its point id.</param>
/// <param name="IsChanged">Its payload is not what this migration wrote: another program has replaced the point, or added to it.</param>
internal readonly record struct VanishedPoint(long FaissId, PointId Point, bool IsChanged);

/// <summary>
/// Points that this migration wrote and whose ids the index no longer has. Their vectors are in no file any more, so that nothing can be compared with them;
/// what is known of their payloads is: nothing but the id, where the runs of the journal had no payloads, and the id, where it is in the payload.
/// </summary>
/// <param name="store">The server.</param>
/// <param name="options">What was asked for.</param>
/// <param name="dimension">Components of a vector.</param>
/// <param name="begun">What the journal was begun with; null where that is not known.</param>
internal sealed class VanishedPoints(IVectorStore store, MigrationOptions options, int dimension, JournalHeader? begun)
{
    private const int DeletedAtOnce = 1_000;

    private readonly IdMap map = options.Feed.Ids;

    // What a pipeline sent is known to nobody but its record.
    private readonly bool hadNoPayloads = begun is { Sent: null } && begun.Key.Payload == JournalKey.NoPayload;
    private readonly string? idField = begun?.Key is { IdMapping: IdMapping.Uuid5 } key ? key.IdField ?? IdField.Default : null;

    /// <summary>Something is known of the payloads, so that points which others have changed can be told.</summary>
    public bool ComparesPayloads => hadNoPayloads || idField is not null;

    /// <summary>FAISS ids that the index no longer has, each with whether another part of the job has its point now. Such a point is that part's.</summary>
    public IEnumerable<(long Id, bool IsTaken)> Mark(IEnumerable<long> vanished, CancellationToken cancellationToken) =>
        options.Others?.Mark(vanished, options.IdMapping, options.IdOffset, options.IdNamespace, cancellationToken)
            ?? vanished.Select(static id => (id, false));

    /// <summary>Those of some FAISS ids that have a point.</summary>
    public async Task<IReadOnlyList<VanishedPoint>> StillThereAsync(long[] faissIds, CancellationToken cancellationToken)
    {
        PointId[] points = [.. faissIds.Select(map.Map)];
        bool[] there = await store.ContainAsync(options.Collection, points, cancellationToken).ConfigureAwait(false);
        VanishedPoint[] found = [.. Enumerable.Range(0, points.Length).Where(i => there[i]).Select(i => new VanishedPoint(faissIds[i], points[i], false))];
        return ComparesPayloads ? await JudgeAsync(found, cancellationToken).ConfigureAwait(false) : found;
    }

    /// <summary>
    /// Deletes them where that was asked for, and forgets what is no longer there, so that a point that somebody else puts under such an id is theirs.
    /// Points that others have changed stay, unless they are to be deleted too. The record follows the deletion: a run that is killed between finds them gone.
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
        foreach ((long Id, bool IsTaken)[] marked in Mark(ids.Vanished(record.All(said), null, cancellationToken), cancellationToken).Chunk(DeletedAtOnce))
        {
            // What another part has stays, and stays known: once no part has it, it is this one's to delete.
            foreach ((long taken, _) in marked.Where(static id => id.IsTaken))
            {
                left.Add(taken, 0);
            }

            long[] some = [.. marked.Where(static id => !id.IsTaken).Select(static id => id.Id)];
            IReadOnlyList<VanishedPoint> there = await StillThereAsync(some, cancellationToken).ConfigureAwait(false);
            PointId[] deleted = [.. there.Where(point => options.Prune && (options.ForcePrune || !point.IsChanged)).Select(static point => point.Point)];
            changes |= there.Count < some.Length || deleted.Length > 0;
            if (deleted.Length > 0)
            {
                await store.DeletePointsAsync(options.Collection, deleted, cancellationToken).ConfigureAwait(false);
                pruned += deleted.Length;
            }

            HashSet<PointId> gone = [.. deleted];
            foreach (VanishedPoint point in there.Where(point => !gone.Contains(point.Point)))
            {
                left.Add(point.FaissId, 0);
            }
        }

        if (changes)
        {
            using SortedPairs kept = left.Finish(cancellationToken);
            recorder.Keep(record, kept.All().Select(static pair => pair.Key), cancellationToken);
        }

        return pruned;
    }

    private async Task<VanishedPoint[]> JudgeAsync(VanishedPoint[] found, CancellationToken cancellationToken)
    {
        for (int first = 0; first < found.Length;)
        {
            int rows = Math.Min(found.Length - first, store.PointsAtOnce(options.Collection, dimension, withPayload: true));
            PointId[] ids = [.. found.AsSpan(first, rows).ToArray().Select(static point => point.Point)];
            using RetrievedPoints points = await store
                .RetrieveAsync(options.Collection, options.VectorName, ids, dimension, withPayload: true, cancellationToken).ConfigureAwait(false);
            for (int i = 0; i < rows; i++)
            {
                found[first + i] = found[first + i] with
                {
                    IsChanged = points.Found(i) && !IsOurs(points.PayloadUtf8(i).Span, found[first + i].FaissId),
                };
            }

            first += rows;
        }

        return found;
    }

    /// <summary>Whether a payload is what this migration wrote, as far as that is known.</summary>
    private bool IsOurs(ReadOnlySpan<byte> payload, long faissId)
    {
        int fields = idField is null ? 0 : 1;
        return (idField is null || JsonEquality.HasNumber(payload, idField, faissId)) && (!hadNoPayloads || JsonEquality.CountFields(payload) == fields);
    }
}
