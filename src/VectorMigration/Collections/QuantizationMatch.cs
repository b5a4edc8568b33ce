using System.Globalization;
using VectorMigration.Errors;
using VectorMigration.Store;
using VectorMigration.Vectors;

namespace VectorMigration.Collections;

/// <summary>What in Qdrant comes nearest to the codes by which an index searches: a quantization, or a datatype of the vectors.</summary>
public sealed record QuantizationMatch
{
    private QuantizationMatch(SearchCodes codes) => Codes = codes;

    /// <summary>The codes of the index.</summary>
    public SearchCodes Codes { get; }

    /// <summary>The quantization; null where the datatype alone matches.</summary>
    public QuantizationSettings? Quantization { get; private init; }

    /// <summary>The datatype that vectors are stored with; Default where it stays float32.</summary>
    public VectorDatatype Datatype { get; private init; }

    /// <summary>Finds it; null for an index that searches by float32 vectors.</summary>
    /// <param name="index">The index.</param>
    /// <param name="server">The server, whose version decides about TurboQuant; null where it is not known, and counts as one without it.</param>
    internal static QuantizationMatch? Of(IndexDescription index, ServerInfo? server)
    {
        if (index.SearchCodes is not SearchCodes codes)
        {
            return null;
        }

        double bits = (double)codes.Bits / Math.Max(1, index.Dimension);
        IEnumerable<QuantizationSettings> turbo = (server?.TurboSizes ?? [])
            .Select(static size => new QuantizationSettings(QuantizationKind.Turbo) { Bits = size });
        return codes.Family switch
        {
            CodecFamily.HalfPrecision => new QuantizationMatch(codes) { Datatype = VectorDatatype.Float16 },
            CodecFamily.Binary => new QuantizationMatch(codes) { Quantization = new QuantizationSettings(QuantizationKind.Binary) },
            CodecFamily.Scalar => new QuantizationMatch(codes)
            {
                Quantization = Nearest(bits, [new QuantizationSettings(QuantizationKind.Scalar), .. turbo]),
            },
            CodecFamily.Product => new QuantizationMatch(codes) { Quantization = Nearest(bits, [.. Product, .. turbo]) },

            // What Qdrant has of the same kind comes first; without it, codes of as many bits.
            _ => new QuantizationMatch(codes)
            {
                Quantization = Nearest(bits, server?.TurboSizes.Count > 0 ? turbo
                    : [new QuantizationSettings(QuantizationKind.Scalar), new QuantizationSettings(QuantizationKind.Binary), .. Product]),
            },
        };
    }

    /// <inheritdoc/>
    public override string ToString() => Quantization?.ToString() ?? $"datatype {Datatype}";

    /// <summary>What matches and why, in a few words.</summary>
    internal string Because => string.Create(CultureInfo.InvariantCulture, $"{Words}, nearest to the index ({Codes})");

    /// <summary>What to tell where it was asked for and there are no codes.</summary>
    internal const string Nothing = "The index searches by float32 vectors, so there is no quantization to match. The collection is created without.";

    /// <summary>The option that asks for it, on the surface that shows it.</summary>
    internal static string Option => OptionNames.Here("-MatchQuantization");

    private string Words => Quantization is null ? $"{this}" : $"{this} quantization";

    private static IEnumerable<QuantizationSettings> Product => Enum.GetValues<ProductCompression>()
        .Select(static ratio => new QuantizationSettings(QuantizationKind.Product) { Compression = ratio });

    /// <summary>The one whose codes are nearest in size by ratio; of two equally near ones the first.</summary>
    private static QuantizationSettings Nearest(double bits, IEnumerable<QuantizationSettings> candidates) =>
        candidates.MinBy(candidate => Math.Abs(Math.Log2(candidate.BitsPerComponent!.Value / bits)))!;
}
