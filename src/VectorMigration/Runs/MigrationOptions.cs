using VectorMigration.Collections;
using VectorMigration.Engine;
using VectorMigration.Feeds;
using VectorMigration.Journal;
using VectorMigration.Store;
using VectorMigration.Vectors;

namespace VectorMigration.Runs;

/// <summary>The whole job: what to send, where to, how, and which proof to end with.</summary>
public sealed record MigrationOptions
{
    /// <summary>Size of a sample where nobody says another: if none of it is wrong, fewer than 0.03 % of all are, with 95 % confidence.</summary>
    public const long DefaultSampleSize = 10_000;

    /// <summary>Collection.</summary>
    public required string Collection { get; init; }

    /// <summary>Name of the vector in the collection; null for the unnamed one.</summary>
    public string? VectorName { get; init; }

    /// <summary>Distance to create the collection with; null takes it from the index's metric.</summary>
    public Distance? Distance { get; init; }

    /// <summary>First ordinal to send.</summary>
    public long Offset { get; init; }

    /// <summary>Most vectors to send; null for all.</summary>
    public long? Limit { get; init; }

    /// <summary>Id mapping.</summary>
    public IdMapping IdMapping { get; init; }

    /// <summary>Which ids become point ids: those of the index, or those of the store that the payloads come from.</summary>
    public IdOrigin IdFrom { get; init; }

    /// <summary>Added to every FAISS id before it becomes a point id: one part of several begins where another ends. 0 or more.</summary>
    public long IdOffset { get; init; }

    /// <summary>The part that UUIDs contain, so that parts with equal ids have no UUID in common; null for none. Only with
    /// <see cref="Vectors.IdMapping.Uuid5"/>.</summary>
    public string? IdNamespace { get; init; }

    /// <summary>What becomes of points of others that are there already under ids that are to be sent. Overwrite only where
    /// they are known to be worthless.</summary>
    public ExistingPoints OnExisting { get; init; }

    /// <summary>What the run does when index or payload have changed since its journal was begun. Sync also compares everything where nothing seems to have
    /// changed.</summary>
    public ChangedSource OnChanged { get; init; }

    /// <summary>A sync deletes the points that this migration wrote and whose ids the index no longer has.</summary>
    public bool Prune { get; init; }

    /// <summary>Prune also after an index that has less than half of what was written, and sync an index that lies elsewhere than the one that the journal was
    /// begun with. Not where nobody has looked at the file.</summary>
    public bool ForcePrune { get; init; }

    /// <summary>A merge adds points that are not there; otherwise it counts them.</summary>
    public bool AddAbsent { get; init; }

    /// <summary>A merge also sets the fields of the payload in points that are there, beside those that they have.</summary>
    public bool MergePayload { get; init; }

    /// <summary>Read every batch back once it is acknowledged, and compare it with what was sent. For a pipeline, whose vectors cannot be read again.</summary>
    internal bool VerifySent { get; init; }

    /// <summary>False where a merge leaves payloads alone, and a store only says which point is whose.</summary>
    internal bool ComparesPayload => OnExisting != ExistingPoints.Merge || MergePayload;

    /// <summary>Field of the payload that keeps an id which became a UUID; null for <c>faiss_id</c>, or <c>store_id</c> for ids of a store. A field of
    /// the payload's own is never replaced.</summary>
    public string? IdField { get; init; }

    /// <summary>Field of the payload that holds the FAISS id, by which payloads find their vectors; null where the rows are in the order of adding.</summary>
    public string? PayloadKey { get; init; }

    /// <summary>The rows of the payload are in the order of adding, even if a field of them holds the FAISS ids in another order.</summary>
    public bool PayloadByRow { get; init; }

    /// <summary>Leave that field out of the payload.</summary>
    public bool DropPayloadKey { get; init; }

    /// <summary>What becomes of vectors that a payload file with keys has nothing for.</summary>
    public MissingPayload OnMissingPayload { get; init; }

    /// <summary>What becomes of rows of a payload file with keys that belong to no vector of the index.</summary>
    public SurplusPayload OnSurplusPayload { get; init; }

    /// <summary>What becomes of whole numbers in payloads that 64 bits do not hold.</summary>
    public LargeInteger LargeInteger { get; init; }

    /// <summary>What becomes of the fields of payloads; null where they stay what they are.</summary>
    public PayloadMapping? PayloadMapping { get; init; }

    /// <summary>Which of a framework's layouts payloads get.</summary>
    public PayloadLayout PayloadLayout { get; init; }

    /// <summary>Let later vectors replace earlier ones with the same id. Not for indexes whose ids should be unique.</summary>
    public bool AllowDuplicateIds { get; init; }

    /// <summary>Leave vectors with non-finite components out instead of stopping; the run then ends with exit code 4.</summary>
    public bool SkipInvalid { get; init; }

    /// <summary>Migrate vectors decoded from codes. Not where the originals can still be had.</summary>
    public bool AllowDecoded { get; init; }

    /// <summary>Delete an existing collection first. Its points are gone at once.</summary>
    public bool Recreate { get; init; }

    /// <summary>The proof to end with.</summary>
    public VerificationMode Verification { get; init; }

    /// <summary>Points that <see cref="VerificationMode.Sample"/> picks at random. More of them narrow the bound, and take as much longer.</summary>
    public long SampleSize { get; init; } = DefaultSampleSize;

    /// <summary>Seed of whatever is picked at random; null takes a new one, which the result tells. Set it only to repeat a choice.</summary>
    public int? Seed { get; init; }

    /// <summary>Neighbours to ask both sides for when verifying (recall@K); null asks nothing.</summary>
    public int? RecallK { get; init; }

    /// <summary>Queries to ask both sides. The mean of fewer says little.</summary>
    public int RecallQueries { get; init; } = 100;

    /// <summary>How a collection that the run creates is made, beyond what its index says, and the payload indexes.</summary>
    public CreationOptions Creation { get; init; } = new();

    /// <summary>Custom sharding: key of the shards that all points go to; null for none. A missing key is created.</summary>
    public string? ShardKey { get; init; }

    /// <summary>Custom sharding: field of the payload, as it is sent, that holds the shard key of each point; null for none. Missing keys are
    /// created.</summary>
    public string? ShardKeyField { get; init; }

    /// <summary>Order in which replicas apply writes; null leaves it to the server.</summary>
    public WriteOrdering? WriteOrdering { get; init; }

    /// <summary>Whether points name the shards that they go to.</summary>
    internal bool HasShardKeys => ShardKey is not null || ShardKeyField is not null;

    /// <summary>What the server is told about indexing, and whether the run waits for it.</summary>
    public IndexingOptions Indexing { get; init; } = new();

    /// <summary>Pacing.</summary>
    public UploadOptions Upload { get; init; } = new();

    /// <summary>Folder of the logs; null for none.</summary>
    public string? LogDirectory { get; init; }

    /// <summary>Full path of the heartbeat file that was asked for; null for none.</summary>
    internal string? HeartbeatPath { get; init; }

    /// <summary>Full path of the metrics file that was asked for; null for none.</summary>
    internal string? MetricsPath { get; init; }

    /// <summary>Address and port that metrics are served at while the run lasts; null for none.</summary>
    internal string? MetricsListen { get; init; }

    /// <summary>Report begin, warnings, failures and end to the Windows event log.</summary>
    internal bool EventLog { get; init; }

    /// <summary>Full path of the journal, which makes the next run go on where this one stopped; null for none. See
    /// <see cref="JournalPaths.Default"/>.</summary>
    public string? JournalPath { get; init; }

    /// <summary>Nobody named the journal: it is looked for under other names, if the index was moved.</summary>
    internal bool JournalIsDefault { get; init; }

    /// <summary>Where the index was when the journal was begun, if it was found by the run id of the collection; otherwise null.</summary>
    internal string? JournalMovedFrom { get; init; }

    /// <summary>Begin the journal anew: everything is sent again, whatever was acknowledged before.</summary>
    public bool Restart { get; init; }

    /// <summary>Plan only: nothing is changed, no log is written, and the plan tells every reason for a refusal instead of the first.</summary>
    public bool DryRun { get; init; }

    /// <summary>What the search for the index and its texts found worth telling; the plan warns of it.</summary>
    internal IReadOnlyList<string> SourceNotes { get; init; } = [];

    /// <summary>The other parts of the job; null where the run belongs to none.</summary>
    internal OtherParts? Others { get; init; }

    /// <summary>A part is opened for its ids alone, without its payloads.</summary>
    internal bool ReadsIdsOnly { get; init; }

    /// <summary>Nothing is written: what a collection takes does not matter.</summary>
    internal bool ReadsOnly { get; init; }

    /// <summary>Both sides are compared and nothing is sent: payloads may have a field twice, of which Qdrant keeps the last.</summary>
    internal bool OnlyCompares { get; init; }

    /// <summary>A collection whose datatype is Float16 is compared with what rounding leaves of the vectors. Not where vectors are sent, unless that was asked
    /// for.</summary>
    internal bool ComparesRounded { get; init; }

    /// <summary>The plan of slices that the run belongs to; null for none.</summary>
    internal Guid? SliceJob { get; init; }

    /// <summary>The run id of the collection that has the vectors which the plan of slices leaves out; null where it leaves none out.</summary>
    internal string? SliceCollection { get; init; }

    /// <summary>What the rows of the payload must be.</summary>
    public PayloadRules PayloadRules => new()
    {
        Key = PayloadKey,
        ByRow = PayloadByRow,
        DropKey = DropPayloadKey,
        Reserved = KeptIdField,
        LargeInteger = LargeInteger,
        KeepsRepeatedFields = OnlyCompares,
        Mapping = PayloadMapping,
        Layout = PayloadLayout,
    };

    /// <summary>The field that keeps ids which become UUIDs; null where they stay what they are.</summary>
    internal string? KeptIdField => IdMapping == IdMapping.Uuid5 ? IdField ?? DefaultIdField : null;

    private string DefaultIdField => IdFrom == IdOrigin.StoreId ? Feeds.IdField.OfStore : Feeds.IdField.Default;

    /// <summary>Folder for tables that do not fit in memory: beside the journal, or with the logs; null for that of the system.</summary>
    public string? SpillFolder => JournalPath is string journal ? Path.GetDirectoryName(journal) : LogDirectory;

    /// <summary>How vectors become points.</summary>
    internal FeedOptions Feed =>
        new()
        {
            VectorName = VectorName,
            IdMapping = IdMapping,
            IdOffset = IdOffset,
            IdNamespace = IdNamespace,
            SkipInvalid = SkipInvalid,
            IdField = IdField,
            OnMissingPayload = OnMissingPayload,
        };

    /// <summary>A journal's key with what these options make of ids and payloads.</summary>
    internal JournalKey Mapping(JournalKey key, bool hasPayload) => key.WithPart(IdOffset, IdNamespace) with
    {
        IdFrom = IdFrom,
        IdField = IdMapping == IdMapping.Uuid5 && IdField != DefaultIdField ? IdField : null,
        PayloadMapping = hasPayload ? PayloadMapping?.Text : null,
        PayloadLayout = hasPayload ? PayloadLayout : PayloadLayout.Default,
        PayloadKey = hasPayload ? PayloadKey : null,
        DropPayloadKey = hasPayload && DropPayloadKey,
        OnMissingPayload = hasPayload ? OnMissingPayload : MissingPayload.Fail,
        LargeInteger = hasPayload ? LargeInteger : LargeInteger.Fail,
        ShardKey = ShardKey,
        ShardKeyField = ShardKeyField,
    };
}
