using System.Buffers;
using System.Text.Json;
using VectorMigration.SideFiles.Pickles;

namespace VectorMigration.SideFiles.Stores.Json;

/// <summary>
/// The documents of a FAISSDocumentStore for Haystack 2: <c>documents</c>, whose metadata stand between the fields of the document, and <c>id_map</c>, FAISS
/// id to document id. Only ids and places are in memory.
/// </summary>
internal sealed class Haystack2Documents : StoredDocuments
{
    /// <summary>The fields of a document; what else stands in it is metadata.</summary>
    private static readonly string[] Fields =
        ["id", "content", "content_type", "blob", "sparse_embedding", "meta", "embedding", "score", "dataframe", "id_hash_keys"];

    /// <summary>Those that Haystack's Qdrant integration keeps in the payload; vector and score come from elsewhere.</summary>
    private const int Kept = 5;

    private static readonly JsonReaderOptions Options = new() { MaxDepth = JsonFileReader.MostNested };

    private readonly List<(long Start, int Length)> places = [];
    private readonly List<string> ids = [];
    private readonly Dictionary<string, int> numbers = new(StringComparer.Ordinal);
    private readonly StorePart part;

    private Haystack2Documents(StorePart part)
        : base([part]) => this.part = part;

    /// <inheritdoc/>
    public override string Framework => "Haystack";

    /// <inheritdoc/>
    public override string Generation => "2.x";

    /// <inheritdoc/>
    public override int Count => places.Count;

    /// <inheritdoc/>
    public override bool HasIds => true;

    /// <inheritdoc/>
    public override string IdOf(int document) => ids[document];

    /// <summary>Whether documents of Haystack follow the key that was read: without any, the map does.</summary>
    public static bool Follows(JsonFileReader reader)
    {
        if (reader.Next() != JsonTokenType.StartArray)
        {
            return false;
        }

        if (reader.Next() == JsonTokenType.EndArray)
        {
            return reader.Next() == JsonTokenType.PropertyName && reader.Is("id_map"u8);
        }

        int known = 0;
        while (reader.Token == JsonTokenType.StartObject || reader.Depth > 2)
        {
            if (reader.Next() == JsonTokenType.PropertyName && reader.Depth == 3)
            {
                known += reader.Is("id"u8) || reader.Is("content"u8) || reader.Is("embedding"u8) ? 1 : 0;
                reader.Next();
                reader.Skip();
            }
            else if (reader.Token == JsonTokenType.EndObject)
            {
                break;
            }
        }

        return known == 3;
    }

    /// <summary>Whether a file ends as Haystack's do, with the next id.</summary>
    public static bool Ends(FileBytes bytes)
    {
        Span<byte> tail = stackalloc byte[48];
        tail = tail[..(int)Math.Min(tail.Length, bytes.Length)];
        return bytes.Read(bytes.Length - tail.Length, tail) == tail.Length && tail.IndexOf("\"next_id\":"u8) >= 0;
    }

    /// <summary>Opens a store.</summary>
    /// <exception cref="MigrationException">The file is missing, damaged or no such store.</exception>
    public static KeyedStorePayloads Open(string path, PayloadRules rules, CancellationToken cancellationToken) =>
        Open(new StorePart(path), rules, cancellationToken);

    /// <summary>The same of a file that is open.</summary>
    internal static KeyedStorePayloads Open(StorePart part, PayloadRules rules, CancellationToken cancellationToken)
    {
        Haystack2Documents documents = new(part);
        return KeyedStorePayloads.Read(part, documents, reader => documents.Parse(reader, cancellationToken), "id_map", rules);
    }

    /// <inheritdoc/>
    public override string NameOf(int document) => $"the document '{PickleErrors.Clean(ids[document])}'";

    /// <inheritdoc/>
    public override void Write(int document, LargeInteger largeInteger, IBufferWriter<byte> output)
    {
        byte[] json = part.Read(places[document].Start, places[document].Length);
        Utf8JsonReader reader = new(json, Options);
        reader.Read();
        output.Write("{"u8);
        bool first = true;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            int field = JsonNames.IndexOf(ref reader, Fields);
            int start = (int)reader.TokenStartIndex;
            reader.Read();
            // A blob or a sparse vector that a document has not got is not written, as a field that nobody asked for.
            bool isNothing = field >= 2 && reader.TokenType == JsonTokenType.Null;
            reader.Skip();
            if (field is >= 0 and < Kept && !isNothing)
            {
                output.Write(first ? ""u8 : ","u8);
                output.Write(json.AsSpan(start..(int)reader.BytesConsumed));
                first = false;
            }
        }

        output.Write(first ? "\"meta\":"u8 : ",\"meta\":"u8);
        WriteMetadata(json, output);
        output.Write("}"u8);
    }

    /// <inheritdoc/>
    public override string MetadataField => "meta";

    /// <inheritdoc/>
    public override ReadOnlyMemory<byte> Metadata(int document)
    {
        ArrayBufferWriter<byte> output = new();
        WriteMetadata(part.Read(places[document].Start, places[document].Length), output);
        return output.WrittenMemory;
    }

    /// <summary>Metadata that stand between the fields of the document, and those in a field of their own.</summary>
    private static void WriteMetadata(byte[] json, IBufferWriter<byte> output)
    {
        Utf8JsonReader reader = new(json, Options);
        reader.Read();
        output.Write("{"u8);
        bool first = true;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            int field = JsonNames.IndexOf(ref reader, Fields);
            int start = (int)reader.TokenStartIndex;
            reader.Read();
            int value = (int)reader.TokenStartIndex;
            bool isObject = reader.TokenType == JsonTokenType.StartObject;
            reader.Skip();
            ReadOnlySpan<byte> fields = field < 0 ? json.AsSpan(start..(int)reader.BytesConsumed)
                : Fields[field] == "meta" && isObject ? json.AsSpan((value + 1)..((int)reader.BytesConsumed - 1)).Trim(" \t\r\n"u8)
                : default;
            if (!fields.IsEmpty)
            {
                output.Write(first ? ""u8 : ","u8);
                output.Write(fields);
                first = false;
            }
        }

        output.Write("}"u8);
    }

    private PositionTable Parse(JsonFileReader reader, CancellationToken cancellationToken)
    {
        List<(long Position, string Id)>? map = null;
        bool hasDocuments = false;
        reader.Expect(JsonTokenType.StartObject, "a store of Haystack");
        while (reader.Next() != JsonTokenType.EndObject)
        {
            bool isDocuments = reader.Is("documents"u8);
            bool isMap = reader.Is("id_map"u8);
            if ((isDocuments && hasDocuments) || (isMap && map is not null))
            {
                throw JsonErrors.Repeated(reader.Name, isDocuments ? "'documents'" : "'id_map'");
            }

            reader.Next();
            hasDocuments |= isDocuments;
            if (isDocuments)
            {
                ReadDocuments(reader, cancellationToken);
            }
            else if (isMap)
            {
                map = ReadMap(reader, cancellationToken);
            }
            else
            {
                reader.Skip();
            }
        }

        reader.ExpectEnd();
        return map is null
            ? throw JsonErrors.Invalid(reader.Name, "'id_map'", "no such field")
            : new PositionTable(reader.Name, [.. map.Select(entry => (entry.Position, numbers.GetValueOrDefault(entry.Id, -1)))]);
    }

    private void ReadDocuments(JsonFileReader reader, CancellationToken cancellationToken)
    {
        if (reader.Token != JsonTokenType.StartArray)
        {
            throw JsonErrors.Unexpected(reader, "an array", "'documents'");
        }

        while (reader.Next() != JsonTokenType.EndArray)
        {
            cancellationToken.ThrowIfCancellationRequested();
            StoreLimits.ThrowIfFull(reader.Name, Count);
            string name = $"document {Count}";
            if (reader.Token != JsonTokenType.StartObject)
            {
                throw JsonErrors.Unexpected(reader, "an object", name);
            }

            long start = reader.Start;
            reader.Enter(name);
            string? id = null;
            while (reader.Next() != JsonTokenType.EndObject)
            {
                bool isId = reader.Is("id"u8);
                reader.Next();
                if (isId && id is null && reader.Token == JsonTokenType.String)
                {
                    id = reader.Text(StoreLimits.MostIdBytes);
                }

                reader.Skip();
            }

            reader.Enter(null);
            if (!numbers.TryAdd(id ?? throw JsonErrors.Invalid(reader.Name, $"a string in 'id' of {name}", "no such field"), Count))
            {
                throw JsonErrors.Repeated(reader.Name, $"the document '{PickleErrors.Clean(id)}'");
            }

            ids.Add(id);
            places.Add((start, StoreLimits.LengthOf(reader, start, name)));
        }
    }

    private static List<(long Position, string Id)> ReadMap(JsonFileReader reader, CancellationToken cancellationToken)
    {
        if (reader.Token != JsonTokenType.StartObject)
        {
            throw JsonErrors.Unexpected(reader, "an object", "'id_map'");
        }

        List<(long Position, string Id)> map = [];
        while (reader.Next() != JsonTokenType.EndObject)
        {
            cancellationToken.ThrowIfCancellationRequested();
            StoreLimits.ThrowIfFull(reader.Name, map.Count);
            long position = PositionTable.Parse(reader.Name, reader.Text(StoreLimits.MostIdBytes), "'id_map'");
            reader.Expect(JsonTokenType.String, $"position {position} as an id");
            map.Add((position, reader.Text(StoreLimits.MostIdBytes)));
        }

        return map;
    }
}
