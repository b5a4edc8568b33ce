using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Unicode;

namespace VectorMigration.SideFiles.Pickles;

/// <content>Numbers, texts, bytes.</content>
internal sealed partial class PickleReader
{
    /// <summary>Longest line of a number as text.</summary>
    private const int MostNumberLine = PickleLimits.MostIntegerDigits + 8;

    private bool RunScalar(PickleOpcode opcode)
    {
        switch (opcode)
        {
            case PickleOpcode.BinUnicode: Push(ReadText(input.ReadUInt32())); break;
            case PickleOpcode.ShortBinUnicode: Push(ReadText(input.ReadByte())); break;
            case PickleOpcode.BinUnicode8: Push(ReadText(input.ReadUInt64())); break;
            case PickleOpcode.Unicode: Push(new PickleText(PythonText.FromRawUnicode(input.ReadLine(limits.Text)) ?? throw BadEscape())); break;
            case PickleOpcode.None: Push(PickleNone.Value); break;
            case PickleOpcode.NewTrue: Push(PickleBool.True); break;
            case PickleOpcode.NewFalse: Push(PickleBool.False); break;
            case PickleOpcode.BinInt: Push(PickleInteger.Of((int)input.ReadUInt32())); break;
            case PickleOpcode.BinInt1: Push(PickleInteger.Of(input.ReadByte())); break;
            case PickleOpcode.BinInt2: Push(PickleInteger.Of(input.ReadUInt16())); break;
            case PickleOpcode.Int: Push(ReadInt()); break;
            case PickleOpcode.Long: Push(ReadLong()); break;
            case PickleOpcode.Long1: Push(ReadInteger(input.ReadByte())); break;
            case PickleOpcode.Long4: Push(ReadInteger(input.ReadUInt32())); break;
            case PickleOpcode.Float: Push(ReadFloat()); break;
            case PickleOpcode.BinFloat: Push(new PickleFloat(input.ReadDouble())); break;
            case PickleOpcode.String: Push(ReadQuoted()); break;
            case PickleOpcode.BinString: Push(ReadPython2(input.ReadUInt32())); break;
            case PickleOpcode.ShortBinString: Push(ReadPython2(input.ReadByte())); break;
            case PickleOpcode.BinBytes: Push(ReadBytes(input.ReadUInt32())); break;
            case PickleOpcode.ShortBinBytes: Push(ReadBytes(input.ReadByte())); break;
            case PickleOpcode.BinBytes8 or PickleOpcode.ByteArray8: Push(ReadBytes(input.ReadUInt64())); break;
            default: return false;
        }

        return true;
    }

    /// <summary>A Python 2 string: text where it is UTF-8, otherwise bytes.</summary>
    private static PickleValue Python2(byte[] bytes) => Utf8.IsValid(bytes) ? new PickleText(bytes, isPython2: true) : new PickleBytes(bytes);

    private PickleText ReadText(ulong length) => new(input.ReadArray(TextLength(length)));

    private PickleValue ReadPython2(ulong length) => Python2(input.ReadArray(TextLength(length)));

    private int TextLength(ulong length)
    {
        input.Announced(length);
        return length <= (ulong)limits.Text ? (int)length : throw PickleErrors.TooLarge(input, $"a string of {length} bytes, at most {limits.Text} are read");
    }

    private PickleBytes ReadBytes(ulong length)
    {
        input.Announced(length);
        long offset = input.Position;
        if (length <= PickleLimits.MostBytesKept)
        {
            return new PickleBytes(input.ReadArray((int)length), offset);
        }

        input.Skip((long)length);
        return new PickleBytes(offset, (long)length);
    }

    private PickleValue ReadQuoted() =>
        Python2(PythonText.FromQuoted(input.ReadLine(limits.Text)) ?? throw BadEscape());

    /// <summary>INT: a number in decimal digits, or 00 and 01 for False and True.</summary>
    private PickleValue ReadInt()
    {
        byte[] line = input.ReadLine(MostNumberLine);
        return line.AsSpan().SequenceEqual("00"u8) ? PickleBool.False
            : line.AsSpan().SequenceEqual("01"u8) ? PickleBool.True
            : ParseInteger(line);
    }

    private PickleValue ReadLong()
    {
        byte[] line = input.ReadLine(MostNumberLine);
        return ParseInteger(line is [.., (byte)'L'] ? line[..^1] : line);
    }

    private PickleValue ParseInteger(byte[] line) =>
        BigInteger.TryParse(Encoding.ASCII.GetString(line), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out BigInteger number)
            ? PickleInteger.Of(number)
            : throw PickleErrors.Invalid(input, "a line that is not a whole number");

    private PickleValue ReadInteger(uint length)
    {
        input.Announced(length);
        return length > PickleLimits.MostIntegerBytes
            ? throw PickleErrors.TooLarge(input, $"a whole number of {length} bytes, at most {PickleLimits.MostIntegerBytes} are read")
            : PickleInteger.Of(new BigInteger(input.ReadArray((int)length)));
    }

    private PickleFloat ReadFloat()
    {
        string line = Encoding.ASCII.GetString(input.ReadLine(MostNumberLine));
        return PythonText.ParseFloat(line) is double number ? new PickleFloat(number) : throw PickleErrors.Invalid(input, "a line that is not a number");
    }

    private long TextIndex()
    {
        string line = Encoding.ASCII.GetString(input.ReadLine(MostNumberLine));
        return long.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out long index) && index <= uint.MaxValue
            ? index
            : throw PickleErrors.Invalid(input, "a line that is not the number of a memo entry");
    }

    private MigrationException BadEscape() => PickleErrors.Invalid(input, "a string with a broken escape or without its quotes");
}
