using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Text;
using VectorMigration.SideFiles.Pickles;

namespace VectorMigration.Fuzzing.Pickles;

/// <content>Numbers, texts, bytes.</content>
internal sealed partial class PickleWriter
{
    private void AddBool(bool value)
    {
        if (protocol >= 2)
        {
            Op(value ? PickleOpcode.NewTrue : PickleOpcode.NewFalse);
            return;
        }

        Op(PickleOpcode.Int);
        Line(value ? "01" : "00");
    }

    private void AddInteger(long value)
    {
        if (protocol == 0)
        {
            Op(PickleOpcode.Int);
            Line(value.ToString(CultureInfo.InvariantCulture));
            return;
        }

        switch (value)
        {
            case >= 0 and <= byte.MaxValue:
                Op(PickleOpcode.BinInt1);
                body.Write([(byte)value]);
                break;
            case >= 0 and <= ushort.MaxValue:
                Op(PickleOpcode.BinInt2);
                body.Write(BitConverter.GetBytes((ushort)value));
                break;
            case >= int.MinValue and <= int.MaxValue:
                Op(PickleOpcode.BinInt);
                body.Write(BitConverter.GetBytes((int)value));
                break;
            default:
                AddLong(value);
                break;
        }
    }

    private void AddLong(BigInteger value)
    {
        if (protocol < 2)
        {
            Op(PickleOpcode.Long);
            Line(value.ToString(CultureInfo.InvariantCulture) + "L");
            return;
        }

        byte[] bytes = value.ToByteArray();
        bool isShort = bytes.Length <= byte.MaxValue;
        Op(isShort ? PickleOpcode.Long1 : PickleOpcode.Long4);
        body.Write(isShort ? [(byte)bytes.Length] : BitConverter.GetBytes(bytes.Length));
        body.Write(bytes);
    }

    private void AddFloat(double value)
    {
        if (protocol == 0)
        {
            Op(PickleOpcode.Float);
            Line(double.IsNaN(value) ? "nan" : double.IsInfinity(value) ? value > 0 ? "inf" : "-inf" : value.ToString("R", CultureInfo.InvariantCulture));
            return;
        }

        Span<byte> bytes = stackalloc byte[sizeof(double)];
        BinaryPrimitives.WriteDoubleBigEndian(bytes, value);
        Op(PickleOpcode.BinFloat);
        body.Write(bytes);
    }

    private void AddText(PickleText text)
    {
        if (protocol == 0)
        {
            Op(PickleOpcode.Unicode);
            Line(RawUnicode(text.ToString()));
        }
        else if (protocol >= 4 && text.Utf8.Length <= byte.MaxValue)
        {
            Op(PickleOpcode.ShortBinUnicode);
            body.Write([(byte)text.Utf8.Length]);
            body.Write(text.Utf8);
        }
        else
        {
            Op(PickleOpcode.BinUnicode);
            body.Write(BitConverter.GetBytes(text.Utf8.Length));
            body.Write(text.Utf8);
        }

        Put(text);
    }

    private static string RawUnicode(string text)
    {
        StringBuilder line = new();
        foreach (Rune rune in text.EnumerateRunes())
        {
            line.Append(
                rune.Value switch
                {
                    '\\' or '\0' or '\n' or '\r' or 0x1A => $"\\u{rune.Value:x4}",
                    <= 0xFF => rune.ToString(),
                    <= 0xFFFF => $"\\u{rune.Value:x4}",
                    _ => $"\\U{rune.Value:x8}",
                });
        }

        return line.ToString();
    }

    private void AddBytes(PickleBytes bytes)
    {
        byte[] data = bytes.Data ?? throw new ArgumentException("Only bytes in memory are written.", nameof(bytes));
        if (protocol < 3)
        {
            PickleTuple arguments = new([TextOf(data), new PickleText("latin1"u8.ToArray())]);
            AddCall(data.Length == 0 ? new PickleCall("__builtin__", "bytes", new PickleTuple([])) : new PickleCall("_codecs", "encode", arguments), bytes);
            return;
        }

        bool isShort = data.Length <= byte.MaxValue;
        Op(isShort ? PickleOpcode.ShortBinBytes : PickleOpcode.BinBytes);
        body.Write(isShort ? [(byte)data.Length] : BitConverter.GetBytes(data.Length));
        body.Write(data);
        Put(bytes);
    }

    private static PickleText TextOf(byte[] latin1) => new(Encoding.UTF8.GetBytes(Encoding.Latin1.GetString(latin1)));
}
