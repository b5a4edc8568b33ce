using System.Text.Json;

namespace VectorMigration.Qdrant;

/// <summary>
/// The answer of <c>POST …/points</c> as the message GetResponse, point by point as it comes: neither its text nor more than one point of it is held
/// beside the message.
/// </summary>
/// <param name="most">Bytes of the largest message that is wanted.</param>
internal sealed class RetrievedJson(long most) : IDisposable
{
    private const int WindowBytes = 64 << 10;
    private const uint PointTag = 0x0A;
    private const uint IdTag = 0x0A;
    private const uint VectorsTag = 0x22;
    private const uint NumberTag = 0x08;
    private const uint TextTag = 0x12;
    private const uint FirstTag = 0x0A;
    private const uint SecondTag = 0x12;
    private const uint SparseTag = (102 << 3) | WireReader.DelimitedType;
    private const uint MultiTag = (103 << 3) | WireReader.DelimitedType;
    private static readonly JsonReaderOptions Options = new() { MaxDepth = PayloadEncoder.ReadDepth + 8 };
    private readonly ByteBuilder window = new();
    private readonly ByteBuilder vector = new();
    private readonly ByteBuilder named = new();
    private readonly PayloadEncoder payloads = PayloadEncoder.ForReading();
    private readonly ByteBuilder id = new();
    private Place place;

    private enum Place
    {
        BeforeResult,
        AtResult,
        InResult,
        Behind,
    }

    /// <summary>The message.</summary>
    public ByteBuilder Message { get; } = new();

    /// <summary>Reads the answer to its end.</summary>
    /// <exception cref="FormatException">It is not what Qdrant answers.</exception>
    /// <exception cref="JsonException">It is no JSON.</exception>
    /// <exception cref="ForeignAnswerException">It is larger than wanted.</exception>
    public async Task ReadAsync(Stream body, CancellationToken cancellationToken)
    {
        JsonReaderState state = new(Options);
        byte[] piece = LargeBytes.Rent(WindowBytes);
        int enough = 0;
        try
        {
            while (true)
            {
                int read = await body.ReadAsync(piece, cancellationToken).ConfigureAwait(false);
                if (place != Place.Behind)
                {
                    window.Append(piece.AsSpan(0, read));
                    if (window.Length >= enough || read == 0)
                    {
                        int used = Step(window.Written, read == 0, ref state);
                        window.RemoveStart(used);

                        // A heavy point is looked at again only when twice as much of it is there.
                        enough = used > 0 ? 0 : 2 * window.Length;
                    }
                }

                if (read == 0)
                {
                    break;
                }
            }
        }
        finally
        {
            LargeBytes.Return(piece);
        }

        if (place != Place.Behind)
        {
            throw new FormatException("the answer has no list of points");
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        window.Dispose();
        vector.Dispose();
        named.Dispose();
        payloads.Dispose();
        id.Dispose();
        Message.Dispose();
    }

    private int Step(ReadOnlySpan<byte> text, bool isLast, ref JsonReaderState state)
    {
        Utf8JsonReader reader = new(text, isLast, state);
        Utf8JsonReader before = reader;
        while (place != Place.Behind && TryAdvance(ref reader, text))
        {
            before = reader;
        }

        // What was begun and is not there whole is begun again with the next piece.
        state = before.CurrentState;
        return (int)before.BytesConsumed;
    }

    private bool TryAdvance(ref Utf8JsonReader reader, ReadOnlySpan<byte> text)
    {
        if (!reader.Read())
        {
            return false;
        }

        switch (place)
        {
            case Place.BeforeResult when reader.TokenType == JsonTokenType.PropertyName && reader.CurrentDepth == 1:
                if (!reader.ValueTextEquals("result"u8))
                {
                    return reader.TrySkip();
                }

                place = Place.AtResult;
                return true;
            case Place.BeforeResult:
                return reader.TokenType is JsonTokenType.StartObject ? true : throw new FormatException("the answer has no result");
            case Place.AtResult:
                place = reader.TokenType == JsonTokenType.StartArray ? Place.InResult : throw new FormatException("the result is not a list");
                return true;
            case Place.InResult when reader.TokenType == JsonTokenType.EndArray:
                place = Place.Behind;
                return true;
            default:
                int start = (int)reader.TokenStartIndex;
                if (reader.TokenType != JsonTokenType.StartObject)
                {
                    throw new FormatException("a point that is not an object");
                }

                if (!reader.TrySkip())
                {
                    return false;
                }

                AddPoint(text[start..(int)reader.BytesConsumed]);
                return true;
        }
    }

    private void AddPoint(ReadOnlySpan<byte> text)
    {
        id.Clear();
        named.Clear();
        payloads.Clear();
        Utf8JsonReader reader = new(text, Options);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("id"u8))
            {
                reader.Read();
                ReadId(ref reader);
            }
            else if (reader.ValueTextEquals("payload"u8) && Value(ref reader, text, out ReadOnlySpan<byte> payload) == JsonTokenType.StartObject)
            {
                payloads.Append(payload);
            }
            else if (reader.TokenType == JsonTokenType.PropertyName && reader.ValueTextEquals("vector"u8))
            {
                ReadVectors(Value(ref reader, text, out ReadOnlySpan<byte> vectors), vectors);
            }
            else
            {
                reader.Skip();
            }
        }

        int length = (id.Length > 0 ? 1 + WireWriter.DelimitedLength(id.Length) : 0) + payloads.Written.Length
            + (named.Length > 0 ? 1 + WireWriter.DelimitedLength(named.Length) : 0);
        if (Message.Length + (long)length > most)
        {
            throw new ForeignAnswerException(GrpcReply.Failed(TransportFault.AnswerTooLarge, "the answer is larger than the accepted size"));
        }

        Message.Head(PointTag, length);
        if (id.Length > 0)
        {
            Message.Head(IdTag, id.Length);
            Message.Append(id.Written);
        }

        Message.Append(payloads.Written);
        if (named.Length > 0)
        {
            Message.Head(VectorsTag, named.Length);
            Message.Append(named.Written);
        }
    }

    /// <summary>The text of the next value, and what it begins with.</summary>
    private static JsonTokenType Value(ref Utf8JsonReader reader, ReadOnlySpan<byte> text, out ReadOnlySpan<byte> value)
    {
        reader.Read();
        JsonTokenType kind = reader.TokenType;
        int start = (int)reader.TokenStartIndex;
        reader.Skip();
        value = text[start..(int)reader.BytesConsumed];
        return kind;
    }

    private void ReadId(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.Number)
        {
            id.Varint(NumberTag);
            id.Varint(reader.TryGetUInt64(out ulong number) ? number : throw new FormatException("a point id that is not an unsigned integer"));
            return;
        }

        if (reader.TokenType != JsonTokenType.String || reader.HasValueSequence)
        {
            throw new FormatException("a point id that is neither a number nor a text");
        }

        id.Head(TextTag, reader.ValueSpan.Length);
        id.Append(reader.ValueSpan);
    }

    /// <summary>VectorsOutput: vector = 1, or vectors = 2 { map entries = 1 }.</summary>
    private void ReadVectors(JsonTokenType kind, ReadOnlySpan<byte> text)
    {
        if (kind == JsonTokenType.StartArray)
        {
            ReadVector(kind, text);
            named.Head(FirstTag, vector.Length);
            named.Append(vector.Written);
            return;
        }

        if (kind != JsonTokenType.StartObject)
        {
            return;
        }

        using ByteBuilder entries = new();
        Utf8JsonReader reader = new(text, Options);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            byte[] name = System.Text.Encoding.UTF8.GetBytes(reader.GetString()!);
            JsonTokenType each = Value(ref reader, text, out ReadOnlySpan<byte> value);
            ReadVector(each, value);
            entries.Head(FirstTag, 1 + WireWriter.DelimitedLength(name.Length) + 1 + WireWriter.DelimitedLength(vector.Length));
            entries.Head(FirstTag, name.Length);
            entries.Append(name);
            entries.Head(SecondTag, vector.Length);
            entries.Append(vector.Written);
        }

        if (entries.Length > 0)
        {
            named.Head(SecondTag, entries.Length);
            named.Append(entries.Written);
        }
    }

    /// <summary>VectorOutput: data = 1, or the mark of a kind that is not compared.</summary>
    private void ReadVector(JsonTokenType kind, ReadOnlySpan<byte> text)
    {
        vector.Clear();
        if (kind != JsonTokenType.StartArray)
        {
            vector.Head(SparseTag, 0);
            return;
        }

        if (text[1..].TrimStart(" \t\r\n"u8).StartsWith("["u8))
        {
            vector.Head(MultiTag, 0);
            return;
        }

        using ByteBuilder packed = new();
        JsonFloats.Read(text, packed);
        vector.Head(FirstTag, packed.Length);
        vector.Append(packed.Written);
    }
}
