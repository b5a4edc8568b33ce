namespace VectorMigration.Vectors;

/// <summary>Consecutive ordinals of an index.</summary>
/// <param name="First">The first one.</param>
/// <param name="Last">The last one, inclusive.</param>
public readonly record struct OrdinalRange(long First, long Last)
{
    /// <summary>How many they are.</summary>
    public long Count => Last - First + 1;

    /// <inheritdoc/>
    public override string ToString() => First == Last ? $"{First}" : $"{First}-{Last}";
}
