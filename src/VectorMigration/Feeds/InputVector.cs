using VectorMigration.Vectors;

namespace VectorMigration.Feeds;

/// <summary>A vector as it came out of the pipeline, ready to be sent.</summary>
/// <param name="Ordinal">Ordinal in its index; position in the pipeline (from 0) without an index.</param>
/// <param name="FaissId">Id in the index, or the number that was given; the ordinal where the id is a UUID.</param>
/// <param name="Id">Point id.</param>
/// <param name="Components">Components, float32.</param>
/// <param name="Payload">Payload as one JSON object in UTF-8; empty for none.</param>
/// <param name="Index">The index it comes from, or null.</param>
internal readonly record struct InputVector(long Ordinal, long FaissId, PointId Id, float[] Components, ReadOnlyMemory<byte> Payload, IndexDescription? Index)
{
    /// <summary>A script has changed its id, its components or its payload: the index does not tell what is sent.</summary>
    public bool IsChanged { get; init; }

    /// <summary>A script has given it another id than the index does.</summary>
    public bool HasOwnId { get; init; }

    /// <summary>The text that was given as its id and became a UUID; null for ids that are numbers or UUIDs.</summary>
    public string? IdText { get; init; }
}
