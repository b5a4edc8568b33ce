using System.Text;
using System.Text.Unicode;
using SQLitePCL;

namespace VectorMigration.SideFiles.Stores.Sqlite;

/// <summary>The type of a value in a row.</summary>
internal enum SqliteType
{
    /// <summary>A whole number of 64 bits.</summary>
    Integer = 1,

    /// <summary>A double.</summary>
    Real = 2,

    /// <summary>A text.</summary>
    Text = 3,

    /// <summary>Bytes.</summary>
    Blob = 4,

    /// <summary>Nothing.</summary>
    Null = 5,
}

/// <summary>A statement that reads rows. Not thread-safe.</summary>
internal sealed class SqliteStatement : IDisposable
{
    private readonly SqliteDatabase database;
    private readonly sqlite3_stmt statement;

    /// <summary>Prepares it.</summary>
    /// <exception cref="MigrationException">SQLite refuses it, as it does where the file is damaged.</exception>
    public SqliteStatement(SqliteDatabase database, string sql)
    {
        this.database = database;
        int code = raw.sqlite3_prepare_v2(database.Handle, sql, out statement);
        if (code != raw.SQLITE_OK)
        {
            statement?.Dispose();
            throw database.Failed(code);
        }
    }

    /// <summary>Begins again, with the rowid that its first parameter is.</summary>
    public void Seek(long rowid)
    {
        raw.sqlite3_reset(statement);
        raw.sqlite3_bind_int64(statement, 1, rowid);
    }

    /// <summary>Goes to the next row; false where there is none.</summary>
    /// <exception cref="MigrationException">The file is damaged.</exception>
    public bool Step() => raw.sqlite3_step(statement) switch
    {
        raw.SQLITE_ROW => true,
        raw.SQLITE_DONE => false,
        int code => throw database.Failed(code),
    };

    /// <summary>Lets go of the row, so that nothing of the file is held between batches.</summary>
    public void Reset() => raw.sqlite3_reset(statement);

    /// <summary>The type of a column's value.</summary>
    public SqliteType TypeOf(int column) => (SqliteType)raw.sqlite3_column_type(statement, column);

    /// <summary>A value as a whole number.</summary>
    public long Integer(int column) => raw.sqlite3_column_int64(statement, column);

    /// <summary>A value as a double.</summary>
    public double Real(int column) => raw.sqlite3_column_double(statement, column);

    /// <summary>The UTF-8 of a text, valid until the next step.</summary>
    /// <param name="column">The column, from 0.</param>
    /// <param name="where">What it is, for messages.</param>
    /// <exception cref="MigrationException">It is not UTF-8.</exception>
    public ReadOnlySpan<byte> Text(int column, Func<string> where)
    {
        // Asked for as a text first, so that a database in UTF-16 gives UTF-8; as bytes then, because a text may hold the byte 0.
        raw.sqlite3_column_text(statement, column);
        ReadOnlySpan<byte> text = raw.sqlite3_column_blob(statement, column);
        return Utf8.IsValid(text) ? text : throw SqliteErrors.NotText(database.Path, where());
    }

    /// <summary>The bytes of a value, valid until the next step.</summary>
    public ReadOnlySpan<byte> Bytes(int column) => raw.sqlite3_column_blob(statement, column);

    /// <summary>A short text, such as an id.</summary>
    /// <exception cref="MigrationException">It is no text, not UTF-8 or longer than ids are.</exception>
    public string ShortText(int column, Func<string> where)
    {
        if (TypeOf(column) == SqliteType.Integer)
        {
            return Integer(column).ToString(System.Globalization.CultureInfo.InvariantCulture);
        }

        if (TypeOf(column) != SqliteType.Text)
        {
            throw SqliteErrors.TypeOf(database.Path, where(), "a string", Name(TypeOf(column)));
        }

        ReadOnlySpan<byte> text = Text(column, where);
        return text.Length <= Json.StoreLimits.MostIdBytes ? Encoding.UTF8.GetString(text)
            : throw SqliteErrors.TypeOf(database.Path, where(), $"a string of at most {Grouped.Of(Json.StoreLimits.MostIdBytes)} bytes", "a longer one");
    }

    /// <inheritdoc/>
    public void Dispose() => statement.Dispose();

    /// <summary>A type in words.</summary>
    public static string Name(SqliteType type) => type switch
    {
        SqliteType.Integer => "a whole number",
        SqliteType.Real => "a number",
        SqliteType.Text => "a string",
        SqliteType.Blob => "bytes (BLOB)",
        _ => "NULL",
    };
}
