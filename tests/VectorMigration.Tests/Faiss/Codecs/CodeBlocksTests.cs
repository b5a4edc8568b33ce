namespace VectorMigration.Tests.Faiss.Codecs;

/// <summary>Blocks against the places that the format gives: packed here one field at a time, unpacked in any pieces.</summary>
public sealed class CodeBlocksTests
{
    private static readonly int[] Order = [0, 8, 1, 9, 2, 10, 3, 11, 4, 12, 5, 13, 6, 14, 7, 15];

    [Theory]
    [InlineData(1, 32)]
    [InlineData(6, 32)]
    [InlineData(7, 32)]
    [InlineData(24, 64)]
    [InlineData(48, 96)]
    public void Fast_scan_blocks_give_the_fields_in_order(int fields, int vectors)
    {
        var random = new Random(fields);
        var blocks = new FastScanBlocks(fields, vectors);
        int rounded = (fields + 1) / 2 * 2;
        byte[] codes = new byte[vectors * blocks.CodeSize];
        random.NextBytes(codes);
        byte[] block = new byte[blocks.BlockSize];
        blocks.BlockSize.ShouldBe(vectors * rounded / 2);
        for (int vector = 0; vector < vectors; vector++)
        {
            for (int field = 0; field < rounded; field++)
            {
                int value = (codes[(vector * blocks.CodeSize) + (field / 2)] >> (4 * (field % 2))) & 15;
                int place = (field / 2 * vectors) + (vector / 32 * 32) + (field % 2 * 16) + Array.IndexOf(Order, vector % 16);
                block[place] |= (byte)(vector % 32 < 16 ? value : value << 4);
            }
        }

        Unpacked(blocks, block, vectors).ShouldBe(codes);
        Unpacked(blocks, block, 5).ShouldBe(codes);
    }

    [Theory]
    [InlineData(24, 8, 4)]
    [InlineData(10, 3, 128)]
    [InlineData(3, 8, 32)]
    [InlineData(7, 1, 2)]
    public void Panorama_blocks_give_the_levels_in_order(int dimension, int levels, int vectors)
    {
        var random = new Random(dimension);
        var blocks = new PanoramaBlocks(dimension, levels, vectors);
        byte[] codes = new byte[vectors * blocks.CodeSize];
        random.NextBytes(codes);
        byte[] block = new byte[blocks.BlockSize];
        int width = (dimension + levels - 1) / levels * 4;
        int at = 0;
        for (int level = 0; level < blocks.CodeSize; level += width)
        {
            int bytes = Math.Min(width, blocks.CodeSize - level);
            for (int vector = 0; vector < vectors; vector++, at += bytes)
            {
                codes.AsSpan((vector * blocks.CodeSize) + level, bytes).CopyTo(block.AsSpan(at));
            }
        }

        at.ShouldBe(block.Length);
        Unpacked(blocks, block, vectors).ShouldBe(codes);
        Unpacked(blocks, block, 3).ShouldBe(codes);
    }

    [Fact]
    public void What_is_not_in_a_block_is_refused()
    {
        var blocks = new FastScanBlocks(4, 32);
        Should.Throw<ArgumentException>(() => blocks.Unpack(new byte[63], 0, new byte[2]));
        Should.Throw<ArgumentException>(() => blocks.Unpack(new byte[64], 31, new byte[4]));
        Should.Throw<ArgumentException>(() => blocks.Unpack(new byte[64], 0, new byte[3]));
        Should.Throw<ArgumentException>(() => new FastScanBlocks(4, 33));
        Should.Throw<ArgumentException>(() => new PanoramaBlocks(4, 0, 32));
    }

    private static byte[] Unpacked(CodeBlocks blocks, byte[] block, int step)
    {
        byte[] codes = new byte[blocks.VectorsPerBlock * blocks.CodeSize];
        for (int first = 0; first < blocks.VectorsPerBlock; first += step)
        {
            int count = Math.Min(step, blocks.VectorsPerBlock - first);
            blocks.Unpack(block, first, codes.AsSpan(first * blocks.CodeSize, count * blocks.CodeSize));
        }

        return codes;
    }
}
