// Since 1.19 the fields on_disk, on_disk_payload and always_ram are deprecated in favour of memory, which older servers drop in silence.
#pragma warning disable CS0612

using System.Text.Json;
using Google.Protobuf.Collections;

namespace VectorMigration.Qdrant;

/// <summary>Messages that create and change collections, aliases and indexes, as JSON.</summary>
internal static class RestCollections
{
    /// <summary><c>PUT /collections/{name}</c>.</summary>
    public static RestCall Create(Protocol.CreateCollection message) => new(HttpMethod.Put, RestCall.At(message.CollectionName))
    {
        Answer = RestAnswers.ToDone,
        Body = RestCall.Write(json =>
        {
            if (message.VectorsConfig is { } vectors)
            {
                json.WritePropertyName("vectors");
                WriteVectors(json, vectors);
            }

            WriteNumber(json, "shard_number", message.HasShardNumber ? message.ShardNumber : null);
            WriteNumber(json, "replication_factor", message.HasReplicationFactor ? message.ReplicationFactor : null);
            WriteNumber(json, "write_consistency_factor", message.HasWriteConsistencyFactor ? message.WriteConsistencyFactor : null);
            WriteFlag(json, "on_disk_payload", message.HasOnDiskPayload ? message.OnDiskPayload : null);
            if (message.HasShardingMethod)
            {
                json.WriteString("sharding_method", message.ShardingMethod == Protocol.ShardingMethod.Custom ? "custom" : "auto");
            }

            if (message.SparseVectorsConfig is { } sparse)
            {
                json.WriteStartObject("sparse_vectors");
                foreach (string name in sparse.Map.Keys)
                {
                    json.WriteStartObject(name);
                    json.WriteEndObject();
                }

                json.WriteEndObject();
            }

            if (message.QuantizationConfig is { } quantization)
            {
                json.WritePropertyName("quantization_config");
                WriteQuantization(json, quantization);
            }

            WriteHnsw(json, message.HnswConfig);
            WriteOptimizers(json, message.OptimizersConfig);
            WriteStrictMode(json, message.StrictModeConfig);
            WriteMetadata(json, message.Metadata);
            Unsupported.If(message.WalConfig is not null, "wal_config");
        }),
    };

    /// <summary><c>PATCH /collections/{name}</c>.</summary>
    public static RestCall Update(Protocol.UpdateCollection message) => new(HttpMethod.Patch, RestCall.At(message.CollectionName))
    {
        Answer = RestAnswers.ToDone,
        Body = RestCall.Write(json =>
        {
            WriteHnsw(json, message.HnswConfig);
            WriteOptimizers(json, message.OptimizersConfig);
            WriteStrictMode(json, message.StrictModeConfig);
            WriteMetadata(json, message.Metadata);
            Unsupported.If(message.QuantizationConfig is not null, "quantization_config");
            Unsupported.If(message.Params is not null, "params");
            Unsupported.If(message.VectorsConfig is not null, "vectors_config");
        }),
    };

    /// <summary><c>POST /collections/aliases</c>.</summary>
    public static RestCall Aliases(Protocol.ChangeAliases message) => new(HttpMethod.Post, "/collections/aliases")
    {
        Answer = RestAnswers.ToDone,
        Body = RestCall.Write(json =>
        {
            json.WriteStartArray("actions");
            foreach (Protocol.AliasOperations action in message.Actions)
            {
                json.WriteStartObject();
                if (action.DeleteAlias is { } delete)
                {
                    json.WriteStartObject("delete_alias");
                    json.WriteString("alias_name", delete.AliasName);
                    json.WriteEndObject();
                }
                else if (action.CreateAlias is { } create)
                {
                    json.WriteStartObject("create_alias");
                    json.WriteString("collection_name", create.CollectionName);
                    json.WriteString("alias_name", create.AliasName);
                    json.WriteEndObject();
                }

                Unsupported.If(action.RenameAlias is not null, "rename_alias");
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }),
    };

    /// <summary><c>PUT /collections/{name}/vectors/{vector}</c> (1.18 and later).</summary>
    public static RestCall Vector(Protocol.CreateVectorNameRequest message) => new(
        HttpMethod.Put,
        RestCall.At(message.CollectionName, $"/vectors/{Uri.EscapeDataString(message.VectorName)}") + RestCall.Query(message.Wait))
    {
        Answer = RestAnswers.ToUpdate,
        Body = RestCall.Write(json =>
        {
            Unsupported.If(message.DenseConfig is null, "a sparse vector");
            json.WriteStartObject("dense");
            json.WriteNumber("size", message.DenseConfig!.Size);
            json.WriteString("distance", message.DenseConfig.Distance.ToString());
            if (message.DenseConfig.HasDatatype)
            {
                json.WriteString("datatype", message.DenseConfig.Datatype.ToString().ToLowerInvariant());
            }

            json.WriteEndObject();
        }),
    };

    /// <summary><c>PUT /collections/{name}/index</c>.</summary>
    public static RestCall Index(Protocol.CreateFieldIndexCollection message) => new(
        HttpMethod.Put, RestCall.At(message.CollectionName, "/index") + RestCall.Query(message.Wait))
    {
        Answer = RestAnswers.ToUpdate,
        Body = RestCall.Write(json =>
        {
            json.WriteString("field_name", message.FieldName);
            string type = message.FieldType.ToString().ToLowerInvariant();
            if (message.FieldIndexParams is not { } settings)
            {
                json.WriteString("field_schema", type);
                return;
            }

            json.WriteStartObject("field_schema");
            json.WriteString("type", type);
            WriteIndexSettings(json, settings);
            json.WriteEndObject();
        }),
    };

    private static void WriteIndexSettings(Utf8JsonWriter json, Protocol.PayloadIndexParams settings)
    {
        (bool? tenant, bool? principal, bool? onDisk) = settings.IndexParamsCase switch
        {
            Protocol.PayloadIndexParams.IndexParamsOneofCase.KeywordIndexParams =>
                (settings.KeywordIndexParams.IsTenant, null, settings.KeywordIndexParams.OnDisk),
            Protocol.PayloadIndexParams.IndexParamsOneofCase.UuidIndexParams => (settings.UuidIndexParams.IsTenant, null, settings.UuidIndexParams.OnDisk),
            Protocol.PayloadIndexParams.IndexParamsOneofCase.IntegerIndexParams =>
                (null, settings.IntegerIndexParams.IsPrincipal, settings.IntegerIndexParams.OnDisk),
            Protocol.PayloadIndexParams.IndexParamsOneofCase.FloatIndexParams =>
                (null, settings.FloatIndexParams.IsPrincipal, settings.FloatIndexParams.OnDisk),
            Protocol.PayloadIndexParams.IndexParamsOneofCase.DatetimeIndexParams =>
                (null, settings.DatetimeIndexParams.IsPrincipal, settings.DatetimeIndexParams.OnDisk),
            Protocol.PayloadIndexParams.IndexParamsOneofCase.GeoIndexParams => (null, null, settings.GeoIndexParams.OnDisk),
            Protocol.PayloadIndexParams.IndexParamsOneofCase.TextIndexParams => (null, null, settings.TextIndexParams.OnDisk),
            _ => ((bool?)null, (bool?)null, (bool?)settings.BoolIndexParams?.OnDisk),
        };
        WriteFlag(json, "is_tenant", tenant);
        WriteFlag(json, "is_principal", principal);
        WriteFlag(json, "on_disk", onDisk);
        if (settings.IntegerIndexParams is { } integers)
        {
            WriteFlag(json, "lookup", integers.Lookup);
            WriteFlag(json, "range", integers.Range);
        }

        if (settings.TextIndexParams is { } text)
        {
            json.WriteString("tokenizer", text.Tokenizer.ToString().ToLowerInvariant());
        }
    }

    private static void WriteVectors(Utf8JsonWriter json, Protocol.VectorsConfig vectors)
    {
        if (vectors.ConfigCase != Protocol.VectorsConfig.ConfigOneofCase.ParamsMap)
        {
            WriteVector(json, vectors.Params ?? new Protocol.VectorParams());
            return;
        }

        json.WriteStartObject();
        foreach ((string name, Protocol.VectorParams vector) in vectors.ParamsMap.Map)
        {
            json.WritePropertyName(name);
            WriteVector(json, vector);
        }

        json.WriteEndObject();
    }

    private static void WriteVector(Utf8JsonWriter json, Protocol.VectorParams vector)
    {
        json.WriteStartObject();
        json.WriteNumber("size", vector.Size);
        json.WriteString("distance", vector.Distance.ToString());
        WriteFlag(json, "on_disk", vector.HasOnDisk ? vector.OnDisk : null);
        if (vector.HasDatatype)
        {
            json.WriteString("datatype", vector.Datatype.ToString().ToLowerInvariant());
        }

        if (vector.MultivectorConfig is not null)
        {
            json.WriteStartObject("multivector_config");
            json.WriteString("comparator", "max_sim");
            json.WriteEndObject();
        }

        Unsupported.If(vector.HnswConfig is not null || vector.QuantizationConfig is not null, "settings of one vector");
        json.WriteEndObject();
    }

    private static void WriteQuantization(Utf8JsonWriter json, Protocol.QuantizationConfig quantization)
    {
        json.WriteStartObject();
        switch (quantization.QuantizationCase)
        {
            case Protocol.QuantizationConfig.QuantizationOneofCase.Scalar:
                json.WriteStartObject("scalar");
                json.WriteString("type", "int8");
                if (quantization.Scalar.HasQuantile)
                {
                    json.WriteNumber("quantile", quantization.Scalar.Quantile);
                }

                WriteFlag(json, "always_ram", quantization.Scalar.HasAlwaysRam ? quantization.Scalar.AlwaysRam : null);
                break;
            case Protocol.QuantizationConfig.QuantizationOneofCase.Product:
                json.WriteStartObject("product");
                json.WriteString("compression", quantization.Product.Compression.ToString().ToLowerInvariant());
                WriteFlag(json, "always_ram", quantization.Product.HasAlwaysRam ? quantization.Product.AlwaysRam : null);
                break;
            case Protocol.QuantizationConfig.QuantizationOneofCase.Binary:
                json.WriteStartObject("binary");
                WriteFlag(json, "always_ram", quantization.Binary.HasAlwaysRam ? quantization.Binary.AlwaysRam : null);
                break;
            default:
                json.WriteStartObject("turbo");
                WriteFlag(json, "always_ram", quantization.Turboquant.HasAlwaysRam ? quantization.Turboquant.AlwaysRam : null);
                if (quantization.Turboquant.HasBits)
                {
                    string bits = quantization.Turboquant.Bits.ToString().ToLowerInvariant();
                    json.WriteString("bits", bits == "bits15" ? "bits1_5" : bits);
                }

                break;
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteHnsw(Utf8JsonWriter json, Protocol.HnswConfigDiff? hnsw)
    {
        if (hnsw is null)
        {
            return;
        }

        json.WriteStartObject("hnsw_config");
        WriteNumber(json, "m", hnsw.HasM ? hnsw.M : null);
        WriteNumber(json, "ef_construct", hnsw.HasEfConstruct ? hnsw.EfConstruct : null);
        WriteNumber(json, "full_scan_threshold", hnsw.HasFullScanThreshold ? hnsw.FullScanThreshold : null);
        WriteNumber(json, "max_indexing_threads", hnsw.HasMaxIndexingThreads ? hnsw.MaxIndexingThreads : null);
        WriteFlag(json, "on_disk", hnsw.HasOnDisk ? hnsw.OnDisk : null);
        WriteNumber(json, "payload_m", hnsw.HasPayloadM ? hnsw.PayloadM : null);
        json.WriteEndObject();
    }

    private static void WriteOptimizers(Utf8JsonWriter json, Protocol.OptimizersConfigDiff? optimizers)
    {
        if (optimizers is null)
        {
            return;
        }

        json.WriteStartObject("optimizers_config");
        WriteNumber(json, "vacuum_min_vector_number", optimizers.HasVacuumMinVectorNumber ? optimizers.VacuumMinVectorNumber : null);
        WriteNumber(json, "default_segment_number", optimizers.HasDefaultSegmentNumber ? optimizers.DefaultSegmentNumber : null);
        WriteNumber(json, "max_segment_size", optimizers.HasMaxSegmentSize ? optimizers.MaxSegmentSize : null);
        WriteNumber(json, "memmap_threshold", optimizers.HasMemmapThreshold ? optimizers.MemmapThreshold : null);
        WriteNumber(json, "indexing_threshold", optimizers.HasIndexingThreshold ? optimizers.IndexingThreshold : null);
        WriteNumber(json, "flush_interval_sec", optimizers.HasFlushIntervalSec ? optimizers.FlushIntervalSec : null);
        if (optimizers.MaxOptimizationThreads is { } threads)
        {
            Unsupported.If(threads.VariantCase != Protocol.MaxOptimizationThreads.VariantOneofCase.Value, "max_optimization_threads: auto");
            json.WriteNumber("max_optimization_threads", threads.Value);
        }

        WriteFlag(json, "prevent_unoptimized", optimizers.HasPreventUnoptimized ? optimizers.PreventUnoptimized : null);
        json.WriteEndObject();
    }

    private static void WriteStrictMode(Utf8JsonWriter json, Protocol.StrictModeConfig? strict)
    {
        if (strict is null)
        {
            return;
        }

        json.WriteStartObject("strict_mode_config");
        WriteFlag(json, "enabled", strict.HasEnabled ? strict.Enabled : null);
        WriteNumber(json, "max_query_limit", strict.HasMaxQueryLimit ? strict.MaxQueryLimit : null);
        WriteFlag(json, "search_allow_exact", strict.HasSearchAllowExact ? strict.SearchAllowExact : null);
        WriteNumber(json, "upsert_max_batchsize", strict.HasUpsertMaxBatchsize ? strict.UpsertMaxBatchsize : null);
        WriteNumber(json, "read_rate_limit", strict.HasReadRateLimit ? strict.ReadRateLimit : null);
        WriteNumber(json, "write_rate_limit", strict.HasWriteRateLimit ? strict.WriteRateLimit : null);
        WriteNumber(json, "max_points_count", strict.HasMaxPointsCount ? strict.MaxPointsCount : null);
        WriteNumber(
            json, "max_collection_vector_size_bytes", strict.HasMaxCollectionVectorSizeBytes ? strict.MaxCollectionVectorSizeBytes : null);
        WriteNumber(
            json, "max_collection_payload_size_bytes", strict.HasMaxCollectionPayloadSizeBytes ? strict.MaxCollectionPayloadSizeBytes : null);
        json.WriteEndObject();
    }

    private static void WriteMetadata(Utf8JsonWriter json, MapField<string, Protocol.Value> metadata)
    {
        if (metadata.Count == 0)
        {
            return;
        }

        json.WriteStartObject("metadata");
        foreach ((string key, Protocol.Value value) in metadata)
        {
            Unsupported.If(value.KindCase is not (Protocol.Value.KindOneofCase.StringValue or Protocol.Value.KindOneofCase.NullValue), "metadata of this kind");
            if (value.KindCase == Protocol.Value.KindOneofCase.NullValue)
            {
                json.WriteNull(key);
            }
            else
            {
                json.WriteString(key, value.StringValue);
            }
        }

        json.WriteEndObject();
    }

    private static void WriteNumber(Utf8JsonWriter json, string name, ulong? value)
    {
        if (value is ulong number)
        {
            json.WriteNumber(name, number);
        }
    }

    private static void WriteFlag(Utf8JsonWriter json, string name, bool? value)
    {
        if (value is bool flag)
        {
            json.WriteBoolean(name, flag);
        }
    }
}
