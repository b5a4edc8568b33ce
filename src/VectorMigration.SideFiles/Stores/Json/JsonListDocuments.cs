using System.Buffers;
using System.Text.Json;

namespace VectorMigration.SideFiles.Stores.Json;

/// <summary>
/// A JSON list in which entry n belongs to the vector that was added n-th: of texts, of objects or of ids, or two lists, <c>chunks</c> and <c>metadata</c>, of
/// one length. Only places are in memory.
/// </summary>
internal sealed class JsonListDocuments : StoredDocuments
{
    private const string Chunks = "chunks";

    private readonly StorePart part;
    private List<(long Start, int Length)> entries = [];
    private List<(long Start, int Length)>? metadata;
    private JsonTokenType kind;

    private JsonListDocuments(StorePart part)
        : base([part]) => this.part = part;

    /// <inheritdoc/>
    public override string Framework => "JSON list";

    /// <inheritdoc/>
    public override string Generation => (kind switch
    {
        JsonTokenType.StartObject => "objects",
        JsonTokenType.Number => "ids",
        _ => "texts",
    }) + (metadata is null ? string.Empty : " and metadata");

    /// <inheritdoc/>
    public override bool HoldsNoFields => kind != JsonTokenType.StartObject && metadata is null;

    /// <inheritdoc/>
    public override string RowName => "entry";

    /// <inheritdoc/>
    public override int Count => entries.Count;

    /// <summary>Opens a list.</summary>
    /// <exception cref="MigrationException">The file is missing, damaged or no such list.</exception>
    public static JsonListDocuments Open(string path, CancellationToken cancellationToken) => Open(new StorePart(path), cancellationToken);

    /// <summary>The same of a file that is open.</summary>
    internal static JsonListDocuments Open(StorePart part, CancellationToken cancellationToken)
    {
        try
        {
            JsonListDocuments documents = new(part);
            part.Guard(() => documents.Parse(new JsonFileReader(part.Bytes, part.Path), cancellationToken));
            return documents;
        }
        catch
        {
            part.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public override string NameOf(int document) => $"entry {document}";

    /// <inheritdoc/>
    public override void Write(int document, LargeInteger largeInteger, IBufferWriter<byte> output)
    {
        byte[] json = Get(entries[document]);
        if (kind == JsonTokenType.StartObject && metadata is null)
        {
            output.Write(json);
            return;
        }

        output.Write(kind switch
        {
            JsonTokenType.Number => "{\"id\":"u8,
            JsonTokenType.StartObject => "{\"chunk\":"u8,
            _ => "{\"text\":"u8,
        });
        output.Write(json);
        if (metadata is not null)
        {
            output.Write(",\"metadata\":"u8);
            output.Write(Get(metadata[document]));
        }

        output.Write("}"u8);
    }

    /// <inheritdoc/>
    public override string? MetadataField => metadata is null ? null : "metadata";

    /// <inheritdoc/>
    public override ReadOnlyMemory<byte> Metadata(int document) =>
        metadata is not null ? Get(metadata[document]) : kind == JsonTokenType.StartObject ? Get(entries[document]) : default;

    private byte[] Get((long Start, int Length) place) => part.Read(place.Start, place.Length);

    private bool Parse(JsonFileReader reader, CancellationToken cancellationToken)
    {
        switch (reader.Next())
        {
            case JsonTokenType.StartArray: (entries, kind) = ReadList(reader, "the list", cancellationToken); break;
            case JsonTokenType.StartObject: ReadLists(reader, cancellationToken); break;
            default: throw JsonErrors.Unexpected(reader, "a list", "its place");
        }

        reader.ExpectEnd();
        if (kind is not (JsonTokenType.String or JsonTokenType.StartObject or JsonTokenType.Number) && Count > 0)
        {
            throw JsonErrors.Invalid(part.Path, "strings, objects or ids in the list", JsonErrors.Kind(kind));
        }

        return true;
    }

    private void ReadLists(JsonFileReader reader, CancellationToken cancellationToken)
    {
        bool found = false;
        JsonTokenType kindOfMetadata = default;
        List<(string Name, long Count)> others = [];
        while (reader.Next() != JsonTokenType.EndObject)
        {
            bool isChunks = reader.Is("chunks"u8);
            bool isMetadata = reader.Is("metadata"u8);
            if ((isChunks && found) || (isMetadata && metadata is not null))
            {
                throw JsonErrors.Repeated(reader.Name, $"'{(isChunks ? Chunks : "metadata")}'");
            }

            string name = isChunks || isMetadata ? string.Empty : reader.ShownText();
            bool isList = reader.Next() == JsonTokenType.StartArray;
            if (isChunks && isList)
            {
                (entries, kind) = ReadList(reader, $"'{Chunks}'", cancellationToken);
                found = true;
            }
            else if (isMetadata && isList)
            {
                (metadata, kindOfMetadata) = ReadList(reader, "'metadata'", cancellationToken);
            }
            else if (isList && !isMetadata && !isChunks)
            {
                // Lists in a list are the vectors themselves.
                (long count, bool hasLists) = reader.CountEntries(cancellationToken);
                others.Add((name, hasLists ? 0 : count));
            }
            else
            {
                reader.Skip();
            }
        }

        if (!found)
        {
            throw JsonErrors.Invalid(part.Path, $"a list in '{Chunks}'", "none");
        }

        if (others.FirstOrDefault(other => other.Count == Count && Count > 0) is { Name: { } field })
        {
            throw JsonErrors.OtherList(part.Path, Pickles.PickleErrors.Clean(field), Count);
        }

        if (metadata is not null && (metadata.Count != Count || (Count > 0 && kindOfMetadata != JsonTokenType.StartObject)))
        {
            throw JsonErrors.Invalid(part.Path, $"an object in 'metadata' for each of {Grouped.Of(Count)} entries of '{Chunks}'",
                metadata.Count != Count ? $"{Grouped.Of(metadata.Count)} entries" : JsonErrors.Kind(kindOfMetadata));
        }
    }

    private static (List<(long Start, int Length)> Entries, JsonTokenType Kind) ReadList(
        JsonFileReader reader, string where, CancellationToken cancellationToken)
    {
        List<(long Start, int Length)> entries = [];
        JsonTokenType kind = default;
        while (reader.Next() != JsonTokenType.EndArray)
        {
            cancellationToken.ThrowIfCancellationRequested();
            StoreLimits.ThrowIfFull(reader.Name, entries.Count);
            kind = entries.Count == 0 ? reader.Token : kind;
            string name = $"entry {entries.Count} of {where}";
            if (reader.Token != kind || (kind == JsonTokenType.Number && reader.Raw.IndexOfAny(".eE"u8) >= 0))
            {
                throw JsonErrors.Unexpected(reader, reader.Token == kind ? "a whole number as an id," : $"{JsonErrors.Kind(kind)}, as entry 0 is,", name);
            }

            long start = reader.Start;
            reader.Enter(name);
            reader.Skip();
            reader.Enter(null);
            entries.Add((start, StoreLimits.LengthOf(reader, start, name)));
        }

        return (entries, kind);
    }
}
