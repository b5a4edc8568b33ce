using System.Management.Automation;

namespace VectorMigration.Commands;

/// <summary>How a collection is created, beyond dimension and distance.</summary>
internal sealed class CreationParameters : ParameterGroup
{
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

    /// <summary>TurboQuant: bits of a component.</summary>
    [Parameter]
    [EmptyIsNotGiven]
    public TurboBits? TurboBits { get; set; }

    /// <summary>Create the collection with what comes nearest to the codes of the index.</summary>
    [Parameter]
    public SwitchParameter MatchQuantization { get; set; }

    /// <summary>Keep the codes in memory although the vectors lie on disk.</summary>
    [Parameter]
    public SwitchParameter QuantizationAlwaysRam { get; set; }

    /// <summary>Replicas of each shard.</summary>
    [Parameter]
    [EmptyIsNotGiven]
    [ValidateRangeIfGiven(1, 100)]
    public int? ReplicationFactor { get; set; }

    /// <summary>Replicas that must have taken a write before it counts as taken.</summary>
    [Parameter]
    [EmptyIsNotGiven]
    [ValidateRangeIfGiven(1, 100)]
    public int? WriteConsistencyFactor { get; set; }

    /// <summary>Payload indexes, each as FIELD:TYPE, made before the first vector is sent.</summary>
    [Parameter]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(PayloadIndexCompleter))]
    public string[] PayloadIndex { get; set; } = [];

    /// <summary>What is asked for.</summary>
    /// <exception cref="MigrationException">The settings contradict each other, or a text is no payload index.</exception>
    internal CreationOptions Options() => new()
    {
        HnswM = HnswM,
        HnswEfConstruction = HnswEfConstruct,
        OnDisk = State(nameof(OnDisk), OnDisk),
        OnDiskPayload = State(nameof(OnDiskPayload), OnDiskPayload),
        Quantization = CreationOptions.Codes(
            Quantization,
            new QuantizationDetails(Quantile, Compression, TurboBits, State(nameof(QuantizationAlwaysRam), QuantizationAlwaysRam)),
            MatchQuantization),
        MatchQuantization = MatchQuantization,
        ReplicationFactor = ReplicationFactor,
        WriteConsistencyFactor = WriteConsistencyFactor,
        PayloadIndexes = PayloadIndexText.ParseAll(PayloadIndex),
    };

    // A switch has three states here, and its type holds two.
    private bool? State(string parameter, SwitchParameter value) => IsGiven(parameter) ? value.ToBool() : null;
}
