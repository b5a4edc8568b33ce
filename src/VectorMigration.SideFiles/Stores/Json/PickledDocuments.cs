using System.Buffers;
using System.Globalization;
using System.Text;
using VectorMigration.SideFiles.Pickles;
using VectorMigration.SideFiles.Stores.Tables;

namespace VectorMigration.SideFiles.Stores.Json;

/// <summary>
/// A pickled list in which entry n belongs to the vector that was added n-th, or a pickled dictionary whose keys are FAISS ids: of texts, of dictionaries, of
/// LangChain's documents, or of texts with metadata. The pickle is read as data and is in memory.
/// </summary>
internal sealed class PickledDocuments : StoredDocuments
{
    /// <summary>What dense passage retrieval calls the ids beside its index.</summary>
    private const string DprName = ".index_meta.dpr";

    /// <summary>A pickle beyond this is told by its ends alone.</summary>
    private const long MostLookedThrough = 32 << 20;

    private readonly StorePart part;
    private readonly PickleValue[] values;
    private readonly long[]? keys;

    private readonly (string Name, PickleValue Rows)? vectors;

    private readonly bool isArray;

    private PickledDocuments(StorePart part, PickleValue root, bool isArray = false)
        : base([part])
    {
        this.part = part;
        this.isArray = isArray;
        PickledShape shape = PickledShape.Of(part.Path, root);
        (values, keys) = shape;
        vectors = shape.Vectors is var (_, rows) && PickledShape.RowsOf(rows) == values.Length ? shape.Vectors : null;
    }

    /// <inheritdoc/>
    public override string Framework => isArray ? "NumPy array" : IsDpr ? "DPR" : keys is null ? "pickled list" : "pickled dictionary";

    /// <inheritdoc/>
    public override string? Generation => isArray ? "objects" : null;

    /// <inheritdoc/>
    public override bool IsOrderedByFramework => IsDpr;

    /// <inheritdoc/>
    public override bool HoldsNoFields => Array.TrueForAll(values, static value => value is PickleText or PickleInteger or PickleBigInteger);

    /// <inheritdoc/>
    public override string RowName => "entry";

    /// <inheritdoc/>
    public override int Count => values.Length;

    /// <summary>Documents of LangChain have the layouts that its stores have.</summary>
    public override bool HasLayouts => Array.TrueForAll(values, static value => value is PickleRecord { Class.Form: PickleClassKind.Document });

    /// <summary>Opens the payloads of a pickle: a list, a dictionary of positions, or what mem0 saved.</summary>
    /// <exception cref="MigrationException">The file is missing, damaged, refused or no such pickle.</exception>
    public static StoredPayloads Open(string path, PayloadRules rules, SpillFolder spill, CancellationToken cancellationToken)
    {
        StorePart part = new(path);
        try
        {
            PickleValue root = ReadRoot(part, cancellationToken);
            return Mem0Documents.Is(root) ? Mem0Documents.Open(part, root, rules) : new PickledDocuments(part, root).Payloads(rules, spill);
        }
        catch
        {
            part.Dispose();
            throw;
        }
    }

    /// <summary>Opens a file of NumPy whose elements are objects: behind its header it is a pickle, which is read as data.</summary>
    /// <exception cref="MigrationException">It is damaged, refused, or no array with one dimension.</exception>
    public static PickledDocuments OpenArray(StorePart part, CancellationToken cancellationToken)
    {
        try
        {
            return part.Guard(() =>
            {
                NumpyHeader header = NumpyHeader.Of(part);
                if (header.Shape is not [long count])
                {
                    throw TableErrors.NotRead(part.Path, $"{Grouped.Of(header.Shape.Count)} dimensions", "Write one text or object per vector, in one "
                        + "dimension.");
                }

                using FileBytesStream stream = new(part.Bytes, header.DataStart);
                PickleValue root = PickleReader.Read(stream, stream.Length, part.Path, new PickleLimits(), cancellationToken).Root;
                return root is PickleArray { Shape: [long found] } && found == count ? new PickledDocuments(part, root, isArray: true)
                    : throw TableErrors.Invalid(part.Path, NumpyHeader.Form, $"an array of {Grouped.Of(count)} objects announced, {root.Kind} found");
            });
        }
        catch
        {
            part.Dispose();
            throw;
        }
    }

    /// <summary>Entries of a list or a dictionary.</summary>
    /// <exception cref="MigrationException">The file is missing, damaged, refused or no such pickle.</exception>
    public static int CountOf(string path, CancellationToken cancellationToken)
    {
        using StorePart part = new(path);
        return new PickledDocuments(part, ReadRoot(part, cancellationToken)).Count;
    }

    /// <summary>Whether a pickle that begins with a dictionary is what mem0 saved. It is read whole, a large one only to its last opcodes.</summary>
    /// <exception cref="MigrationException">It is damaged or refused.</exception>
    public static bool IsMem0(FileBytes bytes, string path, CancellationToken cancellationToken)
    {
        Span<byte> tail = stackalloc byte[8];
        int read = bytes.Read(Math.Max(0, bytes.Length - tail.Length), tail);
        // A pair of two ends with TUPLE2, its place in the memo, STOP.
        if (read < 3 || tail[read - 1] != (byte)'.' || tail[..read].IndexOf((byte)0x86) < 0)
        {
            return false;
        }

        using FileBytesStream stream = new(bytes);
        return bytes.Length > MostLookedThrough
            || Mem0Documents.Is(PickleReader.Read(stream, bytes.Length, path, new PickleLimits(), cancellationToken).Root);
    }

    /// <summary>What a pickle holds, whatever it is.</summary>
    /// <exception cref="MigrationException">The file is missing, damaged or refused.</exception>
    public static PickleValue RootOf(string path, CancellationToken cancellationToken)
    {
        using StorePart part = new(path);
        return ReadRoot(part, cancellationToken);
    }

    private static PickleValue ReadRoot(StorePart part, CancellationToken cancellationToken) => part.Guard(() =>
    {
        using FileBytesStream stream = new(part.Bytes);
        return PickleReader.Read(stream, part.Bytes.Length, part.Path, new PickleLimits(), cancellationToken).Root;
    });

    /// <summary>Whether a file begins like a pickle of a list or a dictionary, of protocol 2 or later.</summary>
    public static bool Begins(FileBytes bytes)
    {
        Span<byte> head = stackalloc byte[16];
        int read = bytes.Length == 0 ? 0 : bytes.Read(0, head);
        if (read < 4 || head[0] != 0x80 || head[1] is < 2 or > 5)
        {
            return false;
        }

        // Behind PROTO there may be FRAME with its length.
        int at = head[2] == 0x95 ? 11 : 2;
        return at < read && head[at] is (byte)']' or (byte)'}';
    }

    /// <summary>Whether a pickle is an array of NumPy with one dimension, of strings or objects.</summary>
    public static bool IsArray(FileBytes bytes, string path, CancellationToken cancellationToken)
    {
        Span<byte> head = stackalloc byte[32];
        int read = bytes.Length is 0 or > MostLookedThrough ? 0 : bytes.Read(0, head);
        if (read < 4 || head[0] != 0x80 || head[..read].IndexOf("numpy"u8) < 0)
        {
            return false;
        }

        using FileBytesStream stream = new(bytes);
        return PickleReader.Read(stream, bytes.Length, path, new PickleLimits(), cancellationToken).Root
            is PickleArray { Shape.Length: 1, Type: { } type } && (type.IsObject || type.IsText);
    }

    /// <inheritdoc/>
    public override string NameOf(int document) => $"the document '{Name(document)}'";

    /// <inheritdoc/>
    public override void Write(int document, LargeInteger largeInteger, IBufferWriter<byte> output)
    {
        ValueJson json = new(part.Path, new PickleText(Encoding.UTF8.GetBytes(Name(document))), largeInteger);
        switch (values[document])
        {
            case PickleText id when IsDpr: json.WriteObject(output, [("id", id)]); break;
            case PickleText text: json.WriteObject(output, [("text", text)]); break;
            case PickleValue id and (PickleInteger or PickleBigInteger): json.WriteObject(output, [("id", id)]); break;
            case PickleDict fields: json.WriteDictionary(output, fields); break;
            case PickleContainer { Items: [PickleText text, PickleDict metadata] }: json.WriteObject(output, [("text", text), ("metadata", metadata)]); break;
            case PickleRecord { Class.Form: PickleClassKind.Document } record: DocumentOf(record, document).WriteTo(output, largeInteger, Layout); break;
            case PickleValue value and (PickleToken or PickleClass or PickleRecord): throw PickleErrors.NoData(part.Path, NameOf(document), value);
            case PickleValue value: throw JsonErrors.Invalid(part.Path, $"a string, a dictionary, or a string with metadata as {NameOf(document)}", value.Kind);
        }
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> FindVectorFields(int dimension)
    {
        float[] first = new float[dimension];
        return Count > 0 && vectors is var (name, rows) && RowVectors.MayBeVector(name, dimension) && PickledShape.TryReadRow(rows, 0, first)
            && !Array.TrueForAll(first, float.IsInteger) ? [name, .. base.FindVectorFields(dimension)] : base.FindVectorFields(dimension);
    }

    /// <inheritdoc/>
    public override bool TryReadVector(string field, int document, Span<float> components) => vectors is var (name, rows) && name == field
        ? PickledShape.TryReadRow(rows, document, components) : base.TryReadVector(field, document, components);

    /// <inheritdoc/>
    public override string? MetadataField => values.Any(static value => value is PickleDict) ? null : "metadata";

    /// <inheritdoc/>
    public override ReadOnlyMemory<byte> Metadata(int document)
    {
        PickleDict? fields = values[document] switch
        {
            PickleDict own => own,
            PickleContainer { Items: [PickleText, PickleDict metadata] } => metadata,
            PickleRecord { Class.Form: PickleClassKind.Document } record => DocumentOf(record, document).Metadata,
            _ => null,
        };
        if (fields is null)
        {
            return default;
        }

        ArrayBufferWriter<byte> output = new();
        new ValueJson(part.Path, new PickleText(Encoding.UTF8.GetBytes(Name(document))), LargeInteger.Text).WriteDictionary(output, fields);
        return output.WrittenMemory;
    }

    /// <summary>The ids of passages, which are texts like any other: here it is the name that tells.</summary>
    private bool IsDpr => keys is null && part.Path.EndsWith(DprName, StringComparison.OrdinalIgnoreCase);

    private StoredPayloads Payloads(PayloadRules rules, SpillFolder spill) => keys is null
        ? StorePayloads.InRows(this, rules, spill)
        : new KeyedStorePayloads(this, new PositionTable(part.Path, [.. keys.Select(static (key, at) => (key, at))]), "keys", rules);

    private string Name(int document) => keys is null ? string.Create(CultureInfo.InvariantCulture, $"entry {document}")
        : keys[document].ToString(CultureInfo.InvariantCulture);

    private LangChainDocument DocumentOf(PickleRecord record, int document)
    {
        PickleText name = new(Encoding.UTF8.GetBytes(Name(document)));
        PickleDict state = record.State as PickleDict ?? throw PickleErrors.NoData(part.Path, NameOf(document), record);
        return new LangChainDocument(part.Path, name, state.Find("__dict__"u8) as PickleDict ?? state);
    }
}
