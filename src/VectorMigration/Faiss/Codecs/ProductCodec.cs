using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using VectorMigration.Vectors;

namespace VectorMigration.Faiss.Codecs;

/// <summary>Product quantizer: each of M parts of a vector is an entry of the part's own table.</summary>
internal sealed class ProductCodec : VectorCodec
{
    /// <summary>Fields spread at once.</summary>
    private const int Piece = 256;

    private readonly float[] centroids;
    private readonly int parts;
    private readonly int bits;
    private readonly int width;

    /// <param name="dimension">Components of a vector, a multiple of <paramref name="parts"/>.</param>
    /// <param name="parts">Number of sub-quantizers (M).</param>
    /// <param name="bits">Bits of a field, 1 to 24 (nbits).</param>
    /// <param name="centroids">M tables of 2^<paramref name="bits"/> entries of <paramref name="dimension"/> / M numbers.</param>
    /// <exception cref="ArgumentException">The numbers do not belong together.</exception>
    public ProductCodec(int dimension, int parts, int bits, float[] centroids)
    {
        if (parts < 1 || dimension % parts != 0 || bits is < 1 or > 24 || centroids.Length != (long)dimension << bits)
        {
            throw new ArgumentException(
                $"{centroids.Length} numbers are no tables of {parts} sub-quantizers of {bits} bits for {dimension} components.", nameof(centroids));
        }

        this.centroids = centroids;
        this.parts = parts;
        this.bits = bits;
        width = dimension / parts;
        Dimension = dimension;
        CodeSize = checked((int)((((long)parts * bits) + 7) / 8));
    }

    public override int Dimension { get; }

    public override int CodeSize { get; }

    public override string Name => $"PQ{parts}x{bits}";

    public override CodecFamily? Family => CodecFamily.Product;

    public override void Decode(ReadOnlySpan<byte> codes, Span<float> vectors)
    {
        int rows = Rows(codes, vectors);
        if (width == 0)
        {
            return;
        }

        // An entry is copied in the largest blocks that divide it: a call of memmove for 32 bytes costs more than the bytes.
        switch (int.TrailingZeroCount(width))
        {
            case 0:
                Decode<float>(codes, vectors, rows);
                break;
            case 1:
                Decode<double>(codes, vectors, rows);
                break;
            case 2:
                Decode<Vector128<float>>(codes, vectors, rows);
                break;
            default:
                Decode<Vector256<float>>(codes, vectors, rows);
                break;
        }
    }

    private void Decode<TBlock>(ReadOnlySpan<byte> codes, Span<float> vectors, int rows)
        where TBlock : unmanaged
    {
        Span<int> wide = stackalloc int[bits > 8 ? Math.Min(Piece, parts) : 0];
        Span<byte> narrow = stackalloc byte[bits < 8 ? Math.Min(Piece, parts) : 0];
        for (int row = 0; row < rows; row++)
        {
            ReadOnlySpan<byte> code = codes.Slice(row * CodeSize, CodeSize);
            Span<float> vector = vectors.Slice(row * Dimension, Dimension);
            for (int part = 0; part < parts; part += Piece)
            {
                int count = Math.Min(Piece, parts - part);
                Span<float> target = vector.Slice(part * width, count * width);
                if (bits > 8)
                {
                    BitFields.Unpack(code, part, bits, wide[..count]);
                    Gather<TBlock, int>(wide[..count], part, target);
                    continue;
                }

                if (bits < 8)
                {
                    BitFields.Unpack(code, part, bits, narrow[..count]);
                }

                Gather<TBlock, byte>(bits < 8 ? narrow[..count] : code.Slice(part, count), part, target);
            }
        }
    }

    /// <summary>Copies the entries of consecutive parts. A field has no more bits than its table has entries for, so no entry lies outside.</summary>
    private void Gather<TBlock, TField>(ReadOnlySpan<TField> fields, int firstPart, Span<float> vector)
        where TBlock : unmanaged
        where TField : unmanaged, IBinaryInteger<TField>
    {
        int blocks = width * sizeof(float) / Unsafe.SizeOf<TBlock>();
        nuint table = (nuint)width << bits;
        ref float tables = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(centroids), (nuint)firstPart * table);
        ref TBlock target = ref Unsafe.As<float, TBlock>(ref MemoryMarshal.GetReference(vector));
        foreach (TField field in fields)
        {
            ref TBlock entry = ref Unsafe.As<float, TBlock>(ref Unsafe.Add(ref tables, nuint.CreateTruncating(field) * (nuint)width));
            for (int block = 0; block < blocks; block++)
            {
                Unsafe.WriteUnaligned(ref Unsafe.As<TBlock, byte>(ref target), Unsafe.ReadUnaligned<TBlock>(ref Unsafe.As<TBlock, byte>(ref entry)));
                target = ref Unsafe.Add(ref target, 1);
                entry = ref Unsafe.Add(ref entry, 1);
            }

            tables = ref Unsafe.Add(ref tables, table);
        }
    }
}
