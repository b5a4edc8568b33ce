namespace VectorMigration.Vectors;

/// <summary>The range of the datatype Float16: a component beyond it becomes infinite as Qdrant stores it.</summary>
internal static class HalfRange
{
    /// <summary>The greatest number that a half holds.</summary>
    public const float Greatest = 65_504;

    /// <summary>From here on a number is rounded to infinity.</summary>
    private const float Beyond = 65_520;

    /// <summary>Index of the first component that is beyond the range; −1 when none is.</summary>
    public static int IndexOfBeyond(ReadOnlySpan<float> components)
    {
        for (int i = 0; i < components.Length; i++)
        {
            if (MathF.Abs(components[i]) >= Beyond)
            {
                return i;
            }
        }

        return -1;
    }
}
