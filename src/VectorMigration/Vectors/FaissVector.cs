namespace VectorMigration.Vectors;

/// <summary>
/// One vector as PowerShell receives it; it owns its memory. <see cref="Source"/> ties it to its index, so that
/// <c>Send-QdrantBatch</c> can create the collection from that index.
/// </summary>
public sealed class FaissVector
{
    /// <summary>Makes a vector.</summary>
    public FaissVector(IndexDescription? index, long ordinal, long faissId, PointId id, float[] vector, string? payload = null)
    {
        ArgumentNullException.ThrowIfNull(vector);
        Index = index;
        Ordinal = ordinal;
        FaissId = faissId;
        PointId = id;
        Vector = vector;
        Payload = payload;
    }

    /// <summary>Point id as a number (<see cref="ulong"/>) or a <see cref="Guid"/>; the FAISS id where that is negative.</summary>
    public object Id => FaissId < 0 && !PointId.IsGuid ? FaissId : PointId.Value;

    /// <summary>Place in the index's storage order, from 0.</summary>
    public long Ordinal { get; }

    /// <summary>The id in the index.</summary>
    public long FaissId { get; }

    /// <summary>The components, float32.</summary>
    public float[] Vector { get; }

    /// <summary>Number of components.</summary>
    public int Dimension => Vector.Length;

    /// <summary>Payload as one JSON object, or null.</summary>
    public string? Payload { get; }

    /// <summary>Full path of the index file, or null.</summary>
    public string? Source => Index?.Path;

    /// <summary>Euclidean norm of the components.</summary>
    public double Norm => Norms.Of(Vector);

    /// <summary>The index that the vector was read from, or null.</summary>
    internal IndexDescription? Index { get; }

    /// <summary>The point id; meaningless where <see cref="FaissId"/> is negative and no mapping was asked.</summary>
    internal PointId PointId { get; }

    /// <inheritdoc/>
    public override string ToString() => $"{Id} [{Dimension}]";
}
