using System.Buffers;

namespace VectorMigration.Qdrant;

/// <summary>
/// The JSON of a request in rented pieces, so that no batch is held as one text. It refuses to become larger than Qdrant takes: what is over the limit
/// is divided by the engine, and nothing of it is sent.
/// </summary>
/// <param name="most">Bytes of the largest body.</param>
internal sealed class JsonPieces(long most = JsonPieces.LargestBody) : IBufferWriter<byte>, IDisposable
{
    /// <summary>Qdrant's limit of a body (<c>service.max_request_size_mb</c> = 32); gRPC has none.</summary>
    public const long LargestBody = 32 << 20;

    private const int PieceBytes = 64 << 10;
    private readonly List<(byte[] Buffer, int Length)> full = [];
    private byte[] piece = [];
    private int position;

    /// <summary>Bytes written.</summary>
    public long Length { get; private set; }

    /// <inheritdoc/>
    /// <exception cref="ForeignAnswerException">The body is larger than the server takes.</exception>
    public void Advance(int count)
    {
        position += count;
        Length += count;
        if (Length > most)
        {
            throw new ForeignAnswerException(GrpcReply.Status(
                GrpcCode.ResourceExhausted, $"a request in JSON would be larger than {most:N0} bytes, which Qdrant's REST interface refuses", httpStatus: 413));
        }
    }

    /// <inheritdoc/>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Require(sizeHint);
        return piece.AsMemory(position);
    }

    /// <inheritdoc/>
    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Require(sizeHint);
        return piece.AsSpan(position);
    }

    /// <summary>Writes bytes of any length.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            Span<byte> room = GetSpan(1);
            int count = Math.Min(room.Length, bytes.Length);
            bytes[..count].CopyTo(room);
            Advance(count);
            bytes = bytes[count..];
        }
    }

    /// <summary>Writes everything to a connection. Repeatable.</summary>
    public async Task CopyToAsync(Stream target, CancellationToken cancellationToken)
    {
        foreach ((byte[] buffer, int length) in full)
        {
            await target.WriteAsync(buffer.AsMemory(0, length), cancellationToken).ConfigureAwait(false);
        }

        await target.WriteAsync(piece.AsMemory(0, position), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        using MemoryStream whole = new();
        CopyToAsync(whole, CancellationToken.None).GetAwaiter().GetResult();
        return System.Text.Encoding.UTF8.GetString(whole.ToArray());
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach ((byte[] buffer, _) in full)
        {
            LargeBytes.Return(buffer);
        }

        full.Clear();
        LargeBytes.Return(piece);
        piece = [];
        position = 0;
    }

    private void Require(int sizeHint)
    {
        if (piece.Length - position >= Math.Max(1, sizeHint))
        {
            return;
        }

        if (position > 0)
        {
            full.Add((piece, position));
        }
        else
        {
            LargeBytes.Return(piece);
        }

        piece = LargeBytes.Rent(Math.Max(PieceBytes, sizeHint));
        position = 0;
    }
}
