namespace VectorMigration.SideFiles.Stores.Sqlite;

/// <summary>The errors of tables that somebody made.</summary>
internal static class TableErrors
{
    private const int MostNamed = 8;

    public static MigrationException None(string file, IReadOnlyList<(string Name, long Rows)> tables, long? vectors) => new(
        ErrorIds.StoreInvalid,
        ErrorKind.Conflict,
        $"{file} has no plain table with "
            + (vectors is long count ? $"as many rows as the index has vectors, {Grouped.Of(count)}" : "rows")
            + (tables.Count == 0 ? "; it has no plain table at all." : $". Its tables: {Names(tables)}."),
        "Name the column that contains the FAISS id with -PayloadKey, or use the database that belongs to this index.",
        file);

    public static MigrationException Several(string file, IReadOnlyList<(string Name, long Rows)> tables, string why) => new(
        ErrorIds.StoreAmbiguous,
        ErrorKind.InvalidArgument,
        $"{file} has {Grouped.Of(tables.Count)} tables {why}: {Names(tables)}; it is unknown which of them belongs to the index.",
        "If one of them says which row of another belongs to which FAISS id, join both in a new database: sqlite3 NEW.db, ATTACH, CREATE TABLE texts AS "
            + "SELECT … JOIN … ON … . Then name it with -PayloadPath, and the column with the FAISS id with -PayloadKey. Otherwise copy the right "
            + "table alone.",
        file);

    /// <summary>Rows that a key gives to no vector.</summary>
    public static string WithoutKey(string file, string table, string key, long rows) =>
        $"{Grouped.Of(rows)} {(rows == 1 ? "row" : "rows")} of '{SqliteErrors.Clean(table)}' in {file} {(rows == 1 ? "has" : "have")} NULL in the column "
            + $"'{SqliteErrors.Clean(key)}'. They belong to no vector and are not sent.";

    /// <summary>A table of numbers next to tables that may hold the texts.</summary>
    public static string WithoutTexts(string file, string table, IReadOnlyList<(string Name, long Rows)> others) =>
        $"The table '{SqliteErrors.Clean(table)}' of {file} has no texts. Other tables of the database have, and are not sent: {Names(others)}.";

    /// <summary>A table of numbers that was found next to an index.</summary>
    public static MigrationException NoTexts(string file, string doubt) => new(
        ErrorIds.StoreAmbiguous,
        ErrorKind.Conflict,
        doubt,
        "If they hold the texts of the index, join the tables in a new database: sqlite3 NEW.db, ATTACH, CREATE TABLE texts AS SELECT … JOIN … ON … . "
            + "Then name it with -PayloadPath. To send the table as it is, name the database with -PayloadPath. To migrate without it, use -NoStore.",
        file);

    /// <summary>A table that is not read may be the one that is meant.</summary>
    public static MigrationException Unread(string file, string unread, string fitting) => new(
        ErrorIds.StoreAmbiguous,
        ErrorKind.InvalidArgument,
        $"{file} has the table '{SqliteErrors.Clean(unread)}', which was created WITHOUT ROWID and has no order of rows, so it is unknown whether "
            + $"'{SqliteErrors.Clean(fitting)}' belongs to the index.",
        "Name the column of '" + SqliteErrors.Clean(fitting) + "' that contains the FAISS id with -PayloadKey. Or copy the right table into its own database: "
            + "sqlite3 NEW.db, ATTACH, CREATE TABLE … AS SELECT … .",
        file);

    public static MigrationException NoColumn(string file, string key, IReadOnlyList<(string Name, long Rows)> tables) => new(
        ErrorIds.PayloadKeyInvalid,
        ErrorKind.InvalidArgument,
        $"No plain table of {file} has a column '{SqliteErrors.Clean(key)}'. Its tables: {Names(tables)}.",
        "Check the name given with -PayloadKey.",
        file);

    public static MigrationException KeyInvalid(string file, string table, string key, long rowid, string found) => new(
        ErrorIds.PayloadKeyInvalid,
        ErrorKind.InvalidData,
        $"{file}: row {rowid} of '{SqliteErrors.Clean(table)}' has in the column '{SqliteErrors.Clean(key)}' {found}; expected a FAISS id, a whole number "
            + "or a string of digits.",
        "Name the column that contains the FAISS id with -PayloadKey.",
        file);

    public static MigrationException KeyRepeated(string file, string table, string key, long id, long first, long second) => new(
        ErrorIds.PayloadKeyRepeated,
        ErrorKind.InvalidData,
        $"{file}: the FAISS id {id} is in the column '{SqliteErrors.Clean(key)}' of row {first} and of row {second} of '{SqliteErrors.Clean(table)}'.",
        "Keep one row for each vector.",
        file);

    private static string Names(IReadOnlyList<(string Name, long Rows)> tables) =>
        string.Join(", ", tables.Take(MostNamed).Select(static table =>
            $"'{SqliteErrors.Clean(table.Name)}' ({Grouped.Of(table.Rows)} {(table.Rows == 1 ? "row" : "rows")})"))
            + (tables.Count > MostNamed ? ", …" : string.Empty);
}
