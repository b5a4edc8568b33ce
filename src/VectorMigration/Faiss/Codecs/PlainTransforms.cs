using VectorMigration.Vectors;

namespace VectorMigration.Faiss.Codecs;

/// <summary>RemapDimensionsTransform: component j came from component map[j]; a component that nothing came from is 0.</summary>
internal sealed class RemapTransform : VectorTransform
{
    private readonly int[] map;

    /// <param name="inputDimension">Components before the transform.</param>
    /// <param name="map">For each component after it, where it came from; −1 if from nowhere.</param>
    /// <exception cref="ArgumentException">An entry is outside.</exception>
    public RemapTransform(int inputDimension, int[] map)
    {
        if (map.Any(from => from < -1 || from >= inputDimension))
        {
            throw new ArgumentException($"An entry of the map is not within -1 to {inputDimension - 1}.", nameof(map));
        }

        this.map = map;
        InputDimension = inputDimension;
        Fidelity = map.Where(static from => from >= 0).Distinct().Count() == inputDimension ? Fidelity.Exact : Fidelity.Approximate;
    }

    public override int InputDimension { get; }

    public override int OutputDimension => map.Length;

    public override string Name => "RemapDimensions";

    public override Fidelity Fidelity { get; }

    public override void Reverse(ReadOnlySpan<float> transformed, Span<float> vectors)
    {
        int rows = Rows(transformed, vectors);
        vectors.Clear();
        for (int row = 0; row < rows; row++)
        {
            ReadOnlySpan<float> from = transformed.Slice(row * map.Length, map.Length);
            Span<float> to = vectors.Slice(row * InputDimension, InputDimension);
            for (int i = 0; i < from.Length; i++)
            {
                if (map[i] >= 0)
                {
                    to[map[i]] = from[i];
                }
            }
        }
    }

    public override void Apply(ReadOnlySpan<float> vectors, Span<float> transformed)
    {
        int rows = Rows(transformed, vectors);
        for (int row = 0; row < rows; row++)
        {
            ReadOnlySpan<float> from = vectors.Slice(row * InputDimension, InputDimension);
            Span<float> to = transformed.Slice(row * map.Length, map.Length);
            for (int i = 0; i < to.Length; i++)
            {
                to[i] = map[i] >= 0 ? from[map[i]] : 0;
            }
        }
    }
}

/// <summary>NormalizationTransform: the norm of the original is lost, the direction is kept.</summary>
internal sealed class NormalizationTransform(int dimension) : VectorTransform
{
    public override int InputDimension => dimension;

    public override int OutputDimension => dimension;

    public override string Name => "Normalization";

    public override Fidelity Fidelity => Fidelity.Approximate;

    public override void Reverse(ReadOnlySpan<float> transformed, Span<float> vectors)
    {
        Rows(transformed, vectors);
        transformed.CopyTo(vectors);
    }

    /// <summary>Zero has no direction and stays zero, as in FAISS.</summary>
    public override void Apply(ReadOnlySpan<float> vectors, Span<float> transformed)
    {
        int rows = Rows(transformed, vectors);
        for (int row = 0; row < rows; row++)
        {
            ReadOnlySpan<float> from = vectors.Slice(row * dimension, dimension);
            double norm = Norms.Of(from);
            Span<float> to = transformed.Slice(row * dimension, dimension);
            for (int i = 0; i < to.Length; i++)
            {
                to[i] = norm > 0 ? (float)(from[i] / norm) : from[i];
            }
        }
    }
}

/// <summary>CenteringTransform: the mean was subtracted.</summary>
internal sealed class CenteringTransform(float[] mean) : VectorTransform
{
    public override int InputDimension => mean.Length;

    public override int OutputDimension => mean.Length;

    public override string Name => "Centering";

    public override Fidelity Fidelity => Fidelity.RoundingOnly;

    public override void Reverse(ReadOnlySpan<float> transformed, Span<float> vectors)
    {
        Rows(transformed, vectors);
        transformed.CopyTo(vectors);
        VectorSums.AddToRows(vectors, mean);
    }

    public override void Apply(ReadOnlySpan<float> vectors, Span<float> transformed)
    {
        Rows(transformed, vectors);
        for (int i = 0; i < vectors.Length; i++)
        {
            transformed[i] = vectors[i] - mean[i % mean.Length];
        }
    }
}

/// <summary>What was transformed and cannot be given back, such as ITQTransform, which keeps signs only.</summary>
internal sealed class IrreversibleTransform(string name, int inputDimension, int outputDimension) : VectorTransform
{
    public override int InputDimension => inputDimension;

    public override int OutputDimension => outputDimension;

    public override string Name => name;

    public override Fidelity Fidelity => Fidelity.NotRecoverable;

    public override void Reverse(ReadOnlySpan<float> transformed, Span<float> vectors) =>
        throw new InvalidOperationException($"{name} has no inverse.");

    public override void Apply(ReadOnlySpan<float> vectors, Span<float> transformed) =>
        throw new InvalidOperationException($"{name} has no inverse.");
}
