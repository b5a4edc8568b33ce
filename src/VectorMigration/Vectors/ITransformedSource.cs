namespace VectorMigration.Vectors;

/// <summary>A source whose vectors may have been transformed before they were added to it.</summary>
internal interface ITransformedSource
{
    /// <summary>Replaces original vectors (row-major) by what the transforms leave of them, so that they can be compared with what the source holds.</summary>
    /// <returns>True where there are transforms; false, and nothing is replaced, where there are none.</returns>
    bool Project(Span<float> originals);
}
