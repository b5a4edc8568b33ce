using VectorMigration.SideFiles.Pickles;

namespace VectorMigration.SideFiles.Stores;

/// <summary>Describes a LangChain store beside its index: what its documents hold, and which vectors they belong to.</summary>
internal static class LangChainDescriber
{
    /// <summary>Describes a store.</summary>
    /// <param name="store">The store.</param>
    /// <param name="index">The index.</param>
    /// <param name="ids">Its FAISS ids, where they are not its positions.</param>
    public static StoreDescription Describe(LangChainStore store, IndexDescription index, Func<IEnumerable<long>> ids)
    {
        HashSet<long> there = index.IdSource == "sequential" ? [] : [.. ids()];
        bool IsThere(long position) => index.IdSource == "sequential" ? position < index.Count : there.Contains(position);
        long[] matched = [.. store.Positions.Where(position => IsThere(position) && store.Find(position) is not null)];
        return new StoreDescription
        {
            Framework = "LangChain",
            Path = store.Path,
            Generation = string.Join(" and ", store.Generations.OrderByDescending(static made => made.Value).Select(static made => Name(made.Key))),
            Documents = store.DocumentCount,
            Matched = matched.Length,
            DocumentsWithoutVector = store.DocumentsWithoutVector + store.Positions.Count(position => !IsThere(position) && store.Find(position) is not null),
            VectorsWithoutDocument = index.Count - matched.Length,
            PositionsBeyondIndex = store.Positions.Count(position => !IsThere(position)),
            Fields = Fields(matched.Select(store.Find).OfType<LangChainDocument>()),
            MetadataField = "metadata",
        };
    }

    private static string Name(LangChainGeneration generation) => generation switch
    {
        LangChainGeneration.Pydantic1 => "pydantic 1",
        LangChainGeneration.Pydantic2 => "pydantic 2",
        _ => "plain objects",
    };

    private static StoreField[] Fields(IEnumerable<LangChainDocument> documents)
    {
        FieldTally fields = new();
        foreach (LangChainDocument document in documents)
        {
            for (int i = 0; i < document.Metadata.Size; i += 2)
            {
                string name = document.Metadata.Items[i] is PickleText text ? PickleErrors.Clean(text) : document.Metadata.Items[i].Kind;
                PickleValue value = document.Metadata.Items[i + 1];
                fields.Add(name, TypeOf(value), value is PickleText told ? told.ToString().Length : null);
            }
        }

        return fields.ToFields();
    }

    private static string TypeOf(PickleValue value) => value switch
    {
        PickleNone => "null",
        PickleBool => "boolean",
        PickleInteger or PickleBigInteger => "integer",
        PickleFloat or PickleScalar { Form: PickleScalarKind.Decimal } => "number",
        PickleDict => "object",
        PickleContainer or PickleArray => "array",
        _ => "string",
    };
}
