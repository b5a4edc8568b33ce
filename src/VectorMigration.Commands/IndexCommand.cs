using System.Management.Automation;

namespace VectorMigration.Commands;

/// <summary>A cmdlet that holds an index against a collection, or moves one into the other: which file, which part of it, with which payloads.</summary>
public abstract class IndexCommand : CollectionCommand
{
    /// <summary>Index file; a wildcard must stand for exactly one.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = ParameterSets.Path, ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [PathTransformation]
    [ArgumentCompleter(typeof(IndexFileCompleter))]
    public string Path { get; set; } = string.Empty;

    /// <summary>Index file, taken as written.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ParameterSets.LiteralPath, ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath", "LP")]
    [ValidateNotNullOrEmpty]
    public string LiteralPath { get; set; } = string.Empty;

    /// <summary>File with one JSON object a line: line n for the vector that was added n-th, or in any order with -PayloadKey.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(PayloadFileCompleter))]
    public string? PayloadPath { get; set; }

    /// <summary>Field of each payload object that holds the FAISS id of its vector.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? PayloadKey { get; set; }

    /// <summary>Leave that field out of the payload.</summary>
    [Parameter]
    public SwitchParameter DropPayloadKey { get; set; }

    /// <summary>What becomes of vectors that a payload file with a key has nothing for.</summary>
    [Parameter]
    public MissingPayload OnMissingPayload { get; set; }

    /// <summary>Most vectors of the index.</summary>
    [Parameter]
    [ValidateRange(1, long.MaxValue)]
    public long First { get; set; } = long.MaxValue;

    /// <summary>Vectors to leave out at the beginning: the ordinal to begin at.</summary>
    [Parameter]
    [ValidateRange(0, long.MaxValue)]
    public long Skip { get; set; }

    /// <summary>Leave vectors with non-finite components out instead of stopping.</summary>
    [Parameter]
    public SwitchParameter SkipInvalid { get; set; }

    /// <inheritdoc/>
    protected sealed override void OnRecord()
    {
        bool literal = ParameterSetName == ParameterSets.LiteralPath;
        string path = IndexPaths.ResolveOne(this, literal ? LiteralPath : Path, literal);
        using IVectorSource source = OpenIndex(path);
        QdrantConnection connection = FindConnection();
        using IPayloadSource? payload = PayloadPath is null ? null : OpenPayload(PayloadPath, IndexOptions(connection));
        OnIndex(source, payload, connection);
    }

    /// <summary>Does the work for one index.</summary>
    private protected abstract void OnIndex(IVectorSource source, IPayloadSource? payload, QdrantConnection connection);

    /// <summary>Opens the index.</summary>
    private protected virtual IVectorSource OpenIndex(string path) => Parts.OpenIndex(path);

    /// <summary>Opens the payload file that a path stands for.</summary>
    private protected virtual IPayloadSource OpenPayload(string path, MigrationOptions options) =>
        Parts.OpenPayload(IndexPaths.ResolveOne(this, path, literal: false), options.PayloadRules, options.SpillFolder);

    /// <summary>What the parameters of this class and its bases ask for.</summary>
    private protected virtual MigrationOptions IndexOptions(QdrantConnection connection) => new()
    {
        Collection = Collection,
        VectorName = VectorName,
        Distance = AskedDistance,
        Offset = Skip,
        Limit = First == long.MaxValue ? null : First,
        IdMapping = IdMapping,
        IdField = IdField,
        PayloadKey = PayloadKey,
        DropPayloadKey = DropPayloadKey,
        OnMissingPayload = OnMissingPayload,
        LargeInteger = LargeInteger,
        AllowDuplicateIds = AllowDuplicateId,
        SkipInvalid = SkipInvalid,
        Upload = new UploadOptions { Timeout = Timeout(connection) },
    };
}
