using System.Text;
using VectorMigration.SideFiles.Stores.Tables.Columns;

namespace VectorMigration.SideFiles.Stores.Tables.Parquet;

/// <summary>Types of Thrift's compact protocol.</summary>
internal enum ThriftType : byte
{
    /// <summary>The end of a structure.</summary>
    Stop = 0,

    /// <summary>True.</summary>
    True = 1,

    /// <summary>False.</summary>
    False = 2,

    /// <summary>A byte.</summary>
    Byte = 3,

    /// <summary>A number of 16 bits.</summary>
    Short = 4,

    /// <summary>A number of 32 bits.</summary>
    Int = 5,

    /// <summary>A number of 64 bits.</summary>
    Long = 6,

    /// <summary>A real number.</summary>
    Double = 7,

    /// <summary>Bytes or a text.</summary>
    Binary = 8,

    /// <summary>A list.</summary>
    List = 9,

    /// <summary>A set.</summary>
    Set = 10,

    /// <summary>A map.</summary>
    Map = 11,

    /// <summary>A structure.</summary>
    Struct = 12,
}

/// <summary>
/// Reads Thrift's compact protocol, in which Parquet writes what it says about its data. Numbers are held against the bytes that are left, and structures in
/// each other are counted. Not thread-safe.
/// </summary>
/// <param name="data">The bytes.</param>
internal sealed class ThriftReader(byte[] data)
{
    private const int MostNested = 32;

    private int nested;

    /// <summary>Where it stands.</summary>
    public int At { get; private set; }

    /// <summary>The number of the field whose value comes next.</summary>
    public short Field { get; private set; }

    /// <summary>The type of that value.</summary>
    public ThriftType Type { get; private set; }

    /// <summary>Reads a structure: <paramref name="read"/> is called for each field, and takes its value or skips it.</summary>
    /// <exception cref="TableDamage">It is damaged or cut short.</exception>
    public void Struct(Action<ThriftReader> read)
    {
        TableDamage.ThrowUnless(++nested <= MostNested, "metadata nested too deeply");
        short outer = Field;
        Field = 0;
        while (true)
        {
            byte head = Byte();
            if ((head & 0x0F) == 0)
            {
                break;
            }

            Field = (head >> 4) == 0 ? (short)ZigZag() : (short)(Field + (head >> 4));
            Type = (ThriftType)(head & 0x0F);
            short mine = Field;
            read(this);
            Field = mine;
        }

        Field = outer;
        nested--;
    }

    /// <summary>Reads a whole number of any width.</summary>
    public long Number() => Type switch
    {
        ThriftType.Byte => (sbyte)Byte(),
        ThriftType.Short or ThriftType.Int or ThriftType.Long => ZigZag(),
        _ => throw new TableDamage("metadata whose type does not match their number"),
    };

    /// <summary>Reads a number of 32 bits.</summary>
    public int Int() => Number() is >= int.MinValue and <= int.MaxValue and long number ? (int)number : throw new TableDamage("a number beyond 32 bits");

    /// <summary>Reads a truth value.</summary>
    public bool Bool() => Type is ThriftType.True or ThriftType.False ? Type == ThriftType.True : throw new TableDamage("metadata of an unexpected type");

    /// <summary>Reads a text.</summary>
    public string Text()
    {
        TableDamage.ThrowUnless(Type == ThriftType.Binary, "metadata of an unexpected type");
        ReadOnlySpan<byte> text = Take(Length());
        TableDamage.ThrowUnless(System.Text.Unicode.Utf8.IsValid(text), "a name that is not UTF-8");
        return Encoding.UTF8.GetString(text);
    }

    /// <summary>Reads a list: <paramref name="read"/> is called for each element.</summary>
    public void List(Action<ThriftReader> read)
    {
        TableDamage.ThrowUnless(Type is ThriftType.List or ThriftType.Set, "metadata of an unexpected type");
        byte head = Byte();
        long count = (head >> 4) == 15 ? Varint() : head >> 4;
        // Each takes a byte at least.
        TableDamage.ThrowUnless(count >= 0 && count <= data.Length - At, "a list with more elements than bytes");
        var type = (ThriftType)(head & 0x0F);
        for (long i = 0; i < count; i++)
        {
            Type = type;
            read(this);
        }
    }

    /// <summary>Passes over a value.</summary>
    public void Skip()
    {
        switch (Type)
        {
            case ThriftType.True or ThriftType.False: break;
            case ThriftType.Byte: Byte(); break;
            case ThriftType.Short or ThriftType.Int or ThriftType.Long: Varint(); break;
            case ThriftType.Double: Take(sizeof(double)); break;
            case ThriftType.Binary: Take(Length()); break;
            case ThriftType.List or ThriftType.Set: List(static element => element.SkipElement()); break;
            case ThriftType.Map: SkipMap(); break;
            case ThriftType.Struct: Struct(static inner => inner.Skip()); break;
            default: throw new TableDamage("metadata without a type");
        }
    }

    /// <summary>In lists a truth value takes a byte.</summary>
    private void SkipElement()
    {
        TableDamage.ThrowUnless(++nested <= MostNested, "metadata nested too deeply");
        if (Type is ThriftType.True or ThriftType.False)
        {
            Byte();
        }
        else
        {
            Skip();
        }

        nested--;
    }

    private void SkipMap()
    {
        long count = Varint();
        TableDamage.ThrowUnless(count >= 0 && count <= data.Length - At, "a map with more entries than bytes");
        byte types = count == 0 ? (byte)0 : Byte();
        for (long i = 0; i < count; i++)
        {
            Type = (ThriftType)(types >> 4);
            SkipElement();
            Type = (ThriftType)(types & 0x0F);
            SkipElement();
        }
    }

    private int Length() => Varint() is >= 0 and <= int.MaxValue and long length ? (int)length : throw new TableDamage("a string longer than the file");

    private byte Byte() => Take(1)[0];

    private ReadOnlySpan<byte> Take(int length)
    {
        TableDamage.ThrowUnless(length <= data.Length - At, "metadata that are cut short");
        ReadOnlySpan<byte> taken = data.AsSpan(At, length);
        At += length;
        return taken;
    }

    private long ZigZag()
    {
        int at = At;
        long value = Columns.Varint.ReadSigned(data, ref at);
        At = at;
        return value;
    }

    private long Varint()
    {
        int at = At;
        ulong value = Columns.Varint.Read(data, ref at);
        At = at;
        return (long)value;
    }
}
