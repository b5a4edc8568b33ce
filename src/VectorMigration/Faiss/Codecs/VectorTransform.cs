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

    /// <summary>Does to row-major vectors (rows × <see cref="InputDimension"/>) what FAISS did to them before they were added. For comparisons: rounding
    /// differs from FAISS's own.</summary>
    /// <param name="vectors">Vectors before the transform.</param>
    /// <param name="transformed">Vectors after it (rows × <see cref="OutputDimension"/>).</param>
    /// <exception cref="InvalidOperationException"><see cref="Fidelity"/> is <see cref="Fidelity.NotRecoverable"/>.</exception>
    public abstract void Apply(ReadOnlySpan<float> vectors, Span<float> transformed);

    /// <summary>Number of rows of a call.</summary>
    protected int Rows(ReadOnlySpan<float> transformed, ReadOnlySpan<float> vectors) =>
        CodeRows.Of(transformed.Length, OutputDimension, vectors.Length, InputDimension);
}
