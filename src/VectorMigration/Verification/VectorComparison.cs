using System.Runtime.InteropServices;
using VectorMigration.Vectors;

namespace VectorMigration.Verification;

/// <summary>
/// Compares a stored vector with its source: bit for bit, or after normalisation where the collection's distance is Cosine and Qdrant
/// has normalised what it stored.
/// </summary>
internal static class VectorComparison
{
    /// <summary>Greatest deviation of a component of a normalised vector that is rounding: 33 times the greatest one measured on Qdrant 1.16.3
    /// (3e-8).</summary>
    public const double CosineTolerance = 1e-6;

    /// <summary>Squared norms this near to 1 are left alone by Qdrant.</summary>
    private const double LeftAloneNearOne = 1e-6;

    public static bool SameBits(ReadOnlySpan<float> left, ReadOnlySpan<float> right) =>
        MemoryMarshal.AsBytes(left).SequenceEqual(MemoryMarshal.AsBytes(right));

    /// <summary>What rounding to 16 bits may add to <see cref="CosineTolerance"/>: half a step of the halves between 0.5 and 1.</summary>
    public const double HalfStep = 1.0 / 4_096;

    /// <summary>Whether a vector is what rounding to 16 bits leaves of its source. A component that has no finite half is lost, and so not the same.</summary>
    public static bool SameHalves(ReadOnlySpan<float> source, ReadOnlySpan<float> stored)
    {
        for (int i = 0; i < source.Length; i++)
        {
            float half = (float)(Half)source[i];
            if (BitConverter.SingleToInt32Bits(half) != BitConverter.SingleToInt32Bits(stored[i]) || float.IsFinite(half) != float.IsFinite(source[i]))
            {
                return false;
            }
        }

        return source.Length == stored.Length;
    }

    /// <summary>Greatest difference of a component.</summary>
    public static double Deviation(ReadOnlySpan<float> source, ReadOnlySpan<float> stored)
    {
        double greatest = 0;
        for (int i = 0; i < source.Length; i++)
        {
            greatest = Math.Max(greatest, Math.Abs((double)source[i] - stored[i]));
        }

        return greatest;
    }

    /// <summary>Greatest deviation between <paramref name="stored"/> and the source as Qdrant would normalise it; NaN counts as infinite.</summary>
    public static double NormalisedDeviation(ReadOnlySpan<float> source, ReadOnlySpan<float> stored)
    {
        double squared = 0;
        foreach (float component in source)
        {
            squared += (double)component * component;
        }

        double scale = NormalisingScale(squared);
        double greatest = 0;
        for (int i = 0; i < source.Length; i++)
        {
            double deviation = Math.Abs((source[i] * scale) - stored[i]);
            greatest = Math.Max(greatest, double.IsNaN(deviation) ? double.PositiveInfinity : deviation);
        }

        return greatest;
    }

    /// <summary>What Qdrant multiplies a vector of this squared norm with as it stores it in a Cosine collection.</summary>
    public static double NormalisingScale(double squaredNorm) =>
        squaredNorm < CosineNorm.LeftAloneBelow || Math.Abs(squaredNorm - 1) <= LeftAloneNearOne ? 1 : 1 / Math.Sqrt(squaredNorm);

    /// <summary>The first component whose bits differ, in words.</summary>
    public static string Describe(ReadOnlySpan<float> source, ReadOnlySpan<float> stored)
    {
        for (int i = 0; i < source.Length; i++)
        {
            if (BitConverter.SingleToInt32Bits(source[i]) != BitConverter.SingleToInt32Bits(stored[i]))
            {
                return string.Create(System.Globalization.CultureInfo.InvariantCulture, $"component {i} is {stored[i]:R}, expected {source[i]:R}");
            }
        }

        return "no component differs";
    }
}
