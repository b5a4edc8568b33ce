using VectorMigration.SideFiles.Stores.Json;
using VectorMigration.SideFiles.Stores.Orders;

namespace VectorMigration.SideFiles.Stores;

/// <summary>
/// Compares the order of a table's rows with the files next to an index. A file with one value for each vector, whose values are those of a field of the
/// table, says which row belongs to which vector: rows in another order are joined by it, or refused.
/// </summary>
public static class PayloadOrder
{
    /// <summary>Different values from which on a list with repeated ones says something.</summary>
    private const int FewestValues = 8;

    /// <summary>The payloads in the order of the vectors: the same ones where no file says otherwise. They are disposed of where they are refused.</summary>
    /// <param name="payload">The payloads.</param>
    /// <param name="rules">What they must be.</param>
    /// <param name="index">The index.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="MigrationException">A file next to the index has the values of a field in another order, and does not give the join.</exception>
    public static IPayloadSource Of(IPayloadSource payload, PayloadRules rules, IndexDescription index, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(payload);
        ArgumentNullException.ThrowIfNull(index);
        if (payload is not IRowPayloadSource { IsByRow: false } rows || rules.ByRow || rules.Key is not null || payload.Path == index.Path)
        {
            return payload;
        }

        try
        {
            // Vectors in the rows themselves are the best proof of what belongs together.
            if (VectorOrder.Of(rows, index, cancellationToken) is VectorOrder own)
            {
                return own.Order is int[] order ? new ListedRows(rows, order, null, own.Join) : rows;
            }

            OrderFolder folder = OrderFolder.Beside(index, payload.Path, cancellationToken);
            IPayloadSource joined = folder.Files.Count == 0 || folder.Rows is not IndexOrder known ? rows : Of(rows, rules, folder, known, cancellationToken);
            if (joined == rows)
            {
                if (rows is StoredPayloads { HasNoOrder: true })
                {
                    throw OrderErrors.NoOrder(rows);
                }

                VectorsBeside.Check(rows, index, folder.Files, cancellationToken);
            }

            return joined;
        }
        catch
        {
            payload.Dispose();
            throw;
        }
    }

    private static IPayloadSource Of(
        IRowPayloadSource rows, PayloadRules rules, OrderFolder folder, IndexOrder index, CancellationToken cancellationToken)
    {
        IReadOnlyList<RowField>? fields = null;
        IReadOnlyList<RowField> Fields() => fields ??= FieldsOf(rows.Path, rules, index, cancellationToken);
        List<OrderMatch> same = [];
        List<OrderMatch> other = [];
        foreach (string file in folder.Files)
        {
            bool isKnown = false;
            foreach (OrderList list in folder.ListsOf(file))
            {
                if (OrderMatch.Of(list, Fields()) is OrderMatch match)
                {
                    (match.IsSame ? same : other).Add(match);
                    isKnown = true;
                }
            }

            if (!isKnown && folder.IsUnknownList(file) && ListedValues.Find(file, rows, Fields(), index, cancellationToken) is string shared)
            {
                throw OrderErrors.NotUsable(rows, file, shared);
            }
        }

        bool hasNoOrder = rows is StoredPayloads { HasNoOrder: true };
        if (hasNoOrder)
        {
            // In the order of an object or in another one: only the list says which entry belongs to which vector.
            other.AddRange(same);
            same.Clear();
        }

        other.RemoveAll(static match => HasFewValues(match.List.Values));
        OrderMatch[] telling = [.. other.Where(static match => match.List.IsTelling)];
        // Other lists, such as rankings, are in an order of their own where something confirms that of the table.
        return other.Count == 0 || (telling.Length == 0 && !hasNoOrder && (same.Any(static match => match.List.IsTelling) || Confirms(Fields(), index)))
            ? rows : Join(rows, rules, index, same, telling.Length > 0 ? [.. telling] : other, cancellationToken);
    }

    /// <summary>Whether a field holds the FAISS ids in the order of the rows.</summary>
    private static bool Confirms(IEnumerable<RowField> fields, IndexOrder index) =>
        fields.Any(field => field.Rows == index.Count && field.Order == index.Order);

    private static ListedRows Join(
        IRowPayloadSource rows, PayloadRules rules, IndexOrder index, List<OrderMatch> same, List<OrderMatch> other, CancellationToken cancellationToken)
    {
        OrderMatch match = other.Find(static match => match.List is { IsMap: true, IsUncertain: false }) ?? other[0];
        long[] values = match.List.Values;
        long[] sorted = [.. values];
        int[] positions = [.. Enumerable.Range(0, values.Length)];
        Array.Sort(sorted, positions);
        int[] order = new int[values.Length];
        long differs = long.MaxValue;
        bool isRowNumber = true;
        using IRowPayloadSource raw = Open(rows.Path, rules, index, cancellationToken) ?? throw PayloadErrors.Missing(rows.Path);
        RowField? field = null;
        RowField[] fields = [.. RowFields.Of(raw, index.Count, null, (read, row) =>
        {
            field ??= read.All().First(known => known.Path == match.Field.Path);
            differs = values[row] != field.Value ? Math.Min(differs, row) : differs;
            isRowNumber &= field.Value == row;
            int at = Array.BinarySearch(sorted, field.Value);
            order[positions[Math.Max(at, 0)]] = (int)row;
        }, cancellationToken)];
        string? why = same.Count > 0 ? $"But {same[0].List.Name} has the order of the table."
            : rows is StoredPayloads { HoldsNoFields: true } ? "Both are lists, so it is unknown which of them is right."
            : !match.List.IsTelling ? "Its name does not say that it holds the ids of the vectors, so it can be a list of anything else."
            : Repeats(sorted) ? "It has values that repeat, so it does not say which row belongs to which vector."
            : match.List.IsUncertain ? "It can be read both ways round: its ids are positions too, or its positions count from 1."
            : match.IsAmbiguous ? "Other fields hold the same values in yet another order."
            : isRowNumber && !match.List.IsMap ? "The field only numbers the rows, so the file can be any list of their numbers, such as one that sorts them."
            : match.List is { IsMap: false, IsSorted: true } ? "It is sorted, so its order may be its own, and not that of the vectors."
            : fields.FirstOrDefault(field => field.Rows == index.Count && field.Order == index.Order) is RowField held
                ? $"But the field '{Pickles.PickleErrors.Clean(held.Path)}' holds the FAISS ids in the order of the table."
            : Contradicts(other, match, order, raw, index, cancellationToken) is OrderList second ? $"And {second.Name} has a third order." : null;
        return why is not null ? throw OrderErrors.InOtherOrder(rows, match.List, match.Field.Path, differs, why)
            : new ListedRows(rows, order, new StorePart(match.List.Path),
                $"position n to an id by {Path.GetFileName(match.List.Path)}, id to {rows.RowName} by the field '{match.Field.Path}' of "
                    + $"{Path.GetFileName(rows.Path)}, positions counted from 0");
    }

    /// <summary>A list that gives the rows another order than the one that was found.</summary>
    private static OrderList? Contradicts(
        List<OrderMatch> all, OrderMatch match, int[] order, IRowPayloadSource raw, IndexOrder index, CancellationToken cancellationToken)
    {
        if (all.Count == 1)
        {
            return null;
        }

        int[] places = new int[order.Length];
        for (int position = 0; position < order.Length; position++)
        {
            places[order[position]] = position;
        }

        IReadOnlyList<RowField> fields = RowFields.Of(raw, index.Count, (_, row) => places[row], null, cancellationToken);
        return all.Find(other => other != match && !fields.Any(field => field.Path == other.Field.Path && field.Order == other.List.Order))?.List;
    }

    private static bool Repeats(long[] sorted)
    {
        for (int i = 1; i < sorted.Length; i++)
        {
            if (sorted[i] == sorted[i - 1])
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Values that nearly all repeat are labels: two lists of them may agree by chance.</summary>
    private static bool HasFewValues(long[] values)
    {
        HashSet<long> seen = [];
        return !values.Any(value => seen.Add(value) && (seen.Count >= FewestValues || seen.Count == values.Length));
    }

    private static IReadOnlyList<RowField> FieldsOf(string path, PayloadRules rules, IndexOrder index, CancellationToken cancellationToken)
    {
        using IRowPayloadSource? raw = Open(path, rules, index, cancellationToken);
        try
        {
            return raw is null ? [] : RowFields.Of(raw, index.Count, null, null, cancellationToken);
        }
        catch (MigrationException)
        {
            // Reading it as the payload reports what is wrong with it.
            return [];
        }
    }

    /// <summary>The table with all its fields, or else as it is asked for: what is left out may be what cannot be read.</summary>
    private static IRowPayloadSource? Open(string path, PayloadRules rules, IndexOrder index, CancellationToken cancellationToken) =>
        RawRows.Open(path, new PayloadRules { VectorDimension = rules.VectorDimension }, index, cancellationToken)
            ?? RawRows.Open(path, rules, index, cancellationToken);
}
