namespace VectorMigration.SideFiles.Stores.Sqlite;

/// <summary>A plain table with rowids: no view, no virtual table, nothing that SQLite keeps for itself.</summary>
internal sealed class SqliteTable
{
    private const string Creation = "CREATE TABLE ";
    private const int GeneratedVirtual = 2, GeneratedStored = 3;

    private readonly string rowid;

    private SqliteTable(string name, IReadOnlyList<string> columns, IReadOnlyList<string> generated, string rowid)
    {
        Name = name;
        Columns = columns;
        Generated = generated;
        this.rowid = rowid;
    }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>The columns whose values stand in the file, in their order.</summary>
    public IReadOnlyList<string> Columns { get; }

    /// <summary>Columns whose values are made by an expression of the schema, which is not evaluated here.</summary>
    public IReadOnlyList<string> Generated { get; }

    /// <summary>The plain tables of a database.</summary>
    /// <exception cref="MigrationException">The schema is damaged.</exception>
    /// <param name="database">The database.</param>
    /// <param name="withoutRowids">Takes the names of plain tables that have no rowids, which are not read.</param>
    public static SqliteTable[] AllOf(SqliteDatabase database, List<string> withoutRowids)
    {
        List<string> names = [];
        List<string> virtuals = [];
        using (SqliteStatement entries = new(database, "SELECT type, name, rootpage, sql FROM sqlite_schema"))
        {
            for (int count = 0; entries.Step(); count++)
            {
                if (count == SqliteLimits.MostSchemaEntries)
                {
                    throw SqliteErrors.Damaged(database.Path, $"more than {SqliteLimits.MostSchemaEntries} tables and indexes");
                }

                if (NameOf(entries) is string name)
                {
                    names.Add(name);
                }
                else if (entries.TypeOf(2) == SqliteType.Integer && entries.Integer(2) == 0 && entries.TypeOf(1) == SqliteType.Text)
                {
                    virtuals.Add(entries.ShortText(1, static () => "a name in the schema") + "_");
                }
            }
        }

        // What a virtual table keeps its data in are plain tables, and nobody's.
        return [.. names.Where(name => !virtuals.Any(prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)))
            .Select(name => Of(database, name, withoutRowids)).OfType<SqliteTable>()];
    }

    /// <summary>Whether it has all of some columns, with values of their own.</summary>
    public bool HasAll(ReadOnlySpan<string> columns)
    {
        foreach (string column in columns)
        {
            if (!Has(column))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether it has a column with values of its own.</summary>
    public bool Has(string column) => Columns.Contains(column, StringComparer.OrdinalIgnoreCase);

    /// <summary>Reads rowid and columns of all rows in the order of their rowids: through the table itself, because an index may say something else.</summary>
    public string SelectAll(IEnumerable<string> columns) => $"{Select(columns)} NOT INDEXED";

    /// <summary>Reads rowid and columns of the row whose rowid is the parameter.</summary>
    public string SelectOne(IEnumerable<string> columns) => $"{Select(columns)} NOT INDEXED WHERE {rowid} = ?1";

    private string Select(IEnumerable<string> columns) =>
        $"SELECT {rowid}{string.Concat(columns.Select(static column => ", " + Quoted(column)))} FROM main.{Quoted(Name)}";

    /// <summary>
    /// The name of a plain table. What SQLite reads is the text of the entry: one whose text creates something else, or something of another name, is none.
    /// </summary>
    private static string? NameOf(SqliteStatement entry)
    {
        if (entry.TypeOf(0) != SqliteType.Text || entry.TypeOf(1) != SqliteType.Text || entry.TypeOf(3) != SqliteType.Text
            || !entry.Text(0, static () => "a type in the schema").SequenceEqual("table"u8) || entry.Integer(2) <= 0)
        {
            return null;
        }

        string name = entry.ShortText(1, static () => "a name in the schema");
        string sql = System.Text.Encoding.UTF8.GetString(entry.Text(3, static () => "an entry of the schema"));
        return !name.StartsWith("sqlite_", StringComparison.OrdinalIgnoreCase) && sql.StartsWith(Creation, StringComparison.OrdinalIgnoreCase)
            && Begins(sql.AsSpan(Creation.Length).TrimStart(), name) ? name : null;
    }

    private static bool Begins(ReadOnlySpan<char> rest, string name)
    {
        foreach ((char open, char close) in ((char, char)[])[('"', '"'), ('`', '`'), ('[', ']'), ('\'', '\'')])
        {
            string quoted = open + (open == '[' ? name : name.Replace($"{close}", $"{close}{close}", StringComparison.Ordinal)) + close;
            if (rest.StartsWith(quoted, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return rest.StartsWith(name, StringComparison.OrdinalIgnoreCase) && rest.Length > name.Length
            && (char.IsWhiteSpace(rest[name.Length]) || rest[name.Length] == '(');
    }

    private static SqliteTable? Of(SqliteDatabase database, string name, List<string> withoutRowids)
    {
        List<string> columns = [];
        List<string> generated = [];
        using (SqliteStatement rows = new(database, $"PRAGMA main.table_xinfo({Quoted(name)})"))
        {
            while (rows.Step())
            {
                string column = rows.ShortText(1, () => $"a name of a column of '{SqliteErrors.Clean(name)}'");
                (rows.Integer(6) is GeneratedVirtual or GeneratedStored ? generated : columns).Add(column);
            }
        }

        string? rowid = ((string[])["rowid", "_rowid_", "oid"]).FirstOrDefault(
            alias => !columns.Concat(generated).Contains(alias, StringComparer.OrdinalIgnoreCase));
        if (rowid is not null && HasRowids(database, name, rowid))
        {
            return new SqliteTable(name, columns, generated, rowid);
        }

        withoutRowids.Add(name);
        return null;
    }

    /// <summary>A table without rowids has nothing that rows could be found by.</summary>
    private static bool HasRowids(SqliteDatabase database, string name, string rowid)
    {
        try
        {
            using SqliteStatement statement = new(database, $"SELECT {rowid} FROM main.{Quoted(name)} NOT INDEXED");
            return true;
        }
        catch (MigrationException error) when (error.ErrorId == ErrorIds.StoreInvalid)
        {
            return false;
        }
    }

    private static string Quoted(string name) => '"' + name.Replace("\"", "\"\"", StringComparison.Ordinal) + '"';
}
