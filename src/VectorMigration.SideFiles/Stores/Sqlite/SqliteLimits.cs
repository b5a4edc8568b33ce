namespace VectorMigration.SideFiles.Stores.Sqlite;

/// <summary>What a SQLite file may ask for.</summary>
internal static class SqliteLimits
{
    /// <summary>Bytes of one value, and of one row.</summary>
    public const int MostValue = Json.StoreLimits.MostDocumentBytes;

    /// <summary>Bytes of a statement, those of the schema too.</summary>
    public const int MostSql = 1 << 20;

    /// <summary>Columns of a table.</summary>
    public const int MostColumns = 1_000;

    /// <summary>Tables, views and indexes of a file.</summary>
    public const int MostSchemaEntries = 10_000;

    /// <summary>Bytes that all documents may take for each byte of the file: names of columns
    /// stand in each of them, and pages may be shared by a file that was made for it.</summary>
    public const int MostGrowth = 64;

    /// <summary>Bytes that all documents may take in any case.</summary>
    public const long AlwaysAllowed = 64 << 20;
}
