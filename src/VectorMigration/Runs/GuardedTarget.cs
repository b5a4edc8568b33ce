using VectorMigration.Engine;
using VectorMigration.Errors;
using VectorMigration.Feeds;
using VectorMigration.Store;
using VectorMigration.Vectors;
using VectorMigration.Verification;

namespace VectorMigration.Runs;

/// <summary>
/// Keeps a pipeline off the points of others: each batch is looked up before it is sent. What is there and equal is not sent again. It is ours if
/// the migration attempted it, for instance in an attempt whose answer was lost. Anything else that is there is a conflict.
/// </summary>
internal sealed class GuardedTarget : PartedTarget
{
    private readonly IVectorStore store;
    private readonly MigrationOptions options;
    private readonly IPointTarget whole;
    private readonly IReadOnlyList<IPointTarget> merging;
    private TouchedFields touched;
    private readonly PointComparer comparer;
    private readonly Func<long, PointId, bool> isOwned;
    private readonly HashSet<PointId>? sent;
    private readonly HashSet<long> left = [];
    private readonly HashSet<long> found = [];
    private readonly Lock gate = new();

    /// <summary>Guards a collection.</summary>
    /// <param name="store">The server.</param>
    /// <param name="options">What was asked for.</param>
    /// <param name="kept">How the collection keeps its vectors: distance and datatype.</param>
    /// <param name="whole">Writes whole points.</param>
    /// <param name="merging">What a point that is there gets by a merge, one after the other.</param>
    /// <param name="isOwned">Whether the migration wrote the point of that id for that ordinal before, as its journal knows.</param>
    public GuardedTarget(
        IVectorStore store, MigrationOptions options, (Distance Distance, VectorDatatype Datatype) kept, IPointTarget whole,
        IReadOnlyList<IPointTarget> merging, Func<long, PointId, bool> isOwned)
        : base(whole)
    {
        this.isOwned = isOwned;
        this.store = store;
        this.options = options;
        this.whole = whole;
        this.merging = merging;
        bool wholePoints = options.OnExisting != ExistingPoints.Merge;
        var scope = new VerificationScope
        {
            Collection = options.Collection,
            Distance = kept.Distance,
            Datatype = kept.Datatype,
            Feed = options.Feed,
            Count = 0,
            Ids = new IdScanResult(),
            MayHoldMore = options.MergePayload,
        };
        comparer = new PointComparer(store, scope, comparesPayload: wholePoints || options.MergePayload) { ComparesWhole = wholePoints };
        // Only if ids may repeat, this run's own points must be told from those that were there.
        sent = options.AllowDuplicateIds ? [] : null;
    }

    /// <summary>Whether the migration ever was about to send a vector: an equal point of another vector is not ours.</summary>
    public Func<long, bool> IsAttempted { get; init; } = static _ => true;

    /// <summary>What a point of the run's own gets that has payload fields which are not sent, one after the other: they stay.</summary>
    public IReadOnlyList<IPointTarget> Keeping { get; init; } = [];

    /// <summary>Payload fields of points that were there, and what happened to them.</summary>
    public TouchedFields Touched
    {
        get
        {
            lock (gate)
            {
                return touched;
            }
        }
    }

    /// <summary>Whether a vector comes into the journal: it was sent, or the migration's own point is equal to it.</summary>
    public bool IsKept(long ordinal)
    {
        lock (gate)
        {
            return !found.Contains(ordinal) && !left.Contains(ordinal);
        }
    }

    /// <summary>What notes batches, told of them without what was left out: that is not this run's.</summary>
    public IRunObserver Before(IRunObserver notes) =>
        new DelegateObserver(runEvent => notes.OnEvent(runEvent is BatchEnded ended ? ended with { Ordinals = Sent(ended.Ordinals) } : runEvent));

    /// <inheritdoc/>
    protected override async ValueTask<BatchDivision> DivideAsync(VectorBatch batch, CancellationToken cancellationToken)
    {
        try
        {
            bool[] there = await store.ContainAsync(options.Collection, batch.PointIds, cancellationToken).ConfigureAwait(false);
            return await DivideAsync(batch, there, cancellationToken).ConfigureAwait(false);
        }
        catch (MigrationException fault)
        {
            return new BatchDivision([], fault.Resumable
                ? WriteAnswer.Retry(fault.ErrorId, fault.Kind, fault.Message, fault.RecommendedAction)
                : WriteAnswer.Stop(fault.ErrorId, fault.Kind, fault.Message, resumable: false, fault.RecommendedAction));
        }
    }

    /// <inheritdoc/>
    protected override void OnApplied(VectorBatch batch, in BatchDivision division)
    {
        lock (gate)
        {
            touched += division.Fields;
            sent?.UnionWith(batch.PointIds.ToArray());
        }
    }

    private async ValueTask<BatchDivision> DivideAsync(
        VectorBatch batch, bool[] there, CancellationToken cancellationToken)
    {
        int[] taken = [.. Enumerable.Range(0, batch.Count).Where(row => there[row] && !IsSent(batch.PointIds.Span[row]))];
        List<int> absent = [.. Enumerable.Range(0, batch.Count).Except(taken)];
        List<int> merged = [];
        List<int> kept = [];
        List<int> conflicts = [];
        TouchedFields fields = default;
        int equal = 0;
        if (taken.Length > 0)
        {
            ComparedPoints compared = await comparer.CompareAsync(batch.Pick(taken), cancellationToken).ConfigureAwait(false);
            int[] same = [.. taken.Except(compared.Differences.Select(row => taken[row.Row]))];
            equal = same.Length;
            Found(batch, same);
            foreach (ComparedRow row in compared.Differences)
            {
                List<int> way = row.Faults.HasFlag(PointFaults.Missing) ? absent
                    : IsReplaced(batch, taken[row.Row], row.Faults) ? WayOfOwn(HasPayload(batch, taken[row.Row]), row)
                    : options.OnExisting == ExistingPoints.Merge && row.Faults.MayBeMerged() ? merged
                    : conflicts;
                way.Add(taken[row.Row]);
                fields += ReferenceEquals(way, merged) && row.ReplacedFields > 0 ? new TouchedFields(row.ReplacedFields, 1, 0, 0)
                    : ReferenceEquals(way, kept) ? new TouchedFields(0, 0, row.AddedFields, 1)
                    : default;
            }
        }

        if (conflicts.Count > 0 && options.OnExisting != ExistingPoints.Skip)
        {
            return new BatchDivision([], WriteAnswer.Reject(
                ErrorIds.PointsExist,
                ErrorKind.Conflict,
                [.. Enumerable.Range(0, batch.Count)],
                ExistingErrors.BatchTaken([.. conflicts.Order().Select(row => batch.PointIds.Span[row])]),
                ExistingErrors.BatchAdvice));
        }

        bool leavesAbsent = options is { OnExisting: ExistingPoints.Merge, AddAbsent: false };
        List<int> skipped = leavesAbsent ? [.. conflicts, .. absent] : conflicts;
        Leave(batch, skipped);
        return new BatchDivision(Parts(merged, kept, leavesAbsent ? [] : absent), null)
        {
            LeftThere = skipped.Count,
            AlreadyThere = equal,
            Fields = fields,
        };

        // A point of our own that comes without a payload keeps its own. So do fields that are not sent, which an application may have added.
        List<int> WayOfOwn(bool hasPayload, in ComparedRow row) => !hasPayload ? merged : row.AddedFields > 0 && Keeping.Count > 0 ? kept : absent;
    }

    /// <summary>A point of our own is written over, unless it has got other vectors meanwhile, which that would take away.</summary>
    private bool IsReplaced(VectorBatch batch, int row, PointFaults faults) =>
        options.OnExisting != ExistingPoints.Merge && !faults.HasFlag(PointFaults.NoVector) && isOwned(batch.Ordinal(row), batch.PointIds.Span[row]);

    private static bool HasPayload(VectorBatch batch, int row) => batch.Payload is not null && !batch.Payload[row].IsEmpty;

    private List<BatchPart> Parts(List<int> merged, List<int> kept, List<int> added)
    {
        List<BatchPart> parts = [];
        if (merged.Count > 0)
        {
            parts.AddRange(merging.Select(target => new BatchPart(target, [.. merged.Order()])));
        }

        if (kept.Count > 0)
        {
            parts.AddRange(Keeping.Select(target => new BatchPart(target, [.. kept.Order()])));
        }

        if (added.Count > 0)
        {
            parts.Add(new BatchPart(whole, [.. added.Order()]));
        }

        return parts;
    }

    /// <summary>Equal points that the migration neither wrote nor attempted were there before it: they do not get into its journal.</summary>
    private void Found(VectorBatch batch, IEnumerable<int> equal)
    {
        lock (gate)
        {
            found.UnionWith(equal.Where(row => !isOwned(batch.Ordinal(row), batch.PointIds.Span[row]) && !IsAttempted(batch.Ordinal(row)))
                .Select(batch.Ordinal));
        }
    }

    private void Leave(VectorBatch batch, List<int> rows)
    {
        lock (gate)
        {
            foreach (int row in rows)
            {
                left.Add(batch.Ordinal(row));
            }
        }
    }

    private IReadOnlyList<OrdinalRange> Sent(IReadOnlyList<OrdinalRange> all)
    {
        lock (gate)
        {
            if (left.Count + found.Count == 0)
            {
                return all;
            }

            HashSet<long> held = [.. left, .. found];
            OrdinalSet kept = new();
            foreach (OrdinalRange range in all)
            {
                for (long ordinal = range.First; ordinal <= range.Last; ordinal++)
                {
                    if (!held.Contains(ordinal))
                    {
                        kept.Add(new OrdinalRange(ordinal, ordinal));
                    }
                }
            }

            return kept.Ranges;
        }
    }

    private bool IsSent(PointId id)
    {
        lock (gate)
        {
            return sent?.Contains(id) == true;
        }
    }
}
