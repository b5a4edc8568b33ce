using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using VectorMigration.SideFiles.Pickles;
using VectorMigration.SideFiles.Stores.Json;

namespace VectorMigration.SideFiles.Stores.Txtai;

/// <summary>
/// The ids that txtai keeps where it keeps no texts: entry n belongs to FAISS id n, and one that was deleted is nothing. A file <c>ids</c>, MessagePack or
/// earlier a pickle, or a list in the configuration.
/// </summary>
internal sealed class TxtaiIds : StoredDocuments
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private readonly List<byte[]> ids;

    private TxtaiIds(IReadOnlyList<StorePart> parts, List<byte[]> ids, string generation)
        : base(parts)
    {
        this.ids = ids;
        Generation = generation;
    }

    /// <inheritdoc/>
    public override string Framework => "txtai";

    /// <inheritdoc/>
    public override string Generation { get; }

    /// <inheritdoc/>
    public override int Count => ids.Count;

    /// <inheritdoc/>
    public override bool HasIds => true;

    /// <inheritdoc/>
    public override string IdOf(int document)
    {
        Utf8JsonReader reader = new(ids[document]);
        reader.Read();
        return reader.TokenType == JsonTokenType.String ? reader.GetString()! : Encoding.UTF8.GetString(ids[document]);
    }

    /// <summary>Opens the ids that belong to a configuration.</summary>
    /// <exception cref="MigrationException">They are missing, damaged, or no ids.</exception>
    public static KeyedStorePayloads Open(TxtaiConfig config, PayloadRules rules, CancellationToken cancellationToken)
    {
        List<StorePart> parts = [];
        try
        {
            if (config.Ids is null)
            {
                parts.Add(new StorePart(File.Exists(config.IdsFile()) ? config.IdsFile() : throw TxtaiErrors.PartMissing(config.Path, "ids")));
            }

            parts.Add(new StorePart(config.Path));
            return parts[0].Guard(() => Open(parts, config.Ids, rules, cancellationToken));
        }
        catch
        {
            parts.ForEach(static part => part.Dispose());
            throw;
        }
    }

    /// <inheritdoc/>
    public override string NameOf(int document) => $"the id '{SafeName(document)}'";

    /// <inheritdoc/>
    public override void Write(int document, LargeInteger largeInteger, IBufferWriter<byte> output)
    {
        output.Write("{\"id\":"u8);
        output.Write(ids[document]);
        output.Write("}"u8);
    }

    /// <inheritdoc/>
    public override ReadOnlyMemory<byte> Metadata(int document)
    {
        ArrayBufferWriter<byte> output = new();
        Write(document, LargeInteger.Text, output);
        return output.WrittenMemory;
    }

    /// <summary>UTF-8 as a text of JSON.</summary>
    public static byte[] TextOf(ReadOnlySpan<byte> utf8)
    {
        ArrayBufferWriter<byte> output = new();
        using (Utf8JsonWriter writer = new(output, Options))
        {
            writer.WriteStringValue(utf8);
        }

        return output.WrittenSpan.ToArray();
    }

    /// <summary>Opens the ids of files that are open, or a list that was read.</summary>
    internal static KeyedStorePayloads Open(IReadOnlyList<StorePart> parts, PickleContainer? inConfig, PayloadRules rules, CancellationToken cancellationToken)
    {
        bool isPickle = inConfig is not null || IsPickle(parts[0]);
        byte[]?[] all = inConfig is not null ? OfPickle(parts[0].Path, inConfig)
            : isPickle ? OfPickle(parts[0], cancellationToken)
            : MsgPackIds.Read(parts[0]);
        List<byte[]> ids = [];
        List<(long Position, int Document)> positions = [];
        for (int i = 0; i < all.Length; i++)
        {
            if (all[i] is byte[] id)
            {
                positions.Add((i, ids.Count));
                ids.Add(id);
            }
        }

        string generation = inConfig is not null ? "ids in the configuration" : isPickle ? "ids as a pickle" : "ids as MessagePack";
        return new KeyedStorePayloads(new TxtaiIds(parts, ids, generation), new PositionTable(parts[0].Path, positions), "ids", rules);
    }

    private static bool IsPickle(StorePart part)
    {
        Span<byte> head = stackalloc byte[1];
        return part.Bytes.Length > 0 && part.Bytes.Read(0, head) == 1 && head[0] == 0x80;
    }

    private static byte[]?[] OfPickle(StorePart part, CancellationToken cancellationToken)
    {
        using FileBytesStream stream = new(part.Bytes);
        return PickleReader.Read(stream, part.Bytes.Length, part.Path, new PickleLimits(), cancellationToken).Root is PickleList list
            ? OfPickle(part.Path, list)
            : throw JsonErrors.Invalid(part.Path, "a list of ids", "another object");
    }

    private static byte[]?[] OfPickle(string file, PickleContainer list)
    {
        byte[]?[] ids = new byte[]?[list.Size];
        for (int i = 0; i < ids.Length; i++)
        {
            ids[i] = list.Items[i] switch
            {
                PickleNone => null,
                PickleInteger number => Encoding.ASCII.GetBytes(number.Value.ToString(System.Globalization.CultureInfo.InvariantCulture)),
                PickleText text when System.Text.Unicode.Utf8.IsValid(text.Utf8) => TextOf(text.Utf8),
                PickleToken or PickleClass => throw PickleErrors.NoData(file, $"id {i}", list.Items[i]),
                PickleValue other => throw JsonErrors.Invalid(file, $"a string or a whole number as id {i}", other.Kind),
            };
        }

        return ids;
    }

    private string SafeName(int document) => PickleErrors.Clean(Encoding.UTF8.GetString(ids[document].AsSpan().Trim((byte)'"')));
}
