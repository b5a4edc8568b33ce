using VectorMigration.SideFiles.Stores.Tables.Columns;

namespace VectorMigration.SideFiles.Stores.Tables.Arrow;

/// <summary>How the values of a column lie in Arrow's memory.</summary>
internal enum ArrowLayout
{
    /// <summary>No bytes at all.</summary>
    Null,

    /// <summary>Bits.</summary>
    Bool,

    /// <summary>Values of one width.</summary>
    Fixed,

    /// <summary>Runs of bytes, offsets of 32 bits.</summary>
    Runs,

    /// <summary>Runs of bytes, offsets of 64 bits.</summary>
    LargeRuns,

    /// <summary>Lists, offsets of 32 bits.</summary>
    List,

    /// <summary>Lists, offsets of 64 bits.</summary>
    LargeList,

    /// <summary>Lists of one length.</summary>
    FixedList,

    /// <summary>Objects.</summary>
    Struct,

    /// <summary>Maps.</summary>
    Map,
}

/// <summary>A column as the schema of Arrow has it.</summary>
internal sealed class ArrowField
{
    private const int MostNested = 48;

    private static readonly long[] Units = [1, 1_000, 1_000_000, 1_000_000_000];

    private ArrowField(string name, ArrowLayout layout, ColumnValue? value, int size, ArrowField[] children)
    {
        Name = name;
        Layout = layout;
        Value = value;
        Size = size;
        Children = children;
    }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>How its values lie.</summary>
    public ArrowLayout Layout { get; }

    /// <summary>What its values are; null for texts and for what is made of other columns.</summary>
    public ColumnValue? Value { get; }

    /// <summary>Items of each list of one length.</summary>
    public int Size { get; }

    /// <summary>The columns in it.</summary>
    public ArrowField[] Children { get; }

    /// <summary>The dictionary that its values are in, and the numbers that stand for them.</summary>
    public (long Id, ColumnValue Index)? Dictionary { get; private init; }

    /// <summary>Reads a column of a schema.</summary>
    /// <exception cref="TableDamage">It is damaged.</exception>
    /// <exception cref="TableNotRead">It is of a type that is not read.</exception>
    public static ArrowField Of(FlatTable field, int depth, ref int most)
    {
        TableDamage.ThrowUnless(depth < MostNested && most-- > 0, "too many columns, or columns nested too deeply");
        string name = field.Text(0) ?? string.Empty;
        ArrowField[] children = new ArrowField[field.Length(5, 4)];
        for (int i = 0; i < children.Length; i++)
        {
            children[i] = Of(field.TableAt(5, i), depth + 1, ref most);
        }

        FlatTable type = field.Table(3) ?? throw new TableDamage("a column without a type");
        (ArrowLayout layout, ColumnValue? value) = TypeOf(field.Byte(2), type);
        RequireChildren(layout, children);
        int size = layout == ArrowLayout.FixedList ? type.Int(0) : 0;
        TableDamage.ThrowUnless(size >= 0, "lists of a negative length");
        return new ArrowField(name, layout, value, size, children)
        {
            Dictionary = field.Table(4) is FlatTable encoding ? (encoding.Long(0), IndexOf(encoding.Table(1))) : null,
        };
    }

    private static (ArrowLayout Layout, ColumnValue? Value) TypeOf(byte kind, FlatTable type) => kind switch
    {
        1 => (ArrowLayout.Null, null),
        2 => (ArrowLayout.Fixed, Integer(type)),
        3 => (ArrowLayout.Fixed, ColumnValue.Real(type.Short(0) is >= 0 and <= 2 and short precision ? 2 << precision
            : throw new TableDamage("a number without a precision"))),
        4 => (ArrowLayout.Runs, ColumnValue.Binary(0)),
        5 => (ArrowLayout.Runs, null),
        6 => (ArrowLayout.Bool, null),
        7 => (ArrowLayout.Fixed, ColumnValue.Decimal(Bits(type.Int(2, 128), 32, 64, 128, 256), type.Int(1), isBigEndian: false)),
        8 => (ArrowLayout.Fixed, type.Short(0, 1) == 0 ? ColumnValue.Days() : ColumnValue.DayMilliseconds()),
        9 => (ArrowLayout.Fixed, ColumnValue.TimeOfDay(Bits(type.Int(1, 32), 32, 64), Unit(type.Short(0, 1)))),
        10 => (ArrowLayout.Fixed, ColumnValue.Moment(Unit(type.Short(0)), type.Text(1) is { Length: > 0 })),
        12 => (ArrowLayout.List, null),
        13 => (ArrowLayout.Struct, null),
        15 => (ArrowLayout.Fixed, ColumnValue.Binary(type.Int(0) is >= 0 and int width ? width : throw new TableDamage("values of a negative width"))),
        16 => (ArrowLayout.FixedList, null),
        17 => (ArrowLayout.Map, null),
        18 => (ArrowLayout.Fixed, ColumnValue.Duration(Unit(type.Short(0, 1)))),
        19 => (ArrowLayout.LargeRuns, ColumnValue.Binary(0)),
        20 => (ArrowLayout.LargeRuns, null),
        21 => (ArrowLayout.LargeList, null),
        _ => throw new TableNotRead($"a column of Arrow's type {kind} (intervals, unions, run ends and views are among these)",
            "Omit the column, or cast it to a plain type."),
    };

    private static void RequireChildren(ArrowLayout layout, ArrowField[] children)
    {
        int? expected = layout switch
        {
            ArrowLayout.List or ArrowLayout.LargeList or ArrowLayout.FixedList or ArrowLayout.Map => 1,
            ArrowLayout.Struct => null,
            _ => 0,
        };
        TableDamage.ThrowUnless(expected is null || children.Length == expected, "a column whose nested columns do not match its type");
        TableDamage.ThrowUnless(
            layout != ArrowLayout.Map || children[0] is { Layout: ArrowLayout.Struct, Children.Length: 2, Dictionary: null },
            "a map that does not consist of keys and values");
    }

    private static ColumnValue IndexOf(FlatTable? type) => type is FlatTable integer ? Integer(integer) : ColumnValue.Signed(4);

    private static ColumnValue Integer(FlatTable type)
    {
        int width = Bits(type.Int(0), 8, 16, 32, 64);
        return type.Byte(1) != 0 ? ColumnValue.Signed(width) : ColumnValue.Unsigned(width);
    }

    private static int Bits(int bits, params ReadOnlySpan<int> allowed) =>
        allowed.Contains(bits) ? bits / 8 : throw new TableDamage($"numbers of {bits} bits");

    private static long Unit(short unit) => (uint)unit < (uint)Units.Length ? Units[unit] : throw new TableDamage("a time without a unit");
}
