using System.Buffers;
using System.Runtime.InteropServices;
using VectorMigration.Faiss.Codecs;
using VectorMigration.Faiss.Input;
using VectorMigration.Vectors;

namespace VectorMigration.Faiss.Layouts;

/// <summary>Some bytes of a run.</summary>
/// <param name="Offset">Offset of the first one, counted from the start of the run.</param>
/// <param name="Length">How many.</param>
internal readonly record struct RunPart(long Offset, long Length);

/// <summary>How vectors that lie behind each other become float32: which bytes hold which rows, and what they say. Thread-safe.</summary>
internal abstract class VectorRows
{
    /// <summary>Bytes read at once, at least one row or block.</summary>
    private const int Piece = 256 << 10;

    /// <summary>Components of a vector.</summary>
    public abstract int Dimension { get; }

    /// <summary>What the bytes are.</summary>
    public abstract RegionContent Content { get; }

    /// <summary>Rows that are stored together.</summary>
    protected virtual int RowsPerBlock => 1;

    /// <summary>Bytes of <see cref="RowsPerBlock"/> rows.</summary>
    protected abstract long BlockSize { get; }

    /// <summary>Bytes of a whole run; its last block is filled up.</summary>
    public long Length(long rows) => checked((rows + RowsPerBlock - 1) / RowsPerBlock * BlockSize);

    /// <summary>The bytes that hold <paramref name="count"/> rows, one or more, from <paramref name="first"/> on.</summary>
    public RunPart PartOf(long first, int count)
    {
        long start = first / RowsPerBlock;
        long end = (first + count - 1) / RowsPerBlock;
        return new RunPart(start * BlockSize, (end - start + 1) * BlockSize);
    }

    /// <summary>Decodes the rows from <paramref name="first"/> on; <paramref name="bytes"/> are those of <see cref="PartOf"/>.</summary>
    public abstract void Decode(ReadOnlySpan<byte> bytes, long first, Span<float> vectors);

    /// <summary>Reads the rows from <paramref name="first"/> on of a run that begins at <paramref name="start"/>.</summary>
    public virtual void Read(FaissFile file, long start, long first, Span<float> vectors, CancellationToken cancellationToken)
    {
        int count = vectors.Length / Dimension;
        int most = (int)Math.Clamp(Piece / Math.Max(1, BlockSize) * RowsPerBlock, RowsPerBlock, int.MaxValue);
        for (int row = 0; row < count;)
        {
            // Pieces end where blocks end, so that no block is read twice.
            int rows = (int)Math.Min(count - row, most - ((first + row) % RowsPerBlock));
            RunPart part = PartOf(first + row, rows);
            byte[] rented = ArrayPool<byte>.Shared.Rent(checked((int)part.Length));
            try
            {
                Span<byte> bytes = rented.AsSpan(0, (int)part.Length);
                file.ReadExactly(start + part.Offset, bytes, cancellationToken);
                Decode(bytes, first + row, vectors.Slice(row * Dimension, rows * Dimension));
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(rented);
            }

            row += rows;
        }
    }
}

/// <summary>The components themselves: row-major float32.</summary>
internal sealed class FloatRows(int dimension) : VectorRows
{
    public override int Dimension => dimension;

    public override RegionContent Content => RegionContent.Components;

    protected override long BlockSize => (long)dimension * sizeof(float);

    public override void Decode(ReadOnlySpan<byte> bytes, long first, Span<float> vectors) => bytes.CopyTo(MemoryMarshal.AsBytes(vectors));

    /// <summary>Straight to where they are wanted.</summary>
    public override void Read(FaissFile file, long start, long first, Span<float> vectors, CancellationToken cancellationToken) =>
        file.ReadExactly(start + (first * BlockSize), MemoryMarshal.AsBytes(vectors), cancellationToken);
}

/// <summary>One code a vector.</summary>
internal sealed class CodedRows(VectorCodec codec) : VectorRows
{
    public override int Dimension => codec.Dimension;

    public override RegionContent Content => RegionContent.Codes;

    protected override long BlockSize => codec.CodeSize;

    public override void Decode(ReadOnlySpan<byte> bytes, long first, Span<float> vectors) => codec.Decode(bytes, vectors);
}

/// <summary>Codes that are interleaved in blocks of several vectors.</summary>
internal sealed class BlockRows(CodeBlocks blocks, VectorCodec codec) : VectorRows
{
    /// <summary>Bytes of codes taken out of a block at once.</summary>
    private const int Piece = 16 << 10;

    public override int Dimension => codec.Dimension;

    public override RegionContent Content => RegionContent.Codes;

    /// <summary>Vectors of a block.</summary>
    public int BlockRowCount => blocks.VectorsPerBlock;

    /// <summary>Bytes of a block.</summary>
    public int BlockBytes => blocks.BlockSize;

    protected override int RowsPerBlock => blocks.VectorsPerBlock;

    protected override long BlockSize => blocks.BlockSize;

    public override void Decode(ReadOnlySpan<byte> bytes, long first, Span<float> vectors)
    {
        int count = vectors.Length / Dimension;
        int most = Math.Max(1, Piece / Math.Max(1, blocks.CodeSize));
        byte[] rented = ArrayPool<byte>.Shared.Rent(Math.Min(most, count) * blocks.CodeSize);
        try
        {
            for (int row = 0; row < count;)
            {
                int within = (int)((first + row) % RowsPerBlock);
                int rows = Math.Min(most, Math.Min(count - row, RowsPerBlock - within));
                long block = ((first + row) / RowsPerBlock) - (first / RowsPerBlock);
                Span<byte> codes = rented.AsSpan(0, rows * blocks.CodeSize);
                blocks.Unpack(bytes.Slice((int)(block * BlockSize), blocks.BlockSize), within, codes);
                codec.Decode(codes, vectors.Slice(row * Dimension, rows * Dimension));
                row += rows;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }
}
