using System.Buffers.Binary;

namespace VectorMigration.Faiss.Codecs;

/// <summary>The centroids of a coarse quantizer by the number of their list. Thread-safe.</summary>
internal abstract class Centroids
{
    /// <summary>Number of lists.</summary>
    public abstract long Count { get; }

    /// <summary>Components of a centroid.</summary>
    public abstract int Dimension { get; }

    /// <summary>Reads one centroid.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such list.</exception>
    public abstract void Read(long list, Span<float> centroid);
}

/// <summary>Centroids that lie in memory, row-major.</summary>
internal sealed class ArrayCentroids(float[] values, int dimension) : Centroids
{
    public override long Count { get; } = dimension == 0 ? 0 : values.Length / dimension;

    public override int Dimension => dimension;

    public override void Read(long list, Span<float> centroid)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((ulong)list, (ulong)Count, nameof(list));
        values.AsSpan((int)list * dimension, dimension).CopyTo(centroid);
    }
}

/// <summary>
/// Centroids of a quantizer that stores none: the number of a list, written down in bytes, is the code of its centroid
/// (MultiIndexQuantizer over PQ, ResidualCoarseQuantizer over RQ).
/// </summary>
internal sealed class CodedCentroids(VectorCodec codec, long count) : Centroids
{
    public override long Count => count;

    public override int Dimension => codec.Dimension;

    public override void Read(long list, Span<float> centroid)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((ulong)list, (ulong)count, nameof(list));
        Span<byte> code = stackalloc byte[Math.Max(sizeof(long), codec.CodeSize)];
        code.Clear();
        BinaryPrimitives.WriteInt64LittleEndian(code, list);
        codec.Decode(code[..codec.CodeSize], centroid);
    }
}
