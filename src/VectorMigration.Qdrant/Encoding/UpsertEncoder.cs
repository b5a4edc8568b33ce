using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Grpc.Core;

namespace VectorMigration.Qdrant;

/// <summary>
/// One upsert, prepared and ready to be sent as often as it takes: UpsertPoints (or UpdatePointVectors, which has the same frame) by hand, a few header
/// bytes and one block copy for each vector, because a packed float field on the wire is the little-endian block that lies in memory. Payloads are
/// encoded when it is made, everything else when it is sent, straight into the client's buffer. It has a lease of its own on the batch, which ends
/// when neither its owner nor an attempt that is being written uses it: a call can be abandoned while its request is still to be written.
/// </summary>
internal sealed class UpsertEncoder : IDisposable
{
    /// <summary>Two tags with lengths, and an id: a text of 36 characters at the most.</summary>
    private const int LongestPointHead = 64;

    /// <summary>Bytes of the message WriteOrdering.</summary>
    private const int OrderingLength = 2;

    private readonly VectorBatch batch;
    private readonly PayloadEncoder? payloads;

    /// <summary>Bytes of each row's payload field; null without payloads.</summary>
    private readonly int[]? payloadLengths;
    private UpsertForm form;
    private byte[] vectorHead;
    private bool numbersOnly = true;
    private int users = 1;
    private int disposed;

    /// <summary>Encodes the payloads and measures.</summary>
    /// <param name="batch">Vectors with their point ids.</param>
    /// <param name="form">How it is written.</param>
    /// <param name="mostBytes">A batch of several vectors that is larger than this is not to be sent: payloads are encoded only until that is certain.</param>
    /// <exception cref="PayloadFormatException">The payload of a row cannot be sent.</exception>
    public UpsertEncoder(VectorBatch batch, UpsertForm form, long mostBytes = long.MaxValue)
    {
        if (batch.PointIds.Length != batch.Count)
        {
            throw new ArgumentException("A batch needs its point ids before it can be sent.", nameof(batch));
        }

        this.batch = batch.Slice(0, batch.Count);
        this.form = form;
        vectorHead = VectorHead(form, batch.Dimension);
        payloads = batch.Payload is null || form.ReplacesVectorsOnly ? null : new PayloadEncoder(Math.Min(batch.Payload.Bytes, MostEncoded(mostBytes)));
        payloadLengths = payloads is null ? null : ArrayPool<int>.Shared.Rent(batch.Count);
        try
        {
            IsWhole = EncodePayloads(MostEncoded(mostBytes));
            Length = IsWhole ? checked((int)Measure()) : int.MaxValue;
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>A single point is encoded whole: there is nothing to divide.</summary>
    private int MostEncoded(long mostBytes) => batch.Count > 1 ? (int)Math.Min(mostBytes, int.MaxValue) : int.MaxValue;

    /// <summary>False where the batch is larger than the most that was asked for: it cannot be sent, and its length is not known.</summary>
    public bool IsWhole { get; }

    /// <summary>Bytes of the message.</summary>
    public int Length { get; private set; }

    /// <summary>Its payloads are so heavy that it writes itself to the connection (<see cref="WriteToAsync"/>), past gRPC's client.</summary>
    public bool IsLarge => payloads?.Written.Length > LargeBytes.Largest;

    /// <summary>How it is written; another form measures anew.</summary>
    public UpsertForm Form
    {
        get => form;
        set
        {
            form = value;
            vectorHead = VectorHead(value, batch.Dimension);
            Length = checked((int)Measure());
        }
    }

    /// <summary>Writes the message for gRPC. Repeatable.</summary>
    /// <exception cref="ObjectDisposedException">The owner has given it back: the call was abandoned.</exception>
    public void Encode(SerializationContext context)
    {
        if (IsLarge)
        {
            context.Complete([]);
            return;
        }

        Hold();
        try
        {
            // With the length told first, the client's buffer is exactly as long as the message and goes to the connection as it is.
            context.SetPayloadLength(Length);
            IBufferWriter<byte> target = context.GetBufferWriter();
            Write(target.GetSpan(Length)[..Length]);
            target.Advance(Length);
            context.Complete();
        }
        finally
        {
            LetGo();
        }
    }

    /// <summary>Writes gRPC's prefix and the message to a connection, with no copy of the whole. Repeatable.</summary>
    /// <exception cref="ObjectDisposedException">The owner has given it back: the call was abandoned.</exception>
    public async Task WriteToAsync(Stream target, CancellationToken cancellationToken)
    {
        Hold();
        try
        {
            using PieceWriter pieces = new(target);
            byte[] head = new byte[HotCalls.PrefixLength + FrameLength(form)];
            BinaryPrimitives.WriteUInt32BigEndian(head.AsSpan(1), (uint)Length);
            int headLength = HotCalls.PrefixLength + WriteHead(head.AsSpan(HotCalls.PrefixLength));
            await pieces.WriteAsync(head.AsMemory(0, headLength), cancellationToken).ConfigureAwait(false);
            int payloadStart = 0;
            byte[] point = new byte[LongestPointHead];
            for (int row = 0; row < batch.Count; row++)
            {
                int payload = payloadLengths![row];
                await pieces.WriteAsync(point.AsMemory(0, WritePointHead(point, row, payload)), cancellationToken).ConfigureAwait(false);
                await pieces.WriteAsync(payloads!.WrittenMemory.Slice(payloadStart, payload), cancellationToken).ConfigureAwait(false);
                await pieces.WriteAsync(vectorHead, cancellationToken).ConfigureAwait(false);
                await pieces.WriteAsync(batch.Components.Slice(row * batch.Dimension, batch.Dimension), cancellationToken).ConfigureAwait(false);
                payloadStart += payload;
            }

            await pieces.WriteAsync(head.AsMemory(0, WriteTail(head)), cancellationToken).ConfigureAwait(false);
            await pieces.FlushAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            LetGo();
        }
    }

    /// <summary>Writes the message into exactly <see cref="Length"/> bytes. Repeatable.</summary>
    public void Write(Span<byte> target)
    {
        int head = WriteHead(target);
        WireWriter writer = new(target[head..]);
        if (payloads is null && numbersOnly && PlainPoints.Fits(batch.Dimension, vectorHead.Length))
        {
            PlainPoints.Write(writer.Room(Length - FrameLength(form)), batch, vectorHead);
        }
        else
        {
            WritePoints(ref writer);
        }

        WriteTail(target[(head + writer.Position)..]);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref disposed, 1) == 0)
        {
            LetGo();
        }
    }

    /// <summary>What stands before the points: collection_name = 1 and wait = 2.</summary>
    private int WriteHead(Span<byte> target)
    {
        WireWriter writer = new(target);
        writer.Delimited(0x0A, form.Collection);
        writer.Byte(0x10);
        writer.Byte(form.Waits ? (byte)1 : (byte)0);
        return writer.Position;
    }

    /// <summary>What stands behind the points: ordering = 4, shard_key_selector = 5, timeout = 7 and update_mode = 8.</summary>
    private int WriteTail(Span<byte> target)
    {
        WireWriter writer = new(target);
        if (form.Ordering > 0)
        {
            writer.Delimited(0x22, OrderingLength);
            writer.Byte(0x08);
            writer.Byte(form.Ordering);
        }

        if (form.ShardSelector.Length > 0)
        {
            writer.Delimited(0x2A, form.ShardSelector);
        }

        if (form.TimeoutSeconds > 0)
        {
            writer.Byte(0x38);
            writer.Varint(form.TimeoutSeconds);
        }

        if (form.InsertsOnly)
        {
            writer.Byte(0x40);
            writer.Byte((byte)Protocol.UpdateMode.InsertOnly);
        }

        return writer.Position;
    }

    /// <summary>What stands before the payload of a point: its length and its id.</summary>
    private int WritePointHead(Span<byte> target, int row, int payload)
    {
        PointId id = batch.PointIds.Span[row];
        int length = WireWriter.PointIdLength(id);
        WireWriter writer = new(target);
        writer.Delimited(0x1A, PointLength(length, payload, vectorHead.Length + (batch.Dimension * sizeof(float))));
        writer.Delimited(0x0A, length);
        writer.PointId(id);
        return writer.Position;
    }

    private void WritePoints(ref WireWriter writer)
    {
        ReadOnlySpan<PointId> ids = batch.PointIds.Span;
        ReadOnlySpan<byte> components = MemoryMarshal.AsBytes(batch.Components.Span);
        ReadOnlySpan<byte> encoded = payloads is null ? [] : payloads.Written;
        ReadOnlySpan<byte> head = vectorHead;
        int stride = batch.Dimension * sizeof(float);
        int vector = head.Length + stride;
        for (int row = 0; row < ids.Length; row++)
        {
            int id = WireWriter.PointIdLength(ids[row]);
            int payload = payloadLengths?[row] ?? 0;
            writer.Delimited(0x1A, PointLength(id, payload, vector));
            writer.Delimited(0x0A, id);
            writer.PointId(ids[row]);
            writer.Bytes(encoded[..payload]);
            encoded = encoded[payload..];
            writer.Bytes(head);
            writer.Bytes(components.Slice(row * stride, stride));
        }
    }

    private static int PointLength(int id, int payload, int vector) => 1 + WireWriter.DelimitedLength(id) + payload + vector;

    /// <summary>False as soon as vectors and payloads together are larger than <paramref name="mostBytes"/>.</summary>
    private bool EncodePayloads(long mostBytes)
    {
        long vectors = (long)batch.Count * batch.Dimension * sizeof(float);
        for (int row = 0; payloadLengths is not null && row < batch.Count && vectors + payloads!.Written.Length <= mostBytes; row++)
        {
            payloadLengths[row] = batch.Payload![row].IsEmpty ? 0 : EncodePayload(row);
        }

        return vectors + (payloads?.Written.Length ?? 0) <= mostBytes;
    }

    private int EncodePayload(int row)
    {
        try
        {
            return payloads!.Append(batch.Payload![row].Span);
        }
        catch (FormatException invalid)
        {
            throw new PayloadFormatException(row, invalid.Message, invalid);
        }
    }

    private long Measure()
    {
        long total = FrameLength(form);
        ReadOnlySpan<PointId> ids = batch.PointIds.Span;
        int vector = vectorHead.Length + (batch.Dimension * sizeof(float));
        int id = 0;
        int point = 0;
        for (int row = 0; row < ids.Length; row++)
        {
            ref readonly PointId at = ref ids[row];
            numbersOnly &= !at.IsGuid;
            int thisId = WireWriter.PointIdLength(at);
            if (payloadLengths is not null)
            {
                point = 1 + WireWriter.DelimitedLength(PointLength(thisId, payloadLengths[row], vector));
            }
            else if (thisId != id)
            {
                // Ids of one encoded length are written in runs, because their points then have one length.
                id = thisId;
                point = 1 + WireWriter.DelimitedLength(PointLength(id, 0, vector));
            }

            total += point;
        }

        return total;
    }

    private void Hold()
    {
        while (true)
        {
            int now = Volatile.Read(ref users);
            ObjectDisposedException.ThrowIf(now == 0, this);
            if (Interlocked.CompareExchange(ref users, now + 1, now) == now)
            {
                return;
            }
        }
    }

    private void LetGo()
    {
        if (Interlocked.Decrement(ref users) != 0)
        {
            return;
        }

        payloads?.Dispose();
        if (payloadLengths is not null)
        {
            ArrayPool<int>.Shared.Return(payloadLengths);
        }

        batch.Dispose();
    }

    private static int FrameLength(UpsertForm form) =>
        1 + WireWriter.DelimitedLength(form.Collection.Length) + 2 + (form.TimeoutSeconds > 0 ? 1 + WireWriter.VarintLength(form.TimeoutSeconds) : 0)
            + (form.InsertsOnly ? 2 : 0) + (form.Ordering > 0 ? 1 + WireWriter.DelimitedLength(OrderingLength) : 0)
            + (form.ShardSelector.Length > 0 ? 1 + WireWriter.DelimitedLength(form.ShardSelector.Length) : 0);

    /// <summary>Everything between a point's payload and its floats; the same for every point of a batch.</summary>
    private static byte[] VectorHead(UpsertForm form, int dimension)
    {
        int floats = dimension * sizeof(float);
        // Vector { dense = 101 { data = 1 } } or Vector { data = 1 }; tag 101 with wire type 2 is 0xAA 0x06.
        int data = 1 + WireWriter.DelimitedLength(floats);
        int vector = form.Dense ? 2 + WireWriter.DelimitedLength(data) : data;
        bool named = form.VectorName.Length > 0;
        int entry = 1 + WireWriter.DelimitedLength(form.VectorName.Length) + 1 + WireWriter.DelimitedLength(vector);
        int inner = named ? 1 + WireWriter.DelimitedLength(entry) : vector;
        int vectors = 1 + WireWriter.DelimitedLength(inner);
        Span<byte> head = stackalloc byte[64 + 512];
        head = form.VectorName.Length <= 512 ? head : new byte[64 + form.VectorName.Length];
        WireWriter writer = new(head);
        writer.Delimited(form.ReplacesVectorsOnly ? (byte)0x12 : (byte)0x22, vectors);
        writer.Delimited(named ? (byte)0x12 : (byte)0x0A, inner);
        if (named)
        {
            writer.Delimited(0x0A, entry);
            writer.Delimited(0x0A, form.VectorName);
            writer.Delimited(0x12, vector);
        }

        if (form.Dense)
        {
            writer.Byte(0xAA);
            writer.Byte(0x06);
            writer.Varint((uint)data);
        }

        writer.Delimited(0x0A, floats);
        return head[..writer.Position].ToArray();
    }
}

/// <summary>The payload of one row of a batch cannot be sent.</summary>
internal sealed class PayloadFormatException(int row, string message, Exception inner) : Exception(message, inner)
{
    /// <summary>Row of the batch.</summary>
    public int Row { get; } = row;
}
