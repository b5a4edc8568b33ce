using System.Numerics;

namespace VectorMigration.SideFiles.Stores.Orders;

/// <summary>
/// Whether two vectors are the same but for rounding and length: files keep them as halves, as texts with few digits, or before normalisation.
/// </summary>
internal static class Likeness
{
    /// <summary>Greatest distance of two vectors of length 1 that are the same.</summary>
    public const double Slack = 1.5e-3;

    /// <summary>Whether they have the same direction.</summary>
    public static bool AreSame(ReadOnlySpan<float> left, ReadOnlySpan<float> right)
    {
        double product = Dot(left, right);
        double cosine = 1 - (Slack * Slack / 2);
        return product > 0 && product * product >= cosine * cosine * Dot(left, left) * Dot(right, right);
    }

    /// <summary>Inner product.</summary>
    public static double Dot(ReadOnlySpan<float> left, ReadOnlySpan<float> right)
    {
        Vector<float> sums = default;
        int at = 0;
        for (; at <= left.Length - Vector<float>.Count; at += Vector<float>.Count)
        {
            sums += new Vector<float>(left[at..]) * new Vector<float>(right[at..]);
        }

        double sum = Vector.Sum(sums);
        for (; at < left.Length; at++)
        {
            sum += left[at] * right[at];
        }

        return sum;
    }
}
