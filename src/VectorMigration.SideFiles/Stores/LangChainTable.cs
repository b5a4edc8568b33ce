using VectorMigration.SideFiles.Pickles;

namespace VectorMigration.SideFiles.Stores;

/// <summary>Joins map and docstore: for each position its id and its document.</summary>
internal sealed class LangChainTable
{
    private readonly string file;
    private readonly Dictionary<string, int> classes = new(StringComparer.Ordinal);
    private readonly Dictionary<LangChainGeneration, int> generations = [];
    private readonly Dictionary<string, int> otherFields = new(StringComparer.Ordinal);

    /// <summary>Joins them.</summary>
    /// <exception cref="MigrationException">A key, an id or a document is not what it must be.</exception>
    public LangChainTable(string file, LangChainParts parts)
    {
        this.file = file;
        Dictionary<PickleText, LangChainDocument> byId = DocumentsById(parts);
        int count = parts.Map.Count;
        Positions = new long[count];
        Ids = new PickleText[count];
        Documents = new LangChainDocument?[count];
        HashSet<PickleText> used = new(TextContent.Comparer);
        int matched = 0;
        for (int i = 0; i < count; i++)
        {
            Positions[i] = parts.PositionOf(parts.Map.Items[2 * i]);
            Ids[i] = parts.IdOf(parts.Map.Items[(2 * i) + 1], "index_to_docstore_id");
        }

        Array.Sort(Positions, Ids);
        for (int i = 0; i < count; i++)
        {
            if (i > 0 && Positions[i] == Positions[i - 1])
            {
                throw StoreErrors.Unexpected(file, "each position once in index_to_docstore_id", $"position {Positions[i]} twice");
            }

            bool isNew = used.Add(Ids[i]);
            RepeatedIds += isNew ? 0 : 1;
            if (byId.TryGetValue(Ids[i], out LangChainDocument? document))
            {
                Documents[i] = document;
                matched += isNew ? 1 : 0;
            }
        }

        DocumentCount = byId.Count;
        DocumentsWithoutVector = byId.Count - matched;
    }

    /// <summary>Positions, ascending.</summary>
    public long[] Positions { get; }

    /// <summary>Id of each.</summary>
    public PickleText[] Ids { get; }

    /// <summary>Document of each; null where there is none.</summary>
    public LangChainDocument?[] Documents { get; }

    /// <summary>Documents in all.</summary>
    public int DocumentCount { get; }

    /// <summary>Documents of no position.</summary>
    public int DocumentsWithoutVector { get; }

    /// <summary>Positions whose id an earlier one has.</summary>
    public int RepeatedIds { get; }

    /// <summary>Documents of each class.</summary>
    public IReadOnlyDictionary<string, int> Classes => classes;

    /// <summary>Documents of each generation.</summary>
    public IReadOnlyDictionary<LangChainGeneration, int> Generations => generations;

    /// <summary>Fields that are nobody's, with the number of documents that have them.</summary>
    public IReadOnlyDictionary<string, int> OtherFields => otherFields;

    private Dictionary<PickleText, LangChainDocument> DocumentsById(LangChainParts parts)
    {
        Dictionary<PickleText, LangChainDocument> byId = new(parts.Documents.Count, TextContent.Comparer);
        for (int i = 0; i < parts.Documents.Size; i += 2)
        {
            PickleText id = parts.IdOf(parts.Documents.Items[i], "the docstore");
            if (!byId.TryAdd(id, Document(id, parts.Documents.Items[i + 1])))
            {
                throw StoreErrors.Unexpected(file, "each id once in the docstore", $"'{PickleErrors.Clean(id)}' twice");
            }
        }

        return byId;
    }

    private LangChainDocument Document(PickleText id, PickleValue value)
    {
        if (value is not PickleRecord { Class.Form: PickleClassKind.Document } record)
        {
            throw value is PickleToken or PickleClass or PickleRecord
                ? StoreErrors.NoData(file, Named(id), value)
                : StoreErrors.Unexpected(file, $"a Document as {Named(id)}", value.Kind);
        }

        if (record.State is not PickleDict state)
        {
            throw StoreErrors.Unexpected(file, $"a state of {Named(id)}", record.State is null ? "none" : record.State.Kind);
        }

        PickleDict fields = state.Find("__dict__"u8) is PickleDict own ? own : state;
        Count(classes, record.Class.FullName);
        Count(
            generations,
            ReferenceEquals(fields, state) ? LangChainGeneration.Plain
                : state.Find("__pydantic_fields_set__"u8) is null ? LangChainGeneration.Pydantic1 : LangChainGeneration.Pydantic2);
        for (int i = 0; i < fields.Size; i += 2)
        {
            if (fields.Items[i] is PickleText name && !IsKnown(name))
            {
                Count(otherFields, PickleErrors.Clean(name));
            }
        }

        return new LangChainDocument(file, id, fields);
    }

    private static string Named(PickleText id) => $"the document '{PickleErrors.Clean(id)}'";

    private static bool IsKnown(PickleText field) =>
        field.Is("page_content"u8) || field.Is("metadata"u8) || field.Is("id"u8) || field.Is("type"u8)
        || field.Is("lookup_str"u8) || field.Is("lookup_index"u8);

    private static void Count<T>(Dictionary<T, int> counts, T key)
        where T : notnull =>
        counts[key] = counts.GetValueOrDefault(key) + 1;

    /// <summary>Texts are the same where their bytes are.</summary>
    private sealed class TextContent : IEqualityComparer<PickleText>
    {
        public static readonly TextContent Comparer = new();

        public bool Equals(PickleText? x, PickleText? y) => ReferenceEquals(x, y) || (x is not null && y is not null && x.Is(y.Utf8));

        public int GetHashCode(PickleText obj)
        {
            HashCode hash = default;
            hash.AddBytes(obj.Utf8);
            return hash.ToHashCode();
        }
    }
}
