namespace VectorMigration.SideFiles.Stores.Orders;

/// <summary>The files next to an index that may say in which order its vectors are.</summary>
internal sealed class OrderFolder
{
    private readonly string index;
    private readonly CancellationToken cancellationToken;
    private IndexOrder? rows;
    private bool isRead;

    private OrderFolder(string index, IReadOnlyList<string> files, CancellationToken cancellationToken)
    {
        (this.index, Files) = (index, files);
        this.cancellationToken = cancellationToken;
    }

    /// <summary>The files.</summary>
    public IReadOnlyList<string> Files { get; }

    /// <summary>The vectors of the index; null where they cannot be read.</summary>
    public IndexOrder? Rows
    {
        get
        {
            rows = isRead ? rows : IndexOrder.Of(index, cancellationToken);
            isRead = true;
            return rows;
        }
    }

    /// <summary>The files of a folder that was looked into already.</summary>
    public static OrderFolder Of(string index, IReadOnlyList<string> files, CancellationToken cancellationToken) => new(index, files, cancellationToken);

    /// <summary>The files next to an index, but for a table and those with the name of another index.</summary>
    public static OrderFolder Beside(string index, string table, CancellationToken cancellationToken)
    {
        string? folder = Path.GetDirectoryName(Path.GetFullPath(index));
        if (folder is null)
        {
            return new OrderFolder(index, [], cancellationToken);
        }

        FolderContents contents = FolderContents.Of(folder, cancellationToken);
        string[] others = [.. contents.Indexes.Where(other => other != index)];
        return new OrderFolder(index,
            [
                .. contents.Lists.Concat(contents.Others).Where(file => file != index && file != table && !OrdinaryFiles.Is(file)
                    && (StoreFinder.IsSibling(file, index) || !Array.Exists(others, other => StoreFinder.IsSibling(file, other)))),
            ],
            cancellationToken);
    }

    /// <summary>The lists of a file that say something the index does not.</summary>
    public IEnumerable<OrderList> ListsOf(string file) => Rows is IndexOrder known
        ? OrderFile.ListsOf(file, known, StoreFinder.IsSibling(file, index), cancellationToken)
            .Where(list => list.Order != known.Order && list.Order != known.StoredOrder) : [];

    /// <summary>Fields of a table; none where its rows are not in the order of adding, or not as many as the vectors.</summary>
    public IReadOnlyList<RowField> FieldsOf(string table)
    {
        using IRowPayloadSource? opened = Rows is IndexOrder known ? RawRows.Open(table, default, known, cancellationToken) : null;
        try
        {
            return opened is null ? [] : RowFields.Of(opened, Rows!.Count, null, null, cancellationToken);
        }
        catch (MigrationException)
        {
            // Opening it as the payload reports what is wrong with it.
            return [];
        }
    }

    /// <summary>The only table that all other files have the values of a field of; null without one.</summary>
    public string? Table()
    {
        string[] found = [.. Files.Where(table =>
        {
            IReadOnlyList<RowField> fields = FieldsOf(table);
            return fields.Count > 0 && Files.All(file => file == table || ListsOf(file).Any(list => OrderMatch.Of(list, fields) is not null));
        })];
        return found is [string only] ? only : null;
    }

    /// <summary>The files that have the values of a field of a table.</summary>
    public IReadOnlyList<string> ListsFor(string table)
    {
        IReadOnlyList<RowField> fields = Files.Count == 0 ? [] : FieldsOf(table);
        return fields.Count == 0 ? [] : [.. Files.Where(file => file != table && ListsOf(file).Any(list => OrderMatch.Of(list, fields) is not null))];
    }
}
