namespace VectorMigration.Store;

/// <summary>How Qdrant codes vectors for searching; the originals stay beside the codes (quantization_config, collections.proto).</summary>
public enum QuantizationKind : long
{
    /// <summary>No codes.</summary>
    None = 0,

    /// <summary>One byte a component: a quarter of the memory, hardly less exact.</summary>
    Scalar = 1,

    /// <summary>Codebooks over parts of the vector: 4 to 64 times less memory, slower and less exact.</summary>
    Product = 2,

    /// <summary>One bit a component: 32 times less memory; for models with a thousand or more centred components.</summary>
    Binary = 3,

    /// <summary>TurboQuant: 1 to 8 bits a component of a rotated vector (servers from 1.18 on).</summary>
    Turbo = 4,
}

/// <summary>Qdrant's <c>TurboQuantBitSize</c>, bits of a component, with its numbers (collections.proto).</summary>
public enum TurboBits : long
{
    /// <summary>1 bit.</summary>
    Bits1 = 0,

    /// <summary>1.5 bits.</summary>
    Bits15 = 1,

    /// <summary>2 bits.</summary>
    Bits2 = 2,

    /// <summary>4 bits.</summary>
    Bits4 = 3,

    /// <summary>8 bits (servers from 1.20 on).</summary>
    Bits8 = 4,
}

/// <summary>Qdrant's <c>CompressionRatio</c> of product quantisation, with its numbers (collections.proto).</summary>
public enum ProductCompression : long
{
    /// <summary>4 times.</summary>
    X4 = 0,

    /// <summary>8 times.</summary>
    X8 = 1,

    /// <summary>16 times.</summary>
    X16 = 2,

    /// <summary>32 times.</summary>
    X32 = 3,

    /// <summary>64 times.</summary>
    X64 = 4,
}

/// <summary>Codes that a collection searches by.</summary>
/// <param name="Kind">Kind of code.</param>
public sealed record QuantizationSettings(QuantizationKind Kind)
{
    /// <summary>Scalar only: the part of the components that the byte range covers, 0.5 to 1; null leaves it to the server.</summary>
    public float? Quantile { get; init; }

    /// <summary>Product only: how much smaller the codes are than the vectors.</summary>
    public ProductCompression? Compression { get; init; }

    /// <summary>Turbo only: bits of a component; null leaves them to the server.</summary>
    public TurboBits? Bits { get; init; }

    /// <summary>Keep the codes in memory although the vectors lie on disk.</summary>
    public bool? AlwaysRam { get; init; }

    /// <inheritdoc/>
    public override string ToString() => Compression is { } ratio ? $"{Kind} {ratio}" : Bits is { } bits ? $"{Kind} {bits}" : Kind.ToString();

    /// <summary>Bits of a component's code; null for kinds that have none, or leave it to the server.</summary>
    internal double? BitsPerComponent => Kind switch
    {
        QuantizationKind.Scalar => 8,
        QuantizationKind.Product => 8 / Math.Pow(2, (int)(Compression ?? ProductCompression.X16)),
        QuantizationKind.Binary => 1,
        QuantizationKind.Turbo => Bits switch
        {
            TurboBits.Bits1 => 1,
            TurboBits.Bits15 => 1.5,
            TurboBits.Bits2 => 2,
            TurboBits.Bits4 => 4,
            TurboBits.Bits8 => 8,
            _ => null,
        },
        _ => null,
    };
}
