using System.Numerics;

namespace VectorMigration.Vectors;

/// <summary>Euclidean norms, summed in double so that no float32 vector overflows.</summary>
internal static class Norms
{
    /// <summary>A norm counts as 1 within this.</summary>
    public const double UnitTolerance = 1e-3;

    /// <summary>The norm of a vector; NaN or infinite where a component is.</summary>
    public static double Of(ReadOnlySpan<float> vector)
    {
        Vector<double> sums = Vector<double>.Zero;
        int i = 0;
        for (; i <= vector.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector.Widen(new Vector<float>(vector[i..]), out Vector<double> low, out Vector<double> high);
            sums += (low * low) + (high * high);
        }

        double sum = Vector.Sum(sums);
        for (; i < vector.Length; i++)
        {
            sum += (double)vector[i] * vector[i];
        }

        return Math.Sqrt(sum);
    }

    /// <summary>The square of the distance between two vectors of one length; NaN where a component is.</summary>
    public static double SquaredDistance(ReadOnlySpan<float> left, ReadOnlySpan<float> right)
    {
        Vector<double> sums = Vector<double>.Zero;
        int i = 0;
        for (; i <= left.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector.Widen(new Vector<float>(left[i..]), out Vector<double> leftLow, out Vector<double> leftHigh);
            Vector.Widen(new Vector<float>(right[i..]), out Vector<double> rightLow, out Vector<double> rightHigh);
            Vector<double> low = leftLow - rightLow;
            Vector<double> high = leftHigh - rightHigh;
            sums += (low * low) + (high * high);
        }

        double sum = Vector.Sum(sums);
        for (; i < left.Length; i++)
        {
            double difference = (double)left[i] - right[i];
            sum += difference * difference;
        }

        return sum;
    }

    /// <summary>True for a norm of 1 within <see cref="UnitTolerance"/>.</summary>
    public static bool IsUnit(double norm) => Math.Abs(norm - 1) <= UnitTolerance;
}
