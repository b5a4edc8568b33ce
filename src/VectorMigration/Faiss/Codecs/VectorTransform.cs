using VectorMigration.Vectors;

namespace VectorMigration.Faiss.Codecs;

/// <summary>Undoes what a VectorTransform of FAISS did to vectors before they were added. Thread-safe; allocates nothing per row.</summary>
internal abstract class VectorTransform
{
    /// <summary>Components before the transform: of a vector that <see cref="Reverse"/> gives.</summary>
    public abstract int InputDimension { get; }

    /// <summary>Components after the transform: of a vector that <see cref="Reverse"/> takes.</summary>
    public abstract int OutputDimension { get; }

    /// <summary>The transform as users of FAISS know it: "PCA", "Linear", "Normalization".</summary>
    public abstract string Name { get; }

    /// <summary>How truly <see cref="Reverse"/> gives the originals back; <see cref="Fidelity.NotRecoverable"/> if it cannot.</summary>
    public abstract Fidelity Fidelity { get; }

    /// <summary>Reverses row-major vectors (rows × <see cref="OutputDimension"/>) into row-major vectors (rows × <see cref="InputDimension"/>).</summary>
    /// <exception cref="ArgumentException">The lengths do not belong together.</exception>
    /// <exception cref="InvalidOperationException"><see cref="Fidelity"/> is <see cref="Fidelity.NotRecoverable"/>.</exception>
    public abstract void Reverse(ReadOnlySpan<float> transformed, Span<float> vectors);

    /// <summary>Number of rows of a call.</summary>
    protected int Rows(ReadOnlySpan<float> transformed, Span<float> vectors) =>
        CodeRows.Of(transformed.Length, OutputDimension, vectors.Length, InputDimension);
}
