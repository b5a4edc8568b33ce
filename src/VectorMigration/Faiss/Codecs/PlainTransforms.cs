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
}

/// <summary>NormalizationTransform: the norm of the original is lost, the direction is kept.</summary>
internal sealed class NormalizationTransform(int dimension) : VectorTransform
{
    /// <summary>Its <see cref="Name"/>.</summary>
    public const string Kind = "Normalization";

    public override int InputDimension => dimension;

    public override int OutputDimension => dimension;

    public override string Name => Kind;

    public override Fidelity Fidelity => Fidelity.Approximate;

    public override void Reverse(ReadOnlySpan<float> transformed, Span<float> vectors)
    {
        Rows(transformed, vectors);
        transformed.CopyTo(vectors);
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
}
