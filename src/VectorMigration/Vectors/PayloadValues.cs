using System.Buffers;
using System.Collections;
using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace VectorMigration.Vectors;

/// <summary>
/// The values of payloads between JSON and objects: whole numbers are <see cref="long"/>, or <see cref="BigInteger"/> beyond 64 bits, all other numbers the
/// nearest <see cref="double"/>, which is written so that it is read as one again.
/// </summary>
internal static class PayloadValues
{
    /// <summary>Objects within objects that are written: a payload that Qdrant takes is never as deep.</summary>
    public const int MaxDepth = 64;

    /// <summary>How payloads are written: letters need no escapes.</summary>
    public static JsonWriterOptions WriterOptions { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Deeper than any payload that Qdrant takes.</summary>
    public static JsonReaderOptions ReaderOptions { get; } = new() { MaxDepth = 1_000 };

    /// <summary>Reads the members of an object, whose beginning the reader is at; of two with one name the last is kept, and the
    /// payload notes that.</summary>
    public static void ReadMembers(ref Utf8JsonReader reader, IDictionary<string, object?> members, VectorPayload payload)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string name = reader.GetString()!;
            reader.Read();
            if (members.ContainsKey(name))
            {
                payload.NoteRepeated(name);
            }

            members[name] = Read(ref reader, payload);
        }
    }

    /// <summary>Writes a value that is no object and no array.</summary>
    /// <returns>False for everything else, of which nothing is written.</returns>
    public static bool TryWriteScalar(Utf8JsonWriter writer, object? value)
    {
        switch (value)
        {
            case null or DBNull:
                writer.WriteNullValue();
                return true;
            case string or char or Guid or Uri or Version or TimeSpan or Enum:
                writer.WriteStringValue(Convert.ToString(value, CultureInfo.InvariantCulture));
                return true;
            case bool flag:
                writer.WriteBooleanValue(flag);
                return true;
            case DateTime time:
                writer.WriteStringValue(time.ToString("O", CultureInfo.InvariantCulture));
                return true;
            case DateTimeOffset time:
                writer.WriteStringValue(time.ToString("O", CultureInfo.InvariantCulture));
                return true;
            case double or float when double.IsFinite(Convert.ToDouble(value, CultureInfo.InvariantCulture)):
                writer.WriteRawValue(Real(Convert.ToString(value, CultureInfo.InvariantCulture)!));
                return true;
            case sbyte or byte or short or ushort or int or uint or long or ulong or decimal or BigInteger:
                writer.WriteRawValue(Convert.ToString(value, CultureInfo.InvariantCulture)!);
                return true;
            case JsonElement element:
                element.WriteTo(writer);
                return true;
            case JsonNode node:
                node.WriteTo(writer);
                return true;
            default:
                return false;
        }
    }

    /// <summary>A dictionary or a list as JSON. What cannot be a payload is written as its text: who sends it is told.</summary>
    public static string Text(object value, Func<object, object>? plain)
    {
        ArrayBufferWriter<byte> bytes = new();
        using Utf8JsonWriter writer = new(bytes, WriterOptions);
        Write(writer, value, plain, 0);
        writer.Flush();
        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }

    private static void Write(Utf8JsonWriter writer, object? value, Func<object, object>? plain, int depth)
    {
        object? bare = value is null || plain is null ? value : plain(value);
        if (TryWriteScalar(writer, bare))
        {
            return;
        }

        switch (bare)
        {
            case IDictionary dictionary when depth < MaxDepth:
                writer.WriteStartObject();
                foreach (DictionaryEntry entry in dictionary)
                {
                    writer.WritePropertyName(Convert.ToString(entry.Key, CultureInfo.InvariantCulture) ?? string.Empty);
                    Write(writer, entry.Value, plain, depth + 1);
                }

                writer.WriteEndObject();
                break;
            case IEnumerable many when depth < MaxDepth:
                writer.WriteStartArray();
                foreach (object? item in many)
                {
                    Write(writer, item, plain, depth + 1);
                }

                writer.WriteEndArray();
                break;
            default:
                writer.WriteStringValue(Convert.ToString(bare, CultureInfo.InvariantCulture));
                break;
        }
    }

    /// <summary>A double that happens to be whole stays one: 1 would be a whole number.</summary>
    private static string Real(string number) => number.AsSpan().IndexOfAny(".eE") < 0 ? number + ".0" : number;

    private static object? Read(ref Utf8JsonReader reader, VectorPayload payload)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                VectorPayload within = payload.NewWithin();
                ReadMembers(ref reader, within.Unread, within);
                return within;
            case JsonTokenType.StartArray:
                PayloadList list = new(payload);
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    list.Take(Read(ref reader, payload));
                }

                return list;
            case JsonTokenType.Number:
                return ReadNumber(ref reader);
            case JsonTokenType.String:
                return reader.GetString();
            case JsonTokenType.True or JsonTokenType.False:
                return reader.TokenType == JsonTokenType.True;
            default:
                return null;
        }
    }

    private static object ReadNumber(ref Utf8JsonReader reader) =>
        reader.TryGetInt64(out long whole) ? whole
        : reader.ValueSpan.IndexOfAny(".eE"u8) < 0 ? BigInteger.Parse(Encoding.ASCII.GetString(reader.ValueSpan), CultureInfo.InvariantCulture)
        : reader.GetDouble();
}
