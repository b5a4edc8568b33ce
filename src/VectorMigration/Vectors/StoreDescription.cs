using VectorMigration.Errors;

namespace VectorMigration.Vectors;

/// <summary>The store that a framework keeps beside an index: its documents, and how they belong to the vectors.</summary>
public sealed record StoreDescription
{
    /// <summary>Texts that are longer on average are not filtered by.</summary>
    private const int LongestKeyword = 256;

    /// <summary>Where stores without an object for metadata keep the text of a document.</summary>
    private static readonly string[] TextFields = ["text", "content", "page_content", "body", "chunk", "data"];

    /// <summary>The framework, <c>LangChain</c> for instance.</summary>
    public required string Framework { get; init; }

    /// <summary>Full path of the file that holds the documents.</summary>
    public required string Path { get; init; }

    /// <summary>How the framework wrote them, for instance <c>pydantic 2</c>; null where there is nothing to tell.</summary>
    public string? Generation { get; init; }

    /// <summary>Documents in the store.</summary>
    public long Documents { get; init; }

    /// <summary>Documents that belong to a vector of the index.</summary>
    public long Matched { get; init; }

    /// <summary>Documents that no vector belongs to.</summary>
    public long DocumentsWithoutVector { get; init; }

    /// <summary>Vectors of the index that the store has no document for.</summary>
    public long VectorsWithoutDocument { get; init; }

    /// <summary>Positions that the store names and the index does not have.</summary>
    public long PositionsBeyondIndex { get; init; }

    /// <summary>The fields of the documents' metadata.</summary>
    public IReadOnlyList<StoreField> Fields { get; init => field = Listed<StoreField>.Of(value); } = Listed<StoreField>.Empty;

    /// <summary>Field of the payload that the metadata lie in; null where they lie at its top.</summary>
    public string? MetadataField { get; init; }

    /// <summary>Payload indexes that fit the metadata, as <c>-PayloadIndex</c> (<c>--payload-index</c>) takes them: one for each field whose values are all
    /// of one simple type. Texts that are read rather than filtered by are left out: long ones, and the text of the document.</summary>
    public IReadOnlyList<string> ProposedIndexes =>
        [.. Fields.Select(entry => !IsText(entry) && IndexOf(entry) is string type
            ? $"{(MetadataField is null ? string.Empty : MetadataField + ".")}{entry.Name}:{type}" : null)
            .OfType<string>()];

    /// <inheritdoc/>
    public override string ToString() => $"{Framework}, {Grouped.Of(Documents)} {(Documents == 1 ? "document" : "documents")} ({Path})";

    /// <summary>Whether a field is a text to be read: an index over it would take memory and match nothing but the whole text.</summary>
    private bool IsText(StoreField entry) => entry.AverageLength > LongestKeyword || (MetadataField is null && TextFields.Contains(entry.Name));

    /// <summary>The type of an index over a field; null where none fits, and where the name would have to be quoted in a path of Qdrant.</summary>
    private static string? IndexOf(StoreField entry) =>
        !entry.Name.All(static letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '-') ? null
        : string.Join('|', entry.Types.Where(static type => type != "null")) switch
        {
            "string" => "keyword",
            "integer" => "integer",
            "number" or "integer|number" => "float",
            "boolean" => "bool",
            _ => null,
        };
}

/// <summary>The documents of a store in numbers.</summary>
/// <param name="Framework">The framework, <c>LangChain</c> for instance.</param>
/// <param name="Documents">Documents in the store.</param>
/// <param name="Matched">Documents that belong to a vector.</param>
public sealed record StoreCounts(string Framework, long Documents, long Matched)
{
    /// <summary>Documents that no vector belongs to: they stay behind.</summary>
    public long LeftOut => Math.Max(0, Documents - Matched);

    /// <summary>Vectors whose document another vector has too: the store names it at several positions.</summary>
    public long SharedVectors { get; init; }

    /// <inheritdoc/>
    public override string ToString() => $"{Framework}, {Grouped.Of(Documents)} {(Documents == 1 ? "document" : "documents")}, {Grouped.Of(Matched)} "
        + $"matched, {Grouped.Of(LeftOut)} skipped";
}

/// <summary>A field of the metadata.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Types">The JSON types of its values: <c>string</c>, <c>integer</c>, <c>number</c>, <c>boolean</c>, <c>null</c>, <c>array</c>,
/// <c>object</c>.</param>
/// <param name="Documents">Documents that have it.</param>
public sealed record StoreField(string Name, IReadOnlyList<string> Types, long Documents)
{
    /// <summary>Average length of its texts, in bytes of UTF-8 or characters as the store has them; null without any.</summary>
    public long? AverageLength { get; init; }

    /// <inheritdoc/>
    public override string ToString() => $"{Name}: {string.Join(" or ", Types)} ({Grouped.Of(Documents)})";
}

/// <summary>Payloads that come out of a framework's store which says itself which FAISS id each belongs to.</summary>
public interface IStorePayloadSource : IKeyedPayloadSource, IDescribedPayloadSource
{
}

/// <summary>Payloads that can be described beside an index.</summary>
public interface IDescribedPayloadSource : IPayloadSource
{
    /// <summary>The documents in numbers. Asked for after <see cref="IPayloadSource.Check"/>.</summary>
    StoreCounts Counts { get; }

    /// <summary>What is odd about the store, with counts, in words for a warning; null where nothing is.</summary>
    string? Doubt => null;

    /// <summary>Describes the store beside an index.</summary>
    /// <param name="index">The index.</param>
    /// <param name="ids">The FAISS ids of the index, block by block; only asked where they are not its positions.</param>
    StoreDescription Describe(IndexDescription index, Func<IEnumerable<long>> ids);
}
