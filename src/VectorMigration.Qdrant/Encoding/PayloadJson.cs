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
    private static readonly JsonWriterOptions Options = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        MaxDepth = DeepestNesting,
        SkipValidation = true
    };
    private readonly ArrayBufferWriter<byte> buffer = new();
    private readonly Utf8JsonWriter writer;

    /// <summary>Makes a writer to be used for many payloads.</summary>
    public PayloadJson() => writer = new Utf8JsonWriter(buffer, Options);

    /// <summary>Starts an object.</summary>
    public void Begin()
    {
        buffer.ResetWrittenCount();
        writer.Reset();
        writer.WriteStartObject();
    }

    /// <summary>Adds one entry of the map: key = 1, value = 2.</summary>
    public void Entry(ReadOnlySpan<byte> entry) => WriteEntry(entry, 0);

    /// <summary>A whole object from the bytes of a message whose field 1 is the map, as <c>Struct</c>'s is.</summary>
    public string FromStruct(ReadOnlySpan<byte> message)
    {
        Begin();
        WriteFields(message, isList: false, 0);
        return End();
    }

    /// <summary>Ends the object and gives its text.</summary>
    public string End()
    {
        writer.WriteEndObject();
        writer.Flush();
        return System.Text.Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <inheritdoc/>
    public void Dispose() => writer.Dispose();

    private void WriteEntry(ReadOnlySpan<byte> entry, int depth)
    {
        WireReader reader = new(entry);
        ReadOnlySpan<byte> key = [];
        ReadOnlySpan<byte> value = [];
        while (!reader.IsAtEnd)
        {
            switch (reader.Tag())
            {
                case (1, WireReader.DelimitedType):
                    key = reader.Delimited();
                    break;
                case (2, WireReader.DelimitedType):
                    value = reader.Delimited();
                    break;
                case (_, int type):
                    reader.Skip(type);
                    break;
            }
        }

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
                writer.WriteStringValue(reader.Delimited());
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
