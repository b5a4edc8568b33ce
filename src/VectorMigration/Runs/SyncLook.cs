using System.Diagnostics;
using VectorMigration.Feeds;
using VectorMigration.Journal;
using VectorMigration.Store;
using VectorMigration.Vectors;
using VectorMigration.Verification;

namespace VectorMigration.Runs;

/// <summary>
/// Compares every vector of an index, and its payload, with the point of its id before anything is sent: neither a fingerprint of the file nor a place in
/// it excuses one. Changes nothing. Memory: sets of ordinals as ranges, one bit a vector, and ids sorted outside of memory where they are many.
/// </summary>
internal sealed class SyncLook
{
    private const int LooksAtOnce = 4;
    private const int MostListed = 10;

    private readonly IVectorSource source;
    private readonly IPayloadSource? payload;
    private readonly IVectorStore store;
    private readonly MigrationOptions options;
    private readonly IndexFindings index;
    private VerificationScope scope;
    private readonly Lock gate = new();
    private readonly OrdinalSet equal = new();
    private readonly OrdinalSet whole = new();
    private readonly OrdinalSet vectors = new();
    private readonly OrdinalSet conflicts = new();
    private readonly SortedList<long, PointId> firstConflicts = [];
    private readonly RemovedFields removed = new();
    private long missing;

    /// <summary>Sets a look up.</summary>
    /// <param name="source">The index.</param>
    /// <param name="payload">Its payloads, or null.</param>
    /// <param name="store">The server.</param>
    /// <param name="options">What was asked for.</param>
    /// <param name="index">What the index was found to be.</param>
    public SyncLook(IVectorSource source, IPayloadSource? payload, IVectorStore store, MigrationOptions options, IndexFindings index)
    {
        this.source = source;
        this.payload = payload;
        this.store = store;
        this.options = options;
        this.index = index;
        scope = new VerificationScope
        {
            Collection = options.Collection,
            Distance = index.Distance ?? Distance.Dot,
            Feed = index.Feed(options) with { SkipInvalid = true },
            Offset = index.Offset,
            Count = index.Count,
            Ids = index.Ids,
            Parallelism = LooksAtOnce,
        };
    }

    /// <summary>The datatype in which the collection keeps the vector.</summary>
    public VectorDatatype Datatype
    {
        init => scope = scope with { Datatype = value };
    }

    /// <summary>Points hold this vector alone, so that one of ours may be replaced whole.</summary>
    public bool ReplacesWholePoints { get; init; }

    /// <summary>Told how many vectors were compared since it was told last.</summary>
    public Action<long>? OnCompared { get; init; }

    /// <summary>Compares.</summary>
    /// <param name="record">The ids that earlier runs wrote; null without such a record.</param>
    /// <param name="said">What the journal beside it says.</param>
    /// <param name="known">Vectors that the journal knows to be ours, where there is no record; null for none.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="Errors.MigrationException">The server refused or does not answer, or index or record cannot be read.</exception>
    public async Task<ExistingFindings> RunAsync(WrittenIds? record, JournalContent? said, OrdinalSet? known, CancellationToken cancellationToken)
    {
        long started = Stopwatch.GetTimestamp();
        OrdinalSet? ours = known;
        SyncPlan plan = new();
        if (record is not null)
        {
            OrdinalBits bits = new(source.Description.Count);
            SourceIds ids = new(source, options.SpillFolder);
            VanishedPoints points = new(store, options, source.Description.Dimension, said!.Header);
            plan = await CountVanishedAsync(points, ids.Vanished(record.All(said), bits.Add, cancellationToken), cancellationToken).ConfigureAwait(false);
            plan = plan with { Recorded = ids.Written };
            ours = bits.ToSet();
        }

        await CompareAllAsync(ours, cancellationToken).ConfigureAwait(false);
        plan = plan with
        {
            Created = missing,
            Changed = whole.Count + vectors.Count,
            Equal = equal.Count,
            Prunes = options.Prune,
            ForcesPrune = options.ForcePrune,
        };
        return Conclude(new SyncFindings(plan, whole, vectors, ours), Stopwatch.GetElapsedTime(started));
    }

    /// <summary>Of the ids that the index no longer has, those that still have a point.</summary>
    private static async Task<SyncPlan> CountVanishedAsync(VanishedPoints points, IEnumerable<long> vanished, CancellationToken cancellationToken)
    {
        long count = 0;
        long changed = 0;
        List<object> first = [];
        List<object> firstChanged = [];
        IEnumerable<long> nobodys = points.Mark(vanished, cancellationToken).Where(static id => !id.IsTaken).Select(static id => id.Id);
        foreach (long[] some in nobodys.Chunk(ExistingLook.IdsAtOnce))
        {
            foreach (VanishedPoint point in await points.StillThereAsync(some, cancellationToken).ConfigureAwait(false))
            {
                count++;
                changed += point.IsChanged ? 1 : 0;
                if (first.Count < MostListed)
                {
                    first.Add(point.Point.Value);
                }

                if (point.IsChanged && firstChanged.Count < MostListed)
                {
                    firstChanged.Add(point.Point.Value);
                }
            }
        }

        return new SyncPlan
        {
            Vanished = count,
            FirstVanished = first,
            VanishedChanged = changed,
            FirstVanishedChanged = firstChanged,
            ComparesVanished = points.ComparesPayloads,
        };
    }

    private async Task CompareAllAsync(OrdinalSet? ours, CancellationToken cancellationToken)
    {
        var comparer = new PointComparer(store, scope, comparesPayload: payload is not null);
        var strict = new PointComparer(store, scope, comparesPayload: true) { ComparesWhole = true };
        RowProgress progress = new(OnCompared);
        var rows = new IndexRows(new IndexFeed(
            source, payload, scope.Feed, index.Offset, index.Count, index.Ids.Superseded, null, mostPayloadBytes: IndexRows.MostPayloadBytes), LooksAtOnce);
        await rows.VisitAsync(
            index.Offset,
            index.Count,
            IndexRows.RowsAtOnce(source.Description.Dimension),
            async (batch, token) =>
            {
                ComparedPoints compared = await comparer.CompareAsync(batch, progress.Answer, token).ConfigureAwait(false);
                Dictionary<int, PointFaults> faults = compared.Differences.ToDictionary(static row => row.Row, static row => row.Faults);
                NoteRemoved(batch, compared, ours);
                if (payload is null)
                {
                    await CompareForeignAsync(batch, faults, ours, strict, token).ConfigureAwait(false);
                }

                lock (gate)
                {
                    Sort(batch, faults, ours);
                }
            },
            progress.Finish,
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Without payloads nothing is known of those of our own points, to which an application may have added some. A point that no run of ours is known to
    /// have written is ours only if it holds nothing else.
    /// </summary>
    private static async Task CompareForeignAsync(
        VectorBatch batch, Dictionary<int, PointFaults> faults, OrdinalSet? ours, PointComparer strict, CancellationToken cancellationToken)
    {
        int[] foreign = [.. Enumerable.Range(0, batch.Count).Where(row => !faults.ContainsKey(row) && ours?.Contains(batch.Ordinal(row)) != true)];
        if (foreign.Length > 0)
        {
            ComparedPoints compared = await strict.CompareAsync(batch.Pick(foreign), cancellationToken).ConfigureAwait(false);
            foreach (ComparedRow row in compared.Differences)
            {
                faults[foreign[row.Row]] = row.Faults;
            }
        }
    }

    /// <summary>With payloads, own points whose payload differs are replaced whole.</summary>
    private void NoteRemoved(VectorBatch batch, ComparedPoints compared, OrdinalSet? ours)
    {
        foreach (ComparedRow row in payload is null ? [] : compared.Differences)
        {
            if (ReplacesWholePoints && row.Faults.HasFlag(PointFaults.Payload) && ours?.Contains(batch.Ordinal(row.Row)) == true)
            {
                removed.Add(batch, row);
            }
        }
    }

    private void Sort(VectorBatch batch, Dictionary<int, PointFaults> faults, OrdinalSet? ours)
    {
        for (int row = 0; row < batch.Count; row++)
        {
            PointFaults fault = faults.GetValueOrDefault(row);
            long ordinal = batch.Ordinal(row);
            bool mayChange = options.OnExisting == ExistingPoints.Overwrite || ours?.Contains(ordinal) == true;
            OrdinalSet? set = fault == PointFaults.None ? equal
                : fault.HasFlag(PointFaults.Missing) ? null
                : mayChange && (fault & ~PointFaults.NoVector) == PointFaults.Vector ? vectors
                : mayChange && ReplacesWholePoints ? whole
                : conflicts;
            set?.Add(new OrdinalRange(ordinal, ordinal));
            missing += set is null ? 1 : 0;
            if (ReferenceEquals(set, conflicts))
            {
                firstConflicts[ordinal] = batch.PointIds.Span[row];
                if (firstConflicts.Count > MostListed)
                {
                    firstConflicts.RemoveAt(MostListed);
                }
            }
        }
    }

    private ExistingFindings Conclude(SyncFindings findings, TimeSpan duration)
    {
        OrdinalSet notSent = equal.Copy();
        notSent.AddAll(conflicts);
        long taken = findings.Plan.Changed + equal.Count + conflicts.Count;
        var figures = new ExistingPointsPlan
        {
            OnExisting = options.OnExisting,
            Looked = taken + missing,
            Taken = taken,
            Equal = equal.Count,
            Conflicts = conflicts.Count,
            FirstConflicts = [.. firstConflicts.Values.Select(static id => id.Value)],
            Duration = duration,
        };
        return new ExistingFindings(removed.AddTo(figures), equal, new OrdinalSet(), notSent, equal.Count + conflicts.Count) { Sync = findings };
    }
}
