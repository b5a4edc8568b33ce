namespace VectorMigration.SideFiles.Stores.Orders;

/// <summary>The files next to an index that may say in which order its vectors are.</summary>
internal sealed class OrderFolder
{
    private readonly string index;
    private readonly string? listPath;
    private readonly CancellationToken cancellationToken;
    private IndexOrder? rows;
    private bool isRead;

    private OrderFolder(string index, string? listPath, IReadOnlyList<string> files, CancellationToken cancellationToken)
    {
        (this.index, this.listPath, Files) = (index, listPath, files);
        this.cancellationToken = cancellationToken;
    }

    /// <summary>The files.</summary>
    public IReadOnlyList<string> Files { get; }

    /// <summary>The vectors of the index; null where they cannot be read.</summary>
    public IndexOrder? Rows
    {
        get
        {
            rows = isRead ? rows : IndexOrder.Of(index, listPath, cancellationToken);
            isRead = true;
            return rows;
        }
    }

    /// <summary>The files of a folder that was looked into already.</summary>
    public static OrderFolder Of(string index, IReadOnlyList<string> files, CancellationToken cancellationToken) =>
        new(index, null, files, cancellationToken);

    /// <summary>The files next to an index, but for a table and those with the name of another index.</summary>
    public static OrderFolder Beside(IndexDescription described, string table, CancellationToken cancellationToken)
    {
        string index = described.Path;
        string? folder = Path.GetDirectoryName(Path.GetFullPath(index));
        if (folder is null)
        {
            return new OrderFolder(index, described.ListPath, [], cancellationToken);
        }

        FolderContents contents = FolderContents.Of(folder, cancellationToken);
        string[] others = [.. contents.Indexes.Where(other => other != index)];
        return new OrderFolder(index, described.ListPath,
            [
                .. contents.Lists.Concat(contents.Others).Where(file => file != index && file != table && !OrdinaryFiles.Is(file)
                    && (StoreFinder.IsSibling(file, index) || !Array.Exists(others, other => IsOf(file, other, index)))),
            ],
            cancellationToken);
    }

    /// <summary>Whether a file has the name of another index, and not more of that of the index itself.</summary>
    private static bool IsOf(string file, string other, string index) => StoreFinder.IsSibling(file, other)
        || (OrderNames.HasNameOf(file, other) && (!OrderNames.HasNameOf(file, index)
            || Path.GetFileNameWithoutExtension(other).Length > Path.GetFileNameWithoutExtension(index).Length));

    /// <summary>Whether a file is called ids, or a map of them, and has no list that is one of the ids of the index.</summary>
    public bool IsUnknownList(string file) => Rows is IndexOrder known
        && OrderNames.SayIds(Path.GetFileNameWithoutExtension(UnpackedBytes.PlainName(file)), known.Stem)
        && OrderFile.ListsOf(file, known, StoreFinder.IsSibling(file, index), cancellationToken)
            .All(list => list.Order != known.Order && list.Order != known.StoredOrder && !list.IsSorted);

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
