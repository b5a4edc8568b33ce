using VectorMigration.SideFiles.Stores.Tables.Columns;

namespace VectorMigration.SideFiles.Stores.Tables.Parquet;

/// <summary>Reads what Parquet calls the hybrid of runs and packed bits: levels, places in dictionaries, truth values.</summary>
internal static class ParquetLevels
{
    /// <summary>Bits that the greatest of some numbers takes.</summary>
    public static int BitsFor(int greatest) => 32 - System.Numerics.BitOperations.LeadingZeroCount((uint)greatest);

    /// <summary>Reads as many numbers as there is room for.</summary>
    /// <param name="data">The bytes.</param>
    /// <param name="bits">Bits of each number.</param>
    /// <param name="numbers">Takes them.</param>
    /// <exception cref="TableDamage">They are cut short.</exception>
    public static void Read(ReadOnlySpan<byte> data, int bits, Span<int> numbers)
    {
        TableDamage.ThrowUnless(bits is >= 0 and <= 32, $"numbers of {bits} bits");
        int at = 0;
        int filled = 0;
        while (filled < numbers.Length)
        {
            uint head = (uint)Varint.Read(data, ref at);
            if ((head & 1) == 0)
            {
                int run = (int)Math.Min(head >> 1, (uint)(numbers.Length - filled));
                int width = (bits + 7) / 8;
                TableDamage.ThrowUnless(run > 0 && width <= data.Length - at, "levels that are cut short");
                uint value = 0;
                for (int i = width - 1; i >= 0; i--)
                {
                    value = (value << 8) | data[at + i];
                }

                numbers.Slice(filled, run).Fill((int)value);
                at += width;
                filled += run;
                continue;
            }

            int count = (int)Math.Min((long)(head >> 1) * 8, numbers.Length - filled);
            TableDamage.ThrowUnless(count > 0 && ((long)count * bits) + 7 >> 3 <= data.Length - at, "levels that are cut short");
            Unpack(data[at..], bits, numbers.Slice(filled, count));
            filled += count;
            at += (int)Math.Min((long)(head >> 1) * bits, data.Length - at);
        }
    }

    private static void Unpack(ReadOnlySpan<byte> data, int bits, Span<int> numbers)
    {
        ulong mask = (1UL << bits) - 1;
        ulong held = 0;
        int have = 0;
        int at = 0;
        for (int i = 0; i < numbers.Length; i++)
        {
            while (have < bits)
            {
                held |= (ulong)data[at++] << have;
                have += 8;
            }

            numbers[i] = (int)(held & mask);
            held >>= bits;
            have -= bits;
        }
    }
}
