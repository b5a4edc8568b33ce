using VectorMigration.Vectors;

namespace VectorMigration.Feeds;

/// <summary>How vectors of an index become points.</summary>
public readonly record struct FeedOptions
{
    /// <summary>Name of the vector in the collection; null for the unnamed one.</summary>
    public string? VectorName { get; init; }

    /// <summary>How FAISS ids become point ids.</summary>
    public IdMapping IdMapping { get; init; }

    /// <summary>Added to every FAISS id before it becomes a point id; 0 or more.</summary>
    public long IdOffset { get; init; }

    /// <summary>The part that UUIDs contain; null for none. Only where ids become UUIDs.</summary>
    public string? IdNamespace { get; init; }

    /// <summary>How ids become point ids. Making one costs a digest: keep it.</summary>
    internal IdMap Ids => StoreIds is null ? new(IdMapping, IdOffset, IdNamespace) : new(StoreIds);

    /// <summary>Point ids that come from a store; null where they come from the index.</summary>
    internal PointIdTable? StoreIds { get; init; }

    /// <summary>Point ids are FAISS ids, shifted or not: their order and their numbers are known by arithmetic.</summary>
    internal bool KeepsFaissIds => IdMapping == IdMapping.Keep && StoreIds is null;

    /// <summary>The field of the payload that keeps an id which became a UUID; null for <c>faiss_id</c>, or for <c>store_id</c> where a
    /// store has the ids.</summary>
    public string? IdField { get; init; }

    /// <summary>What becomes of a vector that a payload source with keys has nothing for.</summary>
    public MissingPayload OnMissingPayload { get; init; }

    /// <summary>The collection normalises vectors (Cosine): those whose norm it cannot make 1 are refused, or left out, like those that are not
    /// finite.</summary>
    internal bool Normalizes { get; init; }

    /// <summary>The collection keeps halves (Float16): components beyond their range are refused, or left out, like those that are not finite.</summary>
    internal bool KeepsHalves { get; init; }

    /// <summary>Leave vectors with non-finite components out instead of stopping. Not where each of them must be looked at.</summary>
    public bool SkipInvalid { get; init; }
}
