using VectorMigration.Vectors;

namespace VectorMigration.Faiss.Codecs;

/// <summary>Binary vectors: a bit a component, read as 1 or −1, whose dot product ranks as the Hamming distance does.</summary>
internal sealed class BitCodec(int dimension) : VectorCodec
{
    public override int Dimension => dimension;

    public override int CodeSize { get; } = (dimension + 7) / 8;

    public override string Name => "binary";

    public override CodecFamily? Family => CodecFamily.Binary;

    public override void Decode(ReadOnlySpan<byte> codes, Span<float> vectors)
    {
        int rows = Rows(codes, vectors);
        for (int row = 0; row < rows; row++)
        {
            SignTable.Expand(codes.Slice(row * CodeSize, CodeSize), vectors.Slice(row * dimension, dimension));
        }
    }
}
