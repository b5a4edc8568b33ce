using System.Buffers.Binary;
using System.Text;
using VectorMigration.SideFiles.Stores.Tables.Columns;

namespace VectorMigration.SideFiles.VectorFiles.Hdf5;

/// <summary>A record of an HDF5 file, read field by field; nothing is read behind its end.</summary>
/// <param name="file">The file.</param>
/// <param name="bytes">The bytes of the record.</param>
/// <param name="start">Where they begin in the file.</param>
/// <param name="what">What it is, for errors.</param>
internal sealed class Hdf5Cursor(Hdf5File file, ReadOnlyMemory<byte> bytes, long start, string what)
{
    /// <summary>An address or a length that is all ones: nothing is there, or there is no limit.</summary>
    public const long Undefined = -1;

    private int at;

    /// <summary>Bytes that are left.</summary>
    public int Left => bytes.Length - at;

    /// <summary>Where the next byte lies in the file.</summary>
    public long Position => start + at;

    /// <summary>The next bytes.</summary>
    /// <exception cref="TableDamage">There are not as many.</exception>
    public ReadOnlySpan<byte> Take(long length)
    {
        TableDamage.ThrowUnless(length >= 0 && length <= Left, $"the {what} at offset {start} is too short");
        ReadOnlySpan<byte> taken = bytes.Span.Slice(at, (int)length);
        at += (int)length;
        return taken;
    }

    /// <summary>The next bytes as a record of its own.</summary>
    public Hdf5Cursor Slice(long length)
    {
        int from = at;
        Take(length);
        return new Hdf5Cursor(file, bytes.Slice(from, (int)length), start + from, what);
    }

    /// <summary>The whole record once more, from its start.</summary>
    public Hdf5Cursor Again() => new(file, bytes, start, what);

    /// <summary>One byte.</summary>
    public byte Byte() => Take(1)[0];

    /// <summary>Two bytes.</summary>
    public int UInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Take(2));

    /// <summary>Four bytes.</summary>
    public uint UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    /// <summary>A number of 1 to 8 bytes; <see cref="Undefined"/> where all of four bytes or more are ones.</summary>
    public long Number(int size)
    {
        ReadOnlySpan<byte> taken = Take(size);
        if (size >= sizeof(uint) && !taken.ContainsAnyExcept((byte)0xFF))
        {
            return Undefined;
        }

        ulong number = 0;
        for (int i = size - 1; i >= 0; i--)
        {
            number = (number << 8) | taken[i];
        }

        TableDamage.ThrowUnless(number <= long.MaxValue, $"the {what} at offset {start} has a number of more than 63 bits");
        return (long)number;
    }

    /// <summary>Where something lies in the file; <see cref="Undefined"/> where there is nothing.</summary>
    public long Address()
    {
        long address = Number(file.OffsetSize);
        TableDamage.ThrowUnless(address <= file.Length, $"the {what} at offset {start} points to offset {address}, past the end of the file");
        return address;
    }

    /// <summary>A length.</summary>
    public long Length() => Number(file.LengthSize);

    /// <summary>Expects four letters.</summary>
    public Hdf5Cursor Expect(ReadOnlySpan<byte> signature)
    {
        ReadOnlySpan<byte> found = Take(signature.Length);
        TableDamage.ThrowUnless(found.SequenceEqual(signature), $"there is no {what} ({Encoding.ASCII.GetString(signature)}) at offset {start}");
        return this;
    }

    /// <summary>Expects a version.</summary>
    /// <exception cref="TableNotRead">It is another one.</exception>
    public void ExpectVersion(int version)
    {
        byte found = Byte();
        if (found != version)
        {
            throw Hdf5File.NotRead($"a {what} of version {found}");
        }
    }

    /// <summary>Compares the record with the checksum in its last four bytes, which are cut off.</summary>
    public Hdf5Cursor Checked()
    {
        TableDamage.ThrowUnless(bytes.Length >= sizeof(uint), $"the {what} at offset {start} is too short");
        ReadOnlyMemory<byte> content = bytes[..^sizeof(uint)];
        uint expected = BinaryPrimitives.ReadUInt32LittleEndian(bytes.Span[^sizeof(uint)..]);
        TableDamage.ThrowUnless(Hdf5Checksum.OfRecord(content.Span) == expected, $"the checksum of the {what} at offset {start} does not match");
        return new Hdf5Cursor(file, content, start, what) { at = at };
    }
}
