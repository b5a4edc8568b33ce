using System.Buffers;

namespace VectorMigration.Faiss.Codecs;

/// <summary>Floats of the shared pool for the time of one call.</summary>
internal readonly ref struct Scratch(int length)
{
    private readonly float[] rented = ArrayPool<float>.Shared.Rent(length);

    /// <summary>Exactly as many as asked for; what is in them is left over from others.</summary>
    public Span<float> Span => rented.AsSpan(0, length);

    public void Dispose() => ArrayPool<float>.Shared.Return(rented);
}
