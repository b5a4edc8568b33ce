using System.Management.Automation;

namespace VectorMigration.Commands;

/// <summary>New-QdrantCollection: creates a collection, by hand or as an index wants it.</summary>
[Cmdlet(VerbsCommon.New, "QdrantCollection", DefaultParameterSetName = DimensionSet, SupportsShouldProcess = true)]
[OutputType(typeof(QdrantCollectionInfo))]
public sealed class NewQdrantCollectionCommand : ServerCommand
{
    private const string DimensionSet = "Dimension";
    private const string IndexSet = "FromIndex";

    /// <summary>Name of the collection.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [Alias("Collection")]
    [ValidateNotNullOrEmpty]
    public string Name { get; set; } = string.Empty;

    /// <summary>Components of a vector.</summary>
    [Parameter(Mandatory = true, Position = 1, ParameterSetName = DimensionSet)]
    [ValidateRange(1, QdrantLimits.MaxDimension)]
    public int Dimension { get; set; }

    /// <summary>An index (an object of Get-FaissIndex, or a path) whose dimension, distance and HNSW settings are taken.</summary>
    [Parameter(Mandatory = true, ParameterSetName = IndexSet, ValueFromPipeline = true)]
    [ValidateNotNull]
    public PSObject FromIndex { get; set; } = new();

    /// <summary>Distance; with an index that of its metric when left out.</summary>
    [Parameter(Mandatory = true, Position = 2, ParameterSetName = DimensionSet)]
    [Parameter(ParameterSetName = IndexSet)]
    [ValidateSet("Cosine", "Dot", "Euclid", "Manhattan")]
    public Distance Distance { get; set; }

    /// <summary>Name of the vector; the unnamed one when left out.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? VectorName { get; set; }

    /// <summary>Datatype of the stored vectors. Anything but Float32 loses bits.</summary>
    [Parameter]
    public VectorDatatype Datatype { get; set; }

    /// <summary>Links of a node of the HNSW graph; 0 builds no graph.</summary>
    [Parameter]
    [ValidateRange(0, 10_000)]
    public int HnswM { get; set; }

    /// <summary>Candidates that are looked at while the HNSW graph is built.</summary>
    [Parameter]
    [ValidateRange(QdrantLimits.MinEfConstruct, 100_000)]
    public int HnswEfConstruct { get; set; }

    /// <summary>Keep the original vectors on disk.</summary>
    [Parameter]
    public SwitchParameter OnDisk { get; set; }

    /// <summary>Keep payloads on disk only.</summary>
    [Parameter]
    public SwitchParameter OnDiskPayload { get; set; }

    /// <summary>Codes to search by beside the original vectors.</summary>
    [Parameter]
    public QuantizationKind Quantization { get; set; }

    /// <summary>Scalar quantisation: part of the components that the byte range covers.</summary>
    [Parameter]
    [ValidateRange(0.5f, 1f)]
    public float Quantile { get; set; }

    /// <summary>Product quantisation: how much smaller the codes are.</summary>
    [Parameter]
    public ProductCompression Compression { get; set; }

    /// <summary>Keep the codes in memory although the vectors lie on disk.</summary>
    [Parameter]
    public SwitchParameter QuantizationAlwaysRam { get; set; }

    /// <summary>Shards.</summary>
    [Parameter]
    [ValidateRange(1, 1_000)]
    public int ShardNumber { get; set; }

    /// <summary>Replicas of each shard.</summary>
    [Parameter]
    [ValidateRange(1, 100)]
    public int ReplicationFactor { get; set; }

    /// <summary>Kilobytes of vectors from which on a segment is indexed; 0 indexes nothing.</summary>
    [Parameter]
    [ValidateRange(0, long.MaxValue)]
    public long IndexingThreshold { get; set; }

    /// <summary>Segments that the server merges towards; 0 takes one for each of its cores.</summary>
    [Parameter]
    [ValidateRange(0, 1_000)]
    public int DefaultSegmentNumber { get; set; }

    /// <summary>Kilobytes of vectors beyond which no segments are merged into one.</summary>
    [Parameter]
    [ValidateRange(1, long.MaxValue)]
    public long MaxSegmentSize { get; set; }

    /// <inheritdoc/>
    protected override void OnRecord()
    {
        CollectionSettings settings = WithChoices(ParameterSetName == IndexSet ? OfIndex() : new CollectionSettings { Dimension = Dimension, Distance = Distance });
        if (ShouldProcess(At(Name), $"Create the collection ({CollectionText.Of(settings)})"))
        {
            Wait(Store.CreateCollectionAsync(Name, settings, StopToken));
            SessionMemory.Current.Remember(Server.Uri, Name);
            CollectionDescription made = Wait(Store.GetCollectionAsync(Name, StopToken)) ?? throw CommandErrors.CollectionMissing(Name, Server);
            WriteObject(new QdrantCollectionInfo(made, [], Server));
        }
    }

    private CollectionSettings OfIndex()
    {
        IndexDescription index = FromIndex.BaseObject switch
        {
            IndexDescription description => description,
            FileInfo file => Parts.Describe(file.FullName),
            string path => Parts.Describe(IndexPaths.ResolveOne(this, path, literal: false)),
            object other => throw CommandErrors.NotAnIndex(other),
        };
        Distance distance = Distance == Distance.Unknown ? index.Distance ?? throw PlanErrors.MetricNotSupported(index) : Distance;
        if (index.Dimension > QdrantLimits.MaxDimension)
        {
            throw PlanErrors.DimensionTooLarge(index);
        }

        // The id of a run is for collections that a run has made.
        return CollectionFit.Settings(index, distance, null, Guid.Empty) with { Metadata = new Dictionary<string, string>() };
    }

    private CollectionSettings WithChoices(CollectionSettings settings) => settings with
    {
        VectorName = VectorName,
        Datatype = Datatype,
        HnswM = IsGiven(nameof(HnswM)) ? HnswM : settings.HnswM,
        HnswEfConstruction = IsGiven(nameof(HnswEfConstruct)) ? HnswEfConstruct : settings.HnswEfConstruction,
        OnDisk = IsGiven(nameof(OnDisk)) ? OnDisk.ToBool() : null,
        OnDiskPayload = IsGiven(nameof(OnDiskPayload)) ? OnDiskPayload.ToBool() : null,
        ShardNumber = IsGiven(nameof(ShardNumber)) ? ShardNumber : null,
        ReplicationFactor = IsGiven(nameof(ReplicationFactor)) ? ReplicationFactor : null,
        Optimizer = new OptimizerSettings
        {
            IndexingThreshold = IsGiven(nameof(IndexingThreshold)) ? (ulong)IndexingThreshold : null,
            DefaultSegmentNumber = IsGiven(nameof(DefaultSegmentNumber)) ? (ulong)DefaultSegmentNumber : null,
            MaxSegmentSize = IsGiven(nameof(MaxSegmentSize)) ? (ulong)MaxSegmentSize : null,
        },
        Quantization = Codes(),
    };

    private QuantizationSettings? Codes()
    {
        bool details = IsGiven(nameof(Quantile)) || IsGiven(nameof(Compression)) || IsGiven(nameof(QuantizationAlwaysRam));
        return Quantization != QuantizationKind.None
            ? new QuantizationSettings(Quantization)
            {
                Quantile = IsGiven(nameof(Quantile)) ? Quantile : null,
                Compression = IsGiven(nameof(Compression)) ? Compression : null,
                AlwaysRam = IsGiven(nameof(QuantizationAlwaysRam)) ? QuantizationAlwaysRam.ToBool() : null,
            }
            : details ? throw CommandErrors.QuantizationMissing() : null;
    }

    private bool IsGiven(string parameter) => MyInvocation.BoundParameters.ContainsKey(parameter);
}
