using VectorMigration.Faiss.Codecs;
using VectorMigration.Faiss.Input;
using VectorMigration.Faiss.Layouts;

namespace VectorMigration.Faiss.Fields;

/// <summary>What was found of inverted lists.</summary>
/// <param name="Count">Vectors in all lists.</param>
/// <param name="Table">Where they lie.</param>
/// <param name="File">The file they lie in.</param>
/// <param name="Rows">How vectors lie in a list; null where they cannot be read.</param>
/// <param name="Missing">True when the index was written without its lists (il00).</param>
internal readonly record struct ListSet(long Count, ListTable Table, FaissFile File, VectorRows? Rows, bool Missing = false);

/// <summary>The forms in which inverted lists are written (write_InvertedLists and its hooks).</summary>
internal static class InvertedLists
{
    /// <summary>Batch of the first Panorama lists, which do not say it.</summary>
    private const long OldPanoramaBatch = 128;

    /// <summary>Parses the lists of an index with <paramref name="listCount"/> lists.</summary>
    /// <param name="parser">The parser.</param>
    /// <param name="listCount">nlist of the index.</param>
    /// <param name="codeSize">Bytes of a code that the index expects; null when it does not matter.</param>
    /// <param name="rows">How the index keeps its vectors; null where they cannot be read. Lists of Panorama say it themselves.</param>
    public static ListSet Parse(IndexParser parser, long listCount, long? codeSize, VectorRows? rows)
    {
        FaissCursor cursor = parser.Cursor;
        string owner = cursor.Owner;
        uint code = cursor.Code("invlists");
        string tag = FourCharacters.Text(code);
        if (tag == "il00")
        {
            return new ListSet(0, new ListTable(), cursor.File, null, true);
        }

        cursor.Owner = tag switch
        {
            "ilar" => "ArrayInvertedLists",
            "ilod" => "OnDiskInvertedLists",
            "ilbl" => "BlockInvertedLists",
            "ilpn" or "ilp2" => "ArrayInvertedListsPanorama",
            _ => throw cursor.Invalid("invlists", "il00, ilar, ilod, ilbl, ilpn or ilp2", $"'{tag}'"),
        };
        long count = cursor.Size("nlist");
        if (count != listCount)
        {
            throw cursor.Invalid("nlist", $"the index's {listCount}", count.ToString());
        }

        if (rows is BlockRows != tag is "ilbl" && rows is not null && tag is "ilar" or "ilod" or "ilbl")
        {
            throw cursor.Invalid("invlists", rows is BlockRows ? "'ilbl', lists of blocks" : "lists of codes", $"'{tag}'");
        }

        ListSet lists = tag switch
        {
            "ilar" => Arrays(parser, count, CodeSize(cursor, codeSize), rows),
            "ilod" => OnDisk(parser, count, CodeSize(cursor, codeSize), rows),
            "ilbl" => Blocks(cursor, count, rows as BlockRows),
            _ => Panorama(parser, count, CodeSize(cursor, codeSize), tag == "ilp2", rows),
        };
        cursor.Owner = owner;
        return lists;
    }

    private static long CodeSize(FaissCursor cursor, long? expected)
    {
        long size = cursor.Size("code_size");
        if (expected is long bytes && size != bytes)
        {
            throw cursor.Invalid("code_size", bytes.ToString(), size.ToString());
        }

        return size <= int.MaxValue ? size : throw cursor.Invalid("code_size", "the bytes of one code", size.ToString());
    }

    private static ListSet Arrays(IndexParser parser, long listCount, long codeSize, VectorRows? rows)
    {
        FaissCursor cursor = parser.Cursor;
        ListTable table = new();
        long rowBytes = codeSize + sizeof(long);
        long start = 0;
        foreach ((long number, long size) in Sizes(cursor, listCount, end => start = end))
        {
            // Checked as they come, so that a table never outgrows the bytes behind it.
            if (size > (cursor.File.Length - start) / rowBytes)
            {
                throw FaissErrors.Truncated(cursor.File.Path, cursor.Owner, "lists", start, $"{size} × {rowBytes} bytes", cursor.File.Length - start);
            }

            table.Add(number, size, start, start + (size * codeSize));
            start += size * rowBytes;
        }

        cursor.Return(start);
        return new ListSet(table.Count, table, cursor.File, rows);
    }

    /// <summary>The sizes of the lists in order: all of them, or (list, size) pairs of those that hold something.</summary>
    private static IEnumerable<(long Number, long Size)> Sizes(FaissCursor cursor, long listCount, Action<long> end)
    {
        string form = FourCharacters.Text(cursor.Code("sizes"));
        if (form is not ("full" or "sprs"))
        {
            throw cursor.Invalid("sizes", "'full' or 'sprs'", $"'{form}'");
        }

        bool sparse = form == "sprs";
        FileSpan sizes = sparse ? cursor.Vector("sizes", 8) : cursor.Vector("sizes", 8, listCount);
        if (sparse && sizes.Count % 2 != 0)
        {
            throw cursor.Invalid("sizes", "pairs of list and size", $"{sizes.Count} elements");
        }

        end(cursor.Position);
        cursor.Return(sizes.Offset);
        long list = -1;
        for (long i = 0; i < sizes.Count; i += sparse ? 2 : 1)
        {
            // Data follows in the order of the lists, so pairs out of order could not be placed.
            list = sparse ? cursor.Size("sizes.list", list + 1, listCount - 1) : list + 1;
            yield return (list, cursor.Size("sizes.size"));
        }
    }

    private static ListSet Panorama(IndexParser parser, long listCount, long codeSize, bool tellsBatch, VectorRows? rows)
    {
        FaissCursor cursor = parser.Cursor;
        long levels = cursor.Size("n_levels", 1, IndexParser.MaximalDimension);
        long batch = tellsBatch ? cursor.Size("batch_size", 1, int.MaxValue) : OldPanoramaBatch;
        VectorRows? tiled = rows is not FloatRows ? null
            : parser.Made("batch_size", () => new BlockRows(new PanoramaBlocks(rows.Dimension, (int)levels, (int)batch), new FlatCodec(rows.Dimension)));
        ListTable table = new();
        long position = 0;
        foreach ((long number, long size) in Sizes(cursor, listCount, end => position = end))
        {
            if (size > (cursor.File.Length - position) / sizeof(long))
            {
                throw FaissErrors.Truncated(cursor.File.Path, cursor.Owner, "lists", position, $"{size} × {codeSize} bytes", cursor.File.Length - position);
            }

            // Vectors are padded to whole batches; a partial sum is kept for each level, and one for the whole.
            long padded = (size + batch - 1) / batch * batch;
            long bytes = parser.Product("lists", padded, codeSize + (sizeof(float) * (levels + 1)));
            if (bytes > cursor.File.Length - position - (size * sizeof(long)))
            {
                throw FaissErrors.Truncated(cursor.File.Path, cursor.Owner, "lists", position, $"{bytes} bytes", cursor.File.Length - position);
            }

            table.Add(number, size, position, position + (padded * codeSize));
            position += bytes + (size * sizeof(long));
        }

        cursor.Return(position);
        return new ListSet(table.Count, table, cursor.File, tiled);
    }

    private static ListSet Blocks(FaissCursor cursor, long listCount, BlockRows? rows)
    {
        // Its code_size is normally 2^64 − 1, "invalid": codes are packed by blocks.
        cursor.UInt64("code_size");
        long perBlock = cursor.Size("n_per_block", 1, int.MaxValue);
        long blockBytes = cursor.Size("block_size", 1, int.MaxValue);
        if (rows is not null && (perBlock != rows.BlockRowCount || blockBytes != rows.BlockBytes))
        {
            throw cursor.Invalid(
                "block_size", $"{rows.BlockBytes} bytes for {rows.BlockRowCount} vectors", $"{blockBytes} bytes for {perBlock}");
        }

        ListTable table = new();
        for (long i = 0; i < listCount; i++)
        {
            FileSpan ids = cursor.Vector("ids", sizeof(long));
            long blocks = (ids.Count + perBlock - 1) / perBlock;
            FileSpan codes = cursor.Vector("codes", 1);
            if (codes.Count / blockBytes != blocks || codes.Count % blockBytes != 0)
            {
                throw cursor.Invalid("codes", $"{blocks} blocks of {blockBytes} bytes", $"{codes.Count} bytes");
            }

            table.Add(i, ids.Count, codes.Offset, ids.Offset);
        }

        return new ListSet(table.Count, table, cursor.File, rows);
    }

    private static ListSet OnDisk(IndexParser parser, long listCount, long codeSize, VectorRows? rows)
    {
        FaissCursor cursor = parser.Cursor;
        FileSpan lists = cursor.Vector("lists", 24, listCount);
        cursor.Vector("slots", 16);
        OnDiskName name = OnDiskFile.Name(cursor);
        long total = cursor.Size("totsize");
        long end = cursor.Position;
        ListTable table = new();
        long free = total;
        cursor.Return(lists.Offset);
        for (long i = 0; i < listCount; i++)
        {
            long size = cursor.Size("lists.size");
            long capacity = cursor.Size("lists.capacity");
            ulong offset = cursor.UInt64("lists.offset");
            if (size == 0)
            {
                continue;
            }

            long rowBytes = codeSize + sizeof(long);
            if (size > capacity || capacity > free / rowBytes || offset > (ulong)(total - (capacity * rowBytes)))
            {
                throw cursor.Invalid("lists", $"a list within the {total} bytes of '{name.Name}'", $"size {size}, capacity {capacity}, offset {offset}");
            }

            // Lists that lay over each other would need more room than the file has.
            free -= capacity * rowBytes;
            table.Add(i, size, (long)offset, (long)offset + (capacity * codeSize));
        }

        cursor.Return(end);
        // Without vectors there is nothing to open; and no file is opened for an index whose vectors are not read.
        FaissFile file = rows is null || table.Count == 0 ? cursor.File : OnDiskFile.Open(parser, name, total);
        return new ListSet(table.Count, table, file, rows);
    }
}
