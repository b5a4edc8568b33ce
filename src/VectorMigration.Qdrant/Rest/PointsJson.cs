using System.Buffers.Text;

namespace VectorMigration.Qdrant;

/// <summary>
/// UpsertPoints or UpdatePointVectors on their way from gRPC's client, as the body <c>{"points":[…]}</c> of the REST interface. Each point is translated
/// as soon as it is there whole; the message itself is never held.
/// </summary>
/// <param name="json">Takes the body.</param>
/// <param name="vectorsField">Field of the vectors in a point: 4 in PointStruct, 2 in PointVectors.</param>
internal sealed class PointsJson(JsonPieces json, int vectorsField) : Stream
{
    private const int PayloadField = 3;
    private const int LongestNumber = 24;
    private readonly ByteBuilder pending = new();
    private readonly PayloadJson payloads = new();
    private int prefix = HotCalls.PrefixLength;
    private Protocol.ShardKeySelector? shards;
    private bool hasPoints;

    /// <summary>The collection; known when everything was written.</summary>
    public string Collection { get; private set; } = string.Empty;

    /// <summary>Whether the server answers when it has applied the points.</summary>
    public bool Waits { get; private set; }

    /// <summary>Seconds that the server takes at most; 0 leaves it to the server.</summary>
    public ulong TimeoutSeconds { get; private set; }

    /// <summary>The order of writes; null leaves it to the server.</summary>
    public string? Ordering { get; private set; }

    /// <summary>Points that are there stay as they are.</summary>
    public bool InsertsOnly { get; private set; }

    /// <inheritdoc/>
    public override bool CanRead => false;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Ends the body.</summary>
    /// <exception cref="FormatException">The message was not whole.</exception>
    public void Complete()
    {
        if (pending.Length > 0)
        {
            throw new FormatException("a message that ends within a field");
        }

        json.Append(hasPoints ? "]"u8 : "{\"points\":[]"u8);
        if (shards is not null)
        {
            json.Append(",\"shard_key\":"u8);
            json.Append(ShardKeyJson(shards));
        }

        json.Append(InsertsOnly ? ",\"update_mode\":\"insert_only\"}"u8 : "}"u8);
    }

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        int skipped = Math.Min(prefix, buffer.Length);
        prefix -= skipped;
        buffer = buffer[skipped..];
        if (pending.Length == 0)
        {
            buffer = buffer[Fields(buffer)..];
            pending.Append(buffer);
            return;
        }

        pending.Append(buffer);
        pending.RemoveStart(Fields(pending.Written));
    }

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Write(buffer.Span);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            pending.Dispose();
            payloads.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <summary>Writes a point's id.</summary>
    public static void WriteId(JsonPieces target, ReadOnlySpan<byte> id)
    {
        WireReader reader = new(id);
        (int field, int type) = reader.IsAtEnd ? (1, -1) : reader.Tag();
        if (field == 2 && type == WireReader.DelimitedType)
        {
            target.Append("\""u8);
            target.Append(reader.Delimited());
            target.Append("\""u8);
            return;
        }

        Utf8Formatter.TryFormat(type == WireReader.VarintType ? reader.Varint() : 0, target.GetSpan(LongestNumber), out int written);
        target.Advance(written);
    }

    private static byte[] ShardKeyJson(Protocol.ShardKeySelector selector)
    {
        using MemoryStream text = new();
        using System.Text.Json.Utf8JsonWriter writer = new(text);
        writer.WriteStartArray();
        foreach (Protocol.ShardKey key in selector.ShardKeys)
        {
            RestCluster.WriteKey(writer, key);
        }

        writer.WriteEndArray();
        writer.Flush();
        return text.ToArray();
    }

    /// <summary>Translates the fields that are there whole, and says how many bytes they take.</summary>
    private int Fields(ReadOnlySpan<byte> bytes)
    {
        int done = 0;
        while (IsWhole(bytes[done..], out int length))
        {
            WireReader reader = new(bytes.Slice(done, length));
            switch (reader.Tag())
            {
                case (1, WireReader.DelimitedType):
                    Collection = System.Text.Encoding.UTF8.GetString(reader.Delimited());
                    break;
                case (2, WireReader.VarintType):
                    Waits = reader.Varint() != 0;
                    break;
                case (3, WireReader.DelimitedType):
                    WritePoint(reader.Delimited());
                    break;
                case (4, WireReader.DelimitedType):
                    Ordering = Protocol.WriteOrdering.Parser.ParseFrom(reader.Delimited()).Type.ToString().ToLowerInvariant();
                    break;
                case (5, WireReader.DelimitedType):
                    shards = Protocol.ShardKeySelector.Parser.ParseFrom(reader.Delimited());
                    break;
                case (7, WireReader.VarintType):
                    TimeoutSeconds = reader.Varint();
                    break;
                case (8, WireReader.VarintType):
                    InsertsOnly = reader.Varint() == (ulong)Protocol.UpdateMode.InsertOnly;
                    break;
                case (int field, _):
                    throw new FormatException($"the field {field} of a message, which has no place in JSON");
            }

            done += length;
        }

        return done;
    }

    /// <summary>Whether the next field is there to its end.</summary>
    private static bool IsWhole(ReadOnlySpan<byte> bytes, out int length)
    {
        length = 0;
        int at = VarintEnd(bytes, 0);
        if (at < 0)
        {
            return false;
        }

        int end = VarintEnd(bytes, at);
        if (end < 0)
        {
            return false;
        }

        // The fields of these messages are numbers and delimited ones.
        long whole = (bytes[0] & 7) == WireReader.DelimitedType ? end + (long)new WireReader(bytes[at..end]).Varint() : end;
        length = (int)Math.Min(whole, int.MaxValue);
        return whole <= bytes.Length;
    }

    private static int VarintEnd(ReadOnlySpan<byte> bytes, int at)
    {
        while (at < bytes.Length)
        {
            if (bytes[at++] < 0x80)
            {
                return at;
            }
        }

        return -1;
    }

    private void WritePoint(ReadOnlySpan<byte> point)
    {
        json.Append(hasPoints ? ",{\"id\":"u8 : "{\"points\":[{\"id\":"u8);
        hasPoints = true;
        ReadOnlySpan<byte> id = [];
        ReadOnlySpan<byte> vectors = [];
        bool hasPayload = false;
        WireReader reader = new(point);
        while (!reader.IsAtEnd)
        {
            (int field, int type) = reader.Tag();
            ReadOnlySpan<byte> value = type == WireReader.DelimitedType ? reader.Delimited() : throw new FormatException("a point's field is no message");
            if (field == 1)
            {
                id = value;
            }
            else if (field == vectorsField)
            {
                vectors = value;
            }
            else if (field == PayloadField)
            {
                if (!hasPayload)
                {
                    payloads.BeginAnew();
                    hasPayload = true;
                }

                payloads.Entry(value);
            }
        }

        WriteId(json, id);
        if (hasPayload)
        {
            json.Append(",\"payload\":"u8);
            Range written = payloads.End();
            json.Append(payloads.Written.Span[written]);
        }

        json.Append(",\"vector\":"u8);
        WriteVectors(vectors);
        json.Append("}"u8);
    }

    /// <summary>Vectors: vector = 1, or vectors = 2 { map entries = 1 }.</summary>
    private void WriteVectors(ReadOnlySpan<byte> vectors)
    {
        WireReader reader = new(vectors);
        if (reader.IsAtEnd)
        {
            json.Append("{}"u8);
            return;
        }

        (int field, _) = reader.Tag();
        if (field == 1)
        {
            WriteVector(reader.Delimited());
            return;
        }

        WireReader named = new(reader.Delimited());
        for (bool isFirst = true; !named.IsAtEnd; isFirst = false)
        {
            named.Tag();
            WireReader.ReadEntry(named.Delimited(), out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> vector);
            json.Append(isFirst ? "{"u8 : ","u8);
            json.Append("\""u8);
            json.Append(System.Text.Json.JsonEncodedText.Encode(name).EncodedUtf8Bytes);
            json.Append("\":"u8);
            WriteVector(vector);
        }

        json.Append("}"u8);
    }

    /// <summary>Vector: data = 1, or dense = 101 { data = 1 }; its floats are packed.</summary>
    private void WriteVector(ReadOnlySpan<byte> vector)
    {
        WireReader reader = new(vector);
        ReadOnlySpan<byte> packed = [];
        while (!reader.IsAtEnd)
        {
            (int field, int type) = reader.Tag();
            if (type == WireReader.DelimitedType && field == 101)
            {
                WriteVector(reader.Delimited());
                return;
            }

            packed = type == WireReader.DelimitedType && field == 1 ? reader.Delimited()
                : throw new FormatException("a vector that is not dense, which has no place in this request");
        }

        JsonFloats.Write(json, packed);
    }
}
