using VectorMigration.Errors;
using VectorMigration.Store;
using VectorMigration.Vectors;

namespace VectorMigration.Collections;

/// <summary>How a collection that a run creates is made, beyond what its index says. What is not set is left to the index, and then to the server. Vectors
/// are stored as Float32, because other datatypes lose bits, unless the index has no more of them and <see cref="MatchQuantization"/> is set.</summary>
public sealed record CreationOptions
{
    /// <summary>hnsw_config.m: links of a node of the graph; 0 builds none.</summary>
    public int? HnswM { get; init; }

    /// <summary>hnsw_config.ef_construct.</summary>
    public int? HnswEfConstruction { get; init; }

    /// <summary>Keep the original vectors on disk.</summary>
    public bool? OnDisk { get; init; }

    /// <summary>Keep payloads on disk only.</summary>
    public bool? OnDiskPayload { get; init; }

    /// <summary>Codes to search by beside the original vectors; null for none.</summary>
    public QuantizationSettings? Quantization { get; init; }

    /// <summary>Create it with the quantization, or the datatype, that comes nearest to the codes of the index, where <see cref="Quantization"/> is not
    /// set. Not where searches should be truer than those of the index were.</summary>
    public bool MatchQuantization { get; init; }

    /// <summary>The datatype that was found by the codes of the index; Default for none.</summary>
    internal VectorDatatype Datatype { get; init; }

    /// <summary>Replicas of each shard.</summary>
    public int? ReplicationFactor { get; init; }

    /// <summary>Replicas that must have taken a write before it counts as taken.</summary>
    public int? WriteConsistencyFactor { get; init; }

    /// <summary>Payload indexes, made before the first vector is sent; also where the collection is there already.</summary>
    public IReadOnlyList<PayloadIndexSettings> PayloadIndexes { get; init; } = [];

    /// <summary>Codes of a kind with its details.</summary>
    /// <param name="kind">Kind; None for no codes, or for those that match the index.</param>
    /// <param name="details">What is said of them beside the kind.</param>
    /// <param name="matches">The kind is found by the codes of the index, if none is named.</param>
    /// <exception cref="MigrationException">A detail without a kind, or of another kind.</exception>
    internal static QuantizationSettings? Codes(QuantizationKind kind, QuantizationDetails details, bool matches) => (kind, details) switch
    {
        (QuantizationKind.None, { Quantile: null, Compression: null, Bits: null }) when matches && details.AlwaysRam is not null =>
            new QuantizationSettings(kind) { AlwaysRam = details.AlwaysRam },
        (QuantizationKind.None, _) => details == default ? null : throw CreationErrors.QuantizationMissing(),
        (not QuantizationKind.Scalar, { Quantile: not null }) => throw CreationErrors.QuantizationDetail("quantile", QuantizationKind.Scalar, kind),
        (not QuantizationKind.Product, { Compression: not null }) => throw CreationErrors.QuantizationDetail("compression", QuantizationKind.Product, kind),
        (not QuantizationKind.Turbo, { Bits: not null }) => throw CreationErrors.QuantizationDetail("number of bits", QuantizationKind.Turbo, kind),
        _ => new QuantizationSettings(kind)
        {
            Quantile = details.Quantile,
            Compression = details.Compression,
            Bits = details.Bits,
            AlwaysRam = details.AlwaysRam,
        },
    };

    /// <summary>These options with what matches the codes of an index, where nothing else is asked for.</summary>
    /// <param name="match">What matches; null where the index has no codes.</param>
    internal CreationOptions Resolve(QuantizationMatch? match)
    {
        if (!MatchQuantization)
        {
            return this;
        }

        bool isOpen = Quantization is null or { Kind: QuantizationKind.None };
        return this with
        {
            MatchQuantization = false,
            Quantization = !isOpen ? Quantization : match?.Quantization is { } codes ? codes with { AlwaysRam = Quantization?.AlwaysRam } : null,
            Datatype = match?.Datatype ?? VectorDatatype.Default,
        };
    }

    /// <summary>The settings of a collection, with what is asked for here.</summary>
    internal CollectionSettings Apply(CollectionSettings settings) => settings with
    {
        HnswM = HnswM ?? settings.HnswM,
        HnswEfConstruction = HnswEfConstruction ?? settings.HnswEfConstruction,
        OnDisk = OnDisk,
        OnDiskPayload = OnDiskPayload,
        Quantization = Quantization,
        Datatype = settings.Datatype == VectorDatatype.Default ? Datatype : settings.Datatype,
        ReplicationFactor = ReplicationFactor,
        WriteConsistencyFactor = WriteConsistencyFactor,
        PayloadIndexes = PayloadIndexes,
    };
}

/// <summary>What is said of codes beside their kind.</summary>
/// <param name="Quantile">Scalar only.</param>
/// <param name="Compression">Product only.</param>
/// <param name="Bits">Turbo only.</param>
/// <param name="AlwaysRam">Keep the codes in memory.</param>
internal readonly record struct QuantizationDetails(float? Quantile, ProductCompression? Compression, TurboBits? Bits, bool? AlwaysRam);
