using System.Globalization;
using VectorMigration.SideFiles.Stores.Json;
using VectorMigration.SideFiles.Stores.Tables.Columns;

namespace VectorMigration.SideFiles.VectorFiles.Hdf5;

/// <summary>
/// An HDF5 file: its superblock (versions 0 to 3), and its records by address. Records that lead to each other in a ring end at a limit: all that is read of
/// them together is no more than twice the file.
/// </summary>
internal sealed class Hdf5File
{
    private const int LongestRecord = 64 << 20;
    private const int SuperblockBytes = 96;
    private const int AlwaysAllowed = 1 << 20;

    private long allowed;

    /// <summary>Reads the superblock.</summary>
    /// <exception cref="TableDamage">It is damaged.</exception>
    /// <exception cref="TableNotRead">Its version or its sizes are not supported.</exception>
    public Hdf5File(StorePart part)
    {
        Part = part;
        allowed = AlwaysAllowed + (2 * Math.Min(Length, long.MaxValue / 4));
        Hdf5Cursor block = Open(0, Math.Min(SuperblockBytes, Length), "superblock");
        block.Take(8);
        int version = block.Byte();
        if (version is 0 or 1)
        {
            block.Take(4);
            (OffsetSize, LengthSize) = Sizes(block);
            block.Take(version == 0 ? 9 : 13);
            ThrowIfShifted(block);
            block.Take(3 * OffsetSize);
            block.Take(OffsetSize);
            Root = block.Address();
        }
        else if (version is 2 or 3)
        {
            (OffsetSize, LengthSize) = Sizes(block);
            Open(0, 12 + (4 * OffsetSize) + sizeof(uint), "superblock").Checked();
            block.Take(1);
            ThrowIfShifted(block);
            block.Take(2 * OffsetSize);
            Root = block.Address();
        }
        else
        {
            throw NotRead($"a superblock of version {version}");
        }
    }

    /// <summary>The file.</summary>
    public StorePart Part { get; }

    /// <summary>Bytes of the file.</summary>
    public long Length => Part.Bytes.Length;

    /// <summary>Bytes of an address.</summary>
    public int OffsetSize { get; } = sizeof(long);

    /// <summary>Bytes of a length.</summary>
    public int LengthSize { get; } = sizeof(long);

    /// <summary>Where the header of the root group lies.</summary>
    public long Root { get; }

    /// <summary>How a dataset is written as .npy.</summary>
    public const string Example = "In Python: numpy.save('vectors.npy', h5py.File('vectors.h5')['dataset'][:]).";

    /// <summary>What is not read, with the way around it.</summary>
    public static TableNotRead NotRead(string found) => new(found, $"Write the dataset as .npy. {Example}");

    /// <summary>A record of the file.</summary>
    /// <exception cref="TableDamage">It does not lie in the file.</exception>
    public Hdf5Cursor Open(long address, long length, string what)
    {
        TableDamage.ThrowUnless(
            address >= 0 && length >= 0 && address <= Length && length <= Length - address,
            string.Create(CultureInfo.InvariantCulture, $"the {what} at offset {address} takes {length} bytes, and the file ends at {Length}"));
        TableDamage.ThrowUnless(length <= LongestRecord, $"the {what} at offset {address} takes {length} bytes");
        allowed -= length;
        TableDamage.ThrowUnless(allowed >= 0, "its records form a cycle");
        return new Hdf5Cursor(this, Part.Read(address, (int)length), address, what);
    }

    private static (int Offset, int Length) Sizes(Hdf5Cursor block)
    {
        (int offset, int length) = (block.Byte(), block.Byte());
        return offset is 4 or 8 && length is 4 or 8 ? (offset, length) : throw NotRead($"addresses of {offset} bytes and lengths of {length}");
    }

    /// <summary>Addresses count from the superblock, which may lie behind a block of the user's.</summary>
    private void ThrowIfShifted(Hdf5Cursor block)
    {
        long address = block.Number(OffsetSize);
        if (address != 0)
        {
            throw NotRead($"a base address of {address} in place of 0");
        }
    }
}
