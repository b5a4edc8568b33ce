using VectorMigration.SideFiles.Stores.Tables.Columns;

namespace VectorMigration.SideFiles.Stores.Tables.Parquet;

/// <summary>Physical types.</summary>
internal enum ParquetType
{
    /// <summary>Bits.</summary>
    Boolean = 0,

    /// <summary>32 bits.</summary>
    Int32 = 1,

    /// <summary>64 bits.</summary>
    Int64 = 2,

    /// <summary>A moment in 12 bytes.</summary>
    Int96 = 3,

    /// <summary>A real number of 4 bytes.</summary>
    Float = 4,

    /// <summary>A real number of 8 bytes.</summary>
    Double = 5,

    /// <summary>Runs of bytes.</summary>
    Bytes = 6,

    /// <summary>Runs of bytes of one length.</summary>
    FixedBytes = 7,
}

/// <summary>What a column means beyond its physical type.</summary>
internal enum ParquetMeaning
{
    /// <summary>Nothing more.</summary>
    None,

    /// <summary>A text.</summary>
    Text,

    /// <summary>A list.</summary>
    List,

    /// <summary>A map.</summary>
    Map,

    /// <summary>A decimal.</summary>
    Decimal,

    /// <summary>A day.</summary>
    Date,

    /// <summary>A time of day.</summary>
    Time,

    /// <summary>A moment.</summary>
    Moment,

    /// <summary>A whole number without a sign.</summary>
    Unsigned,

    /// <summary>A UUID.</summary>
    Uuid,

    /// <summary>A real number of 2 bytes.</summary>
    Half,

    /// <summary>What is not read.</summary>
    NotRead,
}

/// <summary>An element of the schema: the root, a group or a column.</summary>
internal sealed class ParquetNode
{
    private const int MostNested = 40;
    private const int MostWidth = 1 << 20;

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Its physical type; null for a group.</summary>
    public ParquetType? Type { get; init; }

    /// <summary>Bytes of each value of one length.</summary>
    public int Width { get; init; }

    /// <summary>Whether it may be there several times.</summary>
    public bool IsRepeated { get; init; }

    /// <summary>Whether it may be missing.</summary>
    public bool IsOptional { get; init; }

    /// <summary>What it means.</summary>
    public ParquetMeaning Meaning { get; init; }

    /// <summary>Digits behind the point of a decimal.</summary>
    public int Scale { get; init; }

    /// <summary>Units of a second.</summary>
    public long PerSecond { get; init; }

    /// <summary>Whether a moment is in UTC.</summary>
    public bool IsUtc { get; init; }

    /// <summary>What lies in it.</summary>
    public List<ParquetNode> Children { get; } = [];

    /// <summary>Definition level at which it is there.</summary>
    public int Definition { get; private set; }

    /// <summary>Repetition level of its values.</summary>
    public int Repetition { get; private set; }

    /// <summary>The first column in it, or itself, counted from 0.</summary>
    public int Leaf { get; private set; }

    /// <summary>What its values are; null for texts and groups.</summary>
    /// <exception cref="TableNotRead">They are not read.</exception>
    public ColumnValue? Value => (Type, Meaning) switch
    {
        (_, ParquetMeaning.NotRead) => throw new TableNotRead($"a column of a type that JSON cannot represent ('{Pickles.PickleErrors.Clean(Name)}')",
            "Omit the column, or cast it to a plain type."),
        (ParquetType.Boolean, _) => ColumnValue.Truth(),
        (ParquetType.Int32, ParquetMeaning.Date) => ColumnValue.Days(),
        (ParquetType.Int32, ParquetMeaning.Time) => ColumnValue.TimeOfDay(4, PerSecond),
        (ParquetType.Int32, ParquetMeaning.Decimal) => ColumnValue.Decimal(4, Scale, isBigEndian: false),
        (ParquetType.Int32, ParquetMeaning.Unsigned) => ColumnValue.Unsigned(4),
        (ParquetType.Int32, _) => ColumnValue.Signed(4),
        (ParquetType.Int64, ParquetMeaning.Moment) => ColumnValue.Moment(PerSecond, IsUtc),
        (ParquetType.Int64, ParquetMeaning.Time) => ColumnValue.TimeOfDay(8, PerSecond),
        (ParquetType.Int64, ParquetMeaning.Decimal) => ColumnValue.Decimal(8, Scale, isBigEndian: false),
        (ParquetType.Int64, ParquetMeaning.Unsigned) => ColumnValue.Unsigned(8),
        (ParquetType.Int64, _) => ColumnValue.Signed(8),
        (ParquetType.Int96, _) => ColumnValue.JulianMoment(),
        (ParquetType.Float, _) => ColumnValue.Real(4),
        (ParquetType.Double, _) => ColumnValue.Real(8),
        (ParquetType.Bytes, ParquetMeaning.Text) => null,
        (ParquetType.Bytes, ParquetMeaning.Decimal) => ColumnValue.Decimal(0, Scale, isBigEndian: true),
        (ParquetType.Bytes, _) => ColumnValue.Binary(0),
        (ParquetType.FixedBytes, ParquetMeaning.Decimal) => ColumnValue.Decimal(Width, Scale, isBigEndian: true),
        (ParquetType.FixedBytes, ParquetMeaning.Uuid) when Width == 16 => ColumnValue.Uuid(),
        (ParquetType.FixedBytes, ParquetMeaning.Half) when Width == 2 => ColumnValue.Real(2),
        _ => ColumnValue.Binary(Width),
    };

    /// <summary>Reads the elements of a schema, which stand in it depth first, into a tree with levels.</summary>
    /// <returns>The root and all columns.</returns>
    /// <exception cref="TableDamage">It is none.</exception>
    public static (ParquetNode Root, List<ParquetNode> Leaves) Tree(IReadOnlyList<(ParquetNode Node, int Children)> elements)
    {
        TableDamage.ThrowUnless(elements.Count > 0 && elements[0].Node.Type is null, "no schema");
        int next = 0;
        List<ParquetNode> leaves = [];
        ParquetNode root = Grow(elements, ref next, 0, 0, 0, leaves);
        TableDamage.ThrowUnless(next == elements.Count, "a schema with elements that belong to no column");
        return (root, leaves);
    }

    private static ParquetNode Grow(
        IReadOnlyList<(ParquetNode Node, int Children)> elements, ref int next, int definition, int repetition, int depth, List<ParquetNode> leaves)
    {
        TableDamage.ThrowUnless(next < elements.Count && depth < MostNested, "a schema that is cut short, or nested too deeply");
        (ParquetNode node, int count) = elements[next++];
        bool isRoot = depth == 0;
        node.Definition = definition + (!isRoot && (node.IsOptional || node.IsRepeated) ? 1 : 0);
        node.Repetition = repetition + (!isRoot && node.IsRepeated ? 1 : 0);
        node.Leaf = leaves.Count;
        if (node.Type is not null)
        {
            TableDamage.ThrowUnless(count == 0, "a column with nested columns");
            TableDamage.ThrowUnless(node.Type != ParquetType.FixedBytes || node.Width is > 0 and <= MostWidth, "values without a width");
            leaves.Add(node);
            return node;
        }

        TableDamage.ThrowUnless(count > 0 || isRoot, "an empty group");
        for (int i = 0; i < count; i++)
        {
            node.Children.Add(Grow(elements, ref next, node.Definition, node.Repetition, depth + 1, leaves));
        }

        return node;
    }
}
