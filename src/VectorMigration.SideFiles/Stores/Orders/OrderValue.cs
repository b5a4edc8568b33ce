using System.Buffers.Binary;
using System.Buffers.Text;

namespace VectorMigration.SideFiles.Stores.Orders;

/// <summary>Values of a list and of a field, in one form: 12, "12" and 12.0 are the same, and so is a UUID in capitals. A value is a whole number, or the
/// hash of its text.</summary>
internal static class OrderValue
{
    /// <summary>Longer texts are no ids.</summary>
    public const int Longest = 1 << 10;

    private const long MostWhole = 1L << 53;

    /// <summary>The value of a text; null for one that is no id.</summary>
    public static long? Of(ReadOnlySpan<byte> text)
    {
        text = text.Trim(" \t\r\n"u8);
        if (text.Length is 0 or > Longest)
        {
            return null;
        }

        if (Utf8Parser.TryParse(text, out long whole, out int used) && used == text.Length)
        {
            return whole;
        }

        if (text.Contains((byte)'.') && Utf8Parser.TryParse(text, out double real, out used) && used == text.Length && Of(real) is long number)
        {
            return number;
        }

        if (text.Length is 32 or 36 && Utf8Parser.TryParse(text, out Guid uuid, out used, text.Length == 36 ? 'D' : 'N') && used == text.Length)
        {
            Span<byte> bytes = stackalloc byte[16];
            uuid.TryWriteBytes(bytes);
            return Hash(bytes);
        }

        return Hash(text);
    }

    /// <summary>The value of a real number that is whole; null for others.</summary>
    public static long? Of(double real) => real == Math.Floor(real) && Math.Abs(real) < MostWhole ? (long)real : null;

    private static long Hash(ReadOnlySpan<byte> text)
    {
        ulong hash = RowNumbers.Hash(text.Length);
        Span<byte> last = stackalloc byte[sizeof(ulong)];
        for (; text.Length >= sizeof(ulong); text = text[sizeof(ulong)..])
        {
            hash = RowNumbers.Hash(unchecked((long)(hash ^ BinaryPrimitives.ReadUInt64LittleEndian(text))));
        }

        last.Clear();
        text.CopyTo(last);
        return unchecked((long)RowNumbers.Hash(unchecked((long)(hash ^ BinaryPrimitives.ReadUInt64LittleEndian(last)))));
    }
}
