using System.Buffers;
using System.Globalization;

namespace VectorMigration.SideFiles.Pickles;

/// <summary>How Python writes texts and numbers as text.</summary>
internal static class PythonText
{
    private const int LeastPlainExponent = -4;
    private const int MostPlainExponent = 16;
    private const NumberStyles NumberForm = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
    private const string EscapeLetters = @"\'""abfnrtv";
    private const string EscapedCharacters = "\\'\"\a\b\f\n\r\t\v";

    private static readonly SearchValues<byte> HexDigits = SearchValues.Create("0123456789abcdefABCDEF"u8);

    /// <summary>Bytes of a Python 2 string in quotes, escapes undone; null where it is none.</summary>
    public static byte[]? FromQuoted(ReadOnlySpan<byte> line)
    {
        line = line.TrimEnd("\r \t"u8);
        if (line.Length < 2 || line[0] is not ((byte)'\'' or (byte)'"') || line[^1] != line[0])
        {
            return null;
        }

        ReadOnlySpan<byte> text = line[1..^1];
        byte[] bytes = new byte[text.Length];
        int written = 0;
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\')
            {
                bytes[written++] = text[i];
                continue;
            }

            int used = Escape(text[(i + 1)..], out byte value);
            if (used < 0)
            {
                return null;
            }

            i += used;
            bytes[written++] = value;
        }

        return bytes[..written];
    }

    /// <summary>UTF-8 of a text in <c>raw-unicode-escape</c>: Latin-1, and \u with four or \U with eight digits; null where it is none.</summary>
    public static byte[]? FromRawUnicode(ReadOnlySpan<byte> line)
    {
        ArrayBufferWriter<byte> utf8 = new(line.Length + 1);
        int slashes = 0;
        for (int i = 0; i < line.Length; i++)
        {
            // A backslash that another one escapes begins no escape; both stay.
            slashes = line[i] == '\\' ? slashes + 1 : 0;
            int digits = slashes % 2 == 1 && i + 1 < line.Length ? line[i + 1] switch { (byte)'u' => 4, (byte)'U' => 8, _ => 0 } : 0;
            if (digits == 0)
            {
                Write(utf8, line[i]);
                continue;
            }

            if (!TryHex(line[(i + 2)..], digits, out uint code) || code > 0x10FFFF)
            {
                return null;
            }

            Write(utf8, code);
            i += 1 + digits;
            slashes = 0;
        }

        return JoinHalves(utf8.WrittenSpan);
    }

    /// <summary>A number as Python's <c>repr</c> writes it: the shortest that is read back as the same, with an exponent below 1e-4 and from 1e16 on.</summary>
    public static string FloatText(double number)
    {
        string shortest = Math.Abs(number).ToString("R", CultureInfo.InvariantCulture);
        string sign = double.IsNegative(number) ? "-" : string.Empty;
        (string mantissa, int exponent) = Scientific(shortest);
        if (exponent is < LeastPlainExponent or >= MostPlainExponent)
        {
            string fraction = mantissa.Length > 1 ? $".{mantissa[1..]}" : string.Empty;
            return $"{sign}{mantissa[0]}{fraction}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}";
        }

        return exponent < 0
            ? $"{sign}0.{new string('0', -exponent - 1)}{mantissa}"
            : mantissa.Length <= exponent + 1
                ? $"{sign}{mantissa.PadRight(exponent + 1, '0')}.0"
                : $"{sign}{mantissa[..(exponent + 1)]}.{mantissa[(exponent + 1)..]}";
    }

    /// <summary>A number that Python's <c>repr</c> wrote; null where it is none.</summary>
    public static double? ParseFloat(string text) => text.Trim() switch
    {
        "nan" or "-nan" => double.NaN,
        "inf" => double.PositiveInfinity,
        "-inf" => double.NegativeInfinity,
        string digits when double.TryParse(digits, NumberForm, CultureInfo.InvariantCulture, out double number)
            && digits[^1] is >= '0' and <= '9' or '.' => number,
        _ => null,
    };

    /// <summary>The significant digits of a number without sign, zeros at the ends left out, and the exponent of the first of them.</summary>
    public static (string Digits, int Exponent) Scientific(string number)
    {
        int e = number.IndexOf('e', StringComparison.OrdinalIgnoreCase);
        int exponent = e < 0 ? 0 : int.Parse(number[(e + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        string plain = e < 0 ? number : number[..e];
        int point = plain.IndexOf('.', StringComparison.Ordinal);
        string all = plain.Replace(".", string.Empty, StringComparison.Ordinal);
        string significant = all.TrimStart('0');
        exponent += (point < 0 ? plain.Length : point) - 1 - (all.Length - significant.Length);
        significant = significant.TrimEnd('0');
        return significant.Length == 0 ? ("0", 0) : (significant, exponent);
    }

    /// <summary>
    /// Bytes that an escape takes after its backslash, −1 for a broken one; the byte it stands for. A backslash before any other letter is one, as in Python.
    /// </summary>
    private static int Escape(ReadOnlySpan<byte> rest, out byte value)
    {
        value = (byte)'\\';
        if (rest.IsEmpty)
        {
            return -1;
        }

        if (rest[0] == 'x')
        {
            bool isHex = TryHex(rest[1..], 2, out uint code);
            value = (byte)code;
            return isHex ? 3 : -1;
        }

        if (rest[0] is >= (byte)'0' and <= (byte)'7')
        {
            int used = 0;
            int number = 0;
            for (; used < 3 && used < rest.Length && rest[used] is >= (byte)'0' and <= (byte)'7'; used++)
            {
                number = (number * 8) + (rest[used] - '0');
            }

            value = (byte)number;
            return used;
        }

        int at = EscapeLetters.IndexOf((char)rest[0], StringComparison.Ordinal);
        value = at < 0 ? value : (byte)EscapedCharacters[at];
        return at < 0 ? 0 : 1;
    }

    private static bool TryHex(ReadOnlySpan<byte> text, int digits, out uint code)
    {
        code = 0;
        return text.Length >= digits
            && text[..digits].IndexOfAnyExcept(HexDigits) < 0
            && uint.TryParse(text[..digits], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out code);
    }

    /// <summary>UTF-8 of a code point, halves of characters included, as Python's <c>surrogatepass</c> writes them.</summary>
    private static void Write(ArrayBufferWriter<byte> utf8, uint code)
    {
        Span<byte> to = utf8.GetSpan(4);
        int count;
        if (code < 0x80)
        {
            to[0] = (byte)code;
            count = 1;
        }
        else if (code < 0x800)
        {
            to[0] = (byte)(0xC0 | (code >> 6));
            count = 2;
        }
        else if (code < 0x10000)
        {
            to[0] = (byte)(0xE0 | (code >> 12));
            count = 3;
        }
        else
        {
            to[0] = (byte)(0xF0 | (code >> 18));
            count = 4;
        }

        for (int i = 1; i < count; i++)
        {
            to[i] = (byte)(0x80 | ((code >> (6 * (count - 1 - i))) & 0x3F));
        }

        utf8.Advance(count);
    }

    /// <summary>Python 2 with narrow characters wrote two halves where there is one character: they are joined.</summary>
    private static byte[] JoinHalves(ReadOnlySpan<byte> utf8)
    {
        if (utf8.IndexOf((byte)0xED) < 0)
        {
            return utf8.ToArray();
        }

        ArrayBufferWriter<byte> joined = new(utf8.Length);
        for (int i = 0; i < utf8.Length; i++)
        {
            if (i + 5 < utf8.Length && utf8[i] == 0xED && utf8[i + 1] is >= 0xA0 and < 0xB0 && utf8[i + 3] == 0xED && utf8[i + 4] >= 0xB0)
            {
                uint high = (uint)(((utf8[i + 1] & 0x0F) << 6) | (utf8[i + 2] & 0x3F));
                uint low = (uint)(((utf8[i + 4] & 0x0F) << 6) | (utf8[i + 5] & 0x3F));
                Write(joined, 0x10000 + (high << 10) + low);
                i += 5;
                continue;
            }

            joined.Write(utf8.Slice(i, 1));
        }

        return joined.WrittenSpan.ToArray();
    }
}
