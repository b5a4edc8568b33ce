using SQLitePCL;
using VectorMigration.SideFiles.Stores.Json;

namespace VectorMigration.SideFiles.Stores.Sqlite;

/// <summary>
/// A SQLite database, opened so that it can only be read: no extension, no view, no trigger, nothing of its schema trusted, and only plain tables that
/// were asked for. Not thread-safe: whoever reads takes turns by <see cref="Gate"/>.
/// </summary>
internal sealed class SqliteDatabase : IDisposable
{
    // sqlite3.h: SQLITE_DBCONFIG_…
    private const int EnableForeignKeys = 1002, EnableTrigger = 1003, EnableTokenizer = 1004, EnableExtension = 1005, EnableQueryPlanner = 1008,
        Defensive = 1010, WritableSchema = 1011, StringsInDoubleQuotes = 1013, EnableView = 1015, TrustedSchema = 1017, AttachCreate = 1020,
        AttachWrite = 1021;

    // SQLITE_LIMIT_…
    private const int LimitLength = 0, LimitSql = 1, LimitColumns = 2, LimitDepth = 3, LimitCompound = 4, LimitArguments = 6, LimitAttached = 7,
        LimitPattern = 8, LimitVariables = 9, LimitTriggerDepth = 10, LimitThreads = 11;

    private const int StepsBetweenLooks = 10_000;

    private readonly SqliteSource source;
    private readonly List<SqliteStatement> statements = [];
    private readonly List<string> withoutRowids = [];
    private CancellationToken stop;

    /// <summary>Opens a database.</summary>
    /// <param name="path">Path of the file.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <param name="glance">Leave the journals aside, for a look at what it is: its texts may be stale.</param>
    /// <exception cref="MigrationException">It is no database, damaged, or cannot be read.</exception>
    public SqliteDatabase(string path, CancellationToken cancellationToken, bool glance = false)
    {
        SqliteLibrary.Load(path);
        source = new SqliteSource(path, glance, cancellationToken);
        try
        {
            stop = cancellationToken;
            int mode = source.IsCopy ? raw.SQLITE_OPEN_READWRITE : raw.SQLITE_OPEN_READONLY;
            int code = raw.sqlite3_open_v2(source.Uri, out sqlite3 handle, mode | raw.SQLITE_OPEN_URI | raw.SQLITE_OPEN_FULLMUTEX, null);
            Handle = handle;
            if (code != raw.SQLITE_OK)
            {
                throw Failed(code);
            }

            Restrict();
            Tables = SqliteTable.AllOf(this, withoutRowids);
            raw.sqlite3_set_authorizer(Handle, Allow, null);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Path of the file as it was named.</summary>
    public string Path => source.Path;

    /// <summary>The files of the database.</summary>
    public IReadOnlyList<StorePart> Parts => source.Parts;

    /// <summary>True where changes in a journal were taken in on a private copy.</summary>
    public bool IsCopy => source.IsCopy;

    /// <summary>The plain tables, by the names that they have.</summary>
    public IReadOnlyList<SqliteTable> Tables { get; } = [];

    /// <summary>Names of plain tables without rowids, whose rows have no order to be found by.</summary>
    public IReadOnlyList<string> WithoutRowids => withoutRowids;

    /// <summary>Held by whoever reads.</summary>
    public Lock Gate { get; } = new();

    /// <summary>The connection.</summary>
    internal sqlite3? Handle { get; }

    /// <summary>The plain table of a name that has certain columns; null where there is none.</summary>
    public SqliteTable? Find(string name, params ReadOnlySpan<string> columns)
    {
        foreach (SqliteTable table in Tables)
        {
            if (string.Equals(table.Name, name, StringComparison.OrdinalIgnoreCase) && table.HasAll(columns))
            {
                return table;
            }
        }

        return null;
    }

    /// <summary>Prepares a statement, which is disposed of with the database.</summary>
    public SqliteStatement Prepare(string sql)
    {
        SqliteStatement statement = new(this, sql);
        statements.Add(statement);
        return statement;
    }

    /// <summary>
    /// Passes through all rows of a table in the order of their rowids. A rowid that does not ascend is the mark of pages that are used twice, and could go
    /// on without end.
    /// </summary>
    /// <param name="table">The table.</param>
    /// <param name="columns">The columns that are read.</param>
    /// <param name="each">Takes rowid and row; the first column that was asked for is column 1.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public void Scan(SqliteTable table, IReadOnlyList<string> columns, Action<long, SqliteStatement> each, CancellationToken cancellationToken)
    {
        lock (Gate)
        {
            stop = cancellationToken;
            using SqliteStatement rows = new(this, table.SelectAll(columns));
            long before = long.MinValue;
            for (long count = 0; rows.Step(); count++)
            {
                long rowid = rows.Integer(0);
                if (count > 0 && rowid <= before)
                {
                    throw SqliteErrors.Damaged(Path, $"the rows of the table '{SqliteErrors.Clean(table.Name)}' are out of order after rowid {before}");
                }

                before = rowid;
                StoreLimits.ThrowIfFull(Path, (int)Math.Min(count, int.MaxValue));
                each(rowid, rows);
            }
        }
    }

    /// <summary>The error of a code that SQLite gave.</summary>
    public Exception Failed(int code)
    {
        if ((code & 0xFF) == raw.SQLITE_INTERRUPT && stop.IsCancellationRequested)
        {
            return new OperationCanceledException(stop);
        }

        // In the middle of a change what is found wrong is the change's.
        foreach (StorePart part in Parts)
        {
            part.ThrowIfChanged();
        }

        return SqliteErrors.Failed(Path, code, Handle is { IsInvalid: false } ? raw.sqlite3_errmsg(Handle).utf8_to_string() : "cannot be opened");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        statements.ForEach(static statement => statement.Dispose());
        statements.Clear();
        Handle?.Dispose();
        source.Dispose();
    }

    private void Restrict()
    {
        foreach ((int what, int value) in ((int, int)[])[
            (EnableForeignKeys, 0), (EnableTrigger, 0), (EnableTokenizer, 0), (EnableExtension, 0), (EnableQueryPlanner, 0), (Defensive, 1),
            (WritableSchema, 0), (StringsInDoubleQuotes, 0), (EnableView, 0), (TrustedSchema, 0), (AttachCreate, 0), (AttachWrite, 0)])
        {
            // What a version of the library does not know it has not got.
            raw.sqlite3_db_config(Handle, what, value, out int _);
        }

        foreach ((int what, int most) in ((int, int)[])[
            (LimitLength, SqliteLimits.MostValue), (LimitSql, SqliteLimits.MostSql), (LimitColumns, SqliteLimits.MostColumns), (LimitDepth, 100),
            (LimitCompound, 4), (LimitArguments, 16), (LimitAttached, 0), (LimitPattern, 100), (LimitVariables, 16), (LimitTriggerDepth, 1),
            (LimitThreads, 0)])
        {
            raw.sqlite3_limit(Handle, what, most);
        }

        raw.sqlite3_progress_handler(Handle, StepsBetweenLooks, _ => stop.IsCancellationRequested ? 1 : 0, null);
        foreach (string pragma in (string[])["query_only = ON", "cell_size_check = ON", "mmap_size = 0", "temp_store = MEMORY", "trusted_schema = OFF"])
        {
            using SqliteStatement statement = new(this, "PRAGMA " + pragma);
            statement.Step();
        }
    }

    /// <summary>What the statements of this program do, and nothing else: read columns of tables. Whatever a schema would slip in is refused.</summary>
    private static int Allow(object user, int action, string first, string second, string name, string inner) => action switch
    {
        raw.SQLITE_SELECT => raw.SQLITE_OK,
        raw.SQLITE_READ when inner is null => raw.SQLITE_OK,
        raw.SQLITE_FUNCTION when second is "json_valid" or "count" => raw.SQLITE_OK,
        _ => raw.SQLITE_DENY,
    };
}
