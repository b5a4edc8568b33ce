using VectorMigration.Vectors;
using VectorMigration.Verification;

namespace VectorMigration.Faiss.Codecs;

/// <summary>
/// The inverse of y = A x + b: PCA, OPQ, ITQMatrix, random rotations. FAISS takes every matrix that it reads for orthonormal and gives
/// Aᵀ(y − b), which is wrong for whitening and for any other matrix. Here the matrix itself decides: orthonormal ones are transposed, scaled
/// ones are divided by their squared norms, others are solved for.
/// </summary>
internal sealed class LinearReverse : VectorTransform
{
    private readonly float[] matrix;
    private readonly float[] bias;
    private readonly MatrixProduct? inverse;

    /// <param name="name">What the file calls the transform.</param>
    /// <param name="inputDimension">Components before the transform (d_in).</param>
    /// <param name="outputDimension">Components after it (d_out).</param>
    /// <param name="matrix">A, row-major, <paramref name="outputDimension"/> × <paramref name="inputDimension"/>.</param>
    /// <param name="bias">b; empty if there is none.</param>
    /// <exception cref="ArgumentException">The lengths do not belong together.</exception>
    public LinearReverse(string name, int inputDimension, int outputDimension, float[] matrix, float[] bias)
    {
        if (matrix.Length != (long)inputDimension * outputDimension || (bias.Length != 0 && bias.Length != outputDimension))
        {
            throw new ArgumentException(
                $"{matrix.Length} and {bias.Length} numbers are no matrix of {outputDimension} x {inputDimension} and its bias.", nameof(matrix));
        }

        Name = name;
        InputDimension = inputDimension;
        OutputDimension = outputDimension;
        this.matrix = matrix;
        this.bias = bias;
        if (MatrixInverse.Of(matrix, outputDimension, inputDimension) is not { } found)
        {
            Fidelity = Fidelity.NotRecoverable;
            return;
        }

        inverse = new MatrixProduct(found.Values, outputDimension, inputDimension);
        Fidelity = found.IsLossless ? Fidelity.RoundingOnly : Fidelity.Approximate;
    }

    public override int InputDimension { get; }

    public override int OutputDimension { get; }

    public override string Name { get; }

    public override Fidelity Fidelity { get; }

    public override void Reverse(ReadOnlySpan<float> transformed, Span<float> vectors)
    {
        Rows(transformed, vectors);
        if (inverse is null)
        {
            throw new InvalidOperationException($"{Name} has no inverse.");
        }

        inverse.Multiply(transformed, bias, vectors);
    }

    public override void Apply(ReadOnlySpan<float> vectors, Span<float> transformed)
    {
        int rows = Rows(transformed, vectors);
        for (int row = 0; row < rows; row++)
        {
            ReadOnlySpan<float> from = vectors.Slice(row * InputDimension, InputDimension);
            for (int i = 0; i < OutputDimension; i++)
            {
                float sum = DistanceKernels.Dot(from, matrix.AsSpan(i * InputDimension, InputDimension));
                transformed[(row * OutputDimension) + i] = sum + (bias.Length == 0 ? 0 : bias[i]);
            }
        }
    }
}
