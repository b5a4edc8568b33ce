using VectorMigration.Vectors;

namespace VectorMigration.Faiss.Codecs;

/// <summary>Decodes codes of a fixed length into vectors. Thread-safe; allocates nothing per row.</summary>
internal abstract class VectorCodec
{
    /// <summary>Components of a decoded vector.</summary>
    public abstract int Dimension { get; }

    /// <summary>Bytes of a code; 0 for codes that hold nothing.</summary>
    public abstract int CodeSize { get; }

    /// <summary>The codec as users of FAISS know it: "SQ8", "PQ48x8", "RQ8x8", "LSH".</summary>
    public abstract string Name { get; }

    /// <summary>What kind of codes they are; null where nothing is searched by them.</summary>
    public abstract CodecFamily? Family { get; }

    /// <summary>Bits of a code that stand for components, without factors and norms beside them.</summary>
    public virtual long ComponentBits => 8L * CodeSize;

    /// <summary>Greatest difference of a component from the original, where the codec's own numbers tell it; null elsewhere.</summary>
    public virtual float? ExpectedError => null;

    /// <summary>Decodes row-major codes (rows × <see cref="CodeSize"/>) into row-major vectors (rows × <see cref="Dimension"/>).</summary>
    /// <exception cref="ArgumentException">The lengths do not belong together.</exception>
    public abstract void Decode(ReadOnlySpan<byte> codes, Span<float> vectors);

    /// <summary>Number of rows of a call; the vectors say it, because a code may have no bytes.</summary>
    protected int Rows(ReadOnlySpan<byte> codes, Span<float> vectors) => CodeRows.Of(codes.Length, CodeSize, vectors.Length, Dimension);
}

/// <summary>The number of rows that two lengths agree on.</summary>
internal static class CodeRows
{
    /// <exception cref="ArgumentException">The lengths do not belong together.</exception>
    public static int Of(int inputLength, int inputWidth, int outputLength, int outputWidth)
    {
        int rows = outputWidth == 0 ? 0 : outputLength / outputWidth;
        return (long)rows * outputWidth == outputLength && (long)rows * inputWidth == inputLength
            ? rows
            : throw new ArgumentException($"{inputLength} elements of {inputWidth} a row do not fill {outputLength} elements of {outputWidth} a row.");
    }
}
