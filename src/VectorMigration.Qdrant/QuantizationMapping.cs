// Since 1.19 the fields on_disk, on_disk_payload and always_ram are deprecated in favour of memory, which older servers drop in silence.
#pragma warning disable CS0612

namespace VectorMigration.Qdrant;

/// <summary>Quantisation between the contract's record and the protocol's message.</summary>
internal static class QuantizationMapping
{
    private const float LeastQuantile = 0.5f;

    /// <summary>The message; null where no codes are wanted.</summary>
    /// <exception cref="MigrationException">A setting is out of range, or belongs to another kind of code.</exception>
    public static Protocol.QuantizationConfig? ToMessage(string collection, QuantizationSettings settings)
    {
        if (settings.Quantile is not null && settings.Kind != QuantizationKind.Scalar)
        {
            throw QdrantErrors.InvalidSettings(collection, $"a quantile applies to scalar quantization, not to {settings.Kind}");
        }

        if (settings.Compression is not null && settings.Kind != QuantizationKind.Product)
        {
            throw QdrantErrors.InvalidSettings(collection, $"a compression applies to product quantization, not to {settings.Kind}");
        }

        if (settings.Bits is not null && settings.Kind != QuantizationKind.Turbo)
        {
            throw QdrantErrors.InvalidSettings(collection, $"bits apply to TurboQuant, not to {settings.Kind}");
        }

        return settings.Kind switch
        {
            QuantizationKind.Scalar => new Protocol.QuantizationConfig { Scalar = Scalar(collection, settings) },
            QuantizationKind.Product => new Protocol.QuantizationConfig { Product = Product(settings) },
            QuantizationKind.Binary => new Protocol.QuantizationConfig { Binary = Binary(settings) },
            QuantizationKind.Turbo => new Protocol.QuantizationConfig { Turboquant = Turbo(settings) },
            _ => null,
        };
    }

    /// <summary>The record; null without codes, or with codes that this version does not know.</summary>
    public static QuantizationSettings? ToSettings(Protocol.QuantizationConfig? message) => message?.QuantizationCase switch
    {
        Protocol.QuantizationConfig.QuantizationOneofCase.Scalar => new QuantizationSettings(QuantizationKind.Scalar)
        {
            Quantile = message.Scalar.HasQuantile ? message.Scalar.Quantile : null,
            AlwaysRam = message.Scalar.HasAlwaysRam ? message.Scalar.AlwaysRam : null,
        },
        Protocol.QuantizationConfig.QuantizationOneofCase.Product => new QuantizationSettings(QuantizationKind.Product)
        {
            Compression = (ProductCompression)message.Product.Compression,
            AlwaysRam = message.Product.HasAlwaysRam ? message.Product.AlwaysRam : null,
        },
        Protocol.QuantizationConfig.QuantizationOneofCase.Binary => new QuantizationSettings(QuantizationKind.Binary)
        {
            AlwaysRam = message.Binary.HasAlwaysRam ? message.Binary.AlwaysRam : null,
        },
        Protocol.QuantizationConfig.QuantizationOneofCase.Turboquant => new QuantizationSettings(QuantizationKind.Turbo)
        {
            Bits = message.Turboquant.HasBits ? (TurboBits)message.Turboquant.Bits : null,
            AlwaysRam = message.Turboquant.HasAlwaysRam ? message.Turboquant.AlwaysRam : null,
        },
        _ => null,
    };

    private static Protocol.ScalarQuantization Scalar(string collection, QuantizationSettings settings)
    {
        Protocol.ScalarQuantization scalar = new() { Type = Protocol.QuantizationType.Int8 };
        if (settings.Quantile is float quantile)
        {
            scalar.Quantile = quantile is >= LeastQuantile and <= 1
                ? quantile
                : throw QdrantErrors.InvalidSettings(collection, FormattableString.Invariant(
                    $"its quantile is {quantile}, but it must be from {LeastQuantile} to 1"));
        }

        if (settings.AlwaysRam is bool inMemory)
        {
            scalar.AlwaysRam = inMemory;
        }

        return scalar;
    }

    private static Protocol.ProductQuantization Product(QuantizationSettings settings)
    {
        Protocol.ProductQuantization product = new() { Compression = (Protocol.CompressionRatio)(settings.Compression ?? ProductCompression.X16) };
        if (settings.AlwaysRam is bool inMemory)
        {
            product.AlwaysRam = inMemory;
        }

        return product;
    }

    private static Protocol.BinaryQuantization Binary(QuantizationSettings settings)
    {
        Protocol.BinaryQuantization binary = new();
        if (settings.AlwaysRam is bool inMemory)
        {
            binary.AlwaysRam = inMemory;
        }

        return binary;
    }

    private static Protocol.TurboQuantization Turbo(QuantizationSettings settings)
    {
        Protocol.TurboQuantization turbo = new();
        if (settings.Bits is TurboBits bits)
        {
            turbo.Bits = (Protocol.TurboQuantBitSize)bits;
        }

        if (settings.AlwaysRam is bool inMemory)
        {
            turbo.AlwaysRam = inMemory;
        }

        return turbo;
    }
}
