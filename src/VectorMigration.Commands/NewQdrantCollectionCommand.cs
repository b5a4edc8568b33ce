using System.Management.Automation;

namespace VectorMigration.Commands;

/// <summary>New-QdrantCollection: creates a collection, by hand or as an index wants it.</summary>
[Cmdlet(VerbsCommon.New, "QdrantCollection", DefaultParameterSetName = DimensionSet, SupportsShouldProcess = true, HelpUri = ProjectAddress.Help)]
[OutputType(typeof(QdrantCollectionInfo))]
public sealed class NewQdrantCollectionCommand : ServerCommand
{
    private const string DimensionSet = "Dimension";
    private const string IndexSet = "FromIndex";

    /// <summary>Name of the collection.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [Alias("Collection")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(CollectionCompleter))]
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

    /// <summary>Everything else that it is created with.</summary>
    private CreationParameters Creation { get; } = new();

    /// <summary>How it is divided and indexed.</summary>
    private OptimizerParameters Optimizer { get; } = new();

    /// <inheritdoc/>
    protected override void OnRecord()
    {
        CollectionNames.Require(Name);
        IndexDescription? like = ParameterSetName == IndexSet ? Index() : null;
        if (like is null && Creation.MatchQuantization)
        {
            throw CreationErrors.NothingToMatch(Name);
        }

        CollectionSettings settings = WithChoices(like, like is not null ? Of(like)
            : new CollectionSettings { Dimension = Dimension, Distance = Distance });
        if (ShouldProcess(At(Name), $"Create the collection ({CollectionText.Of(settings)})"))
        {
            Wait(Store.CreateCollectionAsync(Name, settings, StopToken));
            foreach (PayloadIndexSettings index in settings.PayloadIndexes)
            {
                Wait(Store.CreatePayloadIndexAsync(Name, index, waits: true, StopToken));
            }

            SessionMemory.Current.Remember(Server.Uri, Name);
            CollectionDescription made = Wait(Store.GetCollectionAsync(Name, StopToken)) ?? throw CommandErrors.CollectionMissing(Name, Server);
            WriteObject(new QdrantCollectionInfo(made, [], Server));
        }
    }

    private IndexDescription Index() => FromIndex.BaseObject switch
    {
        IndexDescription description => description,
        FileInfo file => Parts.Describe(file.FullName),
        string path => Parts.Describe(IndexPaths.ResolveOne(this, path, literal: false)),
        object other => throw CommandErrors.NotAnIndex(other),
    };

    private CollectionSettings Of(IndexDescription index)
    {
        Distance distance = Distance ?? index.Distance ?? throw PlanErrors.MetricNotSupported(index);
        if (index.Dimension > QdrantLimits.MaxDimension)
        {
            throw PlanErrors.DimensionTooLarge(index);
        }

        // Only a run leaves its id in a collection.
        return CollectionFit.Settings(index, distance, null, Guid.Empty) with { Metadata = new Dictionary<string, string>() };
    }

    private CollectionSettings WithChoices(IndexDescription? index, CollectionSettings settings)
    {
        CreationOptions asked = Creation.Options();
        QuantizationMatch? match = index is null || !asked.MatchQuantization ? null : QuantizationMatch.Of(index, Wait(Store.GetServerAsync(StopToken)));
        if (asked is { MatchQuantization: true, Quantization: null } && match is null)
        {
            WriteWarning(QuantizationMatch.Nothing);
        }

        return asked.Resolve(match).Apply(settings with
        {
            VectorName = Named.VectorName,
            Datatype = Datatype,
            ShardNumber = Optimizer.ShardNumber,
            Optimizer = Optimizer.Settings(),
        });
    }
}
