using System.Buffers;
using System.Runtime.InteropServices;

namespace VectorMigration.Qdrant;

/// <summary>How upserts are written for one collection, vector and server version.</summary>
internal sealed record UpsertForm
{
    /// <summary>Collection, UTF-8.</summary>
    public required byte[] Collection { get; init; }

    /// <summary>Name of the vector, UTF-8; empty for the unnamed one.</summary>
    public byte[] VectorName { get; init; } = [];

    /// <summary>True: <c>Vector.dense</c> = 101 (1.12.2 and later); false: <c>Vector.data</c> = 1.</summary>
    public bool Dense { get; init; } = true;

    /// <summary>True: UpdatePointVectors, whose points are an id and <c>vectors</c> = 2; false: UpsertPoints, with <c>payload</c> = 3 and <c>vectors</c> = 4.</summary>
    public bool ReplacesVectorsOnly { get; init; }

    /// <summary>Whole seconds for the field <c>timeout</c> = 7 (1.17 and later); 0 leaves it out.</summary>
    public uint TimeoutSeconds { get; init; }
}

/// <summary>
/// Writes UpsertPoints (or UpdatePointVectors, which has the same frame) by hand: a few header bytes and one block copy for each vector, because a packed float field on the wire is the
/// little-endian block that lies in memory. Two passes: sizes, then bytes, so that the body has its exact length.
/// </summary>
internal sealed class UpsertEncoder : IDisposable
{
    private readonly VectorBatch batch;
    private readonly UpsertForm form;
    private readonly byte[] vectorHead;
    private readonly PayloadEncoder? payloads;

    /// <summary>Bytes of each row's payload field; null without payloads.</summary>
    private readonly int[]? payloadLengths;
    private readonly int length;
    private bool numbersOnly = true;

    /// <summary>Measures a batch.</summary>
    /// <exception cref="PayloadFormatException">The payload of a row cannot be sent.</exception>
    public UpsertEncoder(VectorBatch batch, UpsertForm form)
    {
        if (batch.PointIds.Length != batch.Count)
        {
            throw new ArgumentException("A batch needs its point ids before it can be sent.", nameof(batch));
        }

        this.batch = batch;
        this.form = form;
        vectorHead = VectorHead(form, batch.Dimension);
        payloads = batch.Payload is null || form.ReplacesVectorsOnly ? null : new PayloadEncoder();
        payloadLengths = payloads is null ? null : ArrayPool<int>.Shared.Rent(batch.Count);
        try
        {
            length = checked((int)Measure());
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Bytes of the message.</summary>
    public int Length => length;

    /// <summary>Writes the message into exactly <see cref="Length"/> bytes. Once.</summary>
    public void Write(Span<byte> target)
    {
        WireWriter writer = new(target);
        writer.Delimited(0x0A, form.Collection);
        writer.Byte(0x10);
        writer.Byte(1);
        if (payloads is null && numbersOnly && PlainPoints.Fits(batch.Dimension, vectorHead.Length))
        {
            PlainPoints.Write(writer.Room(length - FrameLength(form)), batch, vectorHead);
        }
        else
        {
            WritePoints(ref writer);
        }

        if (form.TimeoutSeconds > 0)
        {
            writer.Byte(0x38);
            writer.Varint(form.TimeoutSeconds);
        }
    }

    private void WritePoints(ref WireWriter writer)
    {
        ReadOnlySpan<PointId> ids = batch.PointIds.Span;
        ReadOnlySpan<byte> components = MemoryMarshal.AsBytes(batch.Components.Span);
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
            if (payload > 0)
            {
                payloads!.Write(ref writer, batch.Payload![row].Span, 0x1A);
            }
            else if (payloads is not null && batch.Payload![row].Length > 0)
            {
                payloads.SkipEmpty();
            }

            writer.Bytes(head);
            writer.Bytes(components.Slice(row * stride, stride));
        }
    }

    /// <summary>Bytes of the message without looking into payloads: exact for batches without, a little too few for others.</summary>
    public static long Estimate(VectorBatch batch, UpsertForm form)
    {
        int head = VectorHeadLength(form, batch.Dimension);
        long total = FrameLength(form);
        ReadOnlySpan<PointId> ids = batch.PointIds.Span;
        ReadOnlySpan<long> faissIds = batch.FaissIds.Span;
        PayloadBlock? payload = form.ReplacesVectorsOnly ? null : batch.Payload;
        int vector = head + (batch.Dimension * sizeof(float));
        for (int row = 0; row < faissIds.Length; row++)
        {
            int id = ids.IsEmpty ? WireWriter.VarintLength((ulong)faissIds[row]) + 1 : WireWriter.PointIdLength(ids[row]);
            total += 1 + WireWriter.DelimitedLength(PointLength(id, payload?[row].Length ?? 0, vector));
        }

        return total;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        payloads?.Dispose();
        if (payloadLengths is not null)
        {
            ArrayPool<int>.Shared.Return(payloadLengths);
        }
    }

    private static int PointLength(int id, int payload, int vector) => 1 + WireWriter.DelimitedLength(id) + payload + vector;

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
                int payload = MeasurePayload(row);
                payloadLengths[row] = payload;
                point = 1 + WireWriter.DelimitedLength(PointLength(thisId, payload, vector));
            }
            else if (thisId != id)
            {
                // Ids of one length follow each other, and their points are all of one length.
                id = thisId;
                point = 1 + WireWriter.DelimitedLength(PointLength(id, 0, vector));
            }

            total += point;
        }

        return total;
    }

    private int MeasurePayload(int row)
    {
        if (batch.Payload![row].IsEmpty)
        {
            return 0;
        }

        try
        {
            return payloads!.Measure(batch.Payload[row].Span);
        }
        catch (FormatException invalid)
        {
            throw new PayloadFormatException(row, invalid.Message, invalid);
        }
    }

    private static int FrameLength(UpsertForm form) =>
        1 + WireWriter.DelimitedLength(form.Collection.Length) + 2 + (form.TimeoutSeconds > 0 ? 1 + WireWriter.VarintLength(form.TimeoutSeconds) : 0);

    private static int VectorHeadLength(UpsertForm form, int dimension) => VectorHead(form, dimension).Length;

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
