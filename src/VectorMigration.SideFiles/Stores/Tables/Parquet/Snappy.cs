using VectorMigration.SideFiles.Stores.Tables.Columns;

namespace VectorMigration.SideFiles.Stores.Tables.Parquet;

/// <summary>Unpacks Snappy: a length, then runs of bytes and copies of what was unpacked before.</summary>
internal static class Snappy
{
    /// <summary>Unpacks a block.</summary>
    /// <exception cref="TableDamage">It is damaged, or of another length than <paramref name="length"/>.</exception>
    public static byte[] Unpack(ReadOnlySpan<byte> packed, int length)
    {
        int at = 0;
        TableDamage.ThrowUnless(Varint.Read(packed, ref at) == (ulong)length, "a page whose length differs from its header");
        byte[] page = new byte[length];
        int filled = 0;
        while (at < packed.Length)
        {
            int tag = packed[at++];
            if ((tag & 3) == 0)
            {
                int count = ReadCount(packed, ref at, tag);
                TableDamage.ThrowUnless(count <= packed.Length - at && count <= length - filled, "a page that cannot be unpacked");
                packed.Slice(at, count).CopyTo(page.AsSpan(filled));
                at += count;
                filled += count;
                continue;
            }

            (int back, int copied) = ReadCopy(packed, ref at, tag);
            TableDamage.ThrowUnless(back > 0 && back <= filled && copied <= length - filled, "a page that cannot be unpacked");
            filled = Lz4.Repeat(page, filled, back, copied);
        }

        TableDamage.ThrowUnless(filled == length, "a page whose length differs from its header");
        return page;
    }

    private static int ReadCount(ReadOnlySpan<byte> packed, ref int at, int tag)
    {
        int count = tag >> 2;
        if (count < 60)
        {
            return count + 1;
        }

        int width = count - 59;
        uint value = ReadBytes(packed, ref at, width);
        return value < int.MaxValue ? (int)value + 1 : throw new TableDamage("a page that cannot be unpacked");
    }

    private static (int Back, int Count) ReadCopy(ReadOnlySpan<byte> packed, ref int at, int tag) => (tag & 3) switch
    {
        1 => ((int)(((uint)tag >> 5 << 8) | ReadBytes(packed, ref at, 1)), (tag >> 2 & 7) + 4),
        2 => ((int)ReadBytes(packed, ref at, 2), (tag >> 2) + 1),
        _ => ((int)ReadBytes(packed, ref at, 4), (tag >> 2) + 1),
    };

    private static uint ReadBytes(ReadOnlySpan<byte> packed, ref int at, int width)
    {
        TableDamage.ThrowUnless(width <= packed.Length - at, "a page that cannot be unpacked");
        uint value = 0;
        for (int i = width - 1; i >= 0; i--)
        {
            value = (value << 8) | packed[at + i];
        }

        at += width;
        return value;
    }
}
