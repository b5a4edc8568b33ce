namespace VectorMigration.Store;

/// <summary>What decides when a collection's segments are merged and indexed (optimizers_config, collections.proto). Unset values are the server's.</summary>
public sealed record OptimizerSettings
{
    /// <summary>The indexing_threshold of a server that was told no other, in kilobytes (1.16; the documentation says 20,000).</summary>
    public const ulong UsualIndexingThreshold = 10_000;

    /// <summary>Kilobytes of vectors from which on a segment is indexed; smaller ones are searched exactly. 0 indexes nothing.</summary>
    public ulong? IndexingThreshold { get; init; }

    /// <summary>Segments that the optimiser merges towards; 0 takes one for each core of the server.</summary>
    public ulong? DefaultSegmentNumber { get; init; }

    /// <summary>Kilobytes of vectors beyond which no segments are merged into one. Not where searching must be as fast as it can: more segments are more
    /// graphs to search.</summary>
    public ulong? MaxSegmentSize { get; init; }

    /// <inheritdoc/>
    public override string ToString() => string.Join(", ", ((string?[])
    [
        IndexingThreshold is ulong threshold ? $"indexing_threshold {threshold}" : null,
        DefaultSegmentNumber is ulong segments ? $"default_segment_number {segments}" : null,
        MaxSegmentSize is ulong size ? $"max_segment_size {size}" : null,
    ]).OfType<string>());
}
