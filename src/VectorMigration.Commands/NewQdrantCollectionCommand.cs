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
    [EmptyIsNotGiven]
    public Distance? Distance { get; set; }

    /// <summary>The vector's name.</summary>
    private VectorNameParameters Named { get; } = new();

    /// <summary>Datatype of the stored vectors. Anything but Float32 loses bits.</summary>
    [Parameter]
    public VectorDatatype Datatype { get; set; }

    /// <summary>Links of a node of the HNSW graph; 0 builds no graph.</summary>
    [Parameter]
    [EmptyIsNotGiven]
    [ValidateRangeIfGiven(0, 10_000)]
    public int? HnswM { get; set; }

    /// <summary>Candidates that are looked at while the HNSW graph is built.</summary>
    [Parameter]
    [EmptyIsNotGiven]
    [ValidateRangeIfGiven(QdrantLimits.MinEfConstruct, 100_000)]
    public int? HnswEfConstruct { get; set; }

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
    [EmptyIsNotGiven]
    [ValidateRangeIfGiven(0.5, 1.0)]
    public float? Quantile { get; set; }

    /// <summary>Product quantisation: how much smaller the codes are.</summary>
    [Parameter]
    [EmptyIsNotGiven]
    public ProductCompression? Compression { get; set; }

    /// <summary>Keep the codes in memory although the vectors lie on disk.</summary>
    [Parameter]
    public SwitchParameter QuantizationAlwaysRam { get; set; }

    /// <summary>Replicas of each shard.</summary>
    [Parameter]
    [EmptyIsNotGiven]
    [ValidateRangeIfGiven(1, 100)]
    public int? ReplicationFactor { get; set; }

    /// <summary>How it is divided and indexed.</summary>
    private OptimizerParameters Optimizer { get; } = new();

    /// <inheritdoc/>
    protected override void OnRecord()
    {
        CollectionNames.Require(Name);
        CollectionSettings settings = WithChoices(ParameterSetName == IndexSet ? OfIndex()
            : new CollectionSettings { Dimension = Dimension, Distance = Distance });
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
        Distance distance = Distance ?? index.Distance ?? throw PlanErrors.MetricNotSupported(index);
        if (index.Dimension > QdrantLimits.MaxDimension)
        {
            throw PlanErrors.DimensionTooLarge(index);
        }

        // The id of a run is for collections that a run has made.
        return CollectionFit.Settings(index, distance, null, Guid.Empty) with { Metadata = new Dictionary<string, string>() };
    }

    private CollectionSettings WithChoices(CollectionSettings settings) => settings with
    {
        VectorName = Named.VectorName,
        Datatype = Datatype,
        HnswM = HnswM ?? settings.HnswM,
        HnswEfConstruction = HnswEfConstruct ?? settings.HnswEfConstruction,
        OnDisk = IsGiven(nameof(OnDisk)) ? OnDisk.ToBool() : null,
        OnDiskPayload = IsGiven(nameof(OnDiskPayload)) ? OnDiskPayload.ToBool() : null,
        ShardNumber = Optimizer.ShardNumber,
        ReplicationFactor = ReplicationFactor,
        Optimizer = Optimizer.Settings(),
        Quantization = Codes(),
    };

    private QuantizationSettings? Codes()
    {
        bool details = Quantile is not null || Compression is not null || IsGiven(nameof(QuantizationAlwaysRam));
        return Quantization != QuantizationKind.None
            ? new QuantizationSettings(Quantization)
            {
                Quantile = Quantile,
                Compression = Compression,
                AlwaysRam = IsGiven(nameof(QuantizationAlwaysRam)) ? QuantizationAlwaysRam.ToBool() : null,
            }
            : details ? throw CommandErrors.QuantizationMissing() : null;
    }

    // A switch has three states here, and its type holds two.
    private bool IsGiven(string parameter) => MyInvocation.BoundParameters.ContainsKey(parameter);
}
