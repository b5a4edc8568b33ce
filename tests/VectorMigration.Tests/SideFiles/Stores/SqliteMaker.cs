using SQLitePCL;

namespace VectorMigration.Tests.SideFiles.Stores;

/// <summary>Makes databases of SQLite, sound and hostile ones.</summary>
internal static class SqliteMaker
{
    /// <summary>The tables of Haystack 1.</summary>
    public const string Haystack = """
        CREATE TABLE document (id VARCHAR(100), content JSON, content_type TEXT, "index" VARCHAR(100), vector_id VARCHAR(100));
        CREATE TABLE meta_document (id VARCHAR(100), name VARCHAR(100), value VARCHAR(100), document_id VARCHAR(100), document_index VARCHAR(100));
        """;

    /// <summary>Runs statements on a new file, or on one that is there.</summary>
    public static string Write(string path, string sql)
    {
        Batteries_V2.Init();
        raw.sqlite3_open(path, out sqlite3 handle).ShouldBe(raw.SQLITE_OK);
        using (handle)
        {
            raw.sqlite3_exec(handle, sql, out string? error).ShouldBe(raw.SQLITE_OK, error);
        }

        return path;
    }

    /// <summary>Runs statements, and copies the files as they lie there while the connection is open.</summary>
    public static string WriteUnfinished(string path, string scratch, string sql)
    {
        Batteries_V2.Init();
        raw.sqlite3_open(scratch, out sqlite3 handle).ShouldBe(raw.SQLITE_OK);
        using (handle)
        {
            raw.sqlite3_exec(handle, sql, out string? error).ShouldBe(raw.SQLITE_OK, error);
            foreach (string suffix in (string[])["", "-wal", "-journal"])
            {
                if (File.Exists(scratch + suffix))
                {
                    File.Copy(scratch + suffix, path + suffix);
                }
            }
        }

        return path;
    }
}
