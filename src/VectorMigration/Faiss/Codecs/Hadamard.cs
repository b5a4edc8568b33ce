using System.Numerics;
using System.Runtime.InteropServices;
using VectorMigration.Vectors;

namespace VectorMigration.Faiss.Codecs;

/// <summary>The fast Walsh-Hadamard transform, not normalised, in natural order.</summary>
internal static class WalshHadamard
{
    /// <summary>Transforms in place; the length is a power of two.</summary>
    public static void Transform(Span<float> values)
    {
        ref float start = ref MemoryMarshal.GetReference(values);
        for (int half = 1; half < values.Length; half *= 2)
        {
            for (int block = 0; block < values.Length; block += 2 * half)
            {
                int i = block;
                for (; half >= Vector<float>.Count && i < block + half; i += Vector<float>.Count)
                {
                    Vector<float> left = Vector.LoadUnsafe(ref start, (nuint)i);
                    Vector<float> right = Vector.LoadUnsafe(ref start, (nuint)(i + half));
                    Vector.StoreUnsafe(left + right, ref start, (nuint)i);
                    Vector.StoreUnsafe(left - right, ref start, (nuint)(i + half));
                }

                for (; i < block + half; i++)
                {
                    (values[i], values[i + half]) = (values[i] + values[i + half], values[i] - values[i + half]);
                }
            }
        }
    }

    /// <summary>Multiplies component by component.</summary>
    public static void Multiply(Span<float> values, ReadOnlySpan<float> factors)
    {
        ref float target = ref MemoryMarshal.GetReference(values);
        int i = 0;
        for (; i <= values.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector.StoreUnsafe(Vector.LoadUnsafe(ref target, (nuint)i) * new Vector<float>(factors[i..]), ref target, (nuint)i);
        }

        for (; i < values.Length; i++)
        {
            values[i] *= factors[i];
        }
    }
}

/// <summary>
/// HadamardRotation: three times signs and a Walsh-Hadamard transform, on vectors that are filled up to a power of two. FAISS has no
/// inverse of it; each of its steps is its own.
/// </summary>
internal sealed class HadamardReverse : VectorTransform
{
    /// <summary>Signs of the three steps, each divided by the root of the length, which normalises the transform before it.</summary>
    private readonly float[][] signs;

    /// <exception cref="ArgumentException"><paramref name="outputDimension"/> is no power of two that holds <paramref name="inputDimension"/>.</exception>
    public HadamardReverse(int inputDimension, int outputDimension, uint seed)
    {
        if (!BitOperations.IsPow2(outputDimension) || outputDimension < inputDimension)
        {
            throw new ArgumentException($"{outputDimension} is no power of two of at least {inputDimension}.", nameof(outputDimension));
        }

        InputDimension = inputDimension;
        OutputDimension = outputDimension;
        var random = new SplitMix64(seed);
        float scale = (float)(1 / Math.Sqrt(outputDimension));
        signs = [new float[outputDimension], new float[outputDimension], new float[outputDimension]];
        foreach (float[] step in signs)
        {
            for (int i = 0; i < step.Length; i++)
            {
                step[i] = random.Next() % 2 == 0 ? -scale : scale;
            }
        }
    }

    public override int InputDimension { get; }

    public override int OutputDimension { get; }

    public override string Name => "HadamardRotation";

    public override Fidelity Fidelity => Fidelity.RoundingOnly;

    public override void Reverse(ReadOnlySpan<float> transformed, Span<float> vectors)
    {
        int rows = Rows(transformed, vectors);
        using Scratch scratch = new(OutputDimension);
        for (int row = 0; row < rows; row++)
        {
            Span<float> values = scratch.Span;
            transformed.Slice(row * OutputDimension, OutputDimension).CopyTo(values);
            for (int step = signs.Length - 1; step >= 0; step--)
            {
                WalshHadamard.Transform(values);
                WalshHadamard.Multiply(values, signs[step]);
            }

            values[..InputDimension].CopyTo(vectors.Slice(row * InputDimension, InputDimension));
        }
    }

    public override void Apply(ReadOnlySpan<float> vectors, Span<float> transformed)
    {
        int rows = Rows(transformed, vectors);
        for (int row = 0; row < rows; row++)
        {
            Span<float> values = transformed.Slice(row * OutputDimension, OutputDimension);
            values.Clear();
            vectors.Slice(row * InputDimension, InputDimension).CopyTo(values);
            foreach (float[] step in signs)
            {
                WalshHadamard.Multiply(values, step);
                WalshHadamard.Transform(values);
            }
        }
    }
}
