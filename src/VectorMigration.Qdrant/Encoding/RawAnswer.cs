using System.Buffers;

namespace VectorMigration.Qdrant;

/// <summary>The bytes of an answer in a rented buffer; dispose gives it back.</summary>
internal sealed class RawAnswer : IDisposable
{
    private readonly int length;
    private byte[]? rented;

    private RawAnswer(byte[] rented, int length)
    {
        this.rented = rented;
        this.length = length;
    }

    /// <summary>The message.</summary>
    public ReadOnlySpan<byte> Body => rented is null ? [] : rented.AsSpan(0, length);

    /// <summary>A copy: the client's own buffer goes back to the pool as soon as the message is taken over.</summary>
    public static RawAnswer Copy(ReadOnlySequence<byte> payload)
    {
        int length = checked((int)payload.Length);
        byte[] rented = LargeBytes.Rent(Math.Max(1, length));
        payload.CopyTo(rented);
        return new RawAnswer(rented, length);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        byte[]? buffer = Interlocked.Exchange(ref rented, null);
        if (buffer is not null)
        {
            LargeBytes.Return(buffer);
        }
    }
}
