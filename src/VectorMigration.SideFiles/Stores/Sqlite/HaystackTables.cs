namespace VectorMigration.SideFiles.Stores.Sqlite;

/// <summary>The tables of Haystack 1.</summary>
/// <param name="Documents">Table <c>document</c>.</param>
/// <param name="Metadata">Table <c>meta_document</c>; null where there is none.</param>
internal sealed record HaystackTables(SqliteTable Documents, SqliteTable? Metadata)
{
    /// <summary>The tables of a database; null where it is none of Haystack. The text is in <c>content</c>, before release 1.0 in <c>text</c>.</summary>
    public static HaystackTables? Of(SqliteDatabase database) =>
        (database.Find("document", "id", "content", "index", "vector_id") ?? database.Find("document", "id", "text", "index", "vector_id"))
            is SqliteTable documents
            ? new HaystackTables(documents, database.Find("meta_document", "name", "value", "document_id"))
            : null;
}
