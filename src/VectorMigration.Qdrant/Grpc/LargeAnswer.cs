using System.Buffers.Binary;

namespace VectorMigration.Qdrant;

/// <summary>
/// Takes an answer of many megabytes from the connection into a buffer made to measure. Smaller answers, compressed ones and those beyond
/// <paramref name="largest"/> go to gRPC's client as they come, which reads or refuses them.
/// </summary>
/// <param name="largest">Bytes of the largest answer that is wanted.</param>
internal sealed class LargeAnswer(int largest) : LargeBody, IDisposable
{
    private RawAnswer? taken;

    /// <summary>The answer, which belongs to the caller from here on; null where the client has it.</summary>
    public RawAnswer? Take() => Interlocked.Exchange(ref taken, null);

    /// <inheritdoc/>
    public override long LargestAnswer => largest;

    /// <inheritdoc/>
    public override Stream Answer(Stream body) => new Body(this, body);

    /// <inheritdoc/>
    public void Dispose() => Take()?.Dispose();

    private bool IsWanted(ReadOnlySpan<byte> prefix, out int length)
    {
        uint told = BinaryPrimitives.ReadUInt32BigEndian(prefix[1..]);
        length = (int)Math.Min(told, int.MaxValue);
        return prefix[0] == 0 && told > LargeBytes.Largest && told <= largest;
    }

    /// <summary>The body of the answer, out of which a large message was taken.</summary>
    private sealed class Body(LargeAnswer owner, Stream body) : Stream
    {
        private readonly byte[] prefix = new byte[HotCalls.PrefixLength];
        private int prefixEnd = -1;
        private int prefixRead;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (prefixEnd < 0)
            {
                prefixEnd = await body.ReadAtLeastAsync(prefix, prefix.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
                if (prefixEnd == prefix.Length && owner.IsWanted(prefix, out int length))
                {
                    await TakeAsync(length, cancellationToken).ConfigureAwait(false);
                }
            }

            int count = Math.Min(buffer.Length, prefixEnd - prefixRead);
            if (count == 0)
            {
                return await body.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            }

            prefix.AsMemory(prefixRead, count).CopyTo(buffer);
            prefixRead += count;
            return count;
        }

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush()
        {
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                body.Dispose();
            }

            base.Dispose(disposing);
        }

        /// <summary>Reads the message; the client sees one of no bytes.</summary>
        private async ValueTask TakeAsync(int length, CancellationToken cancellationToken)
        {
            RawAnswer answer = RawAnswer.Make(length, out Memory<byte> whole);
            try
            {
                await body.ReadExactlyAsync(whole, cancellationToken).ConfigureAwait(false);
            }
            catch (EndOfStreamException cut)
            {
                answer.Dispose();
                throw new HttpRequestException(HttpRequestError.ResponseEnded, "the answer ended too early", cut);
            }
            catch
            {
                answer.Dispose();
                throw;
            }

            Interlocked.Exchange(ref owner.taken, answer)?.Dispose();
            prefix.AsSpan(1).Clear();
        }
    }
}
