using VectorMigration.Engine;
using VectorMigration.Feeds;
using VectorMigration.Journal;
using VectorMigration.Store;
using VectorMigration.Vectors;
using VectorMigration.Verification;

namespace VectorMigration.Runs;

/// <summary>How the vectors of one run get into their collection: past the points of others, and past a server that shows them late.</summary>
internal sealed class UploadWay : IDisposable
{
    private readonly GuardedTarget? guard;
    private readonly HiddenPoints? hidden;

    private UploadWay(IPointTarget target, GuardedTarget? guard, HiddenPoints? hidden)
    {
        Target = target;
        this.guard = guard;
        this.hidden = hidden;
    }

    /// <summary>Where batches go.</summary>
    public IPointTarget Target { get; }

    /// <summary>Whether each batch is looked up before it is sent; otherwise that was done beforehand, or there is nobody to meet.</summary>
    public bool IsGuarded => guard is not null;

    /// <summary>What there is to tell of payload fields of points that were there.</summary>
    public IEnumerable<string> Warnings => guard?.Touched.Warnings() ?? [];

    /// <summary>Opens the way that a plan asks for.</summary>
    /// <param name="store">The server.</param>
    /// <param name="options">What was asked for.</param>
    /// <param name="planned">What was planned.</param>
    /// <param name="journal">Is told of each batch before it is sent.</param>
    /// <param name="hasOwnId">Whether a script gave the vector at a position another id than the index does.</param>
    /// <param name="metOthers">Other runs write into the collection at the same time.</param>
    /// <param name="time">The clock.</param>
    /// <param name="shards">The shard keys of the collection; null for automatic sharding.</param>
    public static UploadWay Open(IVectorStore store, MigrationOptions options, PlannedRun planned, RunJournal journal, Func<long, bool> hasOwnId,
        bool metOthers, TimeProvider time, ShardKeys? shards)
    {
        MigrationPlan plan = planned.Plan;
        HiddenPoints? hidden = planned.HidesUnoptimized ? new HiddenPoints(store, Scope(options, planned), options.Upload.NoProgressTimeout, time) : null;
        IPointTarget whole = Open(vectorsOnly: false);
        bool mayMeetOthers = !plan.CreatesCollection && (plan.PresentBefore > 0 || metOthers);
        if (plan.FromPipeline && mayMeetOthers && options.OnExisting != ExistingPoints.Overwrite)
        {
            var guard = new GuardedTarget(store, options, (plan.Settings.Distance!.Value, plan.StoredDatatype), whole, Merge(), IsOwned)
            {
                IsAttempted = journal.HasAttempted,
                Keeping = [Open(vectorsOnly: true), journal.Noting(Fields())],
            };
            return new UploadWay(Recorded(guard, guard.IsKept), guard, hidden);
        }

        if (plan.FromPipeline)
        {
            return new UploadWay(Recorded(whole, static _ => true), null, hidden);
        }

        if (planned.Existing?.Sync is { } sync)
        {
            return new UploadWay(new SyncTarget(whole, Replacing(), Open(vectorsOnly: true), sync), null, hidden);
        }

        return planned.Existing is { Merged.Count: > 0 } existing
            ? new UploadWay(new MergeTarget(whole, Merge(), existing.Merged), null, hidden)
            : new UploadWay(whole, null, hidden);

        IPointTarget Recorded(IPointTarget target, Func<long, bool> isSent) =>
            journal.Sent is { } sent ? new RecordedTarget(target, sent, isSent) : target;

        // The journal has positions. Which id was sent for one, its record says, or the index does.
        bool IsOwned(long ordinal, PointId id) => planned.Owned?.Contains(ordinal) == true
            && (journal.Sent?.Of(ordinal) is { } known ? known.Id == PointDigest.IdOf(id) : !hasOwnId(ordinal));

        IPointTarget[] Merge() => options.MergePayload
            ? [Open(vectorsOnly: true), journal.Noting(store.OpenPayloadTarget(plan.Collection))]
            : [Open(vectorsOnly: true)];

        // What hides points has no target that only inserts.
        IPointTarget Replacing() => hidden is null ? journal.Noting(Keyed(one => one.OpenTarget(plan.Collection, options.VectorName))) : whole;

        // Points keep the fields that are not sent, so that they may hold more.
        IPointTarget Fields() => options.VerifySent && hidden is null
            ? new ReadBackTarget(store.OpenPayloadTarget(plan.Collection),
                new PointComparer(store, Scope(options, planned) with { MayHoldMore = true }, comparesPayload: true))
            : store.OpenPayloadTarget(plan.Collection);

        IPointTarget Open(bool vectorsOnly) => journal.Noting(options.VerifySent && hidden is null
            ? new ReadBackTarget(Plain(vectorsOnly), Comparer(vectorsOnly))
            : Plain(vectorsOnly));

        PointComparer Comparer(bool vectorsOnly) => new(store, vectorsOnly
            ? Scope(options, planned) with { Feed = options.Feed with { IdMapping = IdMapping.Keep } }
            : Scope(options, planned), comparesPayload: !vectorsOnly);

        IPointTarget Plain(bool vectorsOnly) => Keyed(
            one => hidden?.Watch(one.OpenUnwaitedTarget(plan.Collection, options.VectorName, vectorsOnly), !vectorsOnly)
                ?? (vectorsOnly ? one.OpenVectorTarget(plan.Collection, options.VectorName)
                    : MayInsert(options, planned) ? one.OpenInsertTarget(plan.Collection, options.VectorName)
                    : one.OpenTarget(plan.Collection, options.VectorName)));

        IPointTarget Keyed(Func<IVectorStore, IPointTarget> open) => shards is null || options.ShardKeyField is not { } field ? open(store)
            : new ShardedTarget(shards, field, key => open(shards.Writing(options.WriteOrdering, key)), open(store));
    }

    /// <summary>Points that somebody else adds after the look are left alone by the server itself, where nothing of our own is to be replaced.</summary>
    private static bool MayInsert(MigrationOptions options, PlannedRun planned) =>
        options is { OnExisting: ExistingPoints.Refuse or ExistingPoints.Skip, Restart: false, AllowDuplicateIds: false }
        && (planned.Existing?.Sync is not null || (!planned.BeginsAnew && planned.Journal is null or { Owned.Count: 0 }));

    /// <summary>What notes batches, told of what is this run's, and when that is certain.</summary>
    public IRunObserver? Before(IRunObserver? notes)
    {
        IRunObserver? ours = notes is null ? null : guard?.Before(notes) ?? notes;
        return ours is null ? null : hidden?.Before(ours) ?? ours;
    }

    /// <summary>What was sent is certain after this.</summary>
    /// <exception cref="Errors.MigrationException">It is not.</exception>
    public Task FinishAsync(CancellationToken cancellationToken) => hidden?.FinishAsync(cancellationToken) ?? Task.CompletedTask;

    /// <inheritdoc/>
    public void Dispose() => hidden?.Dispose();

    private static VerificationScope Scope(MigrationOptions options, PlannedRun planned) => new()
    {
        Collection = options.Collection,
        Distance = planned.Plan.Settings.Distance!.Value,
        Datatype = planned.Plan.StoredDatatype,
        Feed = options.Feed,
        Count = 0,
        Ids = new IdScanResult(),
    };
}
