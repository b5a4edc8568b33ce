using System.Numerics;
using System.Runtime.InteropServices;
using VectorMigration.Vectors;

namespace VectorMigration.Faiss.Codecs;

/// <summary>A byte is the component, or the component and 128.</summary>
internal sealed class DirectCodec(string name, int dimension, float zero) : VectorCodec
{
    public override int Dimension => dimension;

    public override int CodeSize => dimension;

    public override string Name => name;

    public override CodecFamily? Family => CodecFamily.Scalar;

    public override void Decode(ReadOnlySpan<byte> codes, Span<float> vectors)
    {
        Rows(codes, vectors);
        ref byte source = ref MemoryMarshal.GetReference(codes);
        ref float target = ref MemoryMarshal.GetReference(vectors);
        var zeros = new Vector<float>(zero);
        int i = 0;
        for (; i <= codes.Length - Vector<byte>.Count; i += Vector<byte>.Count)
        {
            Vector.Widen(Vector.LoadUnsafe(ref source, (nuint)i), out Vector<ushort> low, out Vector<ushort> high);
            Vector.Widen(low, out Vector<uint> first, out Vector<uint> second);
            Vector.Widen(high, out Vector<uint> third, out Vector<uint> fourth);
            nuint at = (nuint)i;
            Vector.StoreUnsafe(Vector.ConvertToSingle(Vector.AsVectorInt32(first)) - zeros, ref target, at);
            Vector.StoreUnsafe(Vector.ConvertToSingle(Vector.AsVectorInt32(second)) - zeros, ref target, at + (nuint)Vector<float>.Count);
            Vector.StoreUnsafe(Vector.ConvertToSingle(Vector.AsVectorInt32(third)) - zeros, ref target, at + (nuint)(2 * Vector<float>.Count));
            Vector.StoreUnsafe(Vector.ConvertToSingle(Vector.AsVectorInt32(fourth)) - zeros, ref target, at + (nuint)(3 * Vector<float>.Count));
        }

        for (; i < codes.Length; i++)
        {
            vectors[i] = codes[i] - zero;
        }
    }
}

/// <summary>Fields that are places in one table for all components (tqmse and EDEN among the scalar quantizers).</summary>
internal sealed class TableCodec : VectorCodec
{
    private const int Piece = 1024;

    private readonly int bits;
    private readonly float[] table;

    /// <param name="name">The name of the codec.</param>
    /// <param name="bits">Bits of a field, 1 to 8.</param>
    /// <param name="dimension">Components of a vector.</param>
    /// <param name="trained">The table of 2^<paramref name="bits"/> entries; what follows it is not needed to decode.</param>
    public TableCodec(string name, int bits, int dimension, ReadOnlySpan<float> trained)
    {
        this.bits = bits;
        table = trained[..(1 << bits)].ToArray();
        Name = name;
        Dimension = dimension;
        CodeSize = (int)((((long)bits * dimension) + 7) / 8);
    }

    public override int Dimension { get; }

    public override int CodeSize { get; }

    public override string Name { get; }

    public override CodecFamily? Family => CodecFamily.Turbo;

    public override void Decode(ReadOnlySpan<byte> codes, Span<float> vectors)
    {
        int rows = Rows(codes, vectors);
        Span<byte> fields = stackalloc byte[Math.Min(Piece, Dimension)];
        for (int row = 0; row < rows; row++)
        {
            ReadOnlySpan<byte> code = codes.Slice(row * CodeSize, CodeSize);
            Span<float> vector = vectors.Slice(row * Dimension, Dimension);
            for (int at = 0; at < vector.Length; at += Piece)
            {
                Span<byte> piece = fields[..Math.Min(Piece, vector.Length - at)];
                BitFields.Unpack(code, at, bits, piece);
                for (int i = 0; i < piece.Length; i++)
                {
                    vector[at + i] = table[piece[i]];
                }
            }
        }
    }
}

/// <summary>Codes without bytes: the vector is the centroid of its list, to which nothing is added.</summary>
internal sealed class EmptyCodec(int dimension) : VectorCodec
{
    public override int Dimension => dimension;

    public override int CodeSize => 0;

    public override string Name => "SQ0";

    public override CodecFamily? Family => null;

    public override void Decode(ReadOnlySpan<byte> codes, Span<float> vectors)
    {
        Rows(codes, vectors);
        vectors.Clear();
    }
}

/// <summary>The float32 components themselves, as IndexFlat and Panorama keep them.</summary>
internal sealed class FlatCodec(int dimension) : VectorCodec
{
    public override int Dimension => dimension;

    public override int CodeSize { get; } = checked(sizeof(float) * dimension);

    public override string Name => "Flat";

    public override CodecFamily? Family => null;

    public override void Decode(ReadOnlySpan<byte> codes, Span<float> vectors)
    {
        Rows(codes, vectors);
        codes.CopyTo(MemoryMarshal.AsBytes(vectors));
    }
}
