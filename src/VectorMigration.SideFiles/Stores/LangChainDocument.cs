using System.Buffers;
using VectorMigration.SideFiles.Pickles;
using VectorMigration.SideFiles.Stores.Json;

namespace VectorMigration.SideFiles.Stores;

/// <summary>A document of a LangChain store.</summary>
public sealed class LangChainDocument
{
    /// <summary>Where the text of a document stands in a payload, as LangChain's Qdrant integration for Python has it.</summary>
    public const string ContentField = "page_content";

    /// <summary>Where the metadata stand.</summary>
    public const string MetadataField = "metadata";

    private readonly string file;
    private readonly PickleText key;
    private readonly PickleText content;
    private readonly PickleDict metadata;
    private readonly PickleText? ownId;
    private readonly PickleText? type;

    internal LangChainDocument(string file, PickleText key, PickleDict fields)
    {
        this.file = file;
        this.key = key;
        content = fields.Find("page_content"u8) switch
        {
            PickleText text => text,
            null => throw StoreErrors.Unexpected(file, $"a string in 'page_content' of the document '{PickleErrors.Clean(key)}'", "no such field"),
            PickleToken or PickleClass => throw StoreErrors.NoData(file, key, ContentField, fields.Find("page_content"u8)!),
            PickleValue other => throw StoreErrors.Unexpected(file, $"a string in 'page_content' of the document '{PickleErrors.Clean(key)}'", other.Kind),
        };
        metadata = fields.Find("metadata"u8) switch
        {
            PickleDict given => given,
            null or PickleNone => new PickleDict(),
            PickleToken or PickleClass => throw StoreErrors.NoData(file, key, MetadataField, fields.Find("metadata"u8)!),
            PickleValue other => throw StoreErrors.Unexpected(file, $"a dictionary in 'metadata' of the document '{PickleErrors.Clean(key)}'", other.Kind),
        };
        ownId = fields.Find("id"u8) as PickleText;
        type = fields.Find("type"u8) as PickleText;
    }

    /// <summary>The id under which the store keeps it.</summary>
    public string Id => key.ToString();

    /// <summary>The id that the document itself has, since LangChain 0.2; null where it has none.</summary>
    public string? OwnId => ownId?.ToString();

    /// <summary>Its type, <c>Document</c> as a rule; null where it says none.</summary>
    public string? Type => type?.ToString();

    /// <summary>Bytes of its text.</summary>
    public int ContentBytes => content.Utf8.Length;

    /// <summary>The id as it stands in the pickle.</summary>
    internal PickleText Key => key;

    /// <summary>Its metadata.</summary>
    internal PickleDict Metadata => metadata;

    /// <summary>
    /// Writes it as the payload that LangChain's Qdrant integration for Python reads: <c>{"page_content": …, "metadata": {…}}</c>. Thread-safe.
    /// </summary>
    /// <exception cref="MigrationException">A value has no form in JSON; the error names document and key.</exception>
    public void WriteTo(IBufferWriter<byte> output, LargeInteger largeInteger) => WriteTo(output, largeInteger, PayloadLayout.Default);

    /// <summary>The same in a layout: in that of JavaScript the text stands in <c>content</c>.</summary>
    internal void WriteTo(IBufferWriter<byte> output, LargeInteger largeInteger, PayloadLayout layout) =>
        new ValueJson(file, key, largeInteger).WriteObject(
            output,
            [(layout == PayloadLayout.JavaScript ? LangChainJsDocuments.ContentField : ContentField, content), (MetadataField, metadata)]);
}
