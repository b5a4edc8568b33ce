using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace VectorMigration.SideFiles.Stores.Json;

/// <summary>
/// A JSON list of pairs: a text with its metadata, in which entry n belongs to the vector that was added n-th, or a FAISS id with its text or object. Only
/// places are in memory.
/// </summary>
internal sealed class JsonPairDocuments : StoredDocuments
{
    private readonly StorePart part;
    private readonly List<(long Start, int Length)> values = [];
    private readonly List<(long Start, int Length)> metadata = [];
    private readonly List<long> keys = [];
    private JsonTokenType first;
    private JsonTokenType second;

    private JsonPairDocuments(StorePart part)
        : base([part]) => this.part = part;

    /// <inheritdoc/>
    public override string Framework => "JSON list";

    /// <inheritdoc/>
    public override string Generation => !IsKeyed ? "pairs of text and metadata"
        : second == JsonTokenType.String ? "pairs of id and text" : "pairs of id and object";

    /// <inheritdoc/>
    public override string RowName => "entry";

    /// <inheritdoc/>
    public override int Count => values.Count;

    private bool IsKeyed => first == JsonTokenType.Number;

    /// <summary>Whether a list, the beginning of whose first entry was read, is one of such pairs.</summary>
    /// <param name="reader">The reader, which stands at the first value of that entry.</param>
    public static bool Begins(JsonFileReader reader)
    {
        JsonTokenType first = reader.Token;
        if (!(first == JsonTokenType.String || (first == JsonTokenType.Number && IsPosition(reader.Raw))))
        {
            return false;
        }

        JsonTokenType second = reader.Next();
        if (!(second == JsonTokenType.StartObject || (second == JsonTokenType.String && first == JsonTokenType.Number)))
        {
            return false;
        }

        reader.Skip();
        return reader.Next() == JsonTokenType.EndArray;
    }

    /// <summary>Opens a list of pairs.</summary>
    /// <exception cref="MigrationException">The file is missing, damaged or no such list.</exception>
    public static StoredPayloads Open(string path, PayloadRules rules, SpillFolder spill, CancellationToken cancellationToken)
    {
        StorePart part = new(path);
        try
        {
            JsonPairDocuments documents = new(part);
            part.Guard(() => documents.Parse(new JsonFileReader(part.Bytes, part.Path), cancellationToken));
            return documents.IsKeyed
                ? new KeyedStorePayloads(documents, new PositionTable(part.Path, [.. documents.keys.Select(static (key, at) => (key, at))]), "ids", rules)
                : StorePayloads.InRows(documents, rules, spill);
        }
        catch
        {
            part.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public override string NameOf(int document) => string.Create(CultureInfo.InvariantCulture, $"entry {document}");

    /// <inheritdoc/>
    public override void Write(int document, LargeInteger largeInteger, IBufferWriter<byte> output)
    {
        byte[] value = Get(values[document]);
        if (IsKeyed && second == JsonTokenType.StartObject)
        {
            output.Write(value);
            return;
        }

        output.Write("{\"text\":"u8);
        output.Write(value);
        if (!IsKeyed)
        {
            output.Write(",\"metadata\":"u8);
            output.Write(Get(metadata[document]));
        }

        output.Write("}"u8);
    }

    /// <inheritdoc/>
    public override string? MetadataField => IsKeyed ? null : "metadata";

    /// <inheritdoc/>
    public override ReadOnlyMemory<byte> Metadata(int document) =>
        !IsKeyed ? Get(metadata[document]) : second == JsonTokenType.StartObject ? Get(values[document]) : default;

    private static bool IsPosition(ReadOnlySpan<byte> number) => !number.ContainsAnyExceptInRange((byte)'0', (byte)'9');

    private byte[] Get((long Start, int Length) place) => part.Read(place.Start, place.Length);

    private bool Parse(JsonFileReader reader, CancellationToken cancellationToken)
    {
        reader.Expect(JsonTokenType.StartArray, "its place");
        while (reader.Next() != JsonTokenType.EndArray)
        {
            cancellationToken.ThrowIfCancellationRequested();
            StoreLimits.ThrowIfFull(reader.Name, Count);
            ReadPair(reader, NameOf(Count));
        }

        reader.ExpectEnd();
        return true;
    }

    private void ReadPair(JsonFileReader reader, string name)
    {
        if (reader.Token != JsonTokenType.StartArray)
        {
            throw JsonErrors.Unexpected(reader, "a pair, as entry 0 is,", name);
        }

        bool isFirst = Count == 0;
        reader.Next();
        first = isFirst ? reader.Token : first;
        if (reader.Token != first || (IsKeyed && !IsPosition(reader.Raw)))
        {
            throw JsonErrors.Unexpected(reader, IsKeyed ? "a FAISS id" : $"{JsonErrors.Kind(first)}, as in entry 0,", name);
        }

        if (IsKeyed)
        {
            keys.Add(PositionTable.Parse(reader.Name, System.Text.Encoding.ASCII.GetString(reader.Raw), "the pairs of the list"));
        }
        else
        {
            values.Add((reader.Start, StoreLimits.LengthOf(reader, reader.Start, name)));
        }

        reader.Next();
        second = isFirst ? reader.Token : second;
        if (reader.Token != second || second is not (JsonTokenType.String or JsonTokenType.StartObject))
        {
            throw JsonErrors.Unexpected(reader, isFirst ? "a string or an object" : $"{JsonErrors.Kind(second)}, as in entry 0,", name);
        }

        long start = reader.Start;
        reader.Enter(name);
        reader.Skip();
        reader.Enter(null);
        (IsKeyed ? values : metadata).Add((start, StoreLimits.LengthOf(reader, start, name)));
        reader.Expect(JsonTokenType.EndArray, $"{name}, which has two values");
    }
}
