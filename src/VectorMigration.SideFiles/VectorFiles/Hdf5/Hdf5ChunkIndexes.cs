using VectorMigration.SideFiles.Stores.Tables.Columns;

namespace VectorMigration.SideFiles.VectorFiles.Hdf5;

/// <summary>Reads the indexes of chunks: the B-tree of old files, and the single chunk, the implicit index and the two arrays of new ones.</summary>
/// <param name="file">The file.</param>
/// <param name="chunks">Where they are put.</param>
/// <param name="isFiltered">The dataset has filters: chunks have lengths of their own.</param>
/// <param name="leavesEdges">Chunks at the edges are not filtered.</param>
internal sealed class Hdf5ChunkIndexes(Hdf5File file, Hdf5Chunks chunks, bool isFiltered, bool leavesEdges)
{
    private const int MostLevels = 32;

    private Hdf5Grid Grid => chunks.Grid;

    /// <summary>A B-tree of version 1.</summary>
    public void ReadTree(long address) => ReadTree(address, 0);

    /// <summary>One chunk that is the whole dataset.</summary>
    public void ReadSingle(Hdf5Cursor layout, bool isFilteredAlone)
    {
        TableDamage.ThrowUnless(Grid.Count <= 1, $"the index has a single chunk, and the dataset {Grid.Count}");
        long length = isFilteredAlone ? layout.Length() : Grid.ChunkBytes;
        uint mask = isFilteredAlone ? layout.UInt32() : 0;
        chunks.Put(0, 0, new Hdf5Chunk(layout.Address(), length, mask));
    }

    /// <summary>All chunks one behind the other, without an index.</summary>
    public void ReadImplicit(long address)
    {
        if (address == Hdf5Cursor.Undefined)
        {
            return;
        }

        for (long down = 0; down < Grid.Down; down++)
        {
            for (int across = 0; across < Grid.Across; across++)
            {
                Int128 at = address + ((((Int128)down * Grid.AcrossMost) + across) * Grid.ChunkBytes);
                TableDamage.ThrowUnless(at <= file.Length, $"chunks at offset {address} extend past the end of the file");
                chunks.Put(down, across, new Hdf5Chunk((long)at, Grid.ChunkBytes, 0));
            }
        }
    }

    /// <summary>An array of fixed size.</summary>
    public void ReadFixedArray(long address)
    {
        const string What = "fixed array of chunks";
        if (address == Hdf5Cursor.Undefined)
        {
            return;
        }

        Hdf5Cursor header = file.Open(address, 8 + file.LengthSize + file.OffsetSize + sizeof(uint), What).Expect("FAHD"u8).Checked();
        header.ExpectVersion(0);
        ExpectClient(header, What);
        int entry = EntryOf(header, What);
        int pageBits = header.Byte();
        long count = header.Length();
        long block = header.Address();
        TableDamage.ThrowUnless(count >= 0 && count <= file.Length && pageBits < 32, $"the {What} at offset {address} has {count} entries");
        if (block == Hdf5Cursor.Undefined)
        {
            return;
        }

        int prefix = 6 + file.OffsetSize;
        long page = 1L << pageBits;
        if (count <= page)
        {
            Hdf5Cursor all = file.Open(block, prefix + (count * entry) + sizeof(uint), What).Expect("FADB"u8).Checked();
            all.Take(prefix - 4);
            PutAll(all, 0, count, entry);
            return;
        }

        long pages = (count + page - 1) / page;
        long bitmap = (pages + 7) / 8;
        Hdf5Cursor start = file.Open(block, prefix + bitmap + sizeof(uint), What).Expect("FADB"u8).Checked();
        start.Take(prefix - 4);
        ReadPages(start.Take(bitmap), block + prefix + bitmap + sizeof(uint), count, page, entry, 0, What);
    }

    /// <summary>Reads the pages of an array; those that were never written have no bit.</summary>
    public void ReadPages(ReadOnlySpan<byte> bitmap, long address, long count, long page, int entry, long first, string what)
    {
        for (long i = 0, done = 0; done < count; i++, done += page)
        {
            long some = Math.Min(page, count - done);
            if ((bitmap[(int)(i / 8)] & (0x80 >> (int)(i % 8))) != 0)
            {
                PutAll(file.Open(address, (some * entry) + sizeof(uint), what).Checked(), first + done, some, entry);
            }

            address += (some * entry) + sizeof(uint);
        }
    }

    /// <summary>Puts a run of entries of an array in their places.</summary>
    public void PutAll(Hdf5Cursor entries, long first, long count, int entry)
    {
        for (long i = first; i < first + count; i++)
        {
            long address = entries.Address();
            long length = Grid.ChunkBytes;
            uint mask = 0;
            if (isFiltered)
            {
                length = entries.Number(entry - file.OffsetSize - sizeof(uint));
                mask = entries.UInt32();
            }

            (long down, long across) = (i / Grid.AcrossMost, i % Grid.AcrossMost);
            chunks.Put(down, across, new Hdf5Chunk(address, length, leavesEdges && chunks.IsPartial(down, across) ? Hdf5Chunks.NoFilter : mask));
        }
    }

    /// <summary>Expects that entries are those of chunks with filters, or without.</summary>
    public void ExpectClient(Hdf5Cursor header, string what) =>
        TableDamage.ThrowUnless(header.Byte() == (isFiltered ? 1 : 0), $"the {what} does not belong to its dataset");

    /// <summary>Bytes of an entry.</summary>
    public int EntryOf(Hdf5Cursor header, string what)
    {
        int entry = header.Byte();
        int length = entry - file.OffsetSize - sizeof(uint);
        TableDamage.ThrowUnless(isFiltered ? length is >= 1 and <= 8 : entry == file.OffsetSize, $"the {what} has entries of {entry} bytes");
        return entry;
    }

    private void ReadTree(long address, int nesting)
    {
        if (address == Hdf5Cursor.Undefined)
        {
            return;
        }

        TableDamage.ThrowUnless(nesting <= MostLevels, $"the tree of chunks at offset {address} has more than {MostLevels} levels");
        const int KeyBytes = 8 + (3 * sizeof(long));
        Hdf5TreeNode node = new(file, address, KeyBytes);
        for (int i = 0; i < node.Entries; i++)
        {
            uint length = node.Record.UInt32();
            uint mask = node.Record.UInt32();
            (long row, long column) = (node.Record.Number(sizeof(long)), node.Record.Number(sizeof(long)));
            node.Record.Take(sizeof(long));
            long child = node.Record.Address();
            if (node.Level > 0)
            {
                ReadTree(child, nesting + 1);
                continue;
            }

            TableDamage.ThrowUnless(
                row >= 0 && column >= 0 && row % Grid.Rows == 0 && column % Grid.Columns == 0, $"a chunk begins at row {row} and column {column}");
            chunks.Put(row / Grid.Rows, column / Grid.Columns, new Hdf5Chunk(child, length, mask));
        }
    }
}
