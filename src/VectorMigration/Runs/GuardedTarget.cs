using VectorMigration.Engine;
using VectorMigration.Errors;
using VectorMigration.Feeds;
using VectorMigration.Store;
using VectorMigration.Vectors;
using VectorMigration.Verification;

namespace VectorMigration.Runs;

/// <summary>
/// Keeps a pipeline off the points of others: each batch is looked up before it is sent. What is there and equal is ours, from an attempt whose answer was
/// lost for instance, and is not sent again; anything else that is there is a conflict.
/// </summary>
internal sealed class GuardedTarget : PartedTarget
{
    private readonly IVectorStore store;
    private readonly MigrationOptions options;
    private readonly IPointTarget whole;
    private readonly IReadOnlyList<IPointTarget> merging;
    private readonly PointComparer comparer;
    private readonly OrdinalSet? owned;
    private readonly HashSet<PointId>? sent;
    private readonly HashSet<(PointId Id, long Ordinal)> left = [];
    private readonly Lock gate = new();

    /// <summary>Guards a collection.</summary>
    /// <param name="store">The server.</param>
    /// <param name="options">What was asked for.</param>
    /// <param name="kept">How the collection keeps its vectors: distance and datatype.</param>
    /// <param name="whole">Writes whole points.</param>
    /// <param name="merging">What a point that is there gets by a merge, one after the other.</param>
    /// <param name="owned">Ordinals that the migration wrote before, as its journal knows; null for none.</param>
    public GuardedTarget(
        IVectorStore store, MigrationOptions options, (Distance Distance, VectorDatatype Datatype) kept, IPointTarget whole,
        IReadOnlyList<IPointTarget> merging, OrdinalSet? owned)
        : base(whole)
    {
        this.owned = owned;
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

    /// <summary>Vectors that were left out because of points of others, or because a merge found no point.</summary>
    public long Left
    {
        get
        {
            lock (gate)
            {
                return left.Count;
            }
        }
    }

    /// <summary>What notes batches, told of them without what was left out: that is not this run's.</summary>
    public IRunObserver Before(IRunObserver notes) =>
        new DelegateObserver(runEvent => notes.OnEvent(runEvent is BatchEnded ended ? ended with { Ordinals = Sent(ended.Ordinals) } : runEvent));

    /// <inheritdoc/>
    protected override async ValueTask<(IReadOnlyList<BatchPart> Parts, WriteAnswer? Answer)> DivideAsync(
        VectorBatch batch, CancellationToken cancellationToken)
    {
        try
        {
            bool[] there = await store.ContainAsync(options.Collection, batch.PointIds, cancellationToken).ConfigureAwait(false);
            return await DivideAsync(batch, there, cancellationToken).ConfigureAwait(false);
        }
        catch (MigrationException fault)
        {
            return ([], fault.Resumable
                ? WriteAnswer.Retry(fault.ErrorId, fault.Kind, fault.Message, fault.RecommendedAction)
                : WriteAnswer.Stop(fault.ErrorId, fault.Kind, fault.Message, resumable: false, fault.RecommendedAction));
        }
    }

    /// <inheritdoc/>
    protected override void OnApplied(VectorBatch batch)
    {
        if (sent is not null)
        {
            lock (gate)
            {
                sent.UnionWith(batch.PointIds.ToArray());
            }
        }
    }

    private async ValueTask<(IReadOnlyList<BatchPart> Parts, WriteAnswer? Answer)> DivideAsync(
        VectorBatch batch, bool[] there, CancellationToken cancellationToken)
    {
        int[] taken = [.. Enumerable.Range(0, batch.Count).Where(row => there[row] && !IsSent(batch.PointIds.Span[row]))];
        List<int> absent = [.. Enumerable.Range(0, batch.Count).Except(taken)];
        List<int> merged = [];
        List<int> conflicts = [];
        if (taken.Length > 0)
        {
            ComparedPoints compared = await comparer.CompareAsync(batch.Pick(taken), cancellationToken).ConfigureAwait(false);
            foreach (ComparedRow row in compared.Differences)
            {
                (row.Faults.HasFlag(PointFaults.Missing) || IsReplaced(row.Faults, batch.Ordinal(taken[row.Row])) ? absent
                    : options.OnExisting == ExistingPoints.Merge && row.Faults.MayBeMerged() ? merged
                    : conflicts).Add(taken[row.Row]);
            }
        }

        if (conflicts.Count > 0 && options.OnExisting != ExistingPoints.Skip)
        {
            return ([], WriteAnswer.Reject(
                ErrorIds.PointsExist,
                ErrorKind.Conflict,
                [.. Enumerable.Range(0, batch.Count)],
                ExistingErrors.BatchTaken([.. conflicts.Order().Select(row => batch.PointIds.Span[row])]),
                ExistingErrors.BatchAdvice));
        }

        bool leavesAbsent = options is { OnExisting: ExistingPoints.Merge, AddAbsent: false };
        Leave(batch, leavesAbsent ? [.. conflicts, .. absent] : conflicts);
        return (Parts(merged, leavesAbsent ? [] : absent), null);
    }

    /// <summary>A point of our own is written over, unless it has got other vectors meanwhile, which that would take away.</summary>
    private bool IsReplaced(PointFaults faults, long ordinal) =>
        options.OnExisting != ExistingPoints.Merge && owned?.Contains(ordinal) == true && !faults.HasFlag(PointFaults.NoVector);

    private List<BatchPart> Parts(List<int> merged, List<int> added)
    {
        List<BatchPart> parts = [];
        if (merged.Count > 0)
        {
            parts.AddRange(merging.Select(target => new BatchPart(target, [.. merged.Order()])));
        }

        if (added.Count > 0)
        {
            parts.Add(new BatchPart(whole, [.. added.Order()]));
        }

        return parts;
    }

    private void Leave(VectorBatch batch, List<int> rows)
    {
        lock (gate)
        {
            foreach (int row in rows)
            {
                left.Add((batch.PointIds.Span[row], batch.Ordinal(row)));
            }
        }
    }

    private IReadOnlyList<OrdinalRange> Sent(IReadOnlyList<OrdinalRange> all)
    {
        lock (gate)
        {
            if (left.Count == 0)
            {
                return all;
            }

            HashSet<long> held = [.. left.Select(static vector => vector.Ordinal)];
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
