using System.Globalization;
using VectorMigration.SideFiles.VectorFiles;

namespace VectorMigration.SideFiles.Stores.Sqlite;

/// <summary>Finds the column of a database that holds the FAISS ids of an index among others, to advise it as the key.</summary>
internal static class TableKeys
{
    /// <summary>Of an index with more vectors, no column is looked for.</summary>
    private const long MostVectors = 1 << 20;

    private const int BlockSize = 1 << 12;

    /// <summary>How to send the rows of a table by their key; null where no column, or more than one, has all FAISS ids.</summary>
    public static string? AdviceFor(string path, string index, CancellationToken cancellationToken)
    {
        try
        {
            using SqliteDatabase database = new(path, cancellationToken);
            if (IdsOf(index, cancellationToken) is not HashSet<long> ids)
            {
                return null;
            }

            (string Table, string Column, long Surplus)[] found =
            [
                .. database.Tables.SelectMany(table => table.Columns.Select(column => (table, column)))
                    .Select(entry => (Name: entry.table.Name, Column: entry.column,
                        Surplus: SurplusOf(database, entry.table, entry.column, ids, cancellationToken)))
                    .Where(static entry => entry.Surplus >= 0),
            ];
            return found is [var (table, key, surplus)]
                ? $"The column '{SqliteErrors.Clean(key)}' of '{SqliteErrors.Clean(table)}' has all FAISS ids of the index"
                    + (surplus > 0 ? $", and {Grouped.Of(surplus)} {(surplus == 1 ? "value" : "values")} that no vector has" : string.Empty)
                    + $". If it is the FAISS id, name the file with -PayloadPath, and use -PayloadKey {key}"
                    + (surplus > 0 ? " -OnSurplusPayload Ignore" : string.Empty)
                    + ". If the file does not belong to the index, use -NoStore."
                : null;
        }
        catch (MigrationException)
        {
            // Opening either of them reports what is wrong with it.
            return null;
        }
    }

    /// <summary>Values of a column that are no FAISS ids, where it has each FAISS id once; otherwise -1.</summary>
    private static long SurplusOf(SqliteDatabase database, SqliteTable table, string column, HashSet<long> ids, CancellationToken cancellationToken)
    {
        HashSet<long> seen = [];
        long surplus = 0;
        bool isKey = true;
        database.Scan(table, [column], (_, values) =>
        {
            long? id = values.TypeOf(1) switch
            {
                SqliteType.Integer => values.Integer(1),
                SqliteType.Text when isKey && values.Bytes(1).Length <= 20
                    && long.TryParse(values.Bytes(1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long parsed) => parsed,
                _ => null,
            };
            isKey &= (id is not null || values.TypeOf(1) == SqliteType.Null) && (id is not long value || seen.Add(value));
            surplus += id is long other && !ids.Contains(other) ? 1 : 0;
        }, cancellationToken);
        return isKey && seen.Count - surplus == ids.Count ? surplus : -1;
    }

    private static HashSet<long>? IdsOf(string index, CancellationToken cancellationToken)
    {
        using IVectorSource source = VectorFile.OpenAny(index);
        if (source.Description.Count is < 1 or > MostVectors)
        {
            return null;
        }

        HashSet<long> ids = [];
        long[] block = new long[BlockSize];
        for (long at = 0; at < source.Description.Count;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int read = source.ReadIds(at, block, cancellationToken);
            if (read <= 0)
            {
                return null;
            }

            foreach (long id in block.AsSpan(0, read))
            {
                if (!ids.Add(id))
                {
                    return null;
                }
            }

            at += read;
        }

        return ids;
    }
}
