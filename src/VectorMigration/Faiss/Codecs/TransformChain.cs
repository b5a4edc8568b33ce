using VectorMigration.Vectors;

namespace VectorMigration.Faiss.Codecs;

/// <summary>The transforms of IndexPreTransform, undone from the last to the first.</summary>
internal sealed class TransformChain : VectorTransform
{
    /// <summary>Rows reversed at once: their numbers stay in the processor's caches between two transforms.</summary>
    private const int Batch = 256;

    private readonly VectorTransform[] transforms;

    /// <param name="transforms">In the order in which they were applied; at least one.</param>
    /// <exception cref="ArgumentException">There is none, or the dimensions do not follow on each other.</exception>
    public TransformChain(IReadOnlyList<VectorTransform> transforms)
    {
        this.transforms = [.. transforms];
        for (int i = 0; i < this.transforms.Length; i++)
        {
            if (i > 0 && this.transforms[i].InputDimension != this.transforms[i - 1].OutputDimension)
            {
                throw new ArgumentException($"{this.transforms[i].Name} does not take what {this.transforms[i - 1].Name} gives.", nameof(transforms));
            }
        }

        if (this.transforms.Length == 0)
        {
            throw new ArgumentException("A chain has at least one transform.", nameof(transforms));
        }
    }

    public override int InputDimension => transforms[0].InputDimension;

    public override int OutputDimension => transforms[^1].OutputDimension;

    public override string Name => string.Join(',', transforms.Select(static transform => transform.Name));

    public override Fidelity Fidelity => transforms.Max(static transform => transform.Fidelity);

    public override void Apply(ReadOnlySpan<float> vectors, Span<float> transformed)
    {
        int rows = Rows(transformed, vectors);
        int widest = transforms.Max(static transform => transform.OutputDimension);
        using Scratch one = new(widest);
        using Scratch other = new(widest);
        for (int row = 0; row < rows; row++)
        {
            ReadOnlySpan<float> from = vectors.Slice(row * InputDimension, InputDimension);
            for (int i = 0; i < transforms.Length; i++)
            {
                Span<float> to = (i % 2 == 0 ? one : other).Span[..transforms[i].OutputDimension];
                transforms[i].Apply(from, to);
                from = to;
            }

            from.CopyTo(transformed.Slice(row * OutputDimension, OutputDimension));
        }
    }

    public override void Reverse(ReadOnlySpan<float> transformed, Span<float> vectors)
    {
        int rows = Rows(transformed, vectors);
        if (transforms.Length == 1)
        {
            transforms[0].Reverse(transformed, vectors);
            return;
        }

        int widest = transforms.Max(static transform => transform.InputDimension);
        using Scratch one = new(checked(Batch * widest));
        using Scratch other = new(checked(Batch * widest));
        for (int first = 0; first < rows; first += Batch)
        {
            int count = Math.Min(Batch, rows - first);
            ReadOnlySpan<float> from = transformed.Slice(first * OutputDimension, count * OutputDimension);
            for (int i = transforms.Length - 1; i > 0; i--)
            {
                Span<float> to = (i % 2 == 0 ? one : other).Span[..(count * transforms[i].InputDimension)];
                transforms[i].Reverse(from, to);
                from = to;
            }

            transforms[0].Reverse(from, vectors.Slice(first * InputDimension, count * InputDimension));
        }
    }
}
