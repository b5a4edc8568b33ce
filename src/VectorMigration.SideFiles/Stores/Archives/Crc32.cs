using System.Runtime.InteropServices;

namespace VectorMigration.SideFiles.Stores.Archives;

/// <summary>The checksum of zip archives (CRC-32, polynomial 0x04C11DB7, reflected), eight bytes at a time.</summary>
internal static class Crc32
{
    /// <summary>The state before the first byte.</summary>
    public const uint Begin = uint.MaxValue;

    private const uint Polynomial = 0xEDB88320;
    private const int Slices = 8;
    private static readonly uint[] Table = MakeTable();

    /// <summary>The state after more bytes.</summary>
    public static uint Add(uint state, ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<uint> table = Table;
        ReadOnlySpan<byte> rest = bytes;
        if (BitConverter.IsLittleEndian)
        {
            ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(bytes);
            foreach (ulong word in words)
            {
                ulong all = word ^ state;
                state = table[(7 * 256) + (int)(all & 0xFF)] ^ table[(6 * 256) + (int)((all >> 8) & 0xFF)]
                    ^ table[(5 * 256) + (int)((all >> 16) & 0xFF)] ^ table[(4 * 256) + (int)((all >> 24) & 0xFF)]
                    ^ table[(3 * 256) + (int)((all >> 32) & 0xFF)] ^ table[(2 * 256) + (int)((all >> 40) & 0xFF)]
                    ^ table[256 + (int)((all >> 48) & 0xFF)] ^ table[(int)(all >> 56)];
            }

            rest = bytes[(words.Length * sizeof(ulong))..];
        }

        foreach (byte one in rest)
        {
            state = table[(int)((state ^ one) & 0xFF)] ^ (state >> 8);
        }

        return state;
    }

    /// <summary>The checksum.</summary>
    public static uint End(uint state) => ~state;

    private static uint[] MakeTable()
    {
        uint[] table = new uint[Slices * 256];
        for (uint i = 0; i < 256; i++)
        {
            uint value = i;
            for (int bit = 0; bit < 8; bit++)
            {
                value = (value & 1) != 0 ? Polynomial ^ (value >> 1) : value >> 1;
            }

            table[i] = value;
        }

        for (int i = 256; i < table.Length; i++)
        {
            table[i] = table[(int)(table[i - 256] & 0xFF)] ^ (table[i - 256] >> 8);
        }

        return table;
    }
}
