namespace VectorMigration.Diagnosis;

/// <summary>What a run would bring to the server.</summary>
/// <param name="Points">Vectors that are sent.</param>
/// <param name="NewPoints">Of these, vectors without a point yet.</param>
/// <param name="VectorBytes">Bytes of all vectors as they are stored.</param>
/// <param name="SentBytes">Bytes on the line: vectors, ids and payloads.</param>
/// <param name="PayloadBytes">Bytes of all payloads; null where that is not known.</param>
internal sealed record ExpectedLoad(long Points, long NewPoints, long VectorBytes, long SentBytes, long? PayloadBytes)
{
    /// <summary>Memory that the points need at the server, in bytes; null where that is not known.</summary>
    public long? Memory { get; init; }

    /// <summary>Disk that the points need at the server, in bytes; null where that is not known.</summary>
    public long? Disk { get; init; }
}
