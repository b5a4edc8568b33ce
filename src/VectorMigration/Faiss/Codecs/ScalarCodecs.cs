using VectorMigration.Vectors;

namespace VectorMigration.Faiss.Codecs;

/// <summary>The scalar quantizers of FAISS by their number (ScalarQuantizer::QuantizerType).</summary>
internal static class ScalarCodecs
{
    private const int EightBit = 0;
    private const int FourBit = 1;
    private const int EightBitUniform = 2;
    private const int FourBitUniform = 3;
    private const int Half = 4;
    private const int EightBitDirect = 5;
    private const int SixBit = 6;
    private const int BrainHalf = 7;
    private const int EightBitDirectSigned = 8;
    private const int Nothing = 9;

    /// <summary>The greatest number of a type that is known.</summary>
    public const int LastType = 26;

    /// <summary>Bytes of a code.</summary>
    public static int CodeSize(int type, int dimension) => type switch
    {
        Half or BrainHalf => checked(2 * dimension),
        Nothing => 0,
        _ when IsTurbo(type) => (TurboBits(type) * BitPlane(dimension)) + 8,
        _ => checked((int)((((long)Bits(type) * dimension) + 7) / 8)),
    };

    /// <summary>Numbers that training leaves: ranges, or a table.</summary>
    public static int TrainedLength(int type, int dimension) => type switch
    {
        EightBit or FourBit or SixBit => checked(2 * dimension),
        EightBitUniform or FourBitUniform => 2,
        Half or BrainHalf or EightBitDirect or EightBitDirectSigned or Nothing => 0,

        // The table, the boundaries between its entries, the seed in two numbers, and the kind of projection.
        _ when IsTurbo(type) => (2 << (TurboBits(type) - 1)) - 1 + 3,
        _ => (2 << Bits(type)) - 1,
    };

    /// <summary>How truly the codes come back: halves are rounded, direct codes are integers to which anything else was rounded.</summary>
    public static Fidelity FidelityOf(int type) =>
        type is Half or BrainHalf or EightBitDirect or EightBitDirectSigned ? Fidelity.RoundingOnly : Fidelity.Approximate;

    /// <summary>The decoder of a type.</summary>
    /// <exception cref="ArgumentException">The type is unknown, or <paramref name="trained"/> is shorter than <see cref="TrainedLength"/>.</exception>
    public static VectorCodec Create(int type, int dimension, float[] trained)
    {
        if (type is < 0 or > LastType || trained.Length < TrainedLength(type, dimension))
        {
            throw new ArgumentException($"No scalar quantizer {type} of {dimension} components has {trained.Length} trained numbers.", nameof(trained));
        }

        return type switch
        {
            EightBit or FourBit or SixBit => new RangeCodec(
                $"SQ{Bits(type)}", Bits(type), trained.AsSpan(0, dimension).ToArray(), trained.AsSpan(dimension, dimension).ToArray()),
            EightBitUniform or FourBitUniform => new RangeCodec(
                $"SQ{Bits(type)} uniform", Bits(type), Repeated(trained[0], dimension), Repeated(trained[1], dimension)),
            Half => new HalfCodec(dimension),
            BrainHalf => new BrainHalfCodec(dimension),
            EightBitDirect => new DirectCodec("SQ8 direct", dimension, 0f),
            EightBitDirectSigned => new DirectCodec("SQ8 direct signed", dimension, 128f),
            Nothing => new EmptyCodec(dimension),
            _ when IsTurbo(type) => new TurboCodec(TurboBits(type), dimension, trained),
            _ => new TableCodec($"SQ{Family(type)}{Bits(type)}", Bits(type), dimension, trained),
        };
    }

    private static bool IsTurbo(int type) => type is >= 15 and <= 18;

    private static int TurboBits(int type) => type - 13;

    private static int BitPlane(int dimension) => (dimension + 7) / 8;

    private static string Family(int type) => type >= 19 ? "eden" : "tqmse";

    private static int Bits(int type) => type switch
    {
        FourBit or FourBitUniform => 4,
        SixBit => 6,
        10 or 11 or 12 or 13 => type - 9,
        >= 19 => type - 18,
        _ => 8,
    };

    private static float[] Repeated(float value, int count)
    {
        float[] values = new float[count];
        Array.Fill(values, value);
        return values;
    }
}
