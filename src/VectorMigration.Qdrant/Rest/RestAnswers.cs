// Since 1.19 the fields on_disk, on_disk_payload and always_ram are deprecated in favour of memory, which older servers drop in silence.
#pragma warning disable CS0612

using System.Globalization;
using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace VectorMigration.Qdrant;

/// <summary>The <c>result</c> of an answer as the message that gRPC would have brought.</summary>
internal static class RestAnswers
{
    /// <summary>HealthCheckReply, from <c>GET /</c>, which has no <c>result</c>.</summary>
    public static IMessage ToHealth(JsonElement root) => new Protocol.HealthCheckReply
    {
        Title = Text(root, "title") ?? throw new FormatException("no title"),
        Version = Text(root, "version") ?? throw new FormatException("no version"),
    };

    /// <summary>ListCollectionsResponse.</summary>
    public static IMessage ToCollections(JsonElement result)
    {
        Protocol.ListCollectionsResponse message = new();
        foreach (JsonElement collection in List(result, "collections"))
        {
            message.Collections.Add(new Protocol.CollectionDescription { Name = Text(collection, "name") ?? string.Empty });
        }

        return message;
    }

    /// <summary>ListAliasesResponse.</summary>
    public static IMessage ToAliases(JsonElement result)
    {
        Protocol.ListAliasesResponse message = new();
        foreach (JsonElement alias in List(result, "aliases"))
        {
            message.Aliases.Add(new Protocol.AliasDescription
            {
                AliasName = Text(alias, "alias_name") ?? string.Empty,
                CollectionName = Text(alias, "collection_name") ?? string.Empty,
            });
        }

        return message;
    }

    /// <summary>CollectionExistsResponse.</summary>
    public static IMessage ToExists(JsonElement result) => new Protocol.CollectionExistsResponse
    {
        Result = new Protocol.CollectionExists { Exists = result.GetProperty("exists").GetBoolean() },
    };

    /// <summary>CollectionOperationResponse.</summary>
    public static IMessage ToDone(JsonElement result) => new Protocol.CollectionOperationResponse { Result = result.GetBoolean() };

    /// <summary>GetCollectionInfoResponse.</summary>
    public static IMessage ToCollection(JsonElement result) => new Protocol.GetCollectionInfoResponse { Result = RestCollectionInfo.Read(result) };

    /// <summary>PointsOperationResponse.</summary>
    public static IMessage ToUpdate(JsonElement result) => new Protocol.PointsOperationResponse { Result = Update(result) };

    /// <summary>UpdateBatchResponse.</summary>
    public static IMessage ToUpdates(JsonElement result)
    {
        Protocol.UpdateBatchResponse message = new();
        foreach (JsonElement update in result.EnumerateArray())
        {
            message.Result.Add(Update(update));
        }

        return message;
    }

    /// <summary>CountResponse.</summary>
    public static IMessage ToCount(JsonElement result) => new Protocol.CountResponse
    {
        Result = new Protocol.CountResult { Count = result.GetProperty("count").GetUInt64() },
    };

    /// <summary>ScrollResponse: ids alone are asked for.</summary>
    public static IMessage ToScroll(JsonElement result)
    {
        Protocol.ScrollResponse message = new();
        foreach (JsonElement point in List(result, "points"))
        {
            message.Result.Add(new Protocol.RetrievedPoint { Id = Id(point.GetProperty("id")) });
        }

        if (Has(result, "next_page_offset", out JsonElement next))
        {
            message.NextPageOffset = Id(next);
        }

        return message;
    }

    /// <summary>QueryResponse.</summary>
    public static IMessage ToQuery(JsonElement result)
    {
        Protocol.QueryResponse message = new();
        foreach (JsonElement point in List(result, "points"))
        {
            Protocol.ScoredPoint scored = new() { Id = Id(point.GetProperty("id")), Score = point.GetProperty("score").GetSingle() };
            if (Has(point, "payload", out JsonElement payload))
            {
                foreach (JsonProperty field in payload.EnumerateObject())
                {
                    scored.Payload[field.Name] = Value(field.Value);
                }
            }

            message.Result.Add(scored);
        }

        return message;
    }

    /// <summary>A value of a payload: whole numbers within 64 bits are integers, all others doubles.</summary>
    public static Protocol.Value Value(JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Null:
                return new Protocol.Value { NullValue = Protocol.NullValue.NullValue };
            case JsonValueKind.True or JsonValueKind.False:
                return new Protocol.Value { BoolValue = value.GetBoolean() };
            case JsonValueKind.String:
                return new Protocol.Value { StringValue = value.GetString() };
            case JsonValueKind.Number:
                return value.TryGetInt64(out long whole) ? new Protocol.Value { IntegerValue = whole } : new Protocol.Value { DoubleValue = value.GetDouble() };
            case JsonValueKind.Array:
                Protocol.Value list = new() { ListValue = new Protocol.ListValue() };
                list.ListValue.Values.AddRange(value.EnumerateArray().Select(Value));
                return list;
            default:
                Protocol.Value fields = new() { StructValue = new Protocol.Struct() };
                foreach (JsonProperty field in value.EnumerateObject())
                {
                    fields.StructValue.Fields[field.Name] = Value(field.Value);
                }

                return fields;
        }
    }

    /// <summary>A property that is there and not null.</summary>
    public static bool Has(JsonElement element, string name, out JsonElement value)
    {
        value = default;
        return element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out value) && value.ValueKind != JsonValueKind.Null;
    }

    /// <summary>A text; null where there is none.</summary>
    public static string? Text(JsonElement element, string name) =>
        Has(element, name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static JsonElement.ArrayEnumerator List(JsonElement result, string name) => result.GetProperty(name).EnumerateArray();

    private static Protocol.UpdateResult Update(JsonElement result) => new()
    {
        Status = Text(result, "status") switch
        {
            "acknowledged" => Protocol.UpdateStatus.Acknowledged,
            "completed" => Protocol.UpdateStatus.Completed,
            "clock_rejected" => Protocol.UpdateStatus.ClockRejected,
            "wait_timeout" => Protocol.UpdateStatus.WaitTimeout,
            _ => Protocol.UpdateStatus.UnknownUpdateStatus,
        },
    };

    private static Protocol.PointId Id(JsonElement id) => id.ValueKind == JsonValueKind.String
        ? new Protocol.PointId { Uuid = id.GetString() }
        : new Protocol.PointId { Num = id.GetUInt64() };
}

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
            config.StrictModeConfig = new Protocol.StrictModeConfig();
            SetFlag(strict, "enabled", value => config.StrictModeConfig.Enabled = value);
            Set(strict, "write_rate_limit", value => config.StrictModeConfig.WriteRateLimit = (uint)value);
            Set(strict, "read_rate_limit", value => config.StrictModeConfig.ReadRateLimit = (uint)value);
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
