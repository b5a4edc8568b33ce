using System.Management.Automation;

namespace VectorMigration.Commands;

/// <summary>A cmdlet that holds an index against a collection, or moves one into the other: which file, which part of it, with which payloads.</summary>
public abstract class IndexUploadCommand : UploadCommand
{
    /// <summary>Name of the parameter set with wildcards.</summary>
    protected const string PathSet = "Path";

    /// <summary>Name of the parameter set without wildcards.</summary>
    protected const string LiteralPathSet = "LiteralPath";

    /// <summary>Index file; a wildcard must stand for exactly one.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = PathSet, ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [PathTransformation]
    [ArgumentCompleter(typeof(IndexFileCompleter))]
    public string Path { get; set; } = string.Empty;

    /// <summary>Index file, taken as written.</summary>
    [Parameter(Mandatory = true, ParameterSetName = LiteralPathSet, ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath", "LP")]
    [ValidateNotNullOrEmpty]
    public string LiteralPath { get; set; } = string.Empty;

    /// <summary>Vectors in a batch; found while sending when left out.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateRange(1, 100_000)]
    public override int BatchSize { get; set; }

    /// <summary>Batches under way at once; found while sending when left out, 1 with -BatchDelay.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateRange(1, 1_024)]
    public override int ThrottleLimit { get; set; }

    /// <summary>Pause between the end of one batch and the start of the next: seconds or a TimeSpan.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [SecondsTransformation]
    public override TimeSpan BatchDelay { get; set; }

    /// <summary>File with one JSON object a line, in the order of the index.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(PayloadFileCompleter))]
    public string? PayloadPath { get; set; }

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

    /// <summary>Read back so many vectors picked at random instead of all.</summary>
    [Parameter]
    [ValidateRange(1, SampleChoice.Most)]
    public int Sample { get; set; }

    /// <summary>Seed of what is picked at random; a new one when left out.</summary>
    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int Seed { get; set; } = -1;

    /// <inheritdoc/>
    protected sealed override void OnRecord()
    {
        bool literal = ParameterSetName == LiteralPathSet;
        string path = IndexPaths.ResolveOne(this, literal ? LiteralPath : Path, literal);
        using IVectorSource source = OpenIndex(path);
        using IPayloadSource? payload = PayloadPath is null ? null : OpenPayload(PayloadPath);
        OnIndex(source, payload, FindConnection());
    }

    /// <summary>Does the work for one index.</summary>
    private protected abstract void OnIndex(IVectorSource source, IPayloadSource? payload, QdrantConnection connection);

    /// <summary>Opens the index.</summary>
    private protected virtual IVectorSource OpenIndex(string path) => Parts.OpenIndex(path);

    /// <summary>Opens the payload file that a path stands for.</summary>
    private protected virtual IPayloadSource OpenPayload(string path) => Parts.OpenPayload(IndexPaths.ResolveOne(this, path, literal: false));

    /// <summary>What the parameters of this class and its bases ask for.</summary>
    private protected MigrationOptions IndexOptions(QdrantConnection connection) => new()
    {
        Collection = Collection,
        VectorName = VectorName,
        Distance = AskedDistance,
        Offset = Skip,
        Limit = First == long.MaxValue ? null : First,
        IdMapping = IdMapping,
        AllowDuplicateIds = AllowDuplicateId,
        SkipInvalid = SkipInvalid,
        Verification = Sample > 0 ? VerificationMode.Sample : VerificationMode.Full,
        SampleSize = Sample > 0 ? Sample : MigrationOptions.DefaultSampleSize,
        Seed = Seed < 0 ? null : Seed,
        Upload = Pacing(connection),
    };
}
