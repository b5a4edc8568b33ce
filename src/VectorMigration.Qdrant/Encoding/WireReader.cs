using System.Buffers.Binary;

namespace VectorMigration.Qdrant;

/// <summary>Reads protobuf's wire format. Nothing in the bytes is trusted: every length is checked against what is left.</summary>
internal ref struct WireReader(ReadOnlySpan<byte> bytes)
{
    /// <summary>Wire types.</summary>
    public const int VarintType = 0;
    public const int Fixed64Type = 1;
    public const int DelimitedType = 2;
    public const int Fixed32Type = 5;

    private const int LongestVarint = 10;
    private ReadOnlySpan<byte> left = bytes;

    /// <summary>Reads an entry of a map whose keys are texts and whose values are messages: key = 1, value = 2.</summary>
    /// <exception cref="FormatException">It is no message.</exception>
    public static void ReadEntry(ReadOnlySpan<byte> entry, out ReadOnlySpan<byte> key, out ReadOnlySpan<byte> value)
    {
        key = [];
        value = [];
        WireReader reader = new(entry);
        while (!reader.IsAtEnd)
        {
            switch (reader.Tag())
            {
                case (1, DelimitedType):
                    key = reader.Delimited();
                    break;
                case (2, DelimitedType):
                    value = reader.Delimited();
                    break;
                case (_, int type):
                    reader.Skip(type);
                    break;
            }
        }
    }

    /// <summary>True at the end of the message.</summary>
    public readonly bool IsAtEnd => left.IsEmpty;

    /// <summary>Bytes that are still to be read.</summary>
    public readonly int Left => left.Length;

    /// <summary>The next field's number and wire type.</summary>
    public (int Field, int Type) Tag()
    {
        ulong tag = Varint();
        return tag is < 8 or > uint.MaxValue ? throw new FormatException("a field without a number") : ((int)(tag >> 3), (int)(tag & 7));
    }

    /// <summary>A base-128 number.</summary>
    public ulong Varint()
    {
        ulong value = 0;
        for (int i = 0; i < LongestVarint && i < left.Length; i++)
        {
            value |= (ulong)(left[i] & 0x7F) << (7 * i);
            if (left[i] < 0x80)
            {
                left = left[(i + 1)..];
                return value;
            }
        }

        throw new FormatException("an unterminated number");
    }

    /// <summary>Four bytes.</summary>
    public uint Fixed32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(sizeof(uint)));

    /// <summary>Eight bytes.</summary>
    public ulong Fixed64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(sizeof(ulong)));

    /// <summary>The contents of a delimited field.</summary>
    public ReadOnlySpan<byte> Delimited()
    {
        ulong length = Varint();
        return length <= (ulong)left.Length ? Take((int)length) : throw new FormatException($"a field of {length} bytes where {left.Length} are left");
    }

    /// <summary>Passes over a field of the given wire type.</summary>
    public void Skip(int type)
    {
        switch (type)
        {
            case VarintType:
                Varint();
                break;
            case Fixed64Type:
                Take(sizeof(ulong));
                break;
            case DelimitedType:
                Delimited();
                break;
            case Fixed32Type:
                Take(sizeof(uint));
                break;
            default:
                throw new FormatException($"a field of the unknown wire type {type}");
        }
    }

    private ReadOnlySpan<byte> Take(int length)
    {
        if (length > left.Length)
        {
            throw new FormatException($"a field of {length} bytes where {left.Length} are left");
        }

        ReadOnlySpan<byte> taken = left[..length];
        left = left[length..];
        return taken;
    }
}
