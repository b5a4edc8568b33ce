using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;

namespace VectorMigration.SideFiles.Stores.Json;

/// <summary>
/// A node of LlamaIndex as the payload that its Qdrant vector store reads (<c>node_to_metadata_dict</c>): the metadata at top level, the node itself as a text
/// of JSON in <c>_node_content</c>, its class in <c>_node_type</c>, and the id of the document that it comes from under three names.
/// </summary>
internal sealed class LlamaIndexNode(string file, string name, string? type, byte[] json)
{
    private const string NoDocument = "None";

    private static readonly string[] Own = ["_node_content", "_node_type", "document_id", "doc_id", "ref_doc_id"];

    private static readonly JsonDocumentOptions Reading = new() { MaxDepth = JsonFileReader.MostNested };

    private static readonly JsonWriterOptions Writing = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
        MaxDepth = JsonFileReader.MostNested + 8,
    };

    /// <summary>The object of a node's metadata, under either of its names; empty where there is none.</summary>
    public static ReadOnlyMemory<byte> MetadataOf(byte[] json)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json, Reading);
            return Metadata(document.RootElement) is JsonElement { ValueKind: JsonValueKind.Object } metadata
                ? JsonMarshal.GetRawUtf8Value(metadata).ToArray()
                : ReadOnlyMemory<byte>.Empty;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // Not UTF-8: the check before a run refuses it and names the node.
            return ReadOnlyMemory<byte>.Empty;
        }
    }

    /// <summary>Writes the payload.</summary>
    /// <exception cref="MigrationException">The node is none; the error names it and the key.</exception>
    public void WriteTo(IBufferWriter<byte> output)
    {
        if (!Utf8.IsValid(json))
        {
            throw JsonErrors.ValueRefused(file, name, "__data__", "bytes that are not UTF-8", "Correct the text in the source.");
        }

        try
        {
            WriteNode(output);
        }
        catch (InvalidOperationException)
        {
            throw HalfCharacter("__data__");
        }
    }

    private void WriteNode(IBufferWriter<byte> output)
    {
        if (JsonTrail.Repeated(json) is string path)
        {
            throw JsonErrors.ValueRefused(file, name, path, "a key twice", "Keep one of the two.");
        }

        using JsonDocument document = JsonDocument.Parse(json, Reading);
        using Utf8JsonWriter writer = new(output, Writing);
        JsonElement node = document.RootElement;
        writer.WriteStartObject();
        WriteMetadata(writer, node);
        string origin = OriginOf(node);
        writer.WriteString(Own[0], Content(node));
        writer.WriteString(Own[1], ClassOf(node));
        writer.WriteString(Own[2], origin);
        writer.WriteString(Own[3], origin);
        writer.WriteString(Own[4], origin);
        writer.WriteEndObject();
        writer.Flush();
    }

    private static JsonElement? Metadata(JsonElement node) =>
        node.TryGetProperty("extra_info", out JsonElement old) ? old : node.TryGetProperty("metadata", out JsonElement metadata) ? metadata : null;

    private static bool IsLegacy(JsonElement node) => node.TryGetProperty("extra_info", out _);

    private void WriteMetadata(Utf8JsonWriter writer, JsonElement node)
    {
        switch (Metadata(node))
        {
            case { ValueKind: JsonValueKind.Object } metadata:
                foreach (JsonProperty field in metadata.EnumerateObject())
                {
                    // As in LlamaIndex: its own fields win over metadata of the same names, which stay in the node.
                    if (!Own.Contains(field.Name))
                    {
                        writer.WritePropertyName(field.Name);
                        writer.WriteRawValue(JsonMarshal.GetRawUtf8Value(field.Value), skipInputValidation: true);
                    }
                }

                break;
            case null or { ValueKind: JsonValueKind.Null }:
                break;
            default:
                throw JsonErrors.Invalid(file, $"an object in 'metadata' of {name}", "something else");
        }
    }

    /// <summary>The node as JSON without its embedding, in the form of the releases since mid-2023.</summary>
    private ReadOnlySpan<byte> Content(JsonElement node)
    {
        ArrayBufferWriter<byte> content = new(json.Length + 256);
        using Utf8JsonWriter writer = new(content, Writing);
        if (IsLegacy(node))
        {
            WriteLegacy(writer, node);
        }
        else
        {
            writer.WriteStartObject();
            foreach (JsonProperty field in node.EnumerateObject())
            {
                writer.WritePropertyName(field.Name);
                if (field.NameEquals("embedding"u8))
                {
                    writer.WriteNullValue();
                }
                else
                {
                    writer.WriteRawValue(JsonMarshal.GetRawUtf8Value(field.Value), skipInputValidation: true);
                }
            }

            writer.WriteEndObject();
        }

        writer.Flush();
        return content.WrittenSpan;
    }

    /// <summary>As LlamaIndex itself reads nodes of early 2023: <c>doc_id</c>, <c>extra_info</c>, and relationships that are ids.</summary>
    private static void WriteLegacy(Utf8JsonWriter writer, JsonElement node)
    {
        writer.WriteStartObject();
        WriteField(writer, "id_", node, "doc_id");
        writer.WriteNull("embedding");
        writer.WritePropertyName("metadata");
        if (Metadata(node) is { ValueKind: JsonValueKind.Object } metadata)
        {
            writer.WriteRawValue(JsonMarshal.GetRawUtf8Value(metadata), skipInputValidation: true);
        }
        else
        {
            writer.WriteStartObject();
            writer.WriteEndObject();
        }

        WriteRelationships(writer, node);
        WriteField(writer, "text", node, "text");
        foreach (string kept in (ReadOnlySpan<string>)["image", "index_id"])
        {
            if (node.TryGetProperty(kept, out _))
            {
                WriteField(writer, kept, node, kept);
            }
        }

        if (node.TryGetProperty("node_info", out JsonElement info) && info.ValueKind == JsonValueKind.Object)
        {
            WriteField(writer, "start_char_idx", info, "start");
            WriteField(writer, "end_char_idx", info, "end");
        }

        writer.WriteEndObject();
    }

    private static void WriteRelationships(Utf8JsonWriter writer, JsonElement node)
    {
        writer.WriteStartObject("relationships");
        if (node.TryGetProperty("relationships", out JsonElement relationships) && relationships.ValueKind == JsonValueKind.Object)
        {
            foreach (JsonProperty relation in relationships.EnumerateObject())
            {
                writer.WritePropertyName(relation.Name);
                WriteRelation(writer, relation.Value);
            }
        }

        writer.WriteEndObject();
    }

    private static void WriteRelation(Utf8JsonWriter writer, JsonElement relation)
    {
        if (relation.ValueKind == JsonValueKind.Array)
        {
            writer.WriteStartArray();
            foreach (JsonElement one in relation.EnumerateArray())
            {
                WriteRelation(writer, one);
            }

            writer.WriteEndArray();
            return;
        }

        if (relation.ValueKind != JsonValueKind.String)
        {
            writer.WriteRawValue(JsonMarshal.GetRawUtf8Value(relation), skipInputValidation: true);
            return;
        }

        writer.WriteStartObject();
        writer.WritePropertyName("node_id");
        writer.WriteRawValue(JsonMarshal.GetRawUtf8Value(relation), skipInputValidation: true);
        writer.WriteEndObject();
    }

    private static void WriteField(Utf8JsonWriter writer, string field, JsonElement node, string from)
    {
        writer.WritePropertyName(field);
        if (node.TryGetProperty(from, out JsonElement value))
        {
            writer.WriteRawValue(JsonMarshal.GetRawUtf8Value(value), skipInputValidation: true);
        }
        else
        {
            writer.WriteNullValue();
        }
    }

    private string ClassOf(JsonElement node) =>
        node.TryGetProperty("class_name", out JsonElement named) && named.ValueKind == JsonValueKind.String ? Text(named, "class_name") : type switch
        {
            "2" => "ImageNode",
            "3" => "IndexNode",
            "4" => "Document",
            "5" => "Node",
            _ => "TextNode",
        };

    /// <summary>The id of the node that relationship 1, SOURCE, names.</summary>
    private string OriginOf(JsonElement node)
    {
        if (!node.TryGetProperty("relationships", out JsonElement relationships) || relationships.ValueKind != JsonValueKind.Object
            || !relationships.TryGetProperty("1", out JsonElement source))
        {
            return NoDocument;
        }

        JsonElement id = source.ValueKind == JsonValueKind.Object && source.TryGetProperty("node_id", out JsonElement inner) ? inner : source;
        string text = id.ValueKind == JsonValueKind.String ? Text(id, "relationships.1") : string.Empty;
        return text.Length == 0 ? NoDocument : text;
    }

    private string Text(JsonElement value, string path)
    {
        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw HalfCharacter(path);
        }
    }

    private MigrationException HalfCharacter(string path) => JsonErrors.ValueRefused(
        file, name, path, "a string or a key with half of a surrogate pair, which is not UTF-8", "Correct the text in the source.");
}
