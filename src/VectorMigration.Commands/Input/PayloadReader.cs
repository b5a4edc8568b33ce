using System.Buffers;
using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Numerics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace VectorMigration.Commands;

/// <summary>Turns the payload of a pipeline object into one JSON object.</summary>
internal static class PayloadReader
{
    private const int MaxDepth = 64;
    private static readonly JsonWriterOptions WriterOptions = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Reads a payload: null for none, a JSON object as text, a dictionary, or any object with properties.</summary>
    /// <param name="value">The payload.</param>
    /// <param name="problem">Why it cannot be one, or null.</param>
    /// <returns>UTF-8 JSON; empty for none.</returns>
    public static ReadOnlyMemory<byte> Read(object? value, out string? problem)
    {
        problem = null;
        switch (value)
        {
            case null:
                return default;
            case string text:
                return string.IsNullOrWhiteSpace(text) ? default : FromText(text, out problem);
            case IConvertible or Guid or (IEnumerable and not IDictionary and not JsonObject):
                problem = $"a {value.GetType().Name}";
                return default;
            default:
                return FromObject(value, out problem);
        }
    }

    /// <summary>The payload with <c>faiss_id</c> at its end, where it wins over a key of the same name.</summary>
    public static ReadOnlyMemory<byte> WithFaissId(ReadOnlyMemory<byte> payload, long id) =>
        IndexFeed.WithFaissId(payload.IsEmpty ? null : new PayloadBlock(payload, [0, payload.Length]), [id]).Utf8;

    private static ReadOnlyMemory<byte> FromText(string text, out string? problem)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(text.Trim());
        Utf8JsonReader reader = new(utf8);
        try
        {
            reader.Read();
            problem = reader.TokenType == JsonTokenType.StartObject ? null : $"a JSON {reader.TokenType}";
            while (reader.Read())
            {
            }
        }
        catch (JsonException error)
        {
            problem = $"text that is no JSON ({error.Message.Split('.')[0]})";
        }

        return problem is null ? utf8 : default;
    }

    private static ReadOnlyMemory<byte> FromObject(object value, out string? problem)
    {
        ArrayBufferWriter<byte> bytes = new();
        using Utf8JsonWriter writer = new(bytes, WriterOptions);
        problem = Write(writer, value, 0);
        writer.Flush();
        return problem is null ? bytes.WrittenMemory : default;
    }

    private static string? Write(Utf8JsonWriter writer, object? value, int depth)
    {
        object? bare = value is PSObject wrapped && wrapped.BaseObject is not PSCustomObject ? wrapped.BaseObject : value;
        return depth > MaxDepth ? $"an object nested deeper than {MaxDepth}"
            : WriteScalar(writer, bare) ? null
            : bare switch
            {
                IDictionary dictionary => WriteDictionary(writer, dictionary, depth),
                IEnumerable many => WriteMany(writer, many, depth),
                _ => WriteProperties(writer, value!, depth),
            };
    }

    private static bool WriteScalar(Utf8JsonWriter writer, object? value)
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
            case double real:
                WriteReal(writer, real, real);
                return true;
            case float real:
                WriteReal(writer, real, double.Parse(real.ToString("R", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture));
                return true;
            case sbyte or byte or short or ushort or int or uint or long or ulong or decimal or BigInteger:
                writer.WriteRawValue(Convert.ToString(value, CultureInfo.InvariantCulture)!);
                return true;
            case SwitchParameter flag:
                writer.WriteBooleanValue(flag.IsPresent);
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

    // JSON has no name for what is not finite.
    private static void WriteReal(Utf8JsonWriter writer, double finite, double number)
    {
        if (double.IsFinite(finite))
        {
            writer.WriteNumberValue(number);
        }
        else
        {
            writer.WriteNullValue();
        }
    }

    private static string? WriteDictionary(Utf8JsonWriter writer, IDictionary dictionary, int depth)
    {
        writer.WriteStartObject();
        foreach (DictionaryEntry entry in dictionary)
        {
            writer.WritePropertyName(Convert.ToString(entry.Key, CultureInfo.InvariantCulture) ?? string.Empty);
            if (Write(writer, entry.Value, depth + 1) is { } problem)
            {
                return problem;
            }
        }

        writer.WriteEndObject();
        return null;
    }

    private static string? WriteMany(Utf8JsonWriter writer, IEnumerable many, int depth)
    {
        writer.WriteStartArray();
        foreach (object? item in many)
        {
            if (Write(writer, item, depth + 1) is { } problem)
            {
                return problem;
            }
        }

        writer.WriteEndArray();
        return null;
    }

    private static string? WriteProperties(Utf8JsonWriter writer, object value, int depth)
    {
        writer.WriteStartObject();
        foreach (PSPropertyInfo property in PSObject.AsPSObject(value).Properties)
        {
            if (!property.IsGettable)
            {
                continue;
            }

            writer.WritePropertyName(property.Name);
            if (Write(writer, property.Value, depth + 1) is { } problem)
            {
                return problem;
            }
        }

        writer.WriteEndObject();
        return null;
    }
}
