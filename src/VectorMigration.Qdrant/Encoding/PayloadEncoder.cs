using System.Buffers;
using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Unicode;

namespace VectorMigration.Qdrant;

/// <summary>
/// JSON objects to Qdrant's <c>map&lt;string, Value&gt;</c> (json_with_int.proto), in two passes over the text: the first measures every object and
/// array (protobuf wants lengths before contents) and checks everything, the second writes. Whole numbers within 64 bits become integers,
/// all others doubles. Of a repeated name the last value counts, as protobuf maps say.
/// </summary>
internal sealed class PayloadEncoder : IDisposable
{
    // Qdrant reads messages in messages 100 deep (prost's recursion limit; seen on 1.16.3: 34 objects or 50 arrays in each other are the most).
    // A point is level 1; an object costs three levels (Struct, map entry, Value), an array two (ListValue, Value).
    private const int DeepestLevel = 100;
    private const int PointLevel = 1;

    // Beyond what the levels allow, so that it is they that decide.
    private const int JsonDepth = 64;

    private const byte MapKeyTag = 0x0A;
    private const byte MapValueTag = 0x12;
    private static readonly JsonReaderOptions Options = new() { MaxDepth = JsonDepth };
    private int[] sizes = ArrayPool<int>.Shared.Rent(64);
    private byte[] scratch = ArrayPool<byte>.Shared.Rent(256);
    private int count;
    private int next;

    /// <summary>Measures the map entries of one object, all of them with one-byte tags; sizes are kept for <see cref="Write"/> in the same order of rows.</summary>
    /// <exception cref="FormatException">It is no JSON object, nested too deeply, not valid UTF-8, or holds a number that no double can hold.</exception>
    public int Measure(ReadOnlySpan<byte> json)
    {
        Utf8JsonReader reader = new(json, Options);
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                throw new FormatException("a payload must be a JSON object");
            }

            int body = MeasureObject(ref reader, PointLevel);
            return reader.Read() ? throw new FormatException("there is more after the JSON object") : body;
        }
        catch (JsonException invalid)
        {
            throw new FormatException($"invalid JSON at byte {invalid.BytePositionInLine ?? reader.BytesConsumed}, or nested deeper than {JsonDepth}", invalid);
        }
        catch (InvalidOperationException invalid)
        {
            throw new FormatException("a text in it is not valid Unicode", invalid);
        }
    }

    /// <summary>Writes the map entries of one object that was measured, with the tag of the map's field.</summary>
    public void Write(ref WireWriter writer, ReadOnlySpan<byte> json, byte entryTag)
    {
        Utf8JsonReader reader = new(json, Options);
        reader.Read();
        next++;
        WriteObject(ref writer, ref reader, entryTag);
    }

    /// <summary>Passes over an object that was measured and holds nothing.</summary>
    public void SkipEmpty() => next++;

    /// <inheritdoc/>
    public void Dispose()
    {
        ArrayPool<int>.Shared.Return(sizes);
        ArrayPool<byte>.Shared.Return(scratch);
        sizes = [];
        scratch = [];
    }

    private int MeasureObject(ref Utf8JsonReader reader, int level)
    {
        CheckLevel(level);
        int mine = Reserve();
        long total = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            int key = Text(ref reader).Length;
            reader.Read();
            int entry = 1 + WireWriter.DelimitedLength(key) + 1 + WireWriter.DelimitedLength(MeasureValue(ref reader, level + 2));
            total += 1 + WireWriter.DelimitedLength(entry);
        }

        return sizes[mine] = Checked(total);
    }

    private int MeasureArray(ref Utf8JsonReader reader, int level)
    {
        CheckLevel(level);
        int mine = Reserve();
        long total = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            total += 1 + WireWriter.DelimitedLength(MeasureValue(ref reader, level + 1));
        }

        return sizes[mine] = Checked(total);
    }

    private int MeasureValue(ref Utf8JsonReader reader, int level)
    {
        CheckLevel(level);
        return reader.TokenType switch
        {
            JsonTokenType.StartObject => 1 + WireWriter.DelimitedLength(MeasureObject(ref reader, level + 1)),
            JsonTokenType.StartArray => 1 + WireWriter.DelimitedLength(MeasureArray(ref reader, level + 1)),
            _ => MeasureScalar(ref reader),
        };
    }

    private int MeasureScalar(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.String => 1 + WireWriter.DelimitedLength(Text(ref reader).Length),
        JsonTokenType.Number => reader.TryGetInt64(out long whole) ? 1 + WireWriter.VarintLength((ulong)whole) : MeasureDouble(ref reader),
        _ => 2,
    };

    private static void CheckLevel(int level)
    {
        if (level > DeepestLevel)
        {
            throw new FormatException("it is nested deeper than Qdrant takes, about 33 objects or 49 arrays in each other");
        }
    }

    private static int MeasureDouble(ref Utf8JsonReader reader) =>
        reader.TryGetDouble(out double value) && double.IsFinite(value) ? 9 : throw new FormatException("a number in it is too large for a double");

    private void WriteObject(ref WireWriter writer, ref Utf8JsonReader reader, byte entryTag)
    {
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            // The value is measured ahead by a copy of the reader: its length stands before the key.
            Utf8JsonReader ahead = reader;
            ahead.Read();
            int value = ValueLength(ref ahead);
            ReadOnlySpan<byte> key = Text(ref reader);
            writer.Delimited(entryTag, 1 + WireWriter.DelimitedLength(key.Length) + 1 + WireWriter.DelimitedLength(value));
            writer.Delimited(MapKeyTag, key);
            reader.Read();
            writer.Delimited(MapValueTag, value);
            WriteValue(ref writer, ref reader);
        }
    }

    private void WriteArray(ref WireWriter writer, ref Utf8JsonReader reader)
    {
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            writer.Delimited(0x0A, ValueLength(ref reader));
            WriteValue(ref writer, ref reader);
        }
    }

    /// <summary>As <see cref="MeasureValue"/>, with the sizes of the first pass.</summary>
    private int ValueLength(ref Utf8JsonReader reader) =>
        reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray
            ? 1 + WireWriter.DelimitedLength(sizes[next])
            : MeasureScalar(ref reader);

    private void WriteValue(ref WireWriter writer, ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                writer.Delimited(0x32, sizes[next++]);
                WriteObject(ref writer, ref reader, MapKeyTag);
                break;
            case JsonTokenType.StartArray:
                writer.Delimited(0x3A, sizes[next++]);
                WriteArray(ref writer, ref reader);
                break;
            case JsonTokenType.String:
                writer.Delimited(0x22, Text(ref reader));
                break;
            case JsonTokenType.Number when reader.TryGetInt64(out long whole):
                writer.Byte(0x18);
                writer.Varint((ulong)whole);
                break;
            case JsonTokenType.Number:
                writer.Byte(0x11);
                BinaryPrimitives.WriteDoubleLittleEndian(writer.Room(sizeof(double)), reader.GetDouble());
                break;
            case JsonTokenType.True or JsonTokenType.False:
                writer.Byte(0x28);
                writer.Byte(reader.TokenType == JsonTokenType.True ? (byte)1 : (byte)0);
                break;
            default:
                writer.Byte(0x08);
                writer.Byte(0);
                break;
        }
    }

    /// <summary>The text or name at the reader, without escapes; valid until the next call.</summary>
    private ReadOnlySpan<byte> Text(ref Utf8JsonReader reader)
    {
        ReadOnlySpan<byte> raw = reader.ValueSpan;
        if (reader.ValueIsEscaped)
        {
            if (scratch.Length < raw.Length)
            {
                ArrayPool<byte>.Shared.Return(scratch);
                scratch = ArrayPool<byte>.Shared.Rent(raw.Length);
            }

            return scratch.AsSpan(0, reader.CopyString(scratch));
        }

        return Utf8.IsValid(raw) ? raw : throw new FormatException("a text in it is not valid UTF-8");
    }

    private int Reserve()
    {
        if (count == sizes.Length)
        {
            int[] larger = ArrayPool<int>.Shared.Rent(sizes.Length * 2);
            sizes.CopyTo(larger, 0);
            ArrayPool<int>.Shared.Return(sizes);
            sizes = larger;
        }

        return count++;
    }

    private static int Checked(long total) => total <= int.MaxValue / 2 ? (int)total : throw new FormatException("a payload of more than 1 GB");
}
