using System.Buffers;
using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace VectorMigration.Commands;

/// <summary>Turns the payload of a pipeline object into one JSON object.</summary>
internal static class PayloadReader
{
    private const long MostBytes = 64L << 20;

    /// <summary>Reads a payload: null for none, a JSON object as text, a dictionary, or any object with properties.</summary>
    /// <param name="value">The payload.</param>
    /// <param name="rows">Judges what it becomes.</param>
    /// <param name="problem">Why it cannot be one, or null.</param>
    /// <param name="fault">What is wrong within it, or null.</param>
    /// <returns>UTF-8 JSON; empty for none.</returns>
    public static ReadOnlyMemory<byte> Read(object? value, PayloadRows rows, out string? problem, out RowFault? fault)
    {
        problem = null;
        fault = null;
        switch (value)
        {
            case null:
                return default;
            case VectorPayload { Original: { } json }:
                return json.IsEmpty ? default : Judged(json, rows, out fault);
            case string text:
                return string.IsNullOrWhiteSpace(text) ? default : Judged(Encoding.UTF8.GetBytes(text.Trim()), rows, out fault);
            case IConvertible or Guid or FileSystemInfo or (IEnumerable and not IDictionary and not JsonObject):
                problem = $"a {value.GetType().Name}";
                return default;
            default:
                ReadOnlyMemory<byte> written = FromObject(value, out problem);
                return problem is null ? Judged(written, rows, out fault) : default;
        }
    }

    /// <summary>What a script puts into a payload, without PowerShell's wrapping: the properties of a custom object are a dictionary.</summary>
    public static object Plain(object value)
    {
        if (value is not PSObject wrapped)
        {
            return value;
        }

        if (wrapped.BaseObject is not PSCustomObject)
        {
            return wrapped.BaseObject;
        }

        OrderedDictionary<string, object?> properties = [];
        foreach (PSPropertyInfo property in wrapped.Properties)
        {
            properties[property.Name] = property.Value;
        }

        return properties;
    }

    /// <summary>JSON as the rules want it; empty where something is wrong with it.</summary>
    public static ReadOnlyMemory<byte> Judged(ReadOnlyMemory<byte> json, PayloadRows rows, out RowFault? fault)
    {
        fault = rows.Judge(json.Span, out RowFindings found);
        if (fault is not null || !found.Changes)
        {
            return fault is null ? json : default;
        }

        var changed = new ArrayBufferWriter<byte>(json.Length + 64);
        rows.Write(json.Span, found, changed);
        return changed.WrittenMemory;
    }

    private static ReadOnlyMemory<byte> FromObject(object value, out string? problem)
    {
        ArrayBufferWriter<byte> bytes = new();
        using Utf8JsonWriter writer = new(bytes, PayloadValues.WriterOptions);
        try
        {
            problem = Write(writer, value, 0)?.ToString();
        }
        catch (Exception error) when (error is not (PipelineStoppedException or FlowControlException))
        {
            // Listing or enumerating an object runs code of its own, which can throw anything: such objects are no data.
            problem = $"an object of type {value.GetType().Name}, which cannot be read as data";
        }

        if (problem is not null)
        {
            return default;
        }

        writer.Flush();
        return bytes.WrittenMemory;
    }

    private static PayloadProblem? Write(Utf8JsonWriter writer, object? value, int depth)
    {
        object? bare = value is PSObject wrapped && wrapped.BaseObject is not PSCustomObject ? wrapped.BaseObject : value;
        return depth > PayloadValues.MaxDepth ? new PayloadProblem($"objects nested more than {PayloadValues.MaxDepth} deep, or an object that contains itself")
            : writer.BytesCommitted + writer.BytesPending > MostBytes ? new PayloadProblem($"more than {MostBytes >> 20} MiB")
            : NotFinite(bare) is string number ? new PayloadProblem($"{number}, which JSON cannot represent (write $null, or omit the key)")
            : WriteScalar(writer, bare) ? null
            : bare is FileSystemInfo ? new PayloadProblem("a file or folder object (use its FullName or Name)")
            : bare switch
            {
                IDictionary dictionary => WriteDictionary(writer, dictionary, depth),
                IEnumerable many => WriteMany(writer, many, depth),
                _ => WriteProperties(writer, value!, depth),
            };
    }

    private static string? NotFinite(object? value) =>
        value is double or float && !double.IsFinite(Convert.ToDouble(value, CultureInfo.InvariantCulture))
            ? Convert.ToString(value, CultureInfo.InvariantCulture) : null;

    private static bool WriteScalar(Utf8JsonWriter writer, object? value)
    {
        if (value is SwitchParameter flag)
        {
            writer.WriteBooleanValue(flag.IsPresent);
            return true;
        }

        return PayloadValues.TryWriteScalar(writer, value);
    }

    private static PayloadProblem? WriteDictionary(Utf8JsonWriter writer, IDictionary dictionary, int depth)
    {
        writer.WriteStartObject();
        foreach (DictionaryEntry entry in dictionary)
        {
            string key = Convert.ToString(entry.Key, CultureInfo.InvariantCulture) ?? string.Empty;
            writer.WritePropertyName(key);
            if (Write(writer, entry.Value, depth + 1) is { } problem)
            {
                return problem.Within(key, entry.Value);
            }
        }

        writer.WriteEndObject();
        return null;
    }

    private static PayloadProblem? WriteMany(Utf8JsonWriter writer, IEnumerable many, int depth)
    {
        writer.WriteStartArray();
        int index = 0;
        foreach (object? item in many)
        {
            if (Write(writer, item, depth + 1) is { } problem)
            {
                return problem.Within($"[{index}]", item);
            }

            index++;
        }

        writer.WriteEndArray();
        return null;
    }

    private static PayloadProblem? WriteProperties(Utf8JsonWriter writer, object value, int depth)
    {
        writer.WriteStartObject();
        foreach (PSPropertyInfo property in PSObject.AsPSObject(value).Properties)
        {
            if (!property.IsGettable)
            {
                continue;
            }

            object? held;
            try
            {
                held = property.Value;
            }
            catch (Exception error) when (error is not (PipelineStoppedException or FlowControlException))
            {
                // A getter can throw anything; objects with such properties are no data.
                return new PayloadProblem("a property that cannot be read").Within(property.Name, null);
            }

            writer.WritePropertyName(property.Name);
            if (Write(writer, held, depth + 1) is { } problem)
            {
                return problem.Within(property.Name, held);
            }
        }

        writer.WriteEndObject();
        return null;
    }
}
