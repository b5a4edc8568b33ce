namespace VectorMigration.Store;

/// <summary>The limits of a collection's strict mode that a migration can meet; null where there is none.</summary>
public sealed record StrictModeLimits
{
    /// <summary>write_rate_limit: points a minute for each shard replica.</summary>
    public uint? WriteRateLimit { get; init; }

    /// <summary>read_rate_limit: reads a minute for each shard replica; a read of points is charged for each id.</summary>
    public uint? ReadRateLimit { get; init; }

    /// <summary>upsert_max_batchsize: points in one request.</summary>
    public ulong? MaxBatchSize { get; init; }

    /// <summary>max_query_limit: points in the answer of one request.</summary>
    public uint? MaxQueryLimit { get; init; }

    /// <summary>search_max_batchsize: queries in one request (servers from 1.17.1 on).</summary>
    public ulong? MaxSearchBatchSize { get; init; }

    /// <summary>max_points_count: points of the collection.</summary>
    public ulong? MaxPoints { get; init; }

    /// <summary>max_collection_vector_size_bytes: bytes of all vectors.</summary>
    public ulong? MaxVectorBytes { get; init; }

    /// <summary>max_collection_payload_size_bytes: bytes of all payloads.</summary>
    public ulong? MaxPayloadBytes { get; init; }

    /// <summary>max_payload_index_count: payload indexes.</summary>
    public ulong? MaxPayloadIndexes { get; init; }

    /// <summary>max_resident_memory_percent: writes are refused above it (servers from 1.18 on).</summary>
    public uint? MaxResidentMemoryPercent { get; init; }

    /// <summary>search_allow_exact is off: a server refuses exact searches and exact counts.</summary>
    public bool ForbidsExactSearch { get; init; }
}
