using VectorMigration.Errors;
using VectorMigration.Store;

namespace VectorMigration.Collections;

/// <summary>How a collection that a run creates is made, beyond what its index says. What is not set is left to the index, and then to the server. Vectors
/// are always stored as Float32, because any other datatype loses bits.</summary>
public sealed record CreationOptions
{
    /// <summary>hnsw_config.m: links of a node of the graph; 0 builds none.</summary>
    public int? HnswM { get; init; }

    /// <summary>hnsw_config.ef_construct.</summary>
    public int? HnswEfConstruction { get; init; }

    /// <summary>Keep the original vectors on disk.</summary>
    public bool? OnDisk { get; init; }

    /// <summary>Keep payloads on disk only.</summary>
    public bool? OnDiskPayload { get; init; }

    /// <summary>Codes to search by beside the original vectors; null for none.</summary>
    public QuantizationSettings? Quantization { get; init; }

    /// <summary>Replicas of each shard.</summary>
    public int? ReplicationFactor { get; init; }

    /// <summary>Replicas that must have taken a write before it counts as taken.</summary>
    public int? WriteConsistencyFactor { get; init; }

    /// <summary>Payload indexes, made before the first vector is sent; also where the collection is there already.</summary>
    public IReadOnlyList<PayloadIndexSettings> PayloadIndexes { get; init; } = [];

    /// <summary>Codes of a kind with its details.</summary>
    /// <param name="kind">Kind; None for no codes.</param>
    /// <param name="quantile">Scalar only.</param>
    /// <param name="compression">Product only.</param>
    /// <param name="alwaysRam">Keep the codes in memory.</param>
    /// <exception cref="MigrationException">A detail without a kind, or of another kind.</exception>
    internal static QuantizationSettings? Codes(QuantizationKind kind, float? quantile, ProductCompression? compression, bool? alwaysRam) => kind switch
    {
        QuantizationKind.None => quantile is null && compression is null && alwaysRam is null ? null : throw CreationErrors.QuantizationMissing(),
        not QuantizationKind.Scalar when quantile is not null => throw CreationErrors.QuantizationDetail("quantile", QuantizationKind.Scalar, kind),
        not QuantizationKind.Product when compression is not null =>
            throw CreationErrors.QuantizationDetail("compression", QuantizationKind.Product, kind),
        _ => new QuantizationSettings(kind) { Quantile = quantile, Compression = compression, AlwaysRam = alwaysRam },
    };

    /// <summary>The settings of a collection, with what is asked for here.</summary>
    internal CollectionSettings Apply(CollectionSettings settings) => settings with
    {
        HnswM = HnswM ?? settings.HnswM,
        HnswEfConstruction = HnswEfConstruction ?? settings.HnswEfConstruction,
        OnDisk = OnDisk,
        OnDiskPayload = OnDiskPayload,
        Quantization = Quantization,
        ReplicationFactor = ReplicationFactor,
        WriteConsistencyFactor = WriteConsistencyFactor,
        PayloadIndexes = PayloadIndexes,
    };
}
