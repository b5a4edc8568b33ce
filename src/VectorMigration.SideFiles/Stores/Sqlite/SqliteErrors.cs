using VectorMigration.SideFiles.Pickles;

namespace VectorMigration.SideFiles.Stores.Sqlite;

/// <summary>The errors of SQLite files. They name file, table, column and row, never a value.</summary>
internal static class SqliteErrors
{
    private const int CannotOpen = 14;

    public static MigrationException Failed(string file, int code, string words) => (code & 0xFF) switch
    {
        // SQLITE_PERM, SQLITE_IOERR, SQLITE_FULL, SQLITE_CANTOPEN
        3 or 10 or 13 or CannotOpen => new MigrationException(
            ErrorIds.PayloadFileUnreadable, ErrorKind.InvalidData, $"{file} cannot be read: SQLite reports '{Clean(words)}' (code {code}).",
            "Check that this user has permission to read the file, and that the disk works.", file),
        // SQLITE_NOMEM, SQLITE_TOOBIG
        7 or 18 => new MigrationException(
            ErrorIds.StoreValueRefused, ErrorKind.InvalidData, $"{file} has a row or a value of more than {Grouped.Of(SqliteLimits.MostValue)} bytes.",
            "Split the document. It is too large for a Qdrant payload.", file),
        _ => Damaged(file, $"SQLite reports '{Clean(words)}' (code {code})"),
    };

    public static MigrationException Damaged(string file, string found) => new(
        ErrorIds.StoreInvalid, ErrorKind.InvalidData, $"{file} is damaged, or not a SQLite database: {found}.",
        "Copy it again. If the copy is damaged too, sqlite3 FILE .recover recovers what is left. Or migrate without the texts with -NoStore.", file);

    public static MigrationException NoLibrary(string file, Exception inner) => new(
        ErrorIds.PayloadFileUnreadable,
        ErrorKind.NotSupported,
        $"{file} is a SQLite database, but SQLite's library (e_sqlite3) cannot be loaded on this machine: {Clean(inner.Message)}",
        "Put libe_sqlite3.so (e_sqlite3.dll, libe_sqlite3.dylib) back next to the program, or migrate without the texts with -NoStore.",
        file,
        inner);

    public static MigrationException OfSeveralDatabases(string file) => new(
        ErrorIds.StoreInvalid,
        ErrorKind.InvalidData,
        $"{file} is a journal of a transaction over several databases; it is not rolled back here.",
        "Open the database once with the program that wrote it, or with sqlite3. Then run the same command again.",
        file);

    public static MigrationException CopyFailed(string file, Exception inner) => new(
        ErrorIds.PayloadTableFailed,
        ErrorKind.ResourceUnavailable,
        $"{file} has changes in a journal next to it, but its private copy cannot be written: {Clean(inner.Message)}",
        "Check permissions and free disk space for a copy of the database in the temporary folder (TMPDIR).",
        file,
        inner);

    public static MigrationException TypeOf(string file, string what, string expected, string found) => new(
        ErrorIds.StoreInvalid, ErrorKind.InvalidData, $"{file}: expected {expected} in {what}, found {found}.",
        "Correct the row in the source.", file);

    public static MigrationException TableInvalid(string file, string table, string expected, string found) => new(
        ErrorIds.StoreInvalid,
        ErrorKind.InvalidData,
        $"{file}: expected {expected} in the table '{Clean(table)}', found {found}.",
        "Only plain tables are read: no views, no virtual tables, no generated columns. Copy the rows into a plain table.",
        file);

    public static MigrationException NotText(string file, string what) => new(
        ErrorIds.StoreValueRefused,
        ErrorKind.InvalidData,
        $"{file}: {what} is a string that is not UTF-8.",
        "Correct the text in the source.",
        file);

    public static MigrationException TooMuch(string file, long most) => new(
        ErrorIds.StoreInvalid,
        ErrorKind.NotSupported,
        $"The documents of {file} take more than {Grouped.Of(most)} bytes. For the size of the file, this is so much that it looks like an attack.",
        "No program writes such a file. If it is yours, run VACUUM on it. Then run the same command again.",
        file);

    /// <summary>Words of SQLite, and names out of the file, which may hold anything.</summary>
    public static string Clean(string words) => PickleErrors.Clean(words);
}
