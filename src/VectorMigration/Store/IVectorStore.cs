using VectorMigration.Errors;
using VectorMigration.Vectors;

namespace VectorMigration.Store;

/// <summary>
/// A server that holds collections: its control plane and its reading side. Calls retry what is worth retrying by themselves
/// (they are not the engine's) and throw <see cref="MigrationException"/> with the server's own words for the rest.
/// Thread-safe. Every call ends within the connection's timeout unless <see cref="SetPatience"/> says how long to go on.
/// </summary>
public interface IVectorStore : IDisposable
{
    /// <summary>The endpoint without secrets, for messages: <c>http://127.0.0.1:6334</c>.</summary>
    string Endpoint { get; }

    /// <summary>From here on calls go on where a run would: through an outage, and through refusals of a limited rate, whose pace they keep to.</summary>
    /// <param name="patience">For how long.</param>
    void SetPatience(CallPatience patience)
    {
    }

    /// <summary>Tells when the server does not answer, and when it answers again (null), until what is returned is disposed.</summary>
    /// <param name="tell">Told from a thread of its own, one thing at a time.</param>
    /// <param name="giveUpAfter">Calls that are under way end when the server has not answered for so long; null leaves them to their own deadlines.</param>
    /// <returns>Null where nothing is watched.</returns>
    IDisposable? WatchOutages(Action<ServerOutage?> tell, TimeSpan? giveUpAfter = null) => null;

    /// <summary>The run pauses, or continues: an outage is not given up on meanwhile, and its time counts from the end of the pause.</summary>
    /// <param name="isHeld">The pause begins; otherwise it ends.</param>
    void HoldOutages(bool isHeld)
    {
    }

    /// <summary>Starts no more requests in a second than this, of any kind; the server's own limits hold besides.</summary>
    /// <param name="perSecond">Requests a second; null for no limit.</param>
    void LimitRequests(double? perSecond)
    {
    }

    /// <summary>Tells when a call waits because the server limits the rate of reads, and for how long, until what is returned is disposed.</summary>
    /// <param name="tell">Told from the thread of the call.</param>
    /// <returns>Null where nothing is watched.</returns>
    IDisposable? WatchReadLimit(Action<TimeSpan> tell) => null;

    /// <summary>Why the server is reached by REST though nobody asked for that; null otherwise, and before the first answer.</summary>
    string? ProtocolWarning => null;

    /// <summary>Title and version of the server; also finds out whether there is one, and whether it is a gRPC port.</summary>
    Task<ServerInfo> GetServerAsync(CancellationToken cancellationToken);

    /// <summary>Finds out, by a request that changes nothing, whether the key may write. Servers check rights before anything else.</summary>
    /// <param name="name">Collection.</param>
    /// <param name="creates">The collection is to be created, which needs more rights than to write points.</param>
    /// <param name="cancellationToken">Abandons the call.</param>
    /// <returns>Why the key may not write; null where nothing forbids it.</returns>
    /// <exception cref="MigrationException">The server did not answer.</exception>
    Task<MigrationException?> FindMissingRightsAsync(string name, bool creates, CancellationToken cancellationToken) =>
        Task.FromResult<MigrationException?>(null);

    /// <summary>Names of all collections, in the server's order.</summary>
    Task<IReadOnlyList<string>> ListCollectionsAsync(CancellationToken cancellationToken);

    /// <summary>A collection (or the one behind an alias); null when there is none.</summary>
    Task<CollectionDescription?> GetCollectionAsync(string name, CancellationToken cancellationToken);

    /// <summary>Creates a collection; an error when it exists.</summary>
    Task CreateCollectionAsync(string name, CollectionSettings settings, CancellationToken cancellationToken);

    /// <summary>Changes a collection's settings; unset values stay as they are.</summary>
    Task UpdateCollectionAsync(string name, CollectionChange change, CancellationToken cancellationToken);

    /// <summary>Adds a named vector to a collection that is there (servers from 1.18 on); its points have none of that name yet.</summary>
    /// <param name="name">Collection.</param>
    /// <param name="settings">Name, dimension, distance and datatype of the vector.</param>
    /// <param name="cancellationToken">Abandons the call.</param>
    Task AddVectorAsync(string name, CollectionSettings settings, CancellationToken cancellationToken);

    /// <summary>Makes an index over a field of the payload; one of the same kind that is there already is left as it is.</summary>
    /// <param name="name">Collection.</param>
    /// <param name="index">The index.</param>
    /// <param name="waits">Return when it is built; otherwise when the server has taken the order.</param>
    /// <param name="cancellationToken">Abandons the call.</param>
    Task CreatePayloadIndexAsync(string name, PayloadIndexSettings index, bool waits, CancellationToken cancellationToken);

    /// <summary>Deletes a collection; false when there was none.</summary>
    Task<bool> DeleteCollectionAsync(string name, CancellationToken cancellationToken);

    /// <summary>Exact number of points.</summary>
    Task<ulong> CountAsync(string name, CancellationToken cancellationToken);

    /// <summary>Reads points by id with their vectors and, if asked, payloads.</summary>
    /// <param name="name">Collection.</param>
    /// <param name="vectorName">Name of the vector; null for the unnamed one.</param>
    /// <param name="ids">Ids in the caller's order.</param>
    /// <param name="dimension">Components expected of each vector.</param>
    /// <param name="withPayload">Read payloads too.</param>
    /// <param name="cancellationToken">Abandons the call.</param>
    /// <returns>A lease with one row for each id, in the caller's order; the caller disposes it.</returns>
    Task<RetrievedPoints> RetrieveAsync(string name, string? vectorName, ReadOnlyMemory<PointId> ids, int dimension, bool withPayload,
        CancellationToken cancellationToken);

    /// <summary>Which of some ids have a point; neither vectors nor payloads travel.</summary>
    /// <param name="name">Collection.</param>
    /// <param name="ids">Ids; some thousands at once cost hardly more than one.</param>
    /// <param name="cancellationToken">Abandons the call.</param>
    /// <returns>For each id, in the caller's order, whether there is a point.</returns>
    Task<bool[]> ContainAsync(string name, ReadOnlyMemory<PointId> ids, CancellationToken cancellationToken);

    /// <summary>
    /// Points that one call of <see cref="RetrieveAsync"/> should ask for at present, so that its answer is neither too large nor more than the server's read
    /// limit takes; found from the answers so far.
    /// </summary>
    /// <param name="name">Collection.</param>
    /// <param name="dimension">Components of each vector.</param>
    /// <param name="withPayload">Payloads too.</param>
    int PointsAtOnce(string name, int dimension, bool withPayload) => 1_000;

    /// <summary>Nearest points to a vector by the collection's distance, nearest first.</summary>
    /// <param name="name">Collection.</param>
    /// <param name="vectorName">Name of the vector; null for the unnamed one.</param>
    /// <param name="vector">Components of the query.</param>
    /// <param name="limit">Most points, at least 1.</param>
    /// <param name="exact">Compare with every point instead of going through the graph; a server may refuse that (<c>ExactSearchDisabled</c>).</param>
    /// <param name="withPayload">Read payloads too.</param>
    /// <param name="cancellationToken">Abandons the call.</param>
    Task<IReadOnlyList<ScoredPoint>> QueryAsync(string name, string? vectorName, ReadOnlyMemory<float> vector, int limit, bool exact, bool withPayload,
        CancellationToken cancellationToken);

    /// <summary>One page of a collection's ids in the server's order (numbers ascending, then UUIDs).</summary>
    /// <param name="name">Collection.</param>
    /// <param name="from">First id wanted; null starts at the beginning.</param>
    /// <param name="limit">Most ids of the page, at least 1.</param>
    /// <param name="cancellationToken">Abandons the call.</param>
    /// <returns>The ids, and the first id of the next page, or null at the end.</returns>
    Task<(IReadOnlyList<PointId> Ids, PointId? Next)> ScrollAsync(string name, PointId? from, int limit, CancellationToken cancellationToken);

    /// <summary>Deletes points and waits until that is done; ids that are not there are passed over.</summary>
    /// <param name="name">Collection.</param>
    /// <param name="ids">Ids; some thousands at once cost hardly more than one.</param>
    /// <param name="cancellationToken">Abandons the call.</param>
    Task DeletePointsAsync(string name, ReadOnlyMemory<PointId> ids, CancellationToken cancellationToken);

    /// <summary>Opens connections ahead of calls that will be under way at once; what keeps them from being opened is told by those calls. Never
    /// throws.</summary>
    /// <param name="calls">How many.</param>
    /// <param name="cancellationToken">Stops it.</param>
    Task WarmAsync(int calls, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>A target for upserts into a collection.</summary>
    IPointTarget OpenTarget(string name, string? vectorName);

    /// <summary>A target that adds points and leaves those that are there already as they are, where the server can do that (Qdrant from 1.17 on);
    /// otherwise the same as <see cref="OpenTarget"/>.</summary>
    IPointTarget OpenInsertTarget(string name, string? vectorName) => OpenTarget(name, vectorName);

    /// <summary>A target that replaces the one vector of points that are there already, and leaves payloads and other vectors as they are.</summary>
    IPointTarget OpenVectorTarget(string name, string? vectorName);

    /// <summary>A target that sets fields in the payloads of points that are there already, and leaves other fields and vectors as they are.</summary>
    IPointTarget OpenPayloadTarget(string name);

    /// <summary>A target whose writes count as taken when the server has them in its log: whether they are applied is looked for afterwards.</summary>
    /// <param name="name">Collection.</param>
    /// <param name="vectorName">Name of the vector; null for the unnamed one.</param>
    /// <param name="replacesVectorsOnly">As <see cref="OpenVectorTarget"/>; otherwise as <see cref="OpenTarget"/>.</param>
    IPointTarget OpenUnwaitedTarget(string name, string? vectorName, bool replacesVectorsOnly) =>
        replacesVectorsOnly ? OpenVectorTarget(name, vectorName) : OpenTarget(name, vectorName);
}

/// <summary>What a server says of itself.</summary>
/// <param name="Title">"qdrant - vector search engine".</param>
/// <param name="Version">Semantic version as text.</param>
public sealed record ServerInfo(string Title, string Version)
{
    private const string TriedMajor = "1";
    private static readonly Version KeepsMetadataSince = new(1, 16);
    private static readonly Version TellsQueueSince = new(1, 17);
    private static readonly Version AddsVectorsSince = new(1, 18);
    private static readonly Version TurboSince = new(1, 18);
    private static readonly Version EightTurboBitsSince = new(1, 20);

    /// <summary>True where collections keep metadata; older servers drop it in silence.</summary>
    public bool KeepsMetadata => IsAtLeast(Version, KeepsMetadataSince);

    /// <summary>True where a named vector can be added to a collection that is there.</summary>
    internal bool AddsVectors => IsAtLeast(Version, AddsVectorsSince);

    /// <summary>The bits that TurboQuant has there; none where the server does not know it.</summary>
    internal IReadOnlyList<TurboBits> TurboSizes => IsAtLeast(Version, EightTurboBitsSince)
        ? [TurboBits.Bits1, TurboBits.Bits15, TurboBits.Bits2, TurboBits.Bits4, TurboBits.Bits8]
        : IsAtLeast(Version, TurboSince) ? [TurboBits.Bits1, TurboBits.Bits15, TurboBits.Bits2, TurboBits.Bits4] : [];

    /// <summary>True where a server of this version tells what it has still to apply.</summary>
    internal static bool TellsQueue(string version) => IsAtLeast(version, TellsQueueSince);

    /// <summary>
    /// What to tell the operator of a server of another major version, which may mean other things by the same fields; null for those this was made for.
    /// </summary>
    public string? VersionWarning => Version.Split('.')[0] == TriedMajor
        ? null
        : $"The server is Qdrant {Version}. This tool was tested with version {TriedMajor}.x. Try it on a copy first, with full verification.";

    /// <summary>What the server is reached by.</summary>
    public QdrantProtocol Protocol { get; init; } = QdrantProtocol.Grpc;

    /// <summary>Why it is reached by REST though nobody asked for that, and what to ask the network team for; null otherwise.</summary>
    public string? ProtocolWarning { get; init; }

    /// <summary>The protocol for people.</summary>
    internal string ProtocolName => Protocol == QdrantProtocol.Rest ? "REST" : "gRPC";

    /// <summary>What to tell the operator of the server, in order.</summary>
    internal IEnumerable<string> Warnings => ((string?[])[VersionWarning, ProtocolWarning]).OfType<string>();

    private static bool IsAtLeast(string version, Version least) => System.Version.TryParse(version.Split('-', '+')[0], out Version? number) && number >= least;
}

/// <summary>A point found by a query.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Score">Score by the collection's distance.</param>
/// <param name="Payload">Payload as one JSON object, or null.</param>
public sealed record ScoredPoint(PointId Id, float Score, string? Payload);

/// <summary>How a collection is made. Unset values are left to the server.</summary>
public sealed record CollectionSettings
{
    /// <summary>Components of a vector, 1 to 65,536.</summary>
    public required int Dimension { get; init; }

    /// <summary>Distance; null only where nothing tells it, which creates no collection.</summary>
    public required Distance? Distance { get; init; }

    /// <summary>Name of the vector; null for the unnamed one.</summary>
    public string? VectorName { get; init; }

    /// <summary>Datatype of the stored vectors.</summary>
    public VectorDatatype Datatype { get; init; }

    /// <summary>hnsw_config.m.</summary>
    public int? HnswM { get; init; }

    /// <summary>hnsw_config.ef_construct.</summary>
    public int? HnswEfConstruction { get; init; }

    /// <summary>Keep original vectors on disk.</summary>
    public bool? OnDisk { get; init; }

    /// <summary>Number of shards.</summary>
    public int? ShardNumber { get; init; }

    /// <summary>sharding_method custom: every write names a shard key, and <see cref="ShardNumber"/> is that of each key.</summary>
    public bool HasShardKeys { get; init; }

    /// <summary>Replicas of each shard.</summary>
    public int? ReplicationFactor { get; init; }

    /// <summary>Replicas that must have taken a write before it counts as taken.</summary>
    public int? WriteConsistencyFactor { get; init; }

    /// <summary>Keep payloads on disk only.</summary>
    public bool? OnDiskPayload { get; init; }

    /// <summary>Payload indexes that are made after the collection, each by a call of its own.</summary>
    public IReadOnlyList<PayloadIndexSettings> PayloadIndexes { get; init; } = [];

    /// <summary>Codes to search by beside the original vectors; null for none.</summary>
    public QuantizationSettings? Quantization { get; init; }

    /// <summary>When segments are merged and indexed.</summary>
    public OptimizerSettings Optimizer { get; init; } = new();

    /// <summary>Text pairs kept in the collection's metadata (servers from 1.16 on; older ones drop them), the run id among them.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();

    /// <inheritdoc/>
    public override string ToString() => $"{Grouped.Of(Dimension)} components, {Distance}{(VectorName is null ? string.Empty : $", vector '{VectorName}'")}";
}

/// <summary>A collection as the server describes it.</summary>
public sealed record CollectionDescription
{
    /// <summary>Name asked for.</summary>
    public required string Name { get; init; }

    /// <summary>green, yellow, grey, red.</summary>
    public required string Status { get; init; }

    /// <summary>Number of points, approximate as the server keeps it; <see cref="IVectorStore.CountAsync"/> counts.</summary>
    public ulong PointsCount { get; init; }

    /// <summary>Vectors in an index.</summary>
    public ulong IndexedVectorsCount { get; init; }

    /// <summary>Segments.</summary>
    public ulong SegmentsCount { get; init; }

    /// <summary>What the optimiser stumbled over, in its own words; null while it is well.</summary>
    public string? OptimizerError { get; init; }

    /// <summary>Operations that are taken but not applied yet (servers from 1.17 on; 0 for older ones).</summary>
    public ulong UpdateQueueLength { get; init; }

    /// <summary>Points that are stored and hidden until they are optimised (<see cref="HidesUnoptimized"/>, servers from 1.17 on).</summary>
    public ulong DeferredPoints { get; init; }

    /// <summary>optimizers_config.prevent_unoptimized (servers from 1.17 on): points are hidden from every read until they are optimised.</summary>
    public bool HidesUnoptimized { get; init; }

    /// <summary>When it was created (servers from 1.20 on); null where the server does not say.</summary>
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>sharding_method custom: every write has to name a shard key.</summary>
    public bool WantsShardKey { get; init; }

    /// <summary>When segments are merged and indexed.</summary>
    public OptimizerSettings Optimizer { get; init; } = new();

    /// <summary>The dense vectors of a point; the unnamed one has the name "".</summary>
    public required IReadOnlyList<CollectionVector> Vectors { get; init; }

    /// <summary>hnsw_config.m.</summary>
    public ulong? HnswM { get; init; }

    /// <summary>hnsw_config.ef_construct.</summary>
    public ulong? HnswEfConstruction { get; init; }

    /// <summary>Number of shards.</summary>
    public uint ShardNumber { get; init; }

    /// <summary>Replicas of each shard.</summary>
    public uint ReplicationFactor { get; init; }

    /// <summary>Replicas that must have taken a write before it counts as taken.</summary>
    public uint WriteConsistencyFactor { get; init; }

    /// <summary>Payloads lie on disk only.</summary>
    public bool OnDiskPayload { get; init; }

    /// <summary>strict_mode_config.write_rate_limit where strict mode is on: points a minute for each shard replica; null for no limit.</summary>
    public uint? WriteRateLimit { get; init; }

    /// <summary>Codes to search by beside the original vectors; null for none.</summary>
    public QuantizationSettings? Quantization { get; init; }

    /// <summary>Text pairs of the collection's metadata.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();

    /// <summary>Names of its sparse vectors.</summary>
    public IReadOnlyList<string> SparseVectors { get; init; } = [];

    /// <summary>Fields of the payload that are indexed, in the order of their names.</summary>
    public IReadOnlyList<string> PayloadIndexes => [.. PayloadSchema.Keys.Order(StringComparer.Ordinal)];

    /// <summary>The kinds of the payload indexes by field; null for a kind that this version does not know.</summary>
    public IReadOnlyDictionary<string, PayloadIndexType?> PayloadSchema { get; init; } = new Dictionary<string, PayloadIndexType?>();

    /// <summary>Strict mode is on.</summary>
    public bool IsStrict { get; init; }

    /// <summary>The limits of its strict mode; null where that is off.</summary>
    public StrictModeLimits? StrictMode { get; init; }
}

/// <summary>One vector of a collection's points.</summary>
/// <param name="Name">Its name; "" for the unnamed one.</param>
/// <param name="Dimension">Components.</param>
/// <param name="Distance">Distance.</param>
/// <param name="Datatype">Datatype of storage.</param>
/// <param name="IsMultivector">Several vectors a point.</param>
public sealed record CollectionVector(string Name, int Dimension, Distance? Distance, VectorDatatype Datatype, bool IsMultivector)
{
    /// <summary>The original vectors lie on disk, mapped into memory as they are used.</summary>
    public bool OnDisk { get; init; }

    /// <inheritdoc/>
    public override string ToString() =>
        $"{(Name.Length == 0 ? "the unnamed vector" : $"'{Name}'")}, {Grouped.Of(Dimension)} components, "
            + $"{Distance}{(IsMultivector ? ", a multivector" : string.Empty)}";
}
