using System.Globalization;

namespace VectorMigration.Vectors;

/// <summary>
/// What Qdrant cannot normalise as it stores a vector in a Cosine collection. It adds up the squares as float32 (its cosine_preprocess; seen on 1.16.3): a
/// sum beyond float32 makes a vector of zeros, and a vector with a sum below f32::EPSILON is stored as it is, so that its scores are nearly 0.
/// </summary>
internal static class CosineNorm
{
    /// <summary>Squared norms below this are left alone by Qdrant (f32::EPSILON).</summary>
    public const double LeftAloneBelow = 1.1920929e-7;

    /// <summary>True for a norm that Qdrant does not make 1; not for zero, which no search by Cosine finds anyway, nor for what is not finite.</summary>
    public static bool IsLost(double norm) => double.IsFinite(norm) && norm > 0 && norm * norm is > float.MaxValue or < LeftAloneBelow && norm > 0;

    /// <summary>The first row of a batch whose norm is lost; −1 where none is.</summary>
    public static int FirstLost(VectorBatch batch)
    {
        for (int row = 0; row < batch.Count; row++)
        {
            if (IsLost(Norms.Of(batch.Vector(row))))
            {
                return row;
            }
        }

        return -1;
    }

    /// <summary>What becomes of a vector with such a norm, as a clause.</summary>
    public static string Fate(double norm) => norm > 1
        ? "its square exceeds float32, and Qdrant would store zeros"
        : "Qdrant does not normalise a vector this short, so its scores would be close to 0";

    /// <summary>Why such a vector is skipped.</summary>
    public static string Reason(double norm) => string.Create(CultureInfo.InvariantCulture, $"norm {norm:G6} cannot be normalised");
}
