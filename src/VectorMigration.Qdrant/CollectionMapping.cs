using Google.Protobuf.Collections;

// Since 1.19 the fields on_disk, on_disk_payload and always_ram are deprecated in favour of memory, which older servers drop in silence.
#pragma warning disable CS0612

namespace VectorMigration.Qdrant;

/// <summary>Collections between the contract's records and the protocol's messages.</summary>
internal static class CollectionMapping
{
    /// <summary>The message that creates a collection; unset values stay out of it.</summary>
    /// <exception cref="MigrationException">A number is negative or zero where none can be.</exception>
    public static Protocol.CreateCollection ToCreate(string name, CollectionSettings settings)
    {
        Protocol.VectorParams vector = ToVector(name, settings);
        if (settings.OnDisk is bool onDisk)
        {
            vector.OnDisk = onDisk;
        }

        Protocol.CreateCollection request = new() { CollectionName = name, VectorsConfig = new Protocol.VectorsConfig() };
        if (string.IsNullOrEmpty(settings.VectorName))
        {
            request.VectorsConfig.Params = vector;
        }
        else
        {
            request.VectorsConfig.ParamsMap = new Protocol.VectorParamsMap { Map = { [settings.VectorName] = vector } };
        }

        if (settings.ShardNumber is int shards)
        {
            request.ShardNumber = (uint)Positive(name, "shard number", shards);
        }

        if (settings.HasShardKeys)
        {
            request.ShardingMethod = Protocol.ShardingMethod.Custom;
        }

        if (settings.ReplicationFactor is int replicas)
        {
            request.ReplicationFactor = (uint)Positive(name, "replication factor", replicas);
        }

        if (settings.WriteConsistencyFactor is int writes)
        {
            request.WriteConsistencyFactor = (uint)Positive(name, "write consistency factor", writes);
        }

        if (settings.OnDiskPayload is bool onDiskPayload)
        {
            request.OnDiskPayload = onDiskPayload;
        }

        if (settings.Quantization is { } quantization)
        {
            request.QuantizationConfig = QuantizationMapping.ToMessage(name, quantization);
        }

        request.HnswConfig = ToHnsw(name, settings.HnswM, settings.HnswEfConstruction);
        request.OptimizersConfig = ToOptimizers(settings.Optimizer);
        AddTexts(request.Metadata, settings.Metadata);
        return request;
    }

    /// <summary>The message that adds a named vector to a collection.</summary>
    public static Protocol.CreateVectorNameRequest ToAddVector(string name, CollectionSettings settings)
    {
        Protocol.VectorParams vector = ToVector(name, settings);
        Protocol.DenseVectorCreationConfig config = new() { Size = vector.Size, Distance = vector.Distance };
        if (vector.HasDatatype)
        {
            config.Datatype = vector.Datatype;
        }

        string vectorName = settings.VectorName ?? string.Empty;
        return new Protocol.CreateVectorNameRequest { CollectionName = name, VectorName = vectorName, DenseConfig = config, Wait = true };
    }

    /// <summary>
    /// The message that changes a collection. An optimizers_config goes along always, empty too: it wakes an optimiser that sleeps (status grey).
    /// </summary>
    public static Protocol.UpdateCollection ToUpdate(string name, CollectionChange change)
    {
        Protocol.UpdateCollection message = new()
        {
            CollectionName = name,
            OptimizersConfig = ToOptimizers(new OptimizerSettings { IndexingThreshold = change.IndexingThreshold }) ?? new Protocol.OptimizersConfigDiff(),
            HnswConfig = ToHnsw(name, change.HnswM, change.HnswEfConstruction),
        };
        AddTexts(message.Metadata, change.Metadata);
        foreach (string key in change.RemovedKeys)
        {
            // A null takes the key out (1.16.3).
            message.Metadata[key] = new Protocol.Value { NullValue = Protocol.NullValue.NullValue };
        }

        return message;
    }

    /// <summary>hnsw_config, or null where nothing is set.</summary>
    public static Protocol.HnswConfigDiff? ToHnsw(string name, int? m, int? efConstruction)
    {
        if (m is null && efConstruction is null)
        {
            return null;
        }

        Protocol.HnswConfigDiff diff = new();
        if (m is int links)
        {
            // 0 is legal: no graph at all.
            diff.M = links >= 0 ? (ulong)links : throw QdrantErrors.InvalidSettings(name, $"HNSW m is {links}, but it must not be negative");
        }

        if (efConstruction is int ef)
        {
            diff.EfConstruct = (ulong)Positive(name, "HNSW ef_construct", ef);
        }

        return diff;
    }

    /// <summary>Text pairs as metadata.</summary>
    public static void AddTexts(MapField<string, Protocol.Value> target, IReadOnlyDictionary<string, string> texts)
    {
        foreach ((string key, string value) in texts)
        {
            target[key] = new Protocol.Value { StringValue = value };
        }
    }

    /// <summary>The record of a collection.</summary>
    public static CollectionDescription ToDescription(string name, Protocol.CollectionInfo info)
    {
        Protocol.CollectionConfig config = info.Config ?? new Protocol.CollectionConfig();
        Protocol.VectorsConfig? vectors = config.Params?.VectorsConfig;
        return new CollectionDescription
        {
            Name = name,
            Status = StatusName(info.Status),
            PointsCount = info.PointsCount,
            IndexedVectorsCount = info.IndexedVectorsCount,
            SegmentsCount = info.SegmentsCount,
            OptimizerError = info.OptimizerStatus is { Ok: false, Error: { Length: > 0 } error } ? error : null,
            UpdateQueueLength = info.UpdateQueue?.Length ?? 0,
            DeferredPoints = info.UpdateQueue is { HasDeferredPoints: true } queue ? queue.DeferredPoints : 0,
            HidesUnoptimized = config.OptimizerConfig is { HasPreventUnoptimized: true, PreventUnoptimized: true },
            CreatedAt = info.CreatedAt?.ToDateTimeOffset(),
            WantsShardKey = config.Params is { HasShardingMethod: true, ShardingMethod: Protocol.ShardingMethod.Custom },
            Optimizer = ToSettings(config.OptimizerConfig),
            Vectors = vectors?.ConfigCase switch
            {
                Protocol.VectorsConfig.ConfigOneofCase.Params => [ToVector(string.Empty, vectors.Params)],
                Protocol.VectorsConfig.ConfigOneofCase.ParamsMap =>
                    [.. vectors.ParamsMap.Map.OrderBy(static pair => pair.Key, StringComparer.Ordinal).Select(static pair => ToVector(pair.Key, pair.Value))],
                _ => [],
            },
            HnswM = config.HnswConfig is { HasM: true } ? config.HnswConfig.M : null,
            HnswEfConstruction = config.HnswConfig is { HasEfConstruct: true } ? config.HnswConfig.EfConstruct : null,
            ShardNumber = config.Params?.ShardNumber ?? 0,
            ReplicationFactor = config.Params?.ReplicationFactor ?? 0,
            WriteConsistencyFactor = config.Params?.WriteConsistencyFactor ?? 0,
            OnDiskPayload = config.Params?.OnDiskPayload ?? false,
            WriteRateLimit = config.StrictModeConfig is { Enabled: true, HasWriteRateLimit: true } strict ? strict.WriteRateLimit : null,
            IsStrict = config.StrictModeConfig is { Enabled: true },
            StrictMode = config.StrictModeConfig is { Enabled: true } limits ? StrictModeMapping.ToLimits(limits) : null,
            SparseVectors = [.. (config.Params?.SparseVectorsConfig?.Map.Keys ?? []).Order(StringComparer.Ordinal)],
            PayloadSchema = info.PayloadSchema.ToDictionary(static pair => pair.Key, static pair => PayloadIndexMapping.ToType(pair.Value.DataType)),
            Quantization = QuantizationMapping.ToSettings(config.QuantizationConfig),
            Metadata = config.Metadata
                .Where(static pair => pair.Value.KindCase == Protocol.Value.KindOneofCase.StringValue)
                .ToDictionary(static pair => pair.Key, static pair => pair.Value.StringValue),
        };
    }

    private static Protocol.VectorParams ToVector(string collection, CollectionSettings settings)
    {
        Protocol.VectorParams vector = new()
        {
            Size = (ulong)Positive(collection, "dimension", settings.Dimension),
            Distance = settings.Distance is Distance distance ? (Protocol.Distance)distance
                : throw QdrantErrors.InvalidSettings(collection, "its distance is not given"),
        };
        if (settings.Datatype != VectorDatatype.Default)
        {
            vector.Datatype = (Protocol.Datatype)settings.Datatype;
        }

        return vector;
    }

    private static Protocol.OptimizersConfigDiff? ToOptimizers(OptimizerSettings settings)
    {
        if (settings is { IndexingThreshold: null, DefaultSegmentNumber: null, MaxSegmentSize: null })
        {
            return null;
        }

        Protocol.OptimizersConfigDiff diff = new();
        if (settings.IndexingThreshold is ulong threshold)
        {
            diff.IndexingThreshold = threshold;
        }

        if (settings.DefaultSegmentNumber is ulong segments)
        {
            diff.DefaultSegmentNumber = segments;
        }

        if (settings.MaxSegmentSize is ulong size)
        {
            diff.MaxSegmentSize = size;
        }

        return diff;
    }

    private static OptimizerSettings ToSettings(Protocol.OptimizersConfigDiff? config) => config is null ? new() : new()
    {
        IndexingThreshold = config.HasIndexingThreshold ? config.IndexingThreshold : null,
        DefaultSegmentNumber = config.HasDefaultSegmentNumber ? config.DefaultSegmentNumber : null,
        MaxSegmentSize = config.HasMaxSegmentSize ? config.MaxSegmentSize : null,
    };

    private static CollectionVector ToVector(string name, Protocol.VectorParams vector) => new(
        name,
        (int)Math.Min(vector.Size, int.MaxValue),
        vector.Distance == Protocol.Distance.UnknownDistance ? null : (Distance)vector.Distance,
        (VectorDatatype)vector.Datatype,
        vector.MultivectorConfig is not null)
    {
        OnDisk = vector.HasOnDisk && vector.OnDisk,
    };

    private static string StatusName(Protocol.CollectionStatus status) => status switch
    {
        Protocol.CollectionStatus.Green => "green",
        Protocol.CollectionStatus.Yellow => "yellow",
        Protocol.CollectionStatus.Red => "red",
        Protocol.CollectionStatus.Grey => "grey",
        _ => "unknown",
    };

    private static int Positive(string collection, string what, int value) =>
        value > 0 ? value : throw QdrantErrors.InvalidSettings(collection, $"its {what} is {value}, but it must be positive");
}
