using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.Unicode;
using VectorMigration.SideFiles.Stores.Json;

namespace VectorMigration.SideFiles.Stores.Txtai;

/// <summary>
/// Reads MessagePack as far as a list of ids needs it: one array of texts, whole numbers and nil, and nothing behind it. Everything else is refused, so that
/// nothing nests and nothing takes more memory than the file has bytes.
/// </summary>
internal sealed class MsgPackIds
{
    private const byte Nil = 0xC0, UInt8 = 0xCC, UInt64 = 0xCF, Int8 = 0xD0, Int64 = 0xD3, Text8 = 0xD9, Text32 = 0xDB, Array16 = 0xDC, Array32 = 0xDD;

    private readonly StorePart part;
    private readonly byte[] data;
    private int at;

    private MsgPackIds(StorePart part)
    {
        this.part = part;
        data = part.Read(0, (int)part.Bytes.Length);
    }

    /// <summary>The ids as JSON; null for one that was deleted.</summary>
    /// <exception cref="MigrationException">The file is damaged, or no such list.</exception>
    public static byte[]?[] Read(StorePart part)
    {
        if (part.Bytes.Length > StoreLimits.MostMapBytes)
        {
            throw JsonErrors.TooLarge(part.Path, "bytes", StoreLimits.MostMapBytes);
        }

        MsgPackIds reader = new(part);
        byte[]?[] ids = new byte[]?[reader.ReadCount()];
        for (int i = 0; i < ids.Length; i++)
        {
            ids[i] = reader.ReadId(i);
        }

        return reader.at == reader.data.Length ? ids : throw reader.Invalid("the end of the file after the list of ids", "more bytes");
    }

    private int ReadCount()
    {
        byte head = Take(1)[0];
        long count = head switch
        {
            >= 0x90 and <= 0x9F => head & 0x0F,
            Array16 => BinaryPrimitives.ReadUInt16BigEndian(Take(2)),
            Array32 => BinaryPrimitives.ReadUInt32BigEndian(Take(4)),
            _ => throw Invalid("a list of ids in MessagePack", $"the byte 0x{head:X2}"),
        };
        // Each takes a byte at least.
        return count <= data.Length - at && count <= StoreLimits.MostEntries ? (int)count
            : throw Invalid($"{count} ids", $"{data.Length - at} bytes for them");
    }

    private byte[]? ReadId(int number)
    {
        byte head = Take(1)[0];
        switch (head)
        {
            case Nil: return null;
            case <= 0x7F: return Number(head);
            case >= 0xE0: return Number((sbyte)head);
            case >= 0xA0 and <= 0xBF: return Text(head & 0x1F, number);
            case >= UInt8 and <= UInt64: return Encoding.ASCII.GetBytes(Unsigned(Take(1 << (head - UInt8))).ToString(CultureInfo.InvariantCulture));
            case >= Int8 and <= Int64:
                ReadOnlySpan<byte> bytes = Take(1 << (head - Int8));
                int unused = 64 - (8 * bytes.Length);
                return Number((long)(Unsigned(bytes) << unused) >> unused);
            case >= Text8 and <= Text32: return Text((long)Unsigned(Take(1 << (head - Text8))), number);
            default: throw Invalid($"a string or a whole number as id {number}", $"the byte 0x{head:X2}");
        }
    }

    private static ulong Unsigned(ReadOnlySpan<byte> bytes)
    {
        ulong value = 0;
        foreach (byte one in bytes)
        {
            value = (value << 8) | one;
        }

        return value;
    }

    private static byte[] Number(long number) => Encoding.ASCII.GetBytes(number.ToString(CultureInfo.InvariantCulture));

    private byte[] Text(long length, int number)
    {
        if (length > StoreLimits.MostIdBytes)
        {
            throw Invalid($"at most {StoreLimits.MostIdBytes} bytes in id {number}", $"{length}");
        }

        ReadOnlySpan<byte> text = Take((int)length);
        return Utf8.IsValid(text) ? TxtaiIds.TextOf(text)
            : throw Invalid($"UTF-8 in id {number}", "other bytes");
    }

    private ReadOnlySpan<byte> Take(int length)
    {
        if (length > data.Length - at)
        {
            throw JsonErrors.Invalid(part.Path, $"{length} bytes at byte {at}", "the end of the file");
        }

        at += length;
        return data.AsSpan(at - length, length);
    }

    private MigrationException Invalid(string expected, string found) => JsonErrors.Invalid(part.Path, expected, $"{found} at byte {at}");
}
