using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace VectorMigration.SideFiles.Stores.Json;

/// <summary>
/// A JSON object whose keys are FAISS ids and whose values are texts or objects; what LightRAG keeps beside its index is one. Only ids and places are in
/// memory.
/// </summary>
internal sealed class JsonDictionaryDocuments : StoredDocuments
{
    /// <summary>Some releases of LightRAG keep the vectors here too; the index has them.</summary>
    private const string VectorField = "__vector__";

    private const string IdField = "__id__";

    private static readonly JsonReaderOptions Options = new() { MaxDepth = JsonFileReader.MostNested };

    private readonly StorePart part;
    private readonly List<(long Start, int Length)> entries = [];
    private readonly List<long> keys = [];
    private JsonTokenType kind;
    private bool isLightRag;

    private JsonDictionaryDocuments(StorePart part)
        : base([part]) => this.part = part;

    /// <inheritdoc/>
    public override string Framework => isLightRag ? "LightRAG" : "JSON dictionary";

    /// <inheritdoc/>
    public override string? Generation => isLightRag ? null : kind == JsonTokenType.StartObject ? "objects" : "texts";

    /// <inheritdoc/>
    public override int Count => entries.Count;

    /// <inheritdoc/>
    public override bool HasIds => isLightRag;

    /// <summary>The id that LightRAG gave a chunk, an entity or a relation.</summary>
    public override string? IdOf(int document)
    {
        Utf8JsonReader reader = new(Get(document), Options);
        while (isLightRag && reader.Read())
        {
            if (reader.TokenType != JsonTokenType.PropertyName || reader.CurrentDepth != 1)
            {
                continue;
            }

            bool isId = JsonNames.Is(ref reader, IdField);
            reader.Read();
            if (isId)
            {
                return reader.TokenType == JsonTokenType.String ? JsonNames.TextOf(ref reader) : null;
            }

            reader.Skip();
        }

        return null;
    }

    /// <summary>Opens a dictionary.</summary>
    /// <exception cref="MigrationException">The file is missing, damaged or no such dictionary.</exception>
    public static KeyedStorePayloads Open(string path, PayloadRules rules, CancellationToken cancellationToken) =>
        Open(new StorePart(path), rules, cancellationToken);

    /// <summary>The same of a file that is open.</summary>
    internal static KeyedStorePayloads Open(StorePart part, PayloadRules rules, CancellationToken cancellationToken)
    {
        JsonDictionaryDocuments documents = new(part);
        return KeyedStorePayloads.Read(part, documents, reader => documents.Parse(reader, cancellationToken), "keys", rules);
    }

    /// <inheritdoc/>
    public override string NameOf(int document) => string.Create(CultureInfo.InvariantCulture, $"the entry '{keys[document]}'");

    /// <inheritdoc/>
    public override void Write(int document, LargeInteger largeInteger, IBufferWriter<byte> output)
    {
        byte[] json = Get(document);
        if (kind == JsonTokenType.StartObject)
        {
            WriteObject(json, output);
            return;
        }

        output.Write("{\"text\":"u8);
        output.Write(json);
        output.Write("}"u8);
    }

    /// <inheritdoc/>
    public override ReadOnlyMemory<byte> Metadata(int document)
    {
        if (kind != JsonTokenType.StartObject)
        {
            return default;
        }

        ArrayBufferWriter<byte> output = new();
        WriteObject(Get(document), output);
        return output.WrittenMemory;
    }

    private byte[] Get(int document) => part.Read(entries[document].Start, entries[document].Length);

    /// <summary>Writes an entry, one of LightRAG without its vector.</summary>
    private void WriteObject(byte[] json, IBufferWriter<byte> output)
    {
        if (!isLightRag || Find(json) is not (int start, int end))
        {
            output.Write(json);
            return;
        }

        // One comma goes with it: that before it, or the one behind where it is the first.
        int before = json.AsSpan(0, start).TrimEnd(" \t\r\n"u8).Length;
        if (json[before - 1] == ',')
        {
            output.Write(json.AsSpan(0, before - 1));
            output.Write(json.AsSpan(end));
            return;
        }

        output.Write(json.AsSpan(0, start));
        ReadOnlySpan<byte> rest = json.AsSpan(end).TrimStart(" \t\r\n"u8);
        output.Write(rest[0] == ',' ? rest[1..] : rest);
    }

    /// <summary>Where the field of the vector stands in an object.</summary>
    private static (int Start, int End)? Find(byte[] json)
    {
        Utf8JsonReader reader = new(json, Options);
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.PropertyName || reader.CurrentDepth != 1)
            {
                continue;
            }

            bool isVector = JsonNames.Is(ref reader, VectorField);
            int start = (int)reader.TokenStartIndex;
            reader.Read();
            reader.Skip();
            if (isVector)
            {
                return (start, (int)reader.BytesConsumed);
            }
        }

        return null;
    }

    private PositionTable Parse(JsonFileReader reader, CancellationToken cancellationToken)
    {
        reader.Expect(JsonTokenType.StartObject, "a dictionary of FAISS ids");
        while (reader.Next() != JsonTokenType.EndObject)
        {
            cancellationToken.ThrowIfCancellationRequested();
            StoreLimits.ThrowIfFull(reader.Name, Count);
            keys.Add(PositionTable.Parse(reader.Name, reader.Text(StoreLimits.MostIdBytes), "the keys of the dictionary"));
            string name = NameOf(Count);
            reader.Next();
            kind = Count == 0 ? reader.Token : kind;
            if (reader.Token != kind || kind is not (JsonTokenType.String or JsonTokenType.StartObject))
            {
                throw JsonErrors.Unexpected(reader, Count == 0 ? "a string or an object" : $"{JsonErrors.Kind(kind)}, as in the first entry,", name);
            }

            entries.Add(ReadEntry(reader, name));
        }

        reader.ExpectEnd();
        return new PositionTable(part.Path, [.. keys.Select(static (key, at) => (key, at))]);
    }

    private (long Start, int Length) ReadEntry(JsonFileReader reader, string name)
    {
        long start = reader.Start;
        reader.Enter(name);
        if (kind == JsonTokenType.String)
        {
            reader.Enter(null);
            return (start, StoreLimits.LengthOf(reader, start, name));
        }

        while (reader.Next() != JsonTokenType.EndObject)
        {
            isLightRag |= reader.Is("__id__"u8);
            reader.Next();
            reader.Skip();
        }

        reader.Enter(null);
        return (start, StoreLimits.LengthOf(reader, start, name));
    }
}
