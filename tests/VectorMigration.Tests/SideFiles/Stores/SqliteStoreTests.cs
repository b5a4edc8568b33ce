using System.Text;
using VectorMigration.SideFiles.Stores;
using VectorMigration.Tests.Faiss;

namespace VectorMigration.Tests.SideFiles.Stores;

/// <summary>What is refused in SQLite files, and with which words; what is read all the same.</summary>
public sealed class SqliteStoreTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("vm-sqlite-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("INSERT INTO document VALUES ('a', '\"A\"', NULL, 'document', 'x')", "StoreInvalid", "whole numbers as positions in 'vector_id', found 'x'")]
    [InlineData("INSERT INTO document VALUES ('a', 'A', NULL, 'document', '0')", "StoreValueRefused",
        "document 'a' has in 'content' a string that is not JSON")]
    [InlineData("INSERT INTO document VALUES ('a', '\"A\",\"x\":1', NULL, 'document', '0')", "StoreValueRefused", "has in 'content' a string that is not JSON")]
    [InlineData("INSERT INTO document VALUES ('a', 'NaN', NULL, 'document', '0')", "StoreValueRefused", "the document 'a' has in 'content' NaN")]
    [InlineData("INSERT INTO document VALUES ('a', x'00', NULL, 'document', '0')", "StoreInvalid", "a string in 'content' of the document 'a', found bytes")]
    [InlineData(
        "INSERT INTO document VALUES ('a', CAST(x'22ff22' AS TEXT), NULL, 'document', '0')", "StoreValueRefused",
        "'content' of the document 'a' is a string that is not UTF-8")]
    [InlineData("INSERT INTO document VALUES (NULL, '\"A\"', NULL, 'document', '0')", "StoreInvalid", "a string in 'id' of row 1, found NULL")]
    [InlineData(
        "INSERT INTO document VALUES ('a', '\"A\"', NULL, 'document', '0'), ('a', '\"B\"', NULL, 'document', '1')", "StoreInvalid",
        "the document 'a' of the index 'document' once, found it twice or more")]
    [InlineData(
        "INSERT INTO document VALUES ('a', '\"A\"', NULL, 'document', '0'), ('b', '\"B\"', NULL, 'document', '0')", "StoreInvalid", "the position 0 once")]
    [InlineData(
        "INSERT INTO document VALUES ('a', '\"A\"', NULL, 'document', '0'); INSERT INTO meta_document VALUES (1, 'k', '[1,NaN]', 'a', 'document')",
        "StoreValueRefused", "the document 'a' has in 'meta.k' NaN")]
    [InlineData(
        "INSERT INTO document VALUES ('a', '\"A\"', NULL, 'document', '0'); "
            + "INSERT INTO meta_document VALUES (1, 'k', '1', 'a', 'document'), (2, 'k', '2', 'a', 'document')",
        "StoreValueRefused", "the document 'a' has in 'meta.k' two values")]
    [InlineData(
        "INSERT INTO document VALUES ('a', '\"A\"', NULL, 'one', '0'), ('b', '\"B\"', NULL, 'two', '0')", "StoreAmbiguous",
        "the documents of 2 indexes: 'one' (1 with a vector), 'two' (1 with a vector)")]
    public void A_database_of_Haystack_is_refused_by_document_and_key(string sql, string id, string words)
    {
        MigrationException error = Refused(SqliteMaker.Haystack + sql);
        error.ErrorId.ShouldBe(id);
        error.Message.ShouldContain(words);
        error.Message.ShouldContain("store.db");
    }

    [Fact]
    public void An_index_that_the_configuration_names_and_the_database_lacks_is_told_with_both()
    {
        string database = Path.Combine(folder, "store.db");
        SqliteMaker.Write(database, SqliteMaker.Haystack + "INSERT INTO document VALUES ('a', '\"A\"', NULL, 'faq', '0')");
        WriteIndex("index.faiss");
        File.WriteAllText(Path.Combine(folder, "index.json"), """{"sql_url":"sqlite:///store.db","index":"document","similarity":"dot_product"}""");
        string index = Path.Combine(folder, "index.faiss");
        MigrationException error = Should.Throw<MigrationException>(() => StorePayloads.Open(database, default, null, index, default));
        error.ErrorId.ShouldBe("StoreAmbiguous");
        error.Message.ShouldContain("the documents of one index: 'faq' (1 with a vector). The index 'document', which ");
        error.RecommendedAction.ShouldContain("index.json");
    }

    [Theory]
    [InlineData("CREATE TABLE hidden (id, content, \"index\", vector_id); CREATE VIEW document AS SELECT * FROM hidden", "no plain table with rows")]
    [InlineData("CREATE VIRTUAL TABLE document USING fts5(id, content, \"index\", vector_id)", "it has no plain table at all")]
    [InlineData("CREATE TABLE document (id, content, \"index\", vector_id, PRIMARY KEY (id)) WITHOUT ROWID", "it has no plain table at all")]
    [InlineData("CREATE TABLE document (id, \"index\", vector_id, content AS (zeroblob(1000000000)))", "no plain table with rows")]
    [InlineData("CREATE TABLE t (a, b AS (a || a)); INSERT INTO t VALUES ('x')", "the generated column 'b'")]
    [InlineData("CREATE TABLE t (a, b); INSERT INTO t VALUES ('x', x'00ff')", "row 1 of 't' has in 'b' bytes (BLOB)")]
    [InlineData("CREATE TABLE t (a); INSERT INTO t VALUES (1e999)", "row 1 of 't' has in 'a' an infinite number")]
    [InlineData("CREATE TABLE t (a); INSERT INTO t VALUES (CAST(x'c3' AS TEXT))", "'a' of row 1 of 't' is a string that is not UTF-8")]
    [InlineData("CREATE TABLE t (a); INSERT INTO t VALUES (1); CREATE TABLE u (a); INSERT INTO u VALUES (1)", "2 tables with rows: 't' (1 row), 'u' (1 row)")]
    [InlineData("CREATE TABLE t (a)", "no plain table with rows. Its tables: 't' (0 rows)")]
    public void What_is_no_plain_table_is_not_read(string sql, string words)
    {
        MigrationException error = Refused(sql);
        $"{error.ErrorId} {error.Message}".ShouldContain(words);
    }

    [Fact]
    public void Triggers_views_and_indexes_beside_the_tables_do_nothing()
    {
        string path = Write(SqliteMaker.Haystack + """
            INSERT INTO document VALUES ('a', '"A"', 'text', 'document', '0');
            CREATE VIEW v AS SELECT load_extension('evil') FROM document;
            CREATE TRIGGER t AFTER UPDATE ON document BEGIN DELETE FROM document; END;
            CREATE INDEX i ON document (lower(content));
            CREATE VIRTUAL TABLE f USING fts5(content);
            """);
        Payload(path, 0).ShouldBe("""{"id":"a","content":"A","content_type":"text","meta":{}}""");
    }

    [Fact]
    public void Metadata_under_another_index_of_Haystack_than_their_documents_are_told_with_counts()
    {
        string path = Write(SqliteMaker.Haystack + """
            INSERT INTO document VALUES ('a', '"A"', 'text', 'document', '0'), ('b', '"B"', 'text', 'document', '1'), ('c', '"C"', 'text', 'document', '2'),
                ('a', '"A"', 'text', 'other', NULL);
            INSERT INTO meta_document VALUES ('1', 'k', '"v"', 'a', 'document'), ('2', 'k', '"w"', 'a', 'other'), ('3', 'k', '"x"', 'b', 'other');
            """);
        using IPayloadSource source = Open(path);
        string doubt = source.ShouldBeAssignableTo<IDescribedPayloadSource>()!.Doubt.ShouldNotBeNull();
        doubt.ShouldContain("1 document of the index 'document'");
        doubt.ShouldContain("'other'");
        Payload(path, 0).ShouldContain("\"meta\":{\"k\":\"v\"}");
        Payload(path, 1).ShouldContain("\"meta\":{}");
    }

    [Fact]
    public void Texts_come_whole_whatever_is_in_them()
    {
        string path = Write("""
            PRAGMA encoding = 'UTF-16';
            CREATE TABLE "odd ""name" (_rowid_ TEXT, rowid TEXT);
            INSERT INTO "odd ""name" VALUES ('a' || char(0) || 'b' || char(128512), '"');
            """);
        Payload(path, 0).ShouldBe("{\"_rowid_\":\"a\\u0000b\\uD83D\\uDE00\",\"rowid\":\"\\\"\"}");
    }

    [Fact]
    public void The_texts_of_a_write_ahead_log_arrive_and_nothing_is_left_behind()
    {
        string path = SqliteMaker.WriteUnfinished(Path.Combine(folder, "store.db"), Path.Combine(folder, "scratch"), $"""
            PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0; {SqliteMaker.Haystack}
            INSERT INTO document VALUES ('a', '"old"', NULL, 'document', '0');
            PRAGMA wal_checkpoint(TRUNCATE);
            UPDATE document SET content = '"new"';
            """);
        File.Exists(path + "-wal").ShouldBeTrue();
        string[] before = Directory.GetFiles(folder);
        using (IPayloadSource source = Open(path))
        {
            Encoding.UTF8.GetString(source.Read([0], default)[0].Span).ShouldContain("\"new\"");
            CopiesOfStores().ShouldNotBeEmpty();
        }

        Directory.GetFiles(folder).ShouldBe(before, ignoreOrder: true);
    }

    [Fact]
    public void A_journal_that_names_another_one_is_not_taken_in()
    {
        string path = Write(SqliteMaker.Haystack);
        string precious = Path.Combine(folder, "precious");
        File.WriteAllText(precious, "mine");
        byte[] name = Encoding.UTF8.GetBytes(precious);
        byte[] journal =
        [
            0xD9, 0xD5, 0x05, 0xF9, 0x20, 0xA1, 0x63, 0xD7, .. new byte[504], .. name, 0, 0, 0, (byte)name.Length,
            .. BitConverter.GetBytes(name.Sum(static letter => letter)).Reverse(), 0xD9, 0xD5, 0x05, 0xF9, 0x20, 0xA1, 0x63, 0xD7,
        ];
        File.WriteAllBytes(path + "-journal", journal);
        MigrationException error = Should.Throw<MigrationException>(() => Open(path));
        error.ErrorId.ShouldBe("StoreInvalid");
        error.Message.ShouldContain("a transaction over several databases");
        File.ReadAllText(precious).ShouldBe("mine");
    }

    [Fact]
    public void A_file_that_changes_is_noticed()
    {
        string path = Write(SqliteMaker.Haystack + "INSERT INTO document VALUES ('a', '\"A\"', NULL, 'document', '0')");
        using IPayloadSource source = Open(path);
        SqliteMaker.Write(path, "UPDATE document SET content = '\"B\"'; CREATE TABLE more (a);");
        Should.Throw<MigrationException>(() => source.Read([0], default)).ErrorId.ShouldBe("PayloadFileChanged");
    }

    [Fact]
    public void A_database_cut_or_damaged_anywhere_is_read_or_refused()
    {
        string rows = string.Join(',', Enumerable.Range(0, 300).Select(static i => $"('id{i}', '\"{new string('t', 300)}\"', NULL, 'document', '{i}')"));
        byte[] sound = File.ReadAllBytes(Write(SqliteMaker.Haystack + $"INSERT INTO document VALUES {rows}"));
        string path = Path.Combine(folder, "damaged.db");
        List<string> errors = [];
        for (int at = 0; at < sound.Length; at += 517)
        {
            byte[] damaged = [.. sound];
            damaged.AsSpan(at, Math.Min(64, sound.Length - at)).Fill(0xA5);
            foreach (byte[] bytes in (byte[][])[damaged, sound[..at]])
            {
                File.WriteAllBytes(path, bytes);
                try
                {
                    using IPayloadSource? source = StorePayloads.Open(path, default, null, null, default);
                    source?.Check(scattered: true, default);
                }
                catch (MigrationException error)
                {
                    errors.Add(error.ErrorId);
                }
            }
        }

        errors.ShouldContain("StoreInvalid");
        errors.ShouldAllBe(static id => id == "StoreInvalid" || id == "StoreValueRefused" || id == "StoreAmbiguous");
    }

    [Theory]
    [InlineData("postgresql://haystack:s3cret@db.example:5432/store?password=s3cret", "of the kind 'postgresql'")]
    [InlineData("mysql+pymysql://root:s3cret@host/x", "of the kind 'mysql+pymysql'")]
    [InlineData("s3cret", "of the kind 'unknown'")]
    [InlineData("sqlite:////etc/s3cret/../passwd.db", "the SQLite file 'passwd.db'")]
    [InlineData("sqlite:///C:\\\\s3cret\\\\store.db", "the SQLite file 'store.db'")]
    [InlineData("sqlite://///server/s3cret/store.db", "the SQLite file 'store.db'")]
    [InlineData("sqlite://", "the SQLite file ''")]
    public void Where_documents_lie_elsewhere_it_is_said_without_the_password(string url, string words)
    {
        WriteIndex("index.faiss");
        File.WriteAllText(Path.Combine(folder, "index.json"), $"{{\"sql_url\":\"{url}\",\"similarity\":\"dot_product\"}}");
        MigrationException error = Should.Throw<MigrationException>(() => StoreFinder.Find(folder, withStore: true, default));
        error.ErrorId.ShouldBe("StoreInvalid");
        error.Message.ShouldContain(words);
        error.ToString().ShouldNotContain("s3cret");
        StoreFinder.Find(folder, withStore: false, default).StorePath.ShouldBeNull();
    }

    [Fact]
    public void A_path_in_the_configuration_counts_below_its_folder_and_by_its_name_in_it()
    {
        WriteIndex("index.faiss");
        Directory.CreateDirectory(Path.Combine(folder, "data"));
        string below = SqliteMaker.Write(Path.Combine(folder, "data", "store.db"), SqliteMaker.Haystack);
        File.WriteAllText(Path.Combine(folder, "index.json"), """{"sql_url":"sqlite:///data/store.db","embedding_dim":4}""");
        StoreFinder.Find(folder, withStore: true, default).StorePath.ShouldBe(below);
        Directory.Delete(Path.Combine(folder, "data"), recursive: true);
        string beside = Write(SqliteMaker.Haystack);
        StoreFinder.Find(folder, withStore: true, default).StorePath.ShouldBe(beside);
    }

    [Fact]
    public void The_table_with_as_many_rows_as_the_index_has_vectors_is_taken()
    {
        string index = WriteIndex("index.faiss");
        string path = Write("CREATE TABLE t (a); INSERT INTO t VALUES (1), (2), (3), (4); CREATE TABLE u (b); INSERT INTO u VALUES (1)");
        StoreFinder.Find(folder, withStore: true, default).ShouldBe(new FoundStore(index, path));
        using (IPayloadSource source = StorePayloads.Open(path, default, null, index, default)!)
        {
            Encoding.UTF8.GetString(source.Read([3], default)[0].Span).ShouldBe("""{"a":4}""");
        }

        SqliteMaker.Write(path, "INSERT INTO t VALUES (5)");
        Should.Throw<MigrationException>(() => StoreFinder.Find(folder, withStore: true, default)).Message.ShouldContain("none of its tables has one row per");
        MigrationException error = Should.Throw<MigrationException>(() => StorePayloads.Open(path, default, null, index, default));
        error.Message.ShouldContain("as many rows as the index has vectors, 4. Its tables: 't' (5 rows), 'u' (1 row)");
    }

    [Fact]
    public void A_table_without_rowids_may_be_the_one_that_is_meant()
    {
        string index = WriteIndex("index.faiss");
        string path = Write("CREATE TABLE texts (id INTEGER PRIMARY KEY, t) WITHOUT ROWID; CREATE TABLE u (b); INSERT INTO u VALUES (1), (2), (3), (4)");
        MigrationException error = Should.Throw<MigrationException>(() => StorePayloads.Open(path, default, null, index, default));
        error.ErrorId.ShouldBe("StoreAmbiguous");
        error.Message.ShouldContain("the table 'texts', which was created WITHOUT ROWID");
        StorePayloads.Open(path, new PayloadRules { Key = "b" }, null, index, default).ShouldNotBeNull().Dispose();
    }

    [Fact]
    public void A_key_is_a_column_of_one_table_and_may_be_left_out()
    {
        string path = Write("CREATE TABLE t (k, a); INSERT INTO t VALUES (7, 'seven'), ('8', 'eight'); CREATE TABLE u (b); INSERT INTO u VALUES (1)");
        PayloadRules rules = new() { Key = "k", DropKey = true };
        using (IPayloadSource source = StorePayloads.Open(path, rules, null, null, default)!)
        {
            source.ShouldBeAssignableTo<IKeyedPayloadSource>().ShouldNotBeAssignableTo<IStorePayloadSource>();
            source.Check(scattered: true, default);
            Encoding.UTF8.GetString(source.Read([8], default)[0].Span).ShouldBe("""{"a":"eight"}""");
        }

        Should.Throw<MigrationException>(() =>
            StorePayloads.Open(path, new PayloadRules { Key = "x" }, null, null, default)).ErrorId.ShouldBe("PayloadKeyInvalid");
        SqliteMaker.Write(path, "INSERT INTO t VALUES (7, 'again')");
        Should.Throw<MigrationException>(() => StorePayloads.Open(path, rules, null, null, default)).Message
            .ShouldContain("FAISS id 7 is in the column 'k' of row 1 and of row 3");
        SqliteMaker.Write(path, "UPDATE t SET k = 'x' WHERE rowid = 3");
        Should.Throw<MigrationException>(() => StorePayloads.Open(path, rules, null, null, default)).ErrorId.ShouldBe("PayloadKeyInvalid");
    }

    private static string[] CopiesOfStores() => Directory.GetDirectories(Path.GetTempPath(), "vector-migration-copy-*");

    private static IPayloadSource Open(string path) => StorePayloads.Open(path, default, null, null, default).ShouldNotBeNull();

    private static string Payload(string path, long place)
    {
        using IPayloadSource source = Open(path);
        source.Check(scattered: true, default);
        return Encoding.UTF8.GetString(source.Read([place], default)[0].Span);
    }

    private MigrationException Refused(string sql)
    {
        string path = Write(sql);
        return Should.Throw<MigrationException>(() =>
        {
            using IPayloadSource source = Open(path);
            source.Check(scattered: false, default);
        });
    }

    private string WriteIndex(string name)
    {
        string path = Path.Combine(folder, name);
        File.Copy(Path.Combine(Fixture.Root, "stores", "sqlite", "table", "index.faiss"), path);
        return path;
    }

    private string Write(string sql) => SqliteMaker.Write(Path.Combine(folder, "store.db"), sql);
}
