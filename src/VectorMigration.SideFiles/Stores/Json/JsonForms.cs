using System.Text.Json;

namespace VectorMigration.SideFiles.Stores.Json;

/// <summary>What a JSON file is, as its first tokens tell.</summary>
internal enum JsonForm
{
    /// <summary>Nothing that is read here.</summary>
    None,

    /// <summary>Documents and positions of LangChain.js.</summary>
    LangChainJs,

    /// <summary>Nodes of LlamaIndex.</summary>
    LlamaDocuments,

    /// <summary>Indexes of LlamaIndex, with the map of positions and nodes.</summary>
    LlamaIndexStore,

    /// <summary>The map of LlamaIndex's FaissMapVectorStore.</summary>
    LlamaIdMap,

    /// <summary>A list, or an object of lists that belong together.</summary>
    List,

    /// <summary>Documents and map of Haystack 2.</summary>
    Haystack2,

    /// <summary>A dictionary of FAISS ids.</summary>
    Dictionary,

    /// <summary>A list of pairs: ids with texts or objects, or texts with metadata.</summary>
    Pairs,

    /// <summary>Such a dictionary that LightRAG wrote.</summary>
    LightRag,
}

/// <summary>Tells what a JSON file is by its first tokens, never by its name.</summary>
internal static class JsonForms
{
    private const int FirstBlock = 4 << 10;

    /// <summary>Digits of a position at most.</summary>
    private const int MostDigits = 18;

    /// <summary>What a file is; nothing, where it cannot be read.</summary>
    /// <param name="path">Path of the file.</param>
    /// <param name="isIndex">Whether it is a FAISS index.</param>
    public static JsonForm Of(string path, out bool isIndex)
    {
        isIndex = false;
        try
        {
            using FileBytes bytes = UnpackedBytes.Open(path);
            Span<byte> head = stackalloc byte[4];
            int read = bytes.Length == 0 ? 0 : bytes.Read(0, head);
            isIndex = FaissIndex.BeginsLikeIndex(head[..read]);
            return isIndex ? JsonForm.None : Of(bytes, path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or NotSupportedException or MigrationException)
        {
            return JsonForm.None;
        }
    }

    /// <summary>What an open file is.</summary>
    public static JsonForm Of(FileBytes bytes, string name)
    {
        byte[] head = new byte[256];
        int length = bytes.Length == 0 ? 0 : bytes.Read(0, head);
        ReadOnlySpan<byte> text = head.AsSpan(0, length);
        text = (text.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]) ? text[3..] : text).TrimStart(" \t\r\n"u8);
        if (text.IsEmpty || text[0] is not ((byte)'[' or (byte)'{'))
        {
            return JsonForm.None;
        }

        ReadOnlySpan<byte> inner = text[1..].TrimStart(" \t\r\n"u8);
        if (inner.StartsWith("'node_id_to_faiss_id_map'"u8) || inner.StartsWith("'faiss_id_to_node_id_map'"u8))
        {
            return JsonForm.LlamaIdMap;
        }

        try
        {
            JsonFileReader reader = new(bytes, name, block: FirstBlock);
            return reader.Next() == JsonTokenType.StartArray ? OfArray(reader) : OfObject(reader);
        }
        catch (MigrationException)
        {
            // What is no JSON is none of these. Python writes NaN among metadata, which come first in a document of Haystack: it is refused there by name.
            if (inner.StartsWith("\"documents\""u8) && Haystack2Documents.Ends(bytes))
            {
                return JsonForm.Haystack2;
            }

            return JsonForm.None;
        }
    }

    private static JsonForm OfArray(JsonFileReader reader) => reader.Next() switch
    {
        JsonTokenType.String or JsonTokenType.StartObject or JsonTokenType.Number => JsonForm.List,
        JsonTokenType.StartArray => reader.Next() switch
        {
            // [ [ [ id, { … and, without a document, [ [ ], {
            JsonTokenType.StartArray when reader.Next() == JsonTokenType.String && reader.Next() == JsonTokenType.StartObject => JsonForm.LangChainJs,
            JsonTokenType.EndArray when reader.Next() == JsonTokenType.StartObject => JsonForm.LangChainJs,
            JsonTokenType.String or JsonTokenType.Number when JsonPairDocuments.Begins(reader) => JsonForm.Pairs,
            _ => JsonForm.None,
        },
        _ => JsonForm.None,
    };

    private static JsonForm OfObject(JsonFileReader reader) =>
        reader.Next() != JsonTokenType.PropertyName ? JsonForm.None
            : reader.Raw.StartsWith("\"docstore/"u8) ? JsonForm.LlamaDocuments
            : reader.Is("index_store/data"u8) ? JsonForm.LlamaIndexStore
            : reader.Is("node_id_to_faiss_id_map"u8) || reader.Is("faiss_id_to_node_id_map"u8) ? JsonForm.LlamaIdMap
            : reader.Is("documents"u8) ? Haystack2Documents.Follows(reader) ? JsonForm.Haystack2 : JsonForm.None
            : IsPosition(reader.Raw[1..^1]) ? OfDictionary(reader)
            : (reader.Is("chunks"u8) || reader.Is("metadata"u8)) && reader.Next() == JsonTokenType.StartArray ? JsonForm.List
            : JsonForm.None;

    private static bool IsPosition(ReadOnlySpan<byte> key) => key.Length is > 0 and <= MostDigits && !key.ContainsAnyExceptInRange((byte)'0', (byte)'9');

    private static JsonForm OfDictionary(JsonFileReader reader)
    {
        if (reader.Next() != JsonTokenType.StartObject)
        {
            return reader.Token == JsonTokenType.String ? JsonForm.Dictionary : JsonForm.None;
        }

        while (reader.Next() == JsonTokenType.PropertyName)
        {
            if (reader.Is("__id__"u8))
            {
                return JsonForm.LightRag;
            }

            reader.Next();
            reader.Skip();
        }

        return JsonForm.Dictionary;
    }
}
