using System.Numerics;
using VectorMigration.SideFiles.Stores.Tables.Columns;

namespace VectorMigration.SideFiles.VectorFiles.Hdf5;

/// <summary>
/// The extensible array of chunks: of a dataset whose rows may grow without a limit. The first entries stand in an index block, the next in data blocks that
/// double in turn in number and in size, and the rest in such blocks behind secondary ones.
/// </summary>
internal sealed class Hdf5GrowingArray(Hdf5File file, Hdf5Chunks chunks, Hdf5ChunkIndexes index)
{
    private const string What = "extensible array of chunks";

    private int entry;
    private int bits;
    private long leastEntries;
    private long page;
    private long entries;

    private int BlockPrefix => 6 + file.OffsetSize + ((bits + 7) / 8);

    /// <summary>Reads all entries that the dataset has rows for.</summary>
    public void Read(long address)
    {
        if (address == Hdf5Cursor.Undefined)
        {
            return;
        }

        Hdf5Cursor header = file.Open(address, 12 + (6 * file.LengthSize) + file.OffsetSize + sizeof(uint), What).Expect("EAHD"u8).Checked();
        header.ExpectVersion(0);
        index.ExpectClient(header, What);
        entry = index.EntryOf(header, What);
        bits = header.Byte();
        int inIndex = header.Byte();
        leastEntries = header.Byte();
        int leastPointers = header.Byte();
        int pageBits = header.Byte();
        TableDamage.ThrowUnless(
            bits is > 0 and <= 62 && pageBits < 32 && IsPower(leastEntries) && IsPower(leastPointers) && BitOperations.Log2((ulong)leastEntries) <= bits,
            $"the {What} at offset {address} has sizes that it cannot have");
        page = 1L << pageBits;
        header.Take(6 * file.LengthSize);
        entries = (chunks.Grid.Down - 1) * chunks.Grid.AcrossMost + chunks.Grid.Across;
        long block = header.Address();
        if (block != Hdf5Cursor.Undefined && chunks.Grid.Down > 0)
        {
            ReadIndex(block, inIndex, leastPointers);
        }
    }

    private static bool IsPower(long number) => number > 0 && BitOperations.IsPow2(number);

    private void ReadIndex(long address, int inIndex, int leastPointers)
    {
        int direct = 2 * BitOperations.Log2((uint)leastPointers);
        int all = 1 + bits - BitOperations.Log2((ulong)leastEntries);
        int pointers = 2 * (leastPointers - 1);
        int secondary = Math.Max(0, all - direct);
        int prefix = 6 + file.OffsetSize;
        long length = prefix + (inIndex * entry) + ((pointers + secondary) * (long)file.OffsetSize) + sizeof(uint);
        Hdf5Cursor block = file.Open(address, length, What).Expect("EAIB"u8).Checked();
        block.Take(prefix - 4);
        index.PutAll(block.Slice(inIndex * entry), 0, inIndex, entry);
        long first = inIndex;
        for (int level = 0; level < all && first < entries; level++)
        {
            (long blocks, long size) = (1L << (level / 2), leastEntries << ((level + 1) / 2));
            if (level < direct)
            {
                for (long i = 0; i < blocks; i++, first += size)
                {
                    ReadData(block.Address(), first, size, []);
                }

                continue;
            }

            ReadSecondary(block.Address(), first, blocks, size);
            first += blocks * size;
        }
    }

    private void ReadSecondary(long address, long first, long blocks, long size)
    {
        if (address == Hdf5Cursor.Undefined)
        {
            return;
        }

        int bitmap = size > page ? (int)(((size / page) + 7) / 8) : 0;
        long length = BlockPrefix + (blocks * (bitmap + (long)file.OffsetSize)) + sizeof(uint);
        Hdf5Cursor block = file.Open(address, length, What).Expect("EASB"u8).Checked();
        block.Take(BlockPrefix - 4);
        ReadOnlySpan<byte> maps = block.Take(blocks * bitmap);
        for (int i = 0; i < blocks && first < entries; i++, first += size)
        {
            ReadData(block.Address(), first, size, maps.Slice(i * bitmap, bitmap));
        }
    }

    private void ReadData(long address, long first, long size, ReadOnlySpan<byte> map)
    {
        if (address == Hdf5Cursor.Undefined || first >= entries)
        {
            return;
        }

        if (size <= page)
        {
            Hdf5Cursor block = file.Open(address, BlockPrefix + (size * entry) + sizeof(uint), What).Expect("EADB"u8).Checked();
            block.Take(BlockPrefix - 4);
            index.PutAll(block, first, size, entry);
            return;
        }

        file.Open(address, BlockPrefix + sizeof(uint), What).Expect("EADB"u8).Checked();
        TableDamage.ThrowUnless(map.Length * 8 >= size / page, $"the {What} has a block of pages at offset {address} without a map of them");
        index.ReadPages(map, address + BlockPrefix + sizeof(uint), size, page, entry, first, What);
    }
}
