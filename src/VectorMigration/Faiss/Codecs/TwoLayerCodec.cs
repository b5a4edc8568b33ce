using VectorMigration.Vectors;

namespace VectorMigration.Faiss.Codecs;

/// <summary>Index2Layer: a code is the number of a list and the code of what its centroid leaves over.</summary>
internal sealed class TwoLayerCodec : VectorCodec
{
    private readonly Centroids centroids;
    private readonly int numberSize;
    private readonly VectorCodec residual;

    /// <param name="centroids">Centroids of the first layer.</param>
    /// <param name="numberSize">Bytes of a list's number (code_size_1), 0 to 8.</param>
    /// <param name="residual">Decoder of the second layer.</param>
    /// <exception cref="ArgumentException">The numbers do not belong together.</exception>
    public TwoLayerCodec(Centroids centroids, int numberSize, VectorCodec residual)
    {
        if (numberSize is < 0 or > sizeof(long) || centroids.Dimension != residual.Dimension)
        {
            throw new ArgumentException($"{numberSize} bytes are no number of a list of {residual.Dimension} components.", nameof(numberSize));
        }

        this.centroids = centroids;
        this.numberSize = numberSize;
        this.residual = residual;
    }

    public override int Dimension => residual.Dimension;

    public override int CodeSize => numberSize + residual.CodeSize;

    public override string Name => $"2Layer,{residual.Name}";

    public override CodecFamily? Family => CodecFamily.Product;

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">A code names a list that does not exist.</exception>
    public override void Decode(ReadOnlySpan<byte> codes, Span<float> vectors)
    {
        int rows = Rows(codes, vectors);
        using Scratch scratch = new(Dimension);
        for (int row = 0; row < rows; row++)
        {
            ReadOnlySpan<byte> code = codes.Slice(row * CodeSize, CodeSize);
            Span<float> vector = vectors.Slice(row * Dimension, Dimension);
            long list = 0;
            for (int i = 0; i < numberSize; i++)
            {
                list |= (long)code[i] << (8 * i);
            }

            centroids.Read(list, scratch.Span);
            residual.Decode(code[numberSize..], vector);
            VectorSums.Add(vector, scratch.Span);
        }
    }
}
