using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace VectorMigration.Qdrant;

/// <summary>
/// Qdrant's <c>Value</c> maps back to JSON text. Integers stay integers, doubles are written so that they read back as the same double and as a
/// double (<c>1.0</c>, not <c>1</c>). JSON has no NaN or infinities: they become texts.
/// </summary>
internal sealed class PayloadJson : IDisposable
{
    private const int DeepestNesting = 512;

    /// <summary>Texts are written in pieces of so many bytes: escaping one needs six times its length.</summary>
    private const int PieceBytes = 16 << 10;
    private static readonly JsonWriterOptions Options = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        MaxDepth = DeepestNesting,
        SkipValidation = true
    };
    private readonly ArrayBufferWriter<byte> buffer = new();
    private readonly Utf8JsonWriter writer;
    private int start;

    /// <summary>Makes a writer to be used for many payloads.</summary>
    public PayloadJson() => writer = new Utf8JsonWriter(buffer, Options);

    /// <summary>Everything that was written; slices stay what they are until more is written.</summary>
    public ReadOnlyMemory<byte> Written => buffer.WrittenMemory;

    /// <summary>Makes room for objects that take about so many bytes: growing leaves ever larger buffers behind.</summary>
    public void Expect(int bytes)
    {
        if (bytes > LargeBytes.Largest)
        {
            LargeBytes.MakeRoom();
        }

        buffer.GetSpan(bytes + (bytes / 4) + (bytes > PieceBytes ? 8 * PieceBytes : 0));
    }

    /// <summary>Starts an object behind those that were written.</summary>
    public void Begin()
    {
        start = buffer.WrittenCount;
        writer.Reset();
        writer.WriteStartObject();
    }

    /// <summary>Starts an object; those that were written are forgotten.</summary>
    public void BeginAnew()
    {
        buffer.ResetWrittenCount();
        Begin();
    }

    /// <summary>Adds one entry of the map: key = 1, value = 2.</summary>
    public void Entry(ReadOnlySpan<byte> entry) => WriteEntry(entry, 0);

    /// <summary>A whole object from the bytes of a message whose field 1 is the map, as <c>Struct</c>'s is.</summary>
    public string FromStruct(ReadOnlySpan<byte> message)
    {
        Begin();
        WriteFields(message, isList: false, 0);
        Range written = End();
        string text = System.Text.Encoding.UTF8.GetString(buffer.WrittenSpan[written]);
        buffer.ResetWrittenCount();
        return text;
    }

    /// <summary>Ends the object and says where in <see cref="Written"/> it lies.</summary>
    public Range End()
    {
        writer.WriteEndObject();
        writer.Flush();
        return start..buffer.WrittenCount;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        writer.Dispose();
        LargeBytes.Leave(buffer.Capacity);
    }

    private void WriteEntry(ReadOnlySpan<byte> entry, int depth)
    {
        WireReader.ReadEntry(entry, out ReadOnlySpan<byte> key, out ReadOnlySpan<byte> value);
        writer.WritePropertyName(key);
        WriteValue(value, depth);
    }

    private void WriteValue(ReadOnlySpan<byte> value, int depth)
    {
        if (depth > DeepestNesting - 2)
        {
            throw new FormatException("a payload nested too deeply");
        }

        WireReader reader = new(value);
        if (reader.IsAtEnd)
        {
            writer.WriteNullValue();
            return;
        }

        (int field, int type) = reader.Tag();
        switch (field, type)
        {
            case (1, WireReader.VarintType):
                writer.WriteNullValue();
                break;
            case (2, WireReader.Fixed64Type):
                WriteDouble(BitConverter.UInt64BitsToDouble(reader.Fixed64()));
                break;
            case (3, WireReader.VarintType):
                writer.WriteNumberValue((long)reader.Varint());
                break;
            case (4, WireReader.DelimitedType):
                WriteText(reader.Delimited());
                break;
            case (5, WireReader.VarintType):
                writer.WriteBooleanValue(reader.Varint() != 0);
                break;
            case (6, WireReader.DelimitedType):
                writer.WriteStartObject();
                WriteFields(reader.Delimited(), isList: false, depth);
                writer.WriteEndObject();
                break;
            case (7, WireReader.DelimitedType):
                writer.WriteStartArray();
                WriteFields(reader.Delimited(), isList: true, depth);
                writer.WriteEndArray();
                break;
            default:
                throw new FormatException($"a payload value of the unknown kind {field}");
        }
    }

    private void WriteText(ReadOnlySpan<byte> text)
    {
        if (text.Length <= PieceBytes)
        {
            writer.WriteStringValue(text);
            return;
        }

        for (; text.Length > PieceBytes; text = text[PieceBytes..])
        {
            writer.WriteStringValueSegment(text[..PieceBytes], isFinalSegment: false);
        }

        writer.WriteStringValueSegment(text, isFinalSegment: true);
    }

    private void WriteFields(ReadOnlySpan<byte> body, bool isList, int depth)
    {
        WireReader reader = new(body);
        while (!reader.IsAtEnd)
        {
            (int field, int type) = reader.Tag();
            if (field != 1 || type != WireReader.DelimitedType)
            {
                reader.Skip(type);
            }
            else if (isList)
            {
                WriteValue(reader.Delimited(), depth + 1);
            }
            else
            {
                WriteEntry(reader.Delimited(), depth + 1);
            }
        }
    }

    private void WriteDouble(double value)
    {
        string text = value.ToString("R", CultureInfo.InvariantCulture);
        if (!double.IsFinite(value))
        {
            writer.WriteStringValue(text);
            return;
        }

        writer.WriteRawValue(text.AsSpan().IndexOfAny('.', 'E') < 0 ? text + ".0" : text, skipInputValidation: true);
    }
}
