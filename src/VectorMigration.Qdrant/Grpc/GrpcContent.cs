using System.Buffers;
using System.Buffers.Binary;
using System.Net;

namespace VectorMigration.Qdrant;

/// <summary>
/// One gRPC message in a rented buffer, as the body of an HTTP request: flag byte, length, message. The buffer goes back to the pool when
/// neither the caller nor the transport uses it any more: an answer can come, or a call be abandoned, while the body is still being sent.
/// </summary>
internal sealed class GrpcContent : HttpContent
{
    /// <summary>Bytes before the message: compressed flag and big-endian length.</summary>
    public const int PrefixLength = 5;

    private readonly int length;
    private byte[]? buffer;
    private int users = 1;

    private GrpcContent(byte[] buffer, int length)
    {
        this.buffer = buffer;
        this.length = length;
        Headers.TryAddWithoutValidation("content-type", "application/grpc");
    }

    /// <summary>Bytes with the prefix.</summary>
    public int Length => length;

    /// <summary>Room for the message, to be filled before the content is sent.</summary>
    public Span<byte> Message => buffer.AsSpan(PrefixLength, length - PrefixLength);

    /// <summary>Rents room for a message of <paramref name="messageLength"/> bytes.</summary>
    public static GrpcContent Rent(int messageLength)
    {
        int length = checked(messageLength + PrefixLength);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(length);
        buffer[0] = 0;
        BinaryPrimitives.WriteInt32BigEndian(buffer.AsSpan(1), messageLength);
        return new GrpcContent(buffer, length);
    }

    /// <inheritdoc/>
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    /// <inheritdoc/>
    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        byte[] held = Hold();
        try
        {
            await stream.WriteAsync(held.AsMemory(0, length), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            LetGo();
        }
    }

    /// <inheritdoc/>
    protected override bool TryComputeLength(out long length)
    {
        length = this.length;
        return true;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing && Interlocked.Exchange(ref disposedFlag, 1) == 0)
        {
            LetGo();
        }

        base.Dispose(disposing);
    }

    private int disposedFlag;

    private byte[] Hold()
    {
        while (true)
        {
            int now = Volatile.Read(ref users);
            ObjectDisposedException.ThrowIf(now == 0, this);
            if (Interlocked.CompareExchange(ref users, now + 1, now) == now)
            {
                return buffer!;
            }
        }
    }

    private void LetGo()
    {
        if (Interlocked.Decrement(ref users) == 0)
        {
            ArrayPool<byte>.Shared.Return(Interlocked.Exchange(ref buffer, null)!);
        }
    }
}
