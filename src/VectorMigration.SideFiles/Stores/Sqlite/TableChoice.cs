using VectorMigration.SideFiles.VectorFiles;

namespace VectorMigration.SideFiles.Stores.Sqlite;

/// <summary>
/// Which of the tables of a database belongs to an index: the only one with as many rows as the index has vectors, or with the column that is the key.
/// Of several with such a column, it is the only one that has a row for every vector.
/// </summary>
internal static class TableChoice
{
    /// <summary>The table.</summary>
    /// <param name="database">The database.</param>
    /// <param name="indexPath">Path of the index; null where it is not known.</param>
    /// <param name="key">The column that holds the FAISS id; null where rows are in the order of adding.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="MigrationException">None fits, or several do.</exception>
    public static SqliteTable Of(SqliteDatabase database, string? indexPath, string? key, CancellationToken cancellationToken)
    {
        (SqliteTable Table, long Rows)[] all = [.. database.Tables.Select(table => (table, Count(database, table, cancellationToken)))];
        if (key is not null)
        {
            return all.Where(entry => entry.Table.Has(key)).ToArray() switch
            {
                [(SqliteTable only, _)] => only,
                [] => throw TableErrors.NoColumn(database.Path, key, Names(all)),
                var several when VectorsOf(indexPath) is long least
                    && several.Where(entry => entry.Rows >= least).ToArray() is [(SqliteTable large, _)] => large,
                var several => throw TableErrors.Several(database.Path, Names(several), $"with a column '{SqliteErrors.Clean(key)}'"),
            };
        }

        long? vectors = VectorsOf(indexPath);
        (SqliteTable Table, long Rows)[] fitting = [.. all.Where(entry => vectors is long count ? entry.Rows == count : entry.Rows > 0)];
        return fitting switch
        {
            [(SqliteTable only, _)] when database.WithoutRowids is [string unread, ..] => throw TableErrors.Unread(database.Path, unread, only.Name),
            [(SqliteTable only, _)] => only,
            [] => throw TableErrors.None(database.Path, Names(all), vectors),
            _ => throw TableErrors.Several(database.Path, Names(fitting), vectors is long count ? $"of {Grouped.Of(count)} rows" : "with rows"),
        };
    }

    /// <summary>Whether a table of a database has as many rows as an index has vectors.</summary>
    public static bool Fits(string path, long vectors, CancellationToken cancellationToken)
    {
        try
        {
            using SqliteDatabase database = new(path, cancellationToken);
            return database.Tables.Any(table => Count(database, table, cancellationToken) == vectors);
        }
        catch (MigrationException)
        {
            // It is no database that could be a store; where it is named, its opening tells why.
            return false;
        }
    }

    private static long Count(SqliteDatabase database, SqliteTable table, CancellationToken cancellationToken)
    {
        long count = 0;
        database.Scan(table, [], (_, _) => count++, cancellationToken);
        return count;
    }

    private static long? VectorsOf(string? indexPath)
    {
        try
        {
            return indexPath is null ? null : VectorFile.DescribeAny(indexPath).Count;
        }
        catch (MigrationException)
        {
            // What is wrong with the index is told by its opening.
            return null;
        }
    }

    private static (string Name, long Rows)[] Names(IEnumerable<(SqliteTable Table, long Rows)> tables) =>
        [.. tables.Select(static entry => (entry.Table.Name, entry.Rows))];
}
