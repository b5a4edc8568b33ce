using System.Buffers;
using System.Runtime.InteropServices;

namespace VectorMigration.Qdrant;

/// <summary>Collects small pieces of a message and writes them together; large ones go to the stream as they lie in memory.</summary>
internal sealed class PieceWriter(Stream target) : IDisposable
{
    private const int Together = 64 << 10;
    private byte[] buffer = ArrayPool<byte>.Shared.Rent(Together);
    private int used;

    /// <summary>Writes bytes.</summary>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        if (bytes.Length > buffer.Length - used)
        {
            await FlushAsync(cancellationToken).ConfigureAwait(false);
        }

        if (bytes.Length > buffer.Length)
        {
            await target.WriteAsync(bytes, cancellationToken).ConfigureAwait(false);
            return;
        }

        bytes.CopyTo(buffer.AsMemory(used));
        used += bytes.Length;
    }

    /// <summary>Writes components as they lie in memory, little-endian.</summary>
    public async ValueTask WriteAsync(ReadOnlyMemory<float> components, CancellationToken cancellationToken)
    {
        while (!components.IsEmpty)
        {
            int count = Math.Min(components.Length, (buffer.Length - used) / sizeof(float));
            MemoryMarshal.AsBytes(components.Span[..count]).CopyTo(buffer.AsSpan(used));
            used += count * sizeof(float);
            components = components[count..];
            if (!components.IsEmpty)
            {
                await FlushAsync(cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Writes what was collected.</summary>
    public async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        if (used > 0)
        {
            int count = used;
            used = 0;
            await target.WriteAsync(buffer.AsMemory(0, count), cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        byte[] rented = Interlocked.Exchange(ref buffer, []);
        if (rented.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }
}
