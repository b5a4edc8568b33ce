using System.Collections.Frozen;
using VectorMigration.Collections;
using VectorMigration.Engine;
using VectorMigration.Feeds;
using VectorMigration.Journal;
using VectorMigration.Vectors;
using VectorMigration.Verification;

namespace VectorMigration.Runs;

/// <summary>A plan together with what was found out on the way to it.</summary>
/// <param name="Plan">What the run will do.</param>
/// <param name="Ids">The ids of the range.</param>
/// <param name="Journal">What the journal said; null without one.</param>
/// <param name="Key">What the journal belongs to; null without one.</param>
/// <param name="CollectionRun">The run id in the metadata of the collection as it was found.</param>
internal sealed record PlannedRun(MigrationPlan Plan, IdScanResult Ids, JournalContent? Journal = null, JournalKey? Key = null, string? CollectionRun = null)
{
    /// <summary>The quickest answer of the server so far; null where it was not asked.</summary>
    public TimeSpan? RoundTrip { get; init; }

    /// <summary>An earlier run has left the mark of an indexing that it put off.</summary>
    public bool IndexingMarked { get; init; }

    /// <summary>The collection as its load finds it.</summary>
    public LoadTarget Load => new(Plan.CreatesCollection || Plan.PresentBefore == 0, IndexingMarked, KeepsMetadata, Plan.FromPipeline || Plan.ToSend > 0);

    /// <summary>The write limit of the collection that the run uses; null for none, and for one that is still to be created.</summary>
    public WriteRateLimit? Limit { get; init; }

    /// <summary>
    /// Vectors that are noted with their neighbours, because a later vector of the same id is sent in their place. Where points are left as they are, none: the
    /// later vector may be one whose point is another's.
    /// </summary>
    public IReadOnlySet<long> Noted => Existing is { NotSent.Count: > 0 } ? FrozenSet<long>.Empty : Ids.Superseded;

    /// <summary>Points that are there already; null where nothing was looked for.</summary>
    public ExistingFindings? Existing { get; init; }

    /// <summary>Ordinals that the migration wrote before, as its journal knows; null for none. They are written over, where they are sent again.</summary>
    public OrdinalSet? Owned { get; init; }

    /// <summary>Ordinals whose batches an earlier run of the migration was about to send, as its journal knows; null for none.</summary>
    public OrdinalSet? Attempted { get; init; }

    /// <summary>The record of what a pipeline sent before, where those points are the migration's own; null for none.</summary>
    public Guid? Sent { get; init; }

    /// <summary>The journal is begun anew: places in it are those of another index, or count for nothing because everything is compared.</summary>
    public bool BeginsAnew { get; init; }

    /// <summary>What the journal said before it is begun anew or gone on with; null where there is none.</summary>
    public JournalContent? Said { get; init; }

    /// <summary>The collection hides points until they are optimised: what was sent is proved at checkpoints.</summary>
    public bool HidesUnoptimized { get; init; }

    /// <summary>When the collection was created that the run goes into; null where it is still to be, and where the server does not say.</summary>
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>True where the server keeps the metadata of collections.</summary>
    public bool KeepsMetadata { get; init; }

    /// <summary>Point ids that come from a store; null where they come from the index.</summary>
    public PointIdTable? StoreIds { get; init; }

    /// <summary>How vectors become points.</summary>
    public FeedOptions Feed(MigrationOptions options) => options.Feed with
    {
        StoreIds = StoreIds,
        Normalizes = Plan.Settings.Distance == Distance.Cosine,
        KeepsHalves = Plan.StoredDatatype == VectorDatatype.Float16,
    };

    /// <summary>What a proof of the run compares.</summary>
    public VerificationScope Scope(MigrationOptions options) => new()
    {
        Collection = options.Collection,
        Distance = Plan.Settings.Distance ?? throw PlanErrors.MetricNotSupported(Plan.Index),
        Datatype = Plan.StoredDatatype,
        Feed = Feed(options),
        Offset = Plan.Offset,
        Count = Plan.Count,
        Ids = Ids,
        Parallelism = options.Upload.ExactThrottleLimit,
        MayHoldMore = options.MergePayload,
        Seed = options.Seed,
    };
}
