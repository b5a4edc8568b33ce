namespace VectorMigration.Qdrant;

/// <summary>Settings of a collection to be changed. What is not set stays as it is.</summary>
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

    /// <summary>The message. An empty optimizers_config goes along always: it wakes an optimiser that sleeps (status grey).</summary>
    internal Protocol.UpdateCollection ToMessage(string name)
    {
        Protocol.UpdateCollection message = new()
        {
            CollectionName = name,
            OptimizersConfig = new Protocol.OptimizersConfigDiff(),
            HnswConfig = CollectionMapping.ToHnsw(name, HnswM, HnswEfConstruction),
        };
        if (IndexingThreshold is ulong threshold)
        {
            message.OptimizersConfig.IndexingThreshold = threshold;
        }

        CollectionMapping.AddTexts(message.Metadata, Metadata);
        return message;
    }
}
