namespace VectorMigration.SideFiles.VectorFiles.Hdf5;

/// <summary>A dataset of real numbers or bytes in two dimensions.</summary>
/// <param name="Name">Its name, with those of its groups.</param>
/// <param name="Messages">Its header.</param>
/// <param name="Rows">Vectors.</param>
/// <param name="Dimension">Components of a vector.</param>
/// <param name="MostRows">Rows that it may grow to; -1 without a limit.</param>
/// <param name="MostColumns">Columns that it may grow to; -1 without a limit.</param>
/// <param name="Type">How a component lies in it.</param>
internal sealed record Hdf5Dataset(
    string Name, Hdf5Messages Messages, long Rows, int Dimension, long MostRows, long MostColumns, ComponentType Type)
{
    /// <summary>Bytes of all vectors.</summary>
    public Int128 Bytes => (Int128)Rows * Dimension * Type.Width;

    /// <summary>A dataset; null where its shape or its type is none of vectors.</summary>
    public static Hdf5Dataset? Of(string name, Hdf5Messages messages)
    {
        if (messages.Find(Hdf5MessageType.Dataspace) is not Hdf5Cursor space || ShapeOf(space) is not ([long rows, long columns], long[] most)
            || columns is < 1 or > VectorFile.MostComponents || rows < 0)
        {
            return null;
        }

        return messages.Find(Hdf5MessageType.Datatype) is Hdf5Cursor type && TypeOf(type) is ComponentType components
            ? new Hdf5Dataset(name, messages, rows, (int)columns, most[0], most[1], components)
            : null;
    }

    private static (long[] Shape, long[] Most) ShapeOf(Hdf5Cursor space)
    {
        int version = space.Byte();
        int rank = space.Byte();
        bool hasMost = (space.Byte() & 1) != 0;
        if (version is not (1 or 2))
        {
            throw Hdf5File.NotRead($"a dataspace of version {version}");
        }

        space.Take(version == 1 ? 5 : 1);
        long[] shape = [.. Enumerable.Range(0, rank).Select(_ => space.Length())];
        return (shape, hasMost ? [.. Enumerable.Range(0, rank).Select(_ => space.Length())] : shape);
    }

    private static ComponentType? TypeOf(Hdf5Cursor type)
    {
        int kind = type.Byte() & 0x0F;
        byte bits = type.Byte();
        type.Take(2);
        uint size = type.UInt32();
        if (kind == 0 && size == 1)
        {
            return ComponentType.OfNumpy((bits & 0x08) != 0 ? "|i1" : "|u1");
        }

        if (kind != 1 || size is not (2 or 4 or 8))
        {
            return null;
        }

        // The highest bit of the order is that of the VAX.
        bool isVax = (bits & 0x40) != 0;
        int offset = type.UInt16();
        int precision = type.UInt16();
        (int exponentAt, int exponent, int mantissaAt, int mantissa) = (type.Byte(), type.Byte(), type.Byte(), type.Byte());
        bool isPlain = (size, exponentAt, exponent, mantissa) is (2, 10, 5, 10) or (4, 23, 8, 23) or (8, 52, 11, 52)
            && (offset, precision, mantissaAt) == (0, (int)size * 8, 0);
        return isPlain && !isVax ? ComponentType.OfNumpy($"{((bits & 1) != 0 ? '>' : '<')}f{size}") : null;
    }
}
