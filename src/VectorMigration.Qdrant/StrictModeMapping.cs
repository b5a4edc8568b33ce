// max_resident_memory_percent is deprecated since quotas are there; servers of 1.18 have it.
#pragma warning disable CS0612

namespace VectorMigration.Qdrant;

/// <summary>The limits of a strict mode from the protocol's message.</summary>
internal static class StrictModeMapping
{
    /// <summary>The limits that a migration can meet.</summary>
    public static StrictModeLimits ToLimits(Protocol.StrictModeConfig strict) => new()
    {
        WriteRateLimit = strict.HasWriteRateLimit ? strict.WriteRateLimit : null,
        ReadRateLimit = strict.HasReadRateLimit ? strict.ReadRateLimit : null,
        MaxBatchSize = strict.HasUpsertMaxBatchsize ? strict.UpsertMaxBatchsize : null,
        MaxSearchBatchSize = strict.HasSearchMaxBatchsize ? strict.SearchMaxBatchsize : null,
        MaxQueryLimit = strict.HasMaxQueryLimit ? strict.MaxQueryLimit : null,
        MaxPoints = strict.HasMaxPointsCount ? strict.MaxPointsCount : null,
        MaxVectorBytes = strict.HasMaxCollectionVectorSizeBytes ? strict.MaxCollectionVectorSizeBytes : null,
        MaxPayloadBytes = strict.HasMaxCollectionPayloadSizeBytes ? strict.MaxCollectionPayloadSizeBytes : null,
        MaxPayloadIndexes = strict.HasMaxPayloadIndexCount ? strict.MaxPayloadIndexCount : null,
        MaxResidentMemoryPercent = strict.HasMaxResidentMemoryPercent ? strict.MaxResidentMemoryPercent : null,
        ForbidsExactSearch = strict is { HasSearchAllowExact: true, SearchAllowExact: false },
    };
}
