// Since 1.19 the fields on_disk, on_disk_payload and always_ram are deprecated in favour of memory, which older servers drop in silence.
#pragma warning disable CS0612

using System.Globalization;
using System.Text.Json;
using Google.Protobuf.WellKnownTypes;

namespace VectorMigration.Qdrant;

/// <summary>The description of a collection.</summary>
internal static class RestCollectionInfo
{
    /// <summary>CollectionInfo; what is not known here is left out, as an older client of gRPC leaves out fields that it does not know.</summary>
    public static Protocol.CollectionInfo Read(JsonElement result)
    {
        Protocol.CollectionInfo info = new()
        {
            Status = Named<Protocol.CollectionStatus>(RestAnswers.Text(result, "status")),
            OptimizerStatus = Optimizer(result),
            SegmentsCount = Number(result, "segments_count") ?? 0,
            Config = Config(result.GetProperty("config")),
        };
        Set(result, "points_count", value => info.PointsCount = value);
        Set(result, "indexed_vectors_count", value => info.IndexedVectorsCount = value);
        if (RestAnswers.Has(result, "payload_schema", out JsonElement schema))
        {
            foreach (JsonProperty field in schema.EnumerateObject())
            {
                info.PayloadSchema[field.Name] =
                    new Protocol.PayloadSchemaInfo { DataType = Named<Protocol.PayloadSchemaType>(RestAnswers.Text(field.Value, "data_type")) };
            }
        }

        if (RestAnswers.Has(result, "update_queue", out JsonElement queue))
        {
            info.UpdateQueue = new Protocol.UpdateQueueInfo { Length = Number(queue, "length") ?? 0 };
            Set(queue, "deferred_points", value => info.UpdateQueue.DeferredPoints = value);
        }

        if (DateTimeOffset.TryParse(
            RestAnswers.Text(result, "created_at"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset created))
        {
            info.CreatedAt = Timestamp.FromDateTimeOffset(created);
        }

        return info;
    }

    private static Protocol.OptimizerStatus Optimizer(JsonElement result) => RestAnswers.Has(result, "optimizer_status", out JsonElement status)
        && status.ValueKind == JsonValueKind.Object
        ? new Protocol.OptimizerStatus { Ok = false, Error = RestAnswers.Text(status, "error") ?? string.Empty }
        : new Protocol.OptimizerStatus { Ok = true };

    private static Protocol.CollectionConfig Config(JsonElement json)
    {
        Protocol.CollectionConfig config = new() { Params = Params(json.GetProperty("params")) };
        if (RestAnswers.Has(json, "hnsw_config", out JsonElement hnsw))
        {
            config.HnswConfig = new Protocol.HnswConfigDiff();
            Set(hnsw, "m", value => config.HnswConfig.M = value);
            Set(hnsw, "ef_construct", value => config.HnswConfig.EfConstruct = value);
            Set(hnsw, "full_scan_threshold", value => config.HnswConfig.FullScanThreshold = value);
        }

        if (RestAnswers.Has(json, "optimizer_config", out JsonElement optimizer))
        {
            config.OptimizerConfig = new Protocol.OptimizersConfigDiff();
            Set(optimizer, "indexing_threshold", value => config.OptimizerConfig.IndexingThreshold = value);
            Set(optimizer, "default_segment_number", value => config.OptimizerConfig.DefaultSegmentNumber = value);
            Set(optimizer, "max_segment_size", value => config.OptimizerConfig.MaxSegmentSize = value);
            SetFlag(optimizer, "prevent_unoptimized", value => config.OptimizerConfig.PreventUnoptimized = value);
        }

        if (RestAnswers.Has(json, "strict_mode_config", out JsonElement strict))
        {
            config.StrictModeConfig = StrictMode(strict);
        }

        if (RestAnswers.Has(json, "quantization_config", out JsonElement quantization))
        {
            config.QuantizationConfig = Quantization(quantization);
        }

        if (RestAnswers.Has(json, "metadata", out JsonElement metadata))
        {
            foreach (JsonProperty pair in metadata.EnumerateObject())
            {
                config.Metadata[pair.Name] = RestAnswers.Value(pair.Value);
            }
        }

        return config;
    }

    private static Protocol.StrictModeConfig StrictMode(JsonElement json)
    {
        Protocol.StrictModeConfig strict = new();
        SetFlag(json, "enabled", value => strict.Enabled = value);
        SetFlag(json, "search_allow_exact", value => strict.SearchAllowExact = value);
        Set(json, "write_rate_limit", value => strict.WriteRateLimit = (uint)value);
        Set(json, "read_rate_limit", value => strict.ReadRateLimit = (uint)value);
        Set(json, "upsert_max_batchsize", value => strict.UpsertMaxBatchsize = value);
        Set(json, "search_max_batchsize", value => strict.SearchMaxBatchsize = value);
        Set(json, "max_query_limit", value => strict.MaxQueryLimit = (uint)value);
        Set(json, "max_points_count", value => strict.MaxPointsCount = value);
        Set(json, "max_collection_vector_size_bytes", value => strict.MaxCollectionVectorSizeBytes = value);
        Set(json, "max_collection_payload_size_bytes", value => strict.MaxCollectionPayloadSizeBytes = value);
        Set(json, "max_payload_index_count", value => strict.MaxPayloadIndexCount = value);
        Set(json, "max_resident_memory_percent", value => strict.MaxResidentMemoryPercent = (uint)value);
        return strict;
    }

    private static Protocol.CollectionParams Params(JsonElement json)
    {
        Protocol.CollectionParams parameters = new() { ShardNumber = (uint)(Number(json, "shard_number") ?? 0) };
        Set(json, "replication_factor", value => parameters.ReplicationFactor = (uint)value);
        Set(json, "write_consistency_factor", value => parameters.WriteConsistencyFactor = (uint)value);
        SetFlag(json, "on_disk_payload", value => parameters.OnDiskPayload = value);
        if (RestAnswers.Text(json, "sharding_method") is string sharding)
        {
            parameters.ShardingMethod = Named<Protocol.ShardingMethod>(sharding);
        }

        if (RestAnswers.Has(json, "vectors", out JsonElement vectors))
        {
            parameters.VectorsConfig = Vectors(vectors);
        }

        if (RestAnswers.Has(json, "sparse_vectors", out JsonElement sparse))
        {
            parameters.SparseVectorsConfig = new Protocol.SparseVectorConfig();
            foreach (JsonProperty vector in sparse.EnumerateObject())
            {
                parameters.SparseVectorsConfig.Map[vector.Name] = new Protocol.SparseVectorParams();
            }
        }

        return parameters;
    }

    /// <summary>One vector without a name is its settings themselves; named ones are an object of them.</summary>
    private static Protocol.VectorsConfig Vectors(JsonElement json)
    {
        if (RestAnswers.Has(json, "size", out JsonElement size) && size.ValueKind == JsonValueKind.Number)
        {
            return new Protocol.VectorsConfig { Params = Vector(json) };
        }

        Protocol.VectorsConfig named = new() { ParamsMap = new Protocol.VectorParamsMap() };
        foreach (JsonProperty vector in json.EnumerateObject())
        {
            named.ParamsMap.Map[vector.Name] = Vector(vector.Value);
        }

        return named;
    }

    private static Protocol.VectorParams Vector(JsonElement json)
    {
        Protocol.VectorParams vector = new()
        {
            Size = Number(json, "size") ?? 0,
            Distance = Named<Protocol.Distance>(RestAnswers.Text(json, "distance")),
        };
        SetFlag(json, "on_disk", value => vector.OnDisk = value);
        if (RestAnswers.Text(json, "datatype") is string datatype)
        {
            vector.Datatype = Named<Protocol.Datatype>(datatype);
        }

        if (RestAnswers.Has(json, "multivector_config", out _))
        {
            vector.MultivectorConfig = new Protocol.MultiVectorConfig();
        }

        return vector;
    }

    private static Protocol.QuantizationConfig? Quantization(JsonElement json)
    {
        if (RestAnswers.Has(json, "scalar", out JsonElement scalar))
        {
            Protocol.ScalarQuantization message = new() { Type = Protocol.QuantizationType.Int8 };
            if (RestAnswers.Has(scalar, "quantile", out JsonElement quantile))
            {
                message.Quantile = quantile.GetSingle();
            }

            SetFlag(scalar, "always_ram", value => message.AlwaysRam = value);
            return new Protocol.QuantizationConfig { Scalar = message };
        }

        if (RestAnswers.Has(json, "product", out JsonElement product))
        {
            Protocol.ProductQuantization message = new()
            {
                Compression = Named<Protocol.CompressionRatio>(RestAnswers.Text(product, "compression")),
            };
            SetFlag(product, "always_ram", value => message.AlwaysRam = value);
            return new Protocol.QuantizationConfig { Product = message };
        }

        if (RestAnswers.Has(json, "binary", out JsonElement binary))
        {
            Protocol.BinaryQuantization message = new();
            SetFlag(binary, "always_ram", value => message.AlwaysRam = value);
            return new Protocol.QuantizationConfig { Binary = message };
        }

        if (!RestAnswers.Has(json, "turbo", out JsonElement turbo))
        {
            return null;
        }

        Protocol.TurboQuantization codes = new();
        SetFlag(turbo, "always_ram", value => codes.AlwaysRam = value);
        if (RestAnswers.Text(turbo, "bits") is string bits)
        {
            codes.Bits = Named<Protocol.TurboQuantBitSize>(bits.Replace("_", string.Empty, StringComparison.Ordinal));
        }

        return new Protocol.QuantizationConfig { Turboquant = codes };
    }

    /// <summary>The value of an enumeration, whose names differ in case only; 0 (unknown) for others.</summary>
    private static T Named<T>(string? name)
        where T : struct, System.Enum =>
        System.Enum.TryParse(name, ignoreCase: true, out T value) ? value : default;

    private static ulong? Number(JsonElement json, string name) =>
        RestAnswers.Has(json, name, out JsonElement value) && value.TryGetUInt64(out ulong number) ? number : null;

    private static void Set(JsonElement json, string name, Action<ulong> set)
    {
        if (Number(json, name) is ulong number)
        {
            set(number);
        }
    }

    private static void SetFlag(JsonElement json, string name, Action<bool> set)
    {
        if (RestAnswers.Has(json, name, out JsonElement value))
        {
            set(value.GetBoolean());
        }
    }
}
