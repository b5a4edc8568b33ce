using System.Globalization;

namespace VectorMigration.Commands;

/// <summary>Says in words what a collection is made like.</summary>
internal static class CollectionText
{
    /// <summary>The settings that are set, in the order in which people ask for them.</summary>
    public static string Of(CollectionSettings settings)
    {
        CultureInfo culture = CultureInfo.InvariantCulture;
        List<string> parts = [string.Create(culture, $"{settings.Dimension} components"), settings.Distance?.ToString() ?? "distance not known"];
        Add(settings.VectorName is null ? null : $"vector '{settings.VectorName}'");
        Add(settings.Datatype == VectorDatatype.Default ? null : settings.Datatype.ToString());
        Add(settings.HnswM is null ? null : string.Create(culture, $"HNSW m {settings.HnswM}"));
        Add(settings.HnswEfConstruction is null ? null : string.Create(culture, $"ef_construct {settings.HnswEfConstruction}"));
        Add(settings.Quantization is null ? null : $"{settings.Quantization} quantisation");
        Add(settings.OnDisk == true ? "vectors on disk" : null);
        Add(settings.OnDiskPayload == true ? "payloads on disk" : null);
        Add(settings.ShardNumber is null ? null : string.Create(culture, $"{settings.ShardNumber} shards"));
        Add(settings.Optimizer.IndexingThreshold is null ? null : string.Create(culture, $"indexing_threshold {settings.Optimizer.IndexingThreshold} KB"));
        Add(settings.Optimizer.DefaultSegmentNumber is null ? null : string.Create(culture, $"default_segment_number {settings.Optimizer.DefaultSegmentNumber}"));
        Add(settings.Optimizer.MaxSegmentSize is null ? null : string.Create(culture, $"max_segment_size {settings.Optimizer.MaxSegmentSize} KB"));
        Add(settings.ReplicationFactor is null ? null : string.Create(culture, $"{settings.ReplicationFactor} replicas"));
        return string.Join(", ", parts);

        void Add(string? part)
        {
            if (part is not null)
            {
                parts.Add(part);
            }
        }
    }
}
