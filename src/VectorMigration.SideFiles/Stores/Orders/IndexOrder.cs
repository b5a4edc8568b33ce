using VectorMigration.SideFiles.VectorFiles;

namespace VectorMigration.SideFiles.Stores.Orders;

/// <summary>The vectors of an index, by the row that they were added as, and by their FAISS ids where those are others.</summary>
internal sealed class IndexOrder
{
    private const int BlockSize = 1 << 15;

    /// <summary>FAISS ids that are held to find their rows.</summary>
    private const int MostIds = 4 << 20;

    private readonly Dictionary<long, int>? rowsById;

    private IndexOrder(string path, int count, ulong order, ulong storedOrder, Dictionary<long, int>? rowsById)
    {
        (Path, Count, Order, StoredOrder) = (path, count, order, storedOrder);
        this.rowsById = rowsById;
    }

    /// <summary>Full path of the index.</summary>
    public string Path { get; }

    /// <summary>The name of its file, without its extension.</summary>
    public string Stem => System.IO.Path.GetFileNameWithoutExtension(Path);

    /// <summary>Vectors.</summary>
    public int Count { get; }

    /// <summary>Sum of the hashes of the FAISS ids with their rows.</summary>
    public ulong Order { get; }

    /// <summary>Sum of the hashes of the FAISS ids with their places in the file: inverted lists have an order of their own.</summary>
    public ulong StoredOrder { get; }

    /// <summary>Looks at the ids of an index; null where it cannot be read, or where it has too few vectors or too many for an order.</summary>
    public static IndexOrder? Of(string index, string? listPath, CancellationToken cancellationToken)
    {
        try
        {
            using IVectorSource source = VectorFile.OpenAny(index, listPath);
            long count = source.Description.Count;
            if (count is < 2 or > Json.StoreLimits.MostEntries)
            {
                return null;
            }

            long[] rows = new long[BlockSize];
            long[] ids = new long[BlockSize];
            ulong order = 0;
            ulong stored = 0;
            bool isSame = true;
            for (long at = 0; at < count;)
            {
                cancellationToken.ThrowIfCancellationRequested();
                int read = source.ReadRows(at, rows.AsSpan(0, (int)Math.Min(BlockSize, count - at)), cancellationToken);
                if (read <= 0 || source.ReadIds(at, ids.AsSpan(0, read), cancellationToken) < read)
                {
                    return null;
                }

                for (int i = 0; i < read; i++)
                {
                    order = unchecked(order + RowNumbers.Hash(rows[i], ids[i]));
                    stored = unchecked(stored + RowNumbers.Hash(at + i, ids[i]));
                    isSame &= rows[i] == ids[i];
                }

                at += read;
            }

            return new IndexOrder(index, (int)count, order, stored, isSame || count > MostIds ? null : ById(source, cancellationToken));
        }
        catch (MigrationException)
        {
            // Opening the index reports what is wrong with it.
            return null;
        }
    }

    /// <summary>The list that one or two columns are; null where they are none.</summary>
    /// <param name="path">Path of the file.</param>
    /// <param name="columns">Its columns.</param>
    /// <param name="member">What the file calls them.</param>
    /// <param name="isOwn">The file has the name of the index.</param>
    public OrderList? ListOf(string path, OrderColumn[] columns, string? member, bool isOwn)
    {
        if (Array.Exists(columns, column => column.IsOut || column.Values.Count != Count))
        {
            return null;
        }

        bool isTelling = isOwn || OrderNames.SayIds(System.IO.Path.GetFileNameWithoutExtension(UnpackedBytes.PlainName(path)), Stem)
            || OrderNames.SayIds(member, Stem) || Array.Exists(columns, NamesVector);
        if (columns is [OrderColumn only])
        {
            return new OrderList(path, [.. only.Values]) { Member = member, IsMap = isOwn, IsSorted = only.IsSorted, IsTelling = isTelling };
        }

        (int[]? Rows, bool IsCertain) first = Places(columns[0]);
        (int[]? Rows, bool IsCertain) second = Places(columns[1]);
        if (first.IsCertain != second.IsCertain)
        {
            // Ids that count from 1 are no positions next to those that count from 0.
            (first, second) = (first.IsCertain ? first : default, second.IsCertain ? second : default);
        }

        bool isFirst = first.Rows is not null && (second.Rows is null || !NamesVector(columns[1]) || NamesVector(columns[0]));
        if (!isFirst && second.Rows is null)
        {
            return null;
        }

        long[] values = isFirst ? Sorted(first.Rows!, columns[1]) : Sorted(second.Rows!, columns[0]);
        bool isCertain = isFirst ? first.IsCertain : second.IsCertain;
        if (first.Rows is not null && second.Rows is not null && NamesVector(columns[0]) == NamesVector(columns[1]))
        {
            // Ids that are positions too: only a map that is the same both ways round can be read.
            isCertain &= values.AsSpan().SequenceEqual(Sorted(second.Rows, columns[0]));
        }

        return new OrderList(path, values) { Member = member, IsMap = true, IsUncertain = !isCertain, IsTelling = isTelling };
    }

    private static Dictionary<long, int>? ById(IVectorSource source, CancellationToken cancellationToken)
    {
        Dictionary<long, int> found = [];
        long[] rows = new long[BlockSize];
        long[] ids = new long[BlockSize];
        for (long at = 0; at < source.Description.Count;)
        {
            int read = source.ReadRows(at, rows.AsSpan(0, (int)Math.Min(BlockSize, source.Description.Count - at)), cancellationToken);
            source.ReadIds(at, ids.AsSpan(0, read), cancellationToken);
            for (int i = 0; i < read; i++)
            {
                if (!found.TryAdd(ids[i], (int)rows[i]))
                {
                    return null;
                }
            }

            at += read;
        }

        return found;
    }

    private static bool NamesVector(OrderColumn column) =>
        column.Name is string name && new RowNumbers(name, 0, 0, 0, IsAscending: false, 0, 0).NamesVector;

    private static long[] Sorted(int[] rows, OrderColumn values)
    {
        long[] sorted = new long[rows.Length];
        for (int i = 0; i < rows.Length; i++)
        {
            sorted[rows[i]] = values.Values[i];
        }

        return sorted;
    }

    /// <summary>The rows that a column names, and whether that is certain: by FAISS ids, by positions, or by positions from 1 on.</summary>
    private (int[]? Rows, bool IsCertain) Places(OrderColumn column)
    {
        int[]? positions = RowsOf(column, value => value);
        if (rowsById is not null && RowsOf(column, value => rowsById.TryGetValue(value, out int row) ? row : -1) is int[] byId)
        {
            return (byId, positions is null || positions.AsSpan().SequenceEqual(byId));
        }

        return positions is not null ? (positions, true) : (RowsOf(column, value => value - 1), false);
    }

    private int[]? RowsOf(OrderColumn column, Func<long, long> rowOf)
    {
        int[] rows = new int[Count];
        bool[] seen = new bool[Count];
        for (int i = 0; i < rows.Length; i++)
        {
            long row = rowOf(column.Values[i]);
            if (row < 0 || row >= Count || seen[row])
            {
                return null;
            }

            (rows[i], seen[row]) = ((int)row, true);
        }

        return rows;
    }
}
