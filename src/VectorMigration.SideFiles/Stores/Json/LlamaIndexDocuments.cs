using System.Buffers;
using System.Text.Json;
using VectorMigration.SideFiles.Pickles;

namespace VectorMigration.SideFiles.Stores.Json;

/// <summary>
/// The nodes of a store that LlamaIndex persisted: <c>docstore/data</c> of its <c>docstore.json</c>. Which belongs to which vector is said by another file.
/// Only ids and places are in memory.
/// </summary>
internal sealed class LlamaIndexDocuments : StoredDocuments
{
    private readonly List<(long Start, int Length, string? Type)> places = [];
    private readonly List<string> ids = [];
    private readonly Dictionary<string, int> numbers = new(StringComparer.Ordinal);
    private readonly StorePart part;
    private readonly Func<long?> countVectors;
    private int legacy;
    private int matched;
    private LlamaIndexMap? map;

    private LlamaIndexDocuments(IReadOnlyList<StorePart> parts, Func<long?> countVectors)
        : base(parts)
    {
        part = parts[0];
        this.countVectors = countVectors;
    }

    /// <inheritdoc/>
    public override string Framework => "LlamaIndex";

    /// <inheritdoc/>
    public override string Generation => map!.Store
        + (legacy == 0 ? string.Empty : legacy == Count ? ", nodes of early 2023" : $", {Grouped.Of(legacy)} nodes of early 2023");

    /// <inheritdoc/>
    public override int Count => places.Count;

    /// <summary>Its integrations for Python and TypeScript have the same one.</summary>
    public override bool HasLayouts => true;

    /// <inheritdoc/>
    public override bool HasIds => true;

    /// <inheritdoc/>
    public override string? IdOf(int document) => ids[document];

    /// <summary>Opens the store that a file belongs to.</summary>
    /// <exception cref="MigrationException">Files are missing, damaged or no such store.</exception>
    public static KeyedStorePayloads Open(string path, PayloadRules rules, CancellationToken cancellationToken)
    {
        LlamaIndexFiles files = LlamaIndexFiles.Of(path, cancellationToken);
        List<StorePart> parts = [];
        try
        {
            parts.AddRange(files.All.Select(static file => new StorePart(file)));
            return Open(parts, files.IdMap is not null, files.CountVectors, rules, cancellationToken);
        }
        catch
        {
            parts.ForEach(static part => part.Dispose());
            throw;
        }
    }

    /// <summary>Opens nodes and map, in this order; they are disposed of by whoever opened them where this fails.</summary>
    internal static KeyedStorePayloads Open(
        IReadOnlyList<StorePart> parts, bool isIdMap, Func<long?> countVectors, PayloadRules rules, CancellationToken cancellationToken)
    {
        LlamaIndexDocuments documents = new(parts, countVectors);
        StorePart nodes = parts[0];
        StorePart mapPart = parts[1];
        nodes.Guard(() => documents.Parse(new JsonFileReader(nodes.Bytes, nodes.Path), cancellationToken));
        LlamaIndexMap map = mapPart.Guard(() => isIdMap
            ? LlamaIndexMap.OfIdMap(mapPart, cancellationToken)
            : LlamaIndexMap.OfIndexStore(mapPart, cancellationToken));
        PositionTable positions = new(map.File, [.. map.Entries.Select(entry => (entry.Position, documents.numbers.GetValueOrDefault(entry.Id, -1)))]);
        documents.map = map;
        documents.matched = positions.Matched;
        return new KeyedStorePayloads(documents, positions, map.Field, rules);
    }

    /// <inheritdoc/>
    public override string NameOf(int document) => $"the node '{PickleErrors.Clean(ids[document])}'";

    /// <inheritdoc/>
    public override void Write(int document, LargeInteger largeInteger, IBufferWriter<byte> output)
    {
        (long start, int length, string? type) = places[document];
        new LlamaIndexNode(part.Path, NameOf(document), type, part.Read(start, length)).WriteTo(output);
    }

    /// <inheritdoc/>
    public override ReadOnlyMemory<byte> Metadata(int document) =>
        LlamaIndexNode.MetadataOf(part.Read(places[document].Start, places[document].Length));

    /// <inheritdoc/>
    public override void CheckParts()
    {
        if (map!.Entries.Count > 0 && matched == 0)
        {
            throw JsonErrors.OfDifferentSaves(part.Path, map.File, map.Entries.Count, countVectors(), Count);
        }
    }

    private bool Parse(JsonFileReader reader, CancellationToken cancellationToken)
    {
        bool found = false;
        reader.Expect(JsonTokenType.StartObject, "a docstore of LlamaIndex");
        while (reader.Next() != JsonTokenType.EndObject)
        {
            bool isData = reader.Is("docstore/data"u8);
            if (isData && found)
            {
                throw JsonErrors.Repeated(reader.Name, "'docstore/data'");
            }

            found |= isData;
            reader.Next();
            if (isData)
            {
                ReadNodes(reader, cancellationToken);
            }
            else
            {
                reader.Skip();
            }
        }

        reader.ExpectEnd();
        return found ? true : throw JsonErrors.Invalid(reader.Name, "'docstore/data'", "no such field");
    }

    private void ReadNodes(JsonFileReader reader, CancellationToken cancellationToken)
    {
        if (reader.Token != JsonTokenType.StartObject)
        {
            throw JsonErrors.Unexpected(reader, "an object", "'docstore/data'");
        }

        while (reader.Next() != JsonTokenType.EndObject)
        {
            cancellationToken.ThrowIfCancellationRequested();
            StoreLimits.ThrowIfFull(reader.Name, Count);
            string id = reader.Text(StoreLimits.MostIdBytes);
            if (!numbers.TryAdd(id, Count))
            {
                throw JsonErrors.Repeated(reader.Name, $"the node '{PickleErrors.Clean(id)}'");
            }

            ids.Add(id);
            places.Add(ReadNode(reader, $"the node '{PickleErrors.Clean(id)}'"));
        }
    }

    private (long Start, int Length, string? Type) ReadNode(JsonFileReader reader, string name)
    {
        reader.Expect(JsonTokenType.StartObject, name);
        long start = -1;
        int length = 0;
        string? type = null;
        while (reader.Next() != JsonTokenType.EndObject)
        {
            if (reader.Is("__type__"u8))
            {
                type = reader.Next() is JsonTokenType.String ? string.Intern(reader.Text(StoreLimits.MostIdBytes)) : null;
                reader.Skip();
            }
            else if (reader.Is("__data__"u8))
            {
                if (start >= 0)
                {
                    throw JsonErrors.Repeated(reader.Name, $"'__data__' in {name}");
                }

                reader.Expect(JsonTokenType.StartObject, $"'__data__' of {name}");
                start = reader.Start;
                ReadData(reader, name);
                length = StoreLimits.LengthOf(reader, start, name);
            }
            else
            {
                reader.Next();
                reader.Skip();
            }
        }

        return start >= 0 ? (start, length, type) : throw JsonErrors.Invalid(reader.Name, $"'__data__' in {name}", "no such field");
    }

    private void ReadData(JsonFileReader reader, string name)
    {
        reader.Enter(name);
        bool isLegacy = false;
        while (reader.Next() != JsonTokenType.EndObject)
        {
            isLegacy |= reader.Is("extra_info"u8);
            reader.Next();
            reader.Skip();
        }

        reader.Enter(null);
        legacy += isLegacy ? 1 : 0;
    }
}
