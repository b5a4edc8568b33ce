using System.Buffers.Binary;
using System.Text;
using VectorMigration.SideFiles.Stores.Tables.Columns;

namespace VectorMigration.SideFiles.Stores.Tables.Arrow;

/// <summary>
/// A table of FlatBuffers, in which Arrow writes what it says about its data. Every place is held against the bytes that there are; what is missing has its
/// default, as the format has it.
/// </summary>
internal readonly struct FlatTable
{
    private readonly byte[] data;
    private readonly int at;
    private readonly int fields;
    private readonly int fieldsLength;

    private FlatTable(byte[] data, long at)
    {
        this.data = data;
        this.at = Checked(data, at, 4);
        fields = Checked(data, at - BinaryPrimitives.ReadInt32LittleEndian(data.AsSpan(this.at)), 4);
        fieldsLength = BinaryPrimitives.ReadUInt16LittleEndian(data.AsSpan(fields));
        Checked(data, fields, fieldsLength);
    }

    /// <summary>The table that a buffer is.</summary>
    /// <exception cref="TableDamage">It is none.</exception>
    public static FlatTable Root(byte[] data) => new(data, BinaryPrimitives.ReadUInt32LittleEndian(data.AsSpan(Checked(data, 0, 4))));

    /// <summary>A byte; 0 where it is not there.</summary>
    public byte Byte(int field) => Place(field, 1) is int place ? data[place] : (byte)0;

    /// <summary>A number of 16 bits.</summary>
    public short Short(int field, short otherwise = 0) =>
        Place(field, 2) is int place ? BinaryPrimitives.ReadInt16LittleEndian(data.AsSpan(place)) : otherwise;

    /// <summary>A number of 32 bits.</summary>
    public int Int(int field, int otherwise = 0) => Place(field, 4) is int place ? BinaryPrimitives.ReadInt32LittleEndian(data.AsSpan(place)) : otherwise;

    /// <summary>A number of 64 bits.</summary>
    public long Long(int field) => Place(field, 8) is int place ? BinaryPrimitives.ReadInt64LittleEndian(data.AsSpan(place)) : 0;

    /// <summary>Another table; null where it is not there.</summary>
    public FlatTable? Table(int field) => Place(field, 4) is int place ? new FlatTable(data, Target(place)) : null;

    /// <summary>A text; null where it is not there.</summary>
    public string? Text(int field)
    {
        if (Place(field, 4) is not int place)
        {
            return null;
        }

        int start = Checked(data, Target(place), 4);
        long length = BinaryPrimitives.ReadUInt32LittleEndian(data.AsSpan(start));
        Checked(data, start + 4L, length);
        ReadOnlySpan<byte> text = data.AsSpan(start + 4, (int)length);
        TableDamage.ThrowUnless(System.Text.Unicode.Utf8.IsValid(text), "a name that is not UTF-8");
        return Encoding.UTF8.GetString(text);
    }

    /// <summary>How many elements of so many bytes a vector has.</summary>
    public int Length(int field, int width) => Vector(field, width).Length;

    /// <summary>A table in a vector of tables.</summary>
    public FlatTable TableAt(int field, int index) => new(data, Target(Vector(field, 4).Start + (4 * index)));

    /// <summary>The bytes of an element in a vector of structures.</summary>
    public ReadOnlySpan<byte> ElementAt(int field, int index, int width) => data.AsSpan(Vector(field, width).Start + (width * index), width);

    private (int Start, int Length) Vector(int field, int width)
    {
        if (Place(field, 4) is not int place)
        {
            return (0, 0);
        }

        int start = Checked(data, Target(place), 4);
        long length = BinaryPrimitives.ReadUInt32LittleEndian(data.AsSpan(start));
        Checked(data, start + 4L, length * width);
        return (start + 4, (int)length);
    }

    private long Target(int place) => place + (long)BinaryPrimitives.ReadUInt32LittleEndian(data.AsSpan(Checked(data, place, 4)));

    /// <summary>Where a field lies; null where the table does not have it.</summary>
    private int? Place(int field, int width)
    {
        int slot = 4 + (2 * field);
        int offset = slot + 2 > fieldsLength ? 0 : BinaryPrimitives.ReadUInt16LittleEndian(data.AsSpan(fields + slot));
        return offset == 0 ? null : Checked(data, at + offset, width);
    }

    private static int Checked(byte[] data, long place, long width) => place >= 0 && width >= 0 && place <= data.Length - width
        ? (int)place
        : throw new TableDamage("metadata that point past their end");
}
