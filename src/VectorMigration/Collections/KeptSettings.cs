using System.Globalization;
using VectorMigration.Store;
using VectorMigration.Vectors;

namespace VectorMigration.Collections;

/// <summary>Settings that were asked for and that a collection which is there already has otherwise: it keeps its own.</summary>
internal static class KeptSettings
{
    /// <summary>What is worth a warning; null where nothing is.</summary>
    public static string? Warning(CollectionDescription existing, string? vectorName, IndexingOptions indexing, CreationOptions creation)
    {
        string[] other = [.. Differences(existing, vectorName, indexing, creation)];
        return other.Length > 0 ? $"'{existing.Name}' exists and keeps its own settings: {string.Join(", ", other)}." : null;
    }

    private static IEnumerable<string> Differences(CollectionDescription existing, string? vectorName, IndexingOptions indexing, CreationOptions creation)
    {
        OptimizerSettings has = existing.Optimizer;
        CollectionVector? vector = existing.Vectors.FirstOrDefault(candidate => candidate.Name == (vectorName ?? string.Empty));
        (string Name, object? Has, object? Asked)[] all =
        [
            ("shard_number", (ulong)existing.ShardNumber, (ulong?)indexing.ShardNumber),
            ("indexing_threshold", DeferredIndexing.RememberedBy(existing) ?? has.IndexingThreshold, indexing.Optimizer.IndexingThreshold),
            ("default_segment_number", has.DefaultSegmentNumber, indexing.Optimizer.DefaultSegmentNumber),
            ("max_segment_size", has.MaxSegmentSize, indexing.Optimizer.MaxSegmentSize),
            ("replication_factor", (ulong)existing.ReplicationFactor, (ulong?)creation.ReplicationFactor),
            ("write_consistency_factor", (ulong)existing.WriteConsistencyFactor, (ulong?)creation.WriteConsistencyFactor),
            ("hnsw_config.m", existing.HnswM, (ulong?)creation.HnswM),
            ("hnsw_config.ef_construct", existing.HnswEfConstruction, (ulong?)creation.HnswEfConstruction),
            ("on_disk", vector?.OnDisk, creation.OnDisk),
            ("on_disk_payload", existing.OnDiskPayload, creation.OnDiskPayload),
            ("datatype", vector?.Datatype == VectorDatatype.Default ? VectorDatatype.Float32 : vector?.Datatype,
                creation.Datatype == VectorDatatype.Default ? null : creation.Datatype),
            ("quantization", existing.Quantization?.Kind ?? QuantizationKind.None, creation.Quantization?.Kind),
        ];
        foreach ((string name, object? there, object? wanted) in all)
        {
            if (wanted is not null && !wanted.Equals(there))
            {
                yield return $"{name} is {Text(there)}, not {Text(wanted)}";
            }
        }
    }

    private static string Text(object? value) => value is null ? "the server's default"
        : (Convert.ToString(value, CultureInfo.InvariantCulture) ?? string.Empty).ToLowerInvariant();
}
