using System.Globalization;
using VectorMigration.Errors;
using VectorMigration.Store;
using VectorMigration.Vectors;

namespace VectorMigration.Collections;

/// <summary>Says in words what a collection is made like; both faces use it.</summary>
internal static class CollectionText
{
    /// <summary>The settings that are set, in the order in which people ask for them, named as Qdrant names them.</summary>
    public static string Of(CollectionSettings settings)
    {
        OptimizerSettings optimizer = settings.Optimizer;
        string?[] parts =
        [
            Vectors(settings),
            settings.Datatype == VectorDatatype.Default ? null : settings.Datatype.ToString(),
            settings.Quantization is null ? null : $"{settings.Quantization} quantization",
            settings.OnDisk == true ? "vectors on disk" : null,
            settings.OnDiskPayload == true ? "payloads on disk" : null,
            Part("replication_factor", settings.ReplicationFactor, string.Empty),
            Part("write_consistency_factor", settings.WriteConsistencyFactor, string.Empty),
            Part("shard_number", settings.ShardNumber, string.Empty),
            Part("indexing_threshold", optimizer.IndexingThreshold, " KB"),
            Part("default_segment_number", optimizer.DefaultSegmentNumber, string.Empty),
            Part("max_segment_size", optimizer.MaxSegmentSize, " KB"),
            PayloadIndexes(settings),
        ];
        return string.Join(", ", parts.OfType<string>());
    }

    /// <summary>The payload indexes that are asked for; null for none.</summary>
    public static string? PayloadIndexes(CollectionSettings settings) => settings.PayloadIndexes.Count == 0 ? null
        : $"payload {(settings.PayloadIndexes.Count == 1 ? "index" : "indexes")} {string.Join(", ", settings.PayloadIndexes)}";

    /// <summary>The vector of a collection that exists, as the server describes it; all of its vectors where it has none of that name.</summary>
    public static string Present(IReadOnlyList<CollectionVector> vectors, string? name)
    {
        if (vectors.FirstOrDefault(candidate => candidate.Name == (name ?? string.Empty)) is CollectionVector vector)
        {
            return Shape(vector) + (vector.Name.Length == 0 ? string.Empty : $", vector '{vector.Name}'");
        }

        return vectors.Count == 0 ? "no dense vectors"
            : string.Join("; ", vectors.Select(static one => $"{(one.Name.Length == 0 ? "unnamed vector" : $"vector '{one.Name}'")}, {Shape(one)}"));
    }

    /// <summary>What vectors it holds and how they are searched.</summary>
    public static string Vectors(CollectionSettings settings)
    {
        string?[] parts =
        [
            Invariant($"{Grouped.Of(settings.Dimension)} components"),
            settings.Distance.ToString(),
            settings.VectorName is null ? null : $"vector '{settings.VectorName}'",
            Part("HNSW m", settings.HnswM, string.Empty),
            Part("ef_construct", settings.HnswEfConstruction, string.Empty),
        ];
        return string.Join(", ", parts.OfType<string>());
    }

    private static string Shape(CollectionVector vector) => Invariant($"{Grouped.Of(vector.Dimension)} components, {vector.Distance}")
        + (vector.Datatype is VectorDatatype.Default or VectorDatatype.Float32 ? string.Empty : $", {vector.Datatype}")
        + (vector.IsMultivector ? ", multivectors" : string.Empty);

    private static string? Part<T>(string name, T? value, string unit)
        where T : struct, IFormattable =>
        value is T set ? Invariant($"{name} {set}{unit}") : null;

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
