using System.Globalization;
using VectorMigration.Store;

namespace VectorMigration.Collections;

/// <summary>What a plan says of shards, segments and indexing; empty where all is left to the server.</summary>
internal static class IndexingText
{
    /// <summary>Each part begins with a comma, to follow the other settings of a collection that is created.</summary>
    public static string Of(CollectionSettings settings, IndexingMode mode)
    {
        OptimizerSettings optimizer = settings.Optimizer;
        return string.Concat(
            Part("shard_number", (ulong?)settings.ShardNumber, string.Empty),
            Part("indexing_threshold", optimizer.IndexingThreshold, " KB"),
            Part("default_segment_number", optimizer.DefaultSegmentNumber, string.Empty),
            Part("max_segment_size", optimizer.MaxSegmentSize, " KB"),
            mode == IndexingMode.Deferred ? ", indexed after the load" : string.Empty);
    }

    private static string Part(string name, ulong? value, string unit) =>
        value is null ? string.Empty : string.Create(CultureInfo.InvariantCulture, $", {name} {value}{unit}");
}
