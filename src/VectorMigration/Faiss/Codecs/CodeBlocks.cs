namespace VectorMigration.Faiss.Codecs;

/// <summary>Codes that are stored in blocks of several vectors, interleaved for searching. Thread-safe.</summary>
internal abstract class CodeBlocks
{
    /// <summary>Vectors of a block; the last one is filled up.</summary>
    public abstract int VectorsPerBlock { get; }

    /// <summary>Bytes of a block.</summary>
    public abstract int BlockSize { get; }

    /// <summary>Bytes of a code that <see cref="Unpack"/> gives.</summary>
    public abstract int CodeSize { get; }

    /// <summary>Gives the codes of consecutive vectors of one block, beginning with <paramref name="first"/>, one after the other.</summary>
    /// <exception cref="ArgumentException">The block is too short, or has not so many vectors.</exception>
    public abstract void Unpack(ReadOnlySpan<byte> block, int first, Span<byte> codes);

    /// <summary>Number of codes of a call.</summary>
    protected int Rows(ReadOnlySpan<byte> block, int first, Span<byte> codes)
    {
        int rows = CodeSize == 0 ? 0 : codes.Length / CodeSize;
        return block.Length >= BlockSize && first >= 0 && rows * CodeSize == codes.Length && first + (long)rows <= VectorsPerBlock
            ? rows
            : throw new ArgumentException($"{codes.Length} bytes of codes from vector {first} on are not in a block of {block.Length} bytes.", nameof(codes));
    }
}

/// <summary>Blocks of fast scans: fields of four bits, vectors in an order that suits the shuffles of a search.</summary>
internal sealed class FastScanBlocks : CodeBlocks
{
    /// <summary>Vectors that are interleaved with each other; a block has several such groups.</summary>
    private const int Group = 32;

    private readonly int pairs;
    private readonly int trailer;
    private readonly int kept;

    /// <param name="fields">Fields of a code; an odd number is rounded up (M, M2).</param>
    /// <param name="vectors">Vectors of a block, a multiple of 32 (bbs).</param>
    /// <param name="trailer">Bytes that each vector has behind the interleaved part of its block; 0 but for RaBitQ.</param>
    /// <param name="kept">Of these, how many belong to the code that comes out.</param>
    /// <exception cref="ArgumentException">The numbers do not belong together.</exception>
    public FastScanBlocks(int fields, int vectors, int trailer = 0, int kept = 0)
    {
        if (fields < 0 || vectors < Group || vectors % Group != 0 || kept < 0 || kept > trailer)
        {
            throw new ArgumentException($"Blocks of {vectors} vectors with {fields} fields do not exist.", nameof(vectors));
        }

        pairs = (fields + 1) / 2;
        this.trailer = trailer;
        this.kept = kept;
        VectorsPerBlock = vectors;
        BlockSize = checked((pairs + trailer) * vectors);
    }

    public override int VectorsPerBlock { get; }

    public override int BlockSize { get; }

    public override int CodeSize => pairs + kept;

    /// <summary>Blocks of RaBitQ: signs in fields, factors behind them.</summary>
    /// <param name="dimension">Components of a vector.</param>
    /// <param name="bits">Bits of a component (nb_bits).</param>
    /// <param name="vectors">Vectors of a block (bbs).</param>
    public static FastScanBlocks OfRaBitQ(int dimension, int bits, int vectors)
    {
        // Codes of several bits have the bound of their error as well, the bits beyond the sign, and factors for those.
        int trailer = bits == 1
            ? RaBitQCodec.FactorBytes
            : RaBitQCodec.FactorBytes + sizeof(float) + checked((int)((((long)(bits - 1) * dimension) + 7) / 8)) + (2 * sizeof(float));
        return new FastScanBlocks(2 * RaBitQCodec.SignBytes(dimension), vectors, trailer, RaBitQCodec.FactorBytes);
    }

    public override void Unpack(ReadOnlySpan<byte> block, int first, Span<byte> codes)
    {
        int rows = Rows(block, first, codes);
        for (int row = 0; row < rows; row++)
        {
            int vector = first + row;
            Span<byte> code = codes.Slice(row * CodeSize, CodeSize);

            // Of a group the first sixteen are in low halves of bytes, even ones before odd ones: 0, 8, 1, 9, ...
            int within = vector % (Group / 2);
            int place = (vector / Group * Group) + (within < 8 ? 2 * within : (2 * (within - 8)) + 1);
            int shift = vector % Group < Group / 2 ? 0 : 4;
            for (int pair = 0; pair < pairs; pair++, place += VectorsPerBlock)
            {
                int low = (block[place] >> shift) & 15;
                int high = (block[place + (Group / 2)] >> shift) & 15;
                code[pair] = (byte)(low | (high << 4));
            }

            block.Slice((pairs * VectorsPerBlock) + (vector * trailer), kept).CopyTo(code[pairs..]);
        }
    }
}

/// <summary>Blocks of Panorama: float32 components, cut into levels; a level of all vectors lies together.</summary>
internal sealed class PanoramaBlocks : CodeBlocks
{
    private readonly int levelWidth;

    /// <param name="dimension">Components of a vector.</param>
    /// <param name="levels">Levels of a vector (n_levels).</param>
    /// <param name="vectors">Vectors of a block (batch_size).</param>
    /// <exception cref="ArgumentException">The numbers do not belong together.</exception>
    public PanoramaBlocks(int dimension, int levels, int vectors)
    {
        if (dimension < 0 || levels < 1 || vectors < 1)
        {
            throw new ArgumentException($"Blocks of {vectors} vectors with {levels} levels do not exist.", nameof(levels));
        }

        levelWidth = Math.Max(1, (int)(((long)dimension + levels - 1) / levels)) * sizeof(float);
        CodeSize = checked(dimension * sizeof(float));
        VectorsPerBlock = vectors;
        BlockSize = checked(CodeSize * vectors);
    }

    public override int VectorsPerBlock { get; }

    public override int BlockSize { get; }

    public override int CodeSize { get; }

    public override void Unpack(ReadOnlySpan<byte> block, int first, Span<byte> codes)
    {
        int rows = Rows(block, first, codes);
        for (int level = 0; level < CodeSize; level += levelWidth)
        {
            int width = Math.Min(levelWidth, CodeSize - level);
            for (int row = 0; row < rows; row++)
            {
                block.Slice((level * VectorsPerBlock) + ((first + row) * width), width).CopyTo(codes.Slice((row * CodeSize) + level, width));
            }
        }
    }
}
