using System.Buffers.Binary;
using VectorMigration.SideFiles.Stores.Tables.Columns;

namespace VectorMigration.SideFiles.Stores.Tables.Parquet;

/// <summary>
/// Reads Parquet's DELTA_BINARY_PACKED: a first number, then blocks of differences. A block has its least difference, and its parts have the bits that the rest
/// of each difference takes.
/// </summary>
internal static class ParquetDeltas
{
    private const int MostBlock = 1 << 20;
    private const int MostBits = 64;
    private const string CutShort = "differences that are cut short";

    /// <summary>Reads as many numbers as a page has.</summary>
    /// <param name="data">The bytes.</param>
    /// <param name="at">Where they begin; then where they end.</param>
    /// <param name="count">How many there must be.</param>
    /// <exception cref="TableDamage">They are damaged, cut short, or of another number.</exception>
    public static long[] Read(ReadOnlySpan<byte> data, ref int at, int count)
    {
        ulong block = Varint.Read(data, ref at);
        ulong parts = Varint.Read(data, ref at);
        ulong total = Varint.Read(data, ref at);
        long number = Varint.ReadSigned(data, ref at);
        bool isSound = block is > 0 and <= MostBlock && parts > 0 && parts <= block && block % parts == 0 && block / parts % 8 == 0;
        TableDamage.ThrowUnless(isSound, "blocks of differences of no size");
        TableDamage.ThrowUnless(total == (ulong)count, $"{total} differences in a page of {count} values");
        // A block takes a byte for each part at least, whatever its numbers are.
        TableDamage.ThrowUnless(total <= 1 + ((ulong)(data.Length - at) * (block / parts)), CutShort);
        long[] numbers = new long[count];
        if (count == 0)
        {
            return numbers;
        }

        numbers[0] = number;
        for (int filled = 1; filled < count;)
        {
            filled = ReadBlock(data, ref at, (int)parts, (int)(block / parts), numbers, filled);
        }

        return numbers;
    }

    private static int ReadBlock(ReadOnlySpan<byte> data, ref int at, int parts, int each, long[] numbers, int filled)
    {
        long least = Varint.ReadSigned(data, ref at);
        TableDamage.ThrowUnless(parts <= data.Length - at, CutShort);
        ReadOnlySpan<byte> widths = data.Slice(at, parts);
        at += parts;
        // Parts behind the last number have a width, but no bytes.
        for (int part = 0; part < parts && filled < numbers.Length; part++)
        {
            int width = widths[part];
            int bytes = each / 8 * width;
            int count = Math.Min(each, numbers.Length - filled);
            TableDamage.ThrowUnless(width <= MostBits && ((long)count * width) + 7 >> 3 <= data.Length - at, CutShort);
            ReadOnlySpan<byte> packed = data[at..];
            for (int i = 0; i < count; i++, filled++)
            {
                numbers[filled] = unchecked(numbers[filled - 1] + least + (long)Bits(packed, (long)i * width, width));
            }

            at += Math.Min(bytes, data.Length - at);
        }

        return filled;
    }

    private static ulong Bits(ReadOnlySpan<byte> packed, long first, int width)
    {
        if (width == 0)
        {
            return 0;
        }

        packed = packed[(int)(first >> 3)..];
        if (packed.Length > sizeof(ulong))
        {
            return Bits(packed, (int)(first & 7), width);
        }

        Span<byte> padded = stackalloc byte[sizeof(ulong) + 1];
        packed.CopyTo(padded);
        return Bits(padded, (int)(first & 7), width);
    }

    private static ulong Bits(ReadOnlySpan<byte> packed, int shift, int width)
    {
        ulong bits = BinaryPrimitives.ReadUInt64LittleEndian(packed) >> shift;
        bits |= shift == 0 ? 0 : (ulong)packed[sizeof(ulong)] << (MostBits - shift);
        return width == MostBits ? bits : bits & ((1UL << width) - 1);
    }
}
