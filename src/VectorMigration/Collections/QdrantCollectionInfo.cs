using VectorMigration.Store;
using VectorMigration.Vectors;

namespace VectorMigration.Collections;

/// <summary>A collection as <c>Get-QdrantCollection</c> shows it; it knows its server, so that what follows in a pipeline works on the same one.</summary>
public sealed record QdrantCollectionInfo
{
    private readonly CollectionDescription description;
    private readonly CollectionVector? vector;

    /// <summary>Makes the object.</summary>
    /// <param name="description">What the server says.</param>
    /// <param name="aliases">Names that point to it.</param>
    /// <param name="connection">The server.</param>
    public QdrantCollectionInfo(CollectionDescription description, IReadOnlyList<string> aliases, QdrantConnection connection)
    {
        ArgumentNullException.ThrowIfNull(description);
        this.description = description;
        vector = description.Vectors.Count > 0 ? description.Vectors[0] : null;
        Aliases = aliases;
        Connection = connection;
    }

    /// <summary>Name.</summary>
    public string Name => description.Name;

    /// <summary>green, yellow (optimising), grey (optimising pending), red.</summary>
    public string Status => description.Status;

    /// <summary>Points, approximate as the server keeps it.</summary>
    public ulong PointsCount => description.PointsCount;

    /// <summary>Vectors that are in an index.</summary>
    public ulong IndexedVectorsCount => description.IndexedVectorsCount;

    /// <summary>Segments.</summary>
    public ulong SegmentsCount => description.SegmentsCount;

    /// <summary>Components of the first vector; null where there is no dense one.</summary>
    public int? Dimension => vector?.Dimension;

    /// <summary>Distance of the first vector.</summary>
    public Distance? Distance => vector?.Distance;

    /// <summary>Datatype of the first vector.</summary>
    public VectorDatatype? Datatype => vector?.Datatype;

    /// <summary>Whether the first vector lies on disk.</summary>
    public bool OnDisk => vector?.OnDisk ?? false;

    /// <summary>Name of the first vector; null for the unnamed one.</summary>
    public string? VectorName => vector is { Name.Length: > 0 } ? vector.Name : null;

    /// <summary>All dense vectors of a point.</summary>
    public IReadOnlyList<CollectionVector> Vectors => description.Vectors;

    /// <summary>hnsw_config.m.</summary>
    public ulong? HnswM => description.HnswM;

    /// <summary>hnsw_config.ef_construct.</summary>
    public ulong? HnswEfConstruct => description.HnswEfConstruction;

    /// <summary>optimizers_config.indexing_threshold: kilobytes of vectors from which on a segment is indexed; 0 indexes nothing.</summary>
    public ulong? IndexingThreshold => description.Optimizer.IndexingThreshold;

    /// <summary>optimizers_config.default_segment_number; 0 takes one for each core of the server.</summary>
    public ulong? DefaultSegmentNumber => description.Optimizer.DefaultSegmentNumber;

    /// <summary>optimizers_config.max_segment_size in kilobytes; null leaves it to the server.</summary>
    public ulong? MaxSegmentSize => description.Optimizer.MaxSegmentSize;

    /// <summary>True while a migration has put the indexing off.</summary>
    public bool IndexingDeferred => DeferredIndexing.IsDeferred(description);

    /// <summary>What the optimiser stumbled over; null while it is well.</summary>
    public string? OptimizerError => description.OptimizerError;

    /// <summary>Codes to search by; null for none.</summary>
    public QuantizationSettings? Quantization => description.Quantization;

    /// <summary>Shards.</summary>
    public uint ShardNumber => description.ShardNumber;

    /// <summary>Replicas of each shard.</summary>
    public uint ReplicationFactor => description.ReplicationFactor;

    /// <summary>Replicas that must have taken a write before it counts as taken.</summary>
    public uint WriteConsistencyFactor => description.WriteConsistencyFactor;

    /// <summary>Payload indexes by field; null for a type that this version does not know.</summary>
    public IReadOnlyDictionary<string, PayloadIndexType?> PayloadSchema => description.PayloadSchema;

    /// <summary>Payloads lie on disk only.</summary>
    public bool OnDiskPayload => description.OnDiskPayload;

    /// <summary>Text pairs of the collection's metadata, the id of the run that made it among them.</summary>
    public IReadOnlyDictionary<string, string> Metadata => description.Metadata;

    /// <summary>Names that point to it.</summary>
    public IReadOnlyList<string> Aliases { get; }

    /// <summary>The server that it is on.</summary>
    public QdrantConnection Connection { get; }

    /// <inheritdoc/>
    public override string ToString() => Name;
}
