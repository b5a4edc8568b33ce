namespace VectorMigration.Store;

/// <summary>Settings of a collection to be changed. What is not set stays as it is; even an empty change wakes an optimiser that sleeps (status
/// grey).</summary>
public sealed record CollectionChange
{
    /// <summary>hnsw_config.m; 0 builds no graph.</summary>
    public int? HnswM { get; init; }

    /// <summary>hnsw_config.ef_construct.</summary>
    public int? HnswEfConstruction { get; init; }

    /// <summary>optimizers_config.indexing_threshold, in kilobytes; 0 builds no index.</summary>
    public ulong? IndexingThreshold { get; init; }

    /// <summary>Text pairs merged into the collection's metadata (servers from 1.16 on).</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();

    /// <summary>Keys taken out of the collection's metadata.</summary>
    public IReadOnlyList<string> RemovedKeys { get; init; } = [];
}
