using System.Buffers.Binary;

namespace VectorMigration.Faiss.Codecs;

/// <summary>Bit fields of a code, least significant bit first: field k of width w begins at bit k × w.</summary>
internal static class BitFields
{
    /// <summary>Widest field that can be read.</summary>
    public const int MaximalWidth = 31;

    /// <summary>Reads one field.</summary>
    public static int Read(ReadOnlySpan<byte> code, long bit, int width)
    {
        ReadOnlySpan<byte> rest = code[(int)(bit >> 3)..];
        ulong window = rest.Length >= sizeof(ulong) ? BinaryPrimitives.ReadUInt64LittleEndian(rest) : Tail(rest);
        return (int)((window >> (int)(bit & 7)) & ((1UL << width) - 1));
    }

    /// <summary>Reads fields of one width, beginning with field <paramref name="first"/>.</summary>
    public static void Unpack(ReadOnlySpan<byte> code, int first, int width, Span<int> fields)
    {
        switch (width)
        {
            case 8:
                for (int i = 0; i < fields.Length; i++)
                {
                    fields[i] = code[first + i];
                }

                break;
            case 16:
                for (int i = 0; i < fields.Length; i++)
                {
                    fields[i] = BinaryPrimitives.ReadUInt16LittleEndian(code[(2 * (first + i))..]);
                }

                break;
            default:
                long bit = (long)first * width;
                for (int i = 0; i < fields.Length; i++, bit += width)
                {
                    fields[i] = width == 0 ? 0 : Read(code, bit, width);
                }

                break;
        }
    }

    /// <summary>Reads fields of at most eight bits into bytes, beginning with field <paramref name="first"/>.</summary>
    public static void Unpack(ReadOnlySpan<byte> code, int first, int width, Span<byte> fields)
    {
        switch (width)
        {
            case 8:
                code.Slice(first, fields.Length).CopyTo(fields);
                break;
            case 4 when first % 2 == 0:
                Nibbles.Unpack(code[(first / 2)..], fields);
                break;
            default:
                Spread(code, first, width, fields);
                break;
        }
    }

    /// <summary>Eight fields at a time: they are as many bytes as the width has bits, whatever that is.</summary>
    private static void Spread(ReadOnlySpan<byte> code, int first, int width, Span<byte> fields)
    {
        int i = 0;
        if (first % 8 == 0)
        {
            ulong mask = (1UL << width) - 1;
            for (int at = first / 8 * width; i <= fields.Length - 8 && at <= code.Length - sizeof(ulong); i += 8, at += width)
            {
                ulong window = BinaryPrimitives.ReadUInt64LittleEndian(code[at..]);
                ulong spread = (window & mask)
                    | ((window >> width & mask) << 8)
                    | ((window >> (2 * width) & mask) << 16)
                    | ((window >> (3 * width) & mask) << 24)
                    | ((window >> (4 * width) & mask) << 32)
                    | ((window >> (5 * width) & mask) << 40)
                    | ((window >> (6 * width) & mask) << 48)
                    | ((window >> (7 * width) & mask) << 56);
                BinaryPrimitives.WriteUInt64LittleEndian(fields[i..], spread);
            }
        }

        for (; i < fields.Length; i++)
        {
            fields[i] = (byte)Read(code, (long)(first + i) * width, width);
        }
    }

    private static ulong Tail(ReadOnlySpan<byte> rest)
    {
        ulong window = 0;
        for (int i = 0; i < rest.Length; i++)
        {
            window |= (ulong)rest[i] << (8 * i);
        }

        return window;
    }
}
