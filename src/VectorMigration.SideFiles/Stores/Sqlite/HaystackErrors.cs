namespace VectorMigration.SideFiles.Stores.Sqlite;

/// <summary>The errors of Haystack's stores.</summary>
internal static class HaystackErrors
{
    private const int LongestDialect = 30;

    /// <summary>A database server. Of its URL only the dialect is said: the rest may hold a password.</summary>
    public static MigrationException NoSqlite(string config, string dialect) => new(
        ErrorIds.StoreInvalid,
        ErrorKind.NotSupported,
        $"{config} states that the documents of this index are in a database of the kind '{Plain(dialect)}'. Only SQLite files are read.",
        "Copy the tables document and meta_document into a SQLite file and name it with -StorePath, or migrate without the texts with "
            + "-NoStore.",
        config);

    public static MigrationException DatabaseElsewhere(string config, string name) => new(
        ErrorIds.StoreInvalid,
        ErrorKind.NotFound,
        $"{config} states that the documents of this index are in the SQLite file '{SqliteErrors.Clean(name)}', which is not in this folder.",
        "Name it with -StorePath, or migrate without the texts with -NoStore.",
        config);

    public static MigrationException SeveralIndexes(string file, IReadOnlyList<(string Name, long Vectors)> indexes, string? asked, string? config) => new(
        ErrorIds.StoreAmbiguous,
        ErrorKind.InvalidArgument,
        $"{file} contains the documents of {(indexes.Count == 1 ? "one index" : $"{indexes.Count} indexes")}: "
            + string.Join(", ", indexes.Take(5).Select(static index => $"'{SqliteErrors.Clean(index.Name)}' ({index.Vectors} with a vector)"))
            + (asked is null ? "; it is unknown which of them the vectors belong to."
                : $". The index '{SqliteErrors.Clean(asked)}', which {config} names, is not among them."),
        asked is not null ? $"Check that {config} and the database belong to this index. If they do, correct \"index\" in {config}."
            : "Put a file NAME.json that specifies the index next to NAME.faiss: {\"sql_url\": \"sqlite:///FILE.db\", \"index\": \"NAME\"}.",
        file);

    /// <summary>Metadata that are recorded under another index than their documents: a warning.</summary>
    public static string MetadataElsewhere(string file, string index, long documents, string other)
    {
        bool one = documents == 1;
        return $"{Grouped.Of(documents)} {(one ? "document" : "documents")} of the index '{SqliteErrors.Clean(index)}' in {file} "
            + $"{(one ? "has" : "have")} rows in meta_document only under another index ('{SqliteErrors.Clean(other)}'). "
            + $"{(one ? "Its payload gets" : "Their payloads get")} no metadata.";
    }

    private static string Plain(string dialect) =>
        dialect.Length is > 0 and <= LongestDialect && dialect.All(static letter => char.IsAsciiLetterOrDigit(letter) || letter is '+' or '_')
            ? dialect
            : "unknown";
}
