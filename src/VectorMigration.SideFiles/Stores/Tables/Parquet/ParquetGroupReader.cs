using VectorMigration.SideFiles.Stores.Tables.Columns;

namespace VectorMigration.SideFiles.Stores.Tables.Parquet;

/// <summary>
/// Reads a row group and puts its columns together: lists, objects and maps out of the levels of the columns in them. A context is where such a column lies:
/// the rows of the group, or the items of the lists around it, told by the two levels at which they begin and are there.
/// </summary>
/// <param name="file">The file.</param>
/// <param name="group">The row group.</param>
internal sealed class ParquetGroupReader(ParquetFile file, ParquetGroup group)
{
    /// <summary>Bytes of the values of one row group in memory.</summary>
    public const long MostBytes = 1 << 30;

    private readonly ParquetColumn?[] columns = new ParquetColumn?[file.Leaves.Count];
    private long taken;

    /// <summary>Reads the columns that are payload.</summary>
    /// <exception cref="TableDamage">One is damaged.</exception>
    public TableBlock Read(Func<string, bool> isLeftOut)
    {
        List<(string, TableColumn)> found = [];
        foreach (ParquetNode node in file.Root.Children.Where(node => !isLeftOut(node.Name)))
        {
            TableColumn column = Build(node, new Context(0, 0));
            TableDamage.ThrowUnless(column.Count == group.Rows, $"a column of {column.Count} rows in a group of {group.Rows}");
            found.Add((node.Name, column));
        }

        return new TableBlock((int)group.Rows, found);
    }

    private TableColumn Build(ParquetNode node, Context context)
    {
        if (node.IsRepeated)
        {
            // A list without a group around it, as old writers have it.
            return List(node, node, context);
        }

        return node switch
        {
            { Type: not null } => Leaf(node, context),
            { Meaning: ParquetMeaning.List, Children: [{ IsRepeated: true } items] } => List(node, items, context),
            { Meaning: ParquetMeaning.Map, Children: [{ IsRepeated: true, Children.Count: 2 } entries] } => Map(node, entries, context),
            _ => Struct(node, node.Children, context),
        };
    }

    private IndexedColumn Leaf(ParquetNode leaf, Context context)
    {
        ParquetColumn column = Column(leaf.Leaf);
        List<int> places = new(column.Count);
        for (int slot = 0; slot < column.Count; slot++)
        {
            if (context.Begins(column, slot))
            {
                places.Add(column.Place(slot));
            }
        }

        return new IndexedColumn([.. places], column.Values());
    }

    private StructColumn Struct(ParquetNode node, IReadOnlyList<ParquetNode> children, Context context)
    {
        Validity validity = Validities(node, context, out int count);
        TableColumn[] fields = [.. children.Select(child => Build(child, context))];
        TableDamage.ThrowUnless(fields.All(field => field.Count == count), "columns of one object with different numbers of rows");
        return new StructColumn(count, validity, [.. children.Select(static child => child.Name)], fields);
    }

    private ListColumn List(ParquetNode node, ParquetNode items, Context context)
    {
        int[] offsets = Offsets(items, context);
        Context inner = new(items.Repetition, items.Definition);
        TableColumn column = items.Type is not null ? Leaf(items, inner)
            : IsElement(items, node) ? Struct(items, items.Children, inner)
            : Build(items.Children[0], inner);
        return new ListColumn(offsets, node == items ? default : Validities(node, context, out _), column);
    }

    /// <summary>Whether the repeated group is the item itself, as old writers have it, and not a layer around it.</summary>
    private static bool IsElement(ParquetNode items, ParquetNode list) => items == list || items.Children.Count > 1 || items.Name == "array"
        || items.Name == list.Name + "_tuple";

    private MapColumn Map(ParquetNode node, ParquetNode entries, Context context)
    {
        Context inner = new(entries.Repetition, entries.Definition);
        int[] offsets = Offsets(entries, context);
        return new MapColumn(offsets, Validities(node, context, out _), Build(entries.Children[0], inner), Build(entries.Children[1], inner));
    }

    /// <summary>Which elements of a context have a group.</summary>
    private Validity Validities(ParquetNode node, Context context, out int count)
    {
        ParquetColumn column = Column(node.Leaf);
        List<bool> there = [];
        for (int slot = 0; slot < column.Count; slot++)
        {
            if (context.Begins(column, slot))
            {
                there.Add(column.Definition(slot) >= node.Definition);
            }
        }

        count = there.Count;
        if (!node.IsOptional)
        {
            return default;
        }

        byte[] bits = new byte[(count + 7) / 8];
        for (int i = 0; i < count; i++)
        {
            bits[i >> 3] |= (byte)(there[i] ? 1 << (i & 7) : 0);
        }

        return new Validity(bits, count);
    }

    /// <summary>Where the items of each element of a context begin.</summary>
    private int[] Offsets(ParquetNode items, Context context)
    {
        ParquetColumn column = Column(items.Leaf);
        Context inner = new(items.Repetition, items.Definition);
        List<int> offsets = [];
        int count = 0;
        for (int slot = 0; slot < column.Count; slot++)
        {
            if (context.Begins(column, slot))
            {
                offsets.Add(count);
            }

            count += inner.Begins(column, slot) ? 1 : 0;
            TableDamage.ThrowUnless(count == 0 || offsets.Count > 0, "an item outside a list");
        }

        offsets.Add(count);
        return [.. offsets];
    }

    private ParquetColumn Column(int leaf)
    {
        if (columns[leaf] is ParquetColumn known)
        {
            return known;
        }

        ParquetColumn column = new(file.Part, file.Leaves[leaf], group.Chunks[leaf], MostBytes - taken);
        ParquetNode node = file.Leaves[leaf];
        TableDamage.ThrowUnless(node.Repetition > 0 || column.Count == group.Rows, $"a column of {column.Count} values in a group of {group.Rows} rows");
        taken += column.Bytes;
        return columns[leaf] = column;
    }

    /// <summary>Where a column lies: rows, or the items of lists.</summary>
    private readonly record struct Context(int Repetition, int Definition)
    {
        /// <summary>Whether an element of it begins at a slot.</summary>
        public bool Begins(ParquetColumn column, int slot) => column.Repetition(slot) <= Repetition && column.Definition(slot) >= Definition;
    }
}
