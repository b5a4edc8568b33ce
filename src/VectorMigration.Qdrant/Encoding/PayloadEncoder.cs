using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Unicode;

namespace VectorMigration.Qdrant;

/// <summary>
/// JSON objects to Qdrant's <c>map&lt;string, Value&gt;</c> (json_with_int.proto), in one pass over the text, into a buffer of its own: it checks everything
/// and can be copied as often as the batch is sent. Lengths stand before contents in protobuf: those of texts and numbers are known when they are read,
/// those of objects and arrays when they end; what lies behind a length of more than one byte is then moved. Whole numbers within 64 bits become
/// integers, all others doubles. Of a repeated name the last value counts, as protobuf maps say.
/// </summary>
internal sealed class PayloadEncoder : IDisposable
{
    // Qdrant reads messages in messages 100 deep (prost's recursion limit; seen on 1.16.3: 34 objects or 50 arrays in each other are the most).
    // A point is level 1; an object costs three levels (Struct, map entry, Value), an array two (ListValue, Value).
    private const int DeepestLevel = 100;
    private const int PointLevel = 1;

    // More than the levels allow, so that the check of the levels decides.
    private const int JsonDepth = 64;

    /// <summary>Nesting of the payloads that are read: what is there may be deeper than what gRPC takes.</summary>
    public const int ReadDepth = 500;

    private const int MostBytes = 1 << 30;

    /// <summary>What is added to a large buffer at a time: encoded, a payload is about as long as its text, for which there is room.</summary>
    private const int MostGrowth = 16 << 20;
    private const byte PayloadTag = 0x1A;
    private const byte RetrievedTag = 0x12;
    private const byte FieldsTag = 0x0A;
    private const byte MapKeyTag = 0x0A;
    private const byte MapValueTag = 0x12;
    private readonly int jsonDepth = JsonDepth;
    private readonly int deepestLevel = DeepestLevel;
    private readonly byte payloadTag = PayloadTag;
    private byte[] buffer;
    private byte[] keyText = [];
    private byte[] valueText = [];
    private int written;

    /// <summary>
    /// Makes an encoder with room for texts of so many bytes, which encoded are about as long: growing would leave ever larger buffers behind.
    /// </summary>
    public PayloadEncoder(int textBytes = 0) => buffer = LargeBytes.Rent(Math.Max(4_096, textBytes));

    private PayloadEncoder(int jsonDepth, int deepestLevel, byte payloadTag)
        : this() =>
        (this.jsonDepth, this.deepestLevel, this.payloadTag) = (jsonDepth, deepestLevel, payloadTag);

    /// <summary>For payloads that a server answers: appended as <c>payload</c> = 2 of RetrievedPoint, and as deep as they are.</summary>
    public static PayloadEncoder ForReading() => new(ReadDepth, int.MaxValue, RetrievedTag);

    /// <summary>Everything that was appended.</summary>
    public ReadOnlySpan<byte> Written => buffer.AsSpan(0, written);

    /// <summary>The same, for writers that wait.</summary>
    public ReadOnlyMemory<byte> WrittenMemory => buffer.AsMemory(0, written);

    /// <summary>Appends the map entries of one object, as a point's <c>payload</c> = 3 has them, and tells how many bytes they take.</summary>
    /// <exception cref="FormatException">
    /// It is no JSON object, nested too deeply, not valid UTF-8, or holds a number that no double can hold. Nothing was appended.
    /// </exception>
    public int Append(ReadOnlySpan<byte> json)
    {
        int start = written;
        try
        {
            AppendObject(json);
            if (valueText.Length > LargeBytes.Largest)
            {
                // A large buffer would otherwise be held until the batch is acknowledged.
                Give(ref valueText);
            }

            return written - start;
        }
        catch (FormatException)
        {
            written = start;
            throw;
        }
    }

    /// <summary>Forgets what was appended.</summary>
    public void Clear() => written = 0;

    /// <inheritdoc/>
    public void Dispose()
    {
        Give(ref buffer);
        Give(ref keyText);
        Give(ref valueText);
        written = 0;
    }

    private void AppendObject(ReadOnlySpan<byte> json)
    {
        Utf8JsonReader reader = new(json, new JsonReaderOptions { MaxDepth = jsonDepth });
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                throw new FormatException("a payload must be a JSON object");
            }

            WriteObject(ref reader, payloadTag, PointLevel);
            if (reader.Read())
            {
                throw new FormatException("there is more data after the JSON object");
            }
        }
        catch (JsonException invalid)
        {
            throw new FormatException($"invalid JSON at byte {invalid.BytePositionInLine ?? reader.BytesConsumed}, or nested deeper than {jsonDepth}", invalid);
        }
        catch (InvalidOperationException invalid)
        {
            throw new FormatException("a string in it is not valid Unicode", invalid);
        }
    }

    /// <summary>Each name and value as an entry of the map: key = 1, value = 2.</summary>
    private void WriteObject(ref Utf8JsonReader reader, byte entryTag, int level)
    {
        CheckLevel(level);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            ReadOnlySpan<byte> key = Text(ref reader, ref keyText);
            int keyLength = 1 + WireWriter.DelimitedLength(key.Length);
            reader.Read();
            CheckLevel(level + 2);
            if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
            {
                int entry = Open(entryTag);
                WriteKey(key);
                int value = Open(MapValueTag);
                WriteContainer(ref reader, level + 2);
                Close(value);
                Close(entry);
            }
            else
            {
                Scalar scalar = ReadScalar(ref reader);
                WireWriter writer = Room(1 + WireWriter.DelimitedLength(keyLength + 1 + WireWriter.DelimitedLength(scalar.Length)));
                writer.Delimited(entryTag, keyLength + 1 + WireWriter.DelimitedLength(scalar.Length));
                writer.Delimited(MapKeyTag, key);
                writer.Delimited(MapValueTag, scalar.Length);
                Scalar.Write(ref writer, scalar);
            }
        }
    }

    private void WriteArray(ref Utf8JsonReader reader, int level)
    {
        CheckLevel(level);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            CheckLevel(level + 1);
            if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
            {
                int value = Open(0x0A);
                WriteContainer(ref reader, level + 1);
                Close(value);
            }
            else
            {
                Scalar scalar = ReadScalar(ref reader);
                WireWriter writer = Room(1 + WireWriter.DelimitedLength(scalar.Length));
                writer.Delimited(0x0A, scalar.Length);
                Scalar.Write(ref writer, scalar);
            }
        }
    }

    /// <summary>Value { struct_value = 6 } or Value { list_value = 7 }.</summary>
    private void WriteContainer(ref Utf8JsonReader reader, int level)
    {
        bool isObject = reader.TokenType == JsonTokenType.StartObject;
        int body = Open(isObject ? (byte)0x32 : (byte)0x3A);
        if (isObject)
        {
            WriteObject(ref reader, FieldsTag, level + 1);
        }
        else
        {
            WriteArray(ref reader, level + 1);
        }

        Close(body);
    }

    private Scalar ReadScalar(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.String:
                return Scalar.OfText(Text(ref reader, ref valueText));
            case JsonTokenType.Number when reader.TryGetInt64(out long whole):
                return Scalar.OfInteger(whole);
            case JsonTokenType.Number:
                return reader.TryGetDouble(out double value) && double.IsFinite(value)
                    ? Scalar.OfDouble(value)
                    : throw new FormatException("a number in it is too large for a double");
            case JsonTokenType.True or JsonTokenType.False:
                return Scalar.OfBoolean(reader.TokenType == JsonTokenType.True);
            default:
                return Scalar.Null;
        }
    }

    private void WriteKey(ReadOnlySpan<byte> key)
    {
        WireWriter writer = Room(1 + WireWriter.DelimitedLength(key.Length));
        writer.Delimited(MapKeyTag, key);
    }

    /// <summary>Begins a field whose length is not known yet, and gives the place of the length: one byte, which is enough for most.</summary>
    private int Open(byte tag)
    {
        WireWriter writer = Room(2);
        writer.Byte(tag);
        return written - 1;
    }

    /// <summary>Writes the length of what was written since; where it takes more than one byte, that is moved.</summary>
    private void Close(int place)
    {
        int length = written - place - 1;
        int width = WireWriter.VarintLength((uint)length);
        if (width > 1)
        {
            Room(width - 1);
            buffer.AsSpan(place + 1, length).CopyTo(buffer.AsSpan(place + width));
        }

        WireWriter writer = new(buffer.AsSpan(place, width));
        writer.Varint((uint)length);
    }

    /// <summary>Room for the next bytes, which count as written.</summary>
    private WireWriter Room(int length)
    {
        if (length > MostBytes - written)
        {
            throw new FormatException("a payload of more than 1 GB");
        }

        if (length > buffer.Length - written)
        {
            byte[] larger = LargeBytes.Rent(Math.Max(written + length, buffer.Length + Math.Min(buffer.Length, MostGrowth)));
            Written.CopyTo(larger);
            LargeBytes.Return(buffer);
            buffer = larger;
        }

        written += length;
        return new WireWriter(buffer.AsSpan(written - length, length));
    }

    private void CheckLevel(int level)
    {
        if (level > deepestLevel)
        {
            throw new FormatException("it is nested more deeply than Qdrant accepts (about 33 objects or 49 arrays)");
        }
    }

    /// <summary>The text or name at the reader, without escapes; valid until the same scratch is used again.</summary>
    private static ReadOnlySpan<byte> Text(ref Utf8JsonReader reader, ref byte[] scratch)
    {
        ReadOnlySpan<byte> raw = reader.ValueSpan;
        if (!reader.ValueIsEscaped)
        {
            return Utf8.IsValid(raw) ? raw : throw new FormatException("a string in it is not valid UTF-8");
        }

        if (scratch.Length < raw.Length)
        {
            Give(ref scratch);
            scratch = LargeBytes.Rent(raw.Length);
        }

        return scratch.AsSpan(0, reader.CopyString(scratch));
    }

    private static void Give(ref byte[] rented)
    {
        if (rented.Length > 0)
        {
            LargeBytes.Return(rented);
            rented = [];
        }
    }

    /// <summary>A value that is neither object nor array: its field of Value, and how many bytes that takes.</summary>
    private readonly ref struct Scalar
    {
        private const byte NullTag = 0x08;
        private const byte DoubleTag = 0x11;
        private const byte IntegerTag = 0x18;
        private const byte TextTag = 0x22;
        private const byte BooleanTag = 0x28;
        private readonly ReadOnlySpan<byte> text;
        private readonly ulong bits;
        private readonly byte tag;

        private Scalar(byte tag, ulong bits, int length, ReadOnlySpan<byte> text = default)
        {
            this.tag = tag;
            this.bits = bits;
            this.text = text;
            Length = length;
        }

        /// <summary>Bytes of the Value.</summary>
        public int Length { get; }

        public static Scalar Null => new(NullTag, 0, 2);

        public static Scalar OfText(ReadOnlySpan<byte> text) => new(TextTag, 0, 1 + WireWriter.DelimitedLength(text.Length), text);

        public static Scalar OfInteger(long value) => new(IntegerTag, (ulong)value, 1 + WireWriter.VarintLength((ulong)value));

        public static Scalar OfDouble(double value) => new(DoubleTag, BitConverter.DoubleToUInt64Bits(value), 1 + sizeof(double));

        public static Scalar OfBoolean(bool value) => new(BooleanTag, value ? 1u : 0u, 2);

        public static void Write(ref WireWriter writer, scoped Scalar scalar)
        {
            writer.Byte(scalar.tag);
            switch (scalar.tag)
            {
                case TextTag:
                    writer.Varint((uint)scalar.text.Length);
                    writer.Bytes(scalar.text);
                    break;
                case DoubleTag:
                    BinaryPrimitives.WriteUInt64LittleEndian(writer.Room(sizeof(double)), scalar.bits);
                    break;
                default:
                    writer.Varint(scalar.bits);
                    break;
            }
        }
    }
}
