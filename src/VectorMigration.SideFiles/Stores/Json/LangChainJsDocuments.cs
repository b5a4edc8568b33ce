using System.Buffers;
using System.Text.Json;
using VectorMigration.SideFiles.Pickles;

namespace VectorMigration.SideFiles.Stores.Json;

/// <summary>
/// The documents of a store that LangChain.js saved: <c>docstore.json</c>, an array of two, entries <c>[id, {"pageContent", "metadata"}]</c> and a map of
/// positions and ids. Only ids and places are in memory.
/// </summary>
internal sealed class LangChainJsDocuments : StoredDocuments
{
    /// <summary>Where the text stands in a payload, as LangChain's Qdrant integration for JavaScript has it.</summary>
    public const string ContentField = "content";

    private readonly List<Place> places = [];
    private readonly List<string> ids = [];
    private readonly StorePart part;

    private LangChainJsDocuments(StorePart part)
        : base([part]) => this.part = part;

    /// <inheritdoc/>
    public override string Framework => "LangChain.js";

    /// <inheritdoc/>
    public override int Count => places.Count;

    /// <summary>Opens a store.</summary>
    /// <exception cref="MigrationException">The file is missing, damaged or no such store.</exception>
    public static KeyedStorePayloads Open(string path, PayloadRules rules, CancellationToken cancellationToken) =>
        Open(new StorePart(path), rules, cancellationToken);

    /// <summary>The same of a file that is open.</summary>
    internal static KeyedStorePayloads Open(StorePart part, PayloadRules rules, CancellationToken cancellationToken)
    {
        LangChainJsDocuments documents = new(part);
        return KeyedStorePayloads.Read(part, documents, reader => documents.Parse(reader, cancellationToken), "positions", rules);
    }

    /// <inheritdoc/>
    public override bool HasLayouts => true;

    /// <inheritdoc/>
    public override bool HasIds => true;

    /// <inheritdoc/>
    public override string? IdOf(int document) => ids[document];

    /// <inheritdoc/>
    public override string NameOf(int document) => $"the document '{PickleErrors.Clean(ids[document])}'";

    /// <inheritdoc/>
    public override void Write(int document, LargeInteger largeInteger, IBufferWriter<byte> output)
    {
        Place place = places[document];
        ReadOnlySpan<byte> json = part.Read(place.Start, place.Length);
        output.Write(Layout == PayloadLayout.Python ? "{\"page_content\":"u8 : "{\"content\":"u8);
        output.Write(json.Slice(place.Content, place.ContentLength));
        output.Write(",\"metadata\":"u8);
        output.Write(place.MetadataLength == 0 ? "{}"u8 : json.Slice(place.Metadata, place.MetadataLength));
        output.Write("}"u8);
    }

    /// <inheritdoc/>
    public override string MetadataField => "metadata";

    /// <inheritdoc/>
    public override ReadOnlyMemory<byte> Metadata(int document) =>
        places[document] is { MetadataLength: > 0 } place ? part.Read(place.Start + place.Metadata, place.MetadataLength) : default;

    private PositionTable Parse(JsonFileReader reader, CancellationToken cancellationToken)
    {
        Dictionary<string, int> numbers = new(StringComparer.Ordinal);
        reader.Expect(JsonTokenType.StartArray, "a docstore of LangChain.js");
        reader.Expect(JsonTokenType.StartArray, "the entries");
        while (reader.Next() != JsonTokenType.EndArray)
        {
            cancellationToken.ThrowIfCancellationRequested();
            ReadEntry(reader, numbers);
        }

        PositionTable positions = ReadPositions(reader, numbers, cancellationToken);
        reader.Expect(JsonTokenType.EndArray, "the place after entries and positions");
        reader.ExpectEnd();
        return positions;
    }

    private void ReadEntry(JsonFileReader reader, Dictionary<string, int> numbers)
    {
        if (reader.Token != JsonTokenType.StartArray)
        {
            throw JsonErrors.Unexpected(reader, "an array of id and document", $"entry {Count}");
        }

        reader.Expect(JsonTokenType.String, $"entry {Count} as its id");
        string id = reader.Text(StoreLimits.MostIdBytes);
        if (!numbers.TryAdd(id, Count))
        {
            throw JsonErrors.Repeated(reader.Name, $"the document '{PickleErrors.Clean(id)}'");
        }

        StoreLimits.ThrowIfFull(reader.Name, Count);
        ids.Add(id);
        places.Add(ReadDocument(reader, id));
        reader.Expect(JsonTokenType.EndArray, $"the entry of the document '{PickleErrors.Clean(id)}', after the document");
    }

    private static Place ReadDocument(JsonFileReader reader, string id)
    {
        string name = $"the document '{PickleErrors.Clean(id)}'";
        reader.Expect(JsonTokenType.StartObject, name);
        long start = reader.Start;
        reader.Enter(name);
        (long At, int Length) content = default;
        (long At, int Length) metadata = default;
        bool hasMetadata = false;
        while (reader.Next() != JsonTokenType.EndObject)
        {
            bool isContent = reader.Is("pageContent"u8);
            bool isMetadata = reader.Is("metadata"u8);
            if ((isContent && content.Length > 0) || (isMetadata && hasMetadata))
            {
                throw JsonErrors.Repeated(reader.Name, $"'{(isContent ? "pageContent" : "metadata")}' in {name}");
            }

            hasMetadata |= isMetadata;
            (long At, int Length) value = ReadValue(reader, name, isContent, isMetadata);
            content = isContent ? value : content;
            metadata = isMetadata ? value : metadata;
        }

        reader.Enter(null);
        return content.Length == 0
            ? throw JsonErrors.Invalid(reader.Name, $"a string in 'pageContent' of {name}", "no such field")
            : new Place(
                start,
                StoreLimits.LengthOf(reader, start, name),
                (int)(content.At - start),
                content.Length,
                metadata.Length == 0 ? 0 : (int)(metadata.At - start),
                metadata.Length);
    }

    /// <summary>Reads a field of a document; the metadata of null are none.</summary>
    private static (long At, int Length) ReadValue(JsonFileReader reader, string name, bool isContent, bool isMetadata)
    {
        JsonTokenType token = reader.Next();
        long start = reader.Start;
        if (isContent && token != JsonTokenType.String)
        {
            throw JsonErrors.Unexpected(reader, "a string", $"'pageContent' of {name}");
        }

        if (isMetadata && token is not (JsonTokenType.StartObject or JsonTokenType.Null))
        {
            throw JsonErrors.Unexpected(reader, "an object", $"'metadata' of {name}");
        }

        reader.Skip();
        return token == JsonTokenType.Null ? default : (start, StoreLimits.LengthOf(reader, start, name));
    }

    private static PositionTable ReadPositions(JsonFileReader reader, Dictionary<string, int> numbers, CancellationToken cancellationToken)
    {
        List<(long Position, int Document)> entries = [];
        reader.Expect(JsonTokenType.StartObject, "the positions");
        while (reader.Next() != JsonTokenType.EndObject)
        {
            cancellationToken.ThrowIfCancellationRequested();
            StoreLimits.ThrowIfFull(reader.Name, entries.Count);
            long position = PositionTable.Parse(reader.Name, reader.Text(StoreLimits.MostIdBytes), "the map of positions");
            reader.Expect(JsonTokenType.String, $"position {position} as an id");
            entries.Add((position, numbers.GetValueOrDefault(reader.Text(StoreLimits.MostIdBytes), -1)));
        }

        return new PositionTable(reader.Name, entries);
    }

    /// <summary>Where a document stands in the file, and where its parts stand in it.</summary>
    private readonly record struct Place(long Start, int Length, int Content, int ContentLength, int Metadata, int MetadataLength);
}
