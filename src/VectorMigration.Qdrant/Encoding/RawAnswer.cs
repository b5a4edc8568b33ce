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
        RawAnswer answer = Make(checked((int)payload.Length), out Memory<byte> whole);
        payload.CopyTo(whole.Span);
        return answer;
    }

    /// <summary>An answer of so many bytes, which are still to be read into <paramref name="whole"/>.</summary>
    public static RawAnswer Make(int length, out Memory<byte> whole)
    {
        byte[] rented = LargeBytes.Rent(Math.Max(1, length));
        whole = rented.AsMemory(0, length);
        return new RawAnswer(rented, length);
    }

    /// <summary>The same answer for a new owner: this one gives nothing back any more.</summary>
    public RawAnswer Keep()
    {
        byte[] buffer = Interlocked.Exchange(ref rented, null) ?? throw new ObjectDisposedException(nameof(RawAnswer));
        return new RawAnswer(buffer, length);
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
