using System.Buffers.Binary;

namespace VectorMigration.SideFiles.Stores.Tables.Columns;

/// <summary>
/// Unpacks LZ4, block or frame: runs of bytes and copies of what was unpacked before. Ours, because it is small and memory is only touched where a span allows
/// it. Checksums are not looked at.
/// </summary>
internal static class Lz4
{
    /// <summary>No block makes more bytes of one.</summary>
    public const int MostRatio = 255;

    private const uint Magic = 0x184D2204;
    private const int ShortestCopy = 4;
    private const string Damaged = "LZ4 data that cannot be unpacked";
    private const string OtherLength = "LZ4 data of another length than it says";

    /// <summary>Unpacks a block.</summary>
    /// <exception cref="TableDamage">It is damaged, or of another length than <paramref name="length"/>.</exception>
    public static byte[] UnpackBlock(ReadOnlySpan<byte> packed, int length)
    {
        byte[] page = new byte[length];
        TableDamage.ThrowUnless(Block(packed, page, 0) == length, OtherLength);
        return page;
    }

    /// <summary>Unpacks blocks with both lengths before each, the highest byte first, as Hadoop writes them.</summary>
    /// <returns>What was packed; null where it is not of that form.</returns>
    public static byte[]? UnpackHadoop(ReadOnlySpan<byte> packed, int length)
    {
        byte[] page = new byte[length];
        int filled = 0;
        while (packed.Length >= 8)
        {
            uint unpackedLength = BinaryPrimitives.ReadUInt32BigEndian(packed);
            uint packedLength = BinaryPrimitives.ReadUInt32BigEndian(packed[4..]);
            if (packedLength > packed.Length - 8 || unpackedLength > length - filled)
            {
                return null;
            }

            try
            {
                int end = Block(packed.Slice(8, (int)packedLength), page, filled);
                if (end != filled + (int)unpackedLength)
                {
                    return null;
                }

                filled = end;
            }
            catch (TableDamage)
            {
                return null;
            }

            packed = packed[(8 + (int)packedLength)..];
        }

        return packed.IsEmpty && filled == length ? page : null;
    }

    /// <summary>Unpacks a frame, as Arrow has it.</summary>
    /// <exception cref="TableDamage">It is damaged, or of another length than <paramref name="length"/>.</exception>
    public static byte[] UnpackFrame(ReadOnlySpan<byte> packed, int length)
    {
        TableDamage.ThrowUnless(packed.Length >= 7 && BinaryPrimitives.ReadUInt32LittleEndian(packed) == Magic, Damaged);
        byte flags = packed[4];
        // Version 1, no dictionary.
        TableDamage.ThrowUnless((flags & 0xC1) == 0x40, Damaged);
        bool hasBlockSum = (flags & 0x10) != 0;
        int at = 6 + ((flags & 0x08) != 0 ? 8 : 0) + 1;
        byte[] page = new byte[length];
        int filled = 0;
        while (true)
        {
            TableDamage.ThrowUnless(packed.Length - at >= 4, Damaged);
            uint head = BinaryPrimitives.ReadUInt32LittleEndian(packed[at..]);
            at += 4;
            if (head == 0)
            {
                break;
            }

            uint size = head & 0x7FFFFFFF;
            TableDamage.ThrowUnless(size <= packed.Length - at, Damaged);
            ReadOnlySpan<byte> block = packed.Slice(at, (int)size);
            filled = head >> 31 == 0 ? Block(block, page, filled) : Copy(block, page, filled);
            at += (int)size + (hasBlockSum ? 4 : 0);
        }

        TableDamage.ThrowUnless(filled == length, OtherLength);
        return page;
    }

    private static int Copy(ReadOnlySpan<byte> bytes, byte[] page, int filled)
    {
        TableDamage.ThrowUnless(bytes.Length <= page.Length - filled, OtherLength);
        bytes.CopyTo(page.AsSpan(filled));
        return filled + bytes.Length;
    }

    private static int Block(ReadOnlySpan<byte> packed, byte[] page, int filled)
    {
        int at = 0;
        while (at < packed.Length)
        {
            int token = packed[at++];
            int run = Count(packed, ref at, token >> 4);
            TableDamage.ThrowUnless(run <= packed.Length - at, Damaged);
            filled = Copy(packed.Slice(at, run), page, filled);
            at += run;
            if (at == packed.Length)
            {
                // The last sequence has no copy.
                break;
            }

            TableDamage.ThrowUnless(packed.Length - at >= 2, Damaged);
            int back = BinaryPrimitives.ReadUInt16LittleEndian(packed[at..]);
            at += 2;
            long copied = Count(packed, ref at, token & 0x0F) + (long)ShortestCopy;
            TableDamage.ThrowUnless(back > 0 && back <= filled && copied <= page.Length - filled, Damaged);
            filled = Repeat(page, filled, back, (int)copied);
        }

        return filled;
    }

    /// <summary>Byte by byte where a copy reaches into itself.</summary>
    public static int Repeat(byte[] page, int filled, int back, int count)
    {
        if (back >= count)
        {
            page.AsSpan(filled - back, count).CopyTo(page.AsSpan(filled));
            return filled + count;
        }

        for (int end = filled + count; filled < end; filled++)
        {
            page[filled] = page[filled - back];
        }

        return filled;
    }

    private static int Count(ReadOnlySpan<byte> packed, ref int at, int count)
    {
        if (count < 15)
        {
            return count;
        }

        long sum = count;
        byte part;
        do
        {
            TableDamage.ThrowUnless(at < packed.Length, Damaged);
            part = packed[at++];
            sum += part;
        }
        while (part == 255);
        return sum <= int.MaxValue ? (int)sum : throw new TableDamage(Damaged);
    }
}
