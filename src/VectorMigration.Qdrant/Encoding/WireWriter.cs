using System.Buffers.Text;
using System.Numerics;

namespace VectorMigration.Qdrant;

/// <summary>Writes protobuf's wire format into a span that is exactly large enough; lengths are known before.</summary>
internal ref struct WireWriter(Span<byte> target)
{
    /// <summary>Length of a UUID as Qdrant writes it: lower case, hyphenated.</summary>
    public const int UuidLength = 36;

    private readonly Span<byte> target = target;
    private int position;

    /// <summary>Bytes written.</summary>
    public readonly int Position => position;

    /// <summary>Bytes that <see cref="Varint"/> takes.</summary>
    public static int VarintLength(ulong value) => (BitOperations.Log2(value | 1) / 7) + 1;

    /// <summary>Bytes of a length and what it announces.</summary>
    public static int DelimitedLength(int length) => VarintLength((uint)length) + length;

    /// <summary>Bytes of the message PointId.</summary>
    public static int PointIdLength(PointId id) => 1 + (id.IsGuid ? DelimitedLength(UuidLength) : VarintLength(id.Number));

    /// <summary>One byte: a tag below field 16, a Boolean.</summary>
    public void Byte(byte value) => target[position++] = value;

    /// <summary>A base-128 number.</summary>
    public void Varint(ulong value)
    {
        while (value >= 0x80)
        {
            target[position++] = (byte)(value | 0x80);
            value >>= 7;
        }

        target[position++] = (byte)value;
    }

    /// <summary>Tag and length of a delimited field below 16.</summary>
    public void Delimited(byte tag, int length)
    {
        Byte(tag);
        Varint((uint)length);
    }

    /// <summary>Tag, length and bytes of a delimited field below 16.</summary>
    public void Delimited(byte tag, scoped ReadOnlySpan<byte> bytes)
    {
        Delimited(tag, bytes.Length);
        Bytes(bytes);
    }

    /// <summary>Bytes as they are.</summary>
    public void Bytes(scoped ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(target[position..]);
        position += bytes.Length;
    }

    /// <summary>The message PointId: num = 1 or uuid = 2.</summary>
    public void PointId(PointId id)
    {
        if (!id.IsGuid)
        {
            Byte(0x08);
            Varint(id.Number);
            return;
        }

        Delimited(0x12, UuidLength);
        Utf8Formatter.TryFormat(id.Guid, target[position..], out int written, 'D');
        position += written;
    }

    /// <summary>Room for <paramref name="length"/> bytes that the caller fills.</summary>
    public Span<byte> Room(int length)
    {
        Span<byte> room = target.Slice(position, length);
        position += length;
        return room;
    }
}
