using System.Text;
using VectorMigration.SideFiles.Stores;
using VectorMigration.Tests.Faiss;

namespace VectorMigration.Tests.SideFiles.Stores;

/// <summary>Stores of txtai: what is refused, and with which words.</summary>
public sealed class TxtaiStoreTests : IDisposable
{
    private const string Sections = "CREATE TABLE sections (indexid INTEGER PRIMARY KEY, id TEXT, text TEXT, tags TEXT, entry DATETIME);"
        + "CREATE TABLE documents (id TEXT PRIMARY KEY, data JSON, tags TEXT, entry DATETIME);";

    private readonly string folder = Directory.CreateTempSubdirectory("vm-txtai-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("""{"backend":"annoy","dimensions":4}""", "written by the backend 'annoy'")]
    [InlineData("""{"backend":"pgvector","dimensions":4,"pgvector":{"url":"postgresql://u:s3cret@host/db"}}""", "written by the backend 'pgvector'")]
    [InlineData("""{"backend":"my s3cret","dimensions":4}""", "written by the backend 'unknown'")]
    public void Indexes_of_other_libraries_are_refused_by_their_name(string config, string words)
    {
        Write("config.json", config);
        MigrationException error = Should.Throw<MigrationException>(() => StoreFinder.Find(folder, withStore: true, default));
        (error.ErrorId, error.Kind).ShouldBe(("StoreInvalid", ErrorKind.NotSupported));
        error.Message.ShouldContain(words);
        error.ToString().ShouldNotContain("s3cret");
    }

    [Fact]
    public void Another_backend_is_refused_also_next_to_an_index_and_its_texts()
    {
        WriteIndex();
        SqliteMaker.Write(Path.Combine(folder, "documents"), Sections + "INSERT INTO sections VALUES (0, 'a', 'A', NULL, NULL)");
        Write("config.json", """{"backend":"hnsw","content":true,"dimensions":4}""");
        Should.Throw<MigrationException>(() => StoreFinder.Find(folder, withStore: true, default)).Message.ShouldContain("written by the backend 'hnsw'");
    }

    [Theory]
    [InlineData("""{"content":"duckdb","dimensions":4}""", "a database of the kind 'duckdb'")]
    [InlineData("""{"content":"postgresql+psycopg2://u:s3cret@host/db","dimensions":4}""", "a database of the kind 'unknown'")]
    [InlineData("""{"content":true,"dimensions":4}""", "its file 'documents' is not next to it")]
    [InlineData("""{"content":false,"dimensions":4}""", "its file 'ids' is not next to it")]
    public void Texts_elsewhere_are_refused_without_their_password(string config, string words)
    {
        WriteIndex();
        Write("config.json", config);
        MigrationException error = Should.Throw<MigrationException>(() =>
            StorePayloads.Open(StoreFinder.Find(folder, withStore: true, default).StorePath!, default, null, null, default));
        error.ErrorId.ShouldBe("StoreInvalid");
        error.Message.ShouldContain(words);
        error.ToString().ShouldNotContain("s3cret");
    }

    [Fact]
    public void Ids_of_every_kind_are_read_and_deleted_ones_have_no_payload()
    {
        byte[] text = Encoding.UTF8.GetBytes(new string('x', 300));
        WriteIds([0x9B, 0xA1, (byte)'a', 0xC0, 5, 0xFF, 0xCC, 200, 0xCF, 127, 255, 255, 255, 255, 255, 255, 255, 0xD0, 0x80, 0xD1, 0xFF, 0x00,
            0xD3, 0x80, 0, 0, 0, 0, 0, 0, 0, 0xD9, 1, (byte)'"', 0xDA, 1, 44, .. text]);
        using IPayloadSource source = Open();
        PayloadBlock block = source.Read([.. Enumerable.Range(0, 11).Select(static i => (long)i)], default);
        Enumerable.Range(0, 10).Select(i => Encoding.UTF8.GetString(block[i].Span)).ShouldBe(
            ["{\"id\":\"a\"}", "", "{\"id\":5}", "{\"id\":-1}", "{\"id\":200}", "{\"id\":9223372036854775807}", "{\"id\":-128}", "{\"id\":-256}",
                "{\"id\":-9223372036854775808}", "{\"id\":\"\\\"\"}"]);
        block[10].Length.ShouldBe(300 + "{\"id\":\"\"}".Length);
        source.Count.ShouldBe(10);
    }

    [Theory]
    [InlineData(new byte[] { 0x92, 1 }, "2 ids, found 1 bytes")]
    [InlineData(new byte[] { 0x91, 1, 2 }, "the end of the file after the list of ids, found more bytes")]
    [InlineData(new byte[] { 0x91, 0x91, 1 }, "a string or a whole number as id 0, found the byte 0x91")]
    [InlineData(new byte[] { 0x91, 0xCB, 0, 0, 0, 0, 0, 0, 0, 0 }, "found the byte 0xCB")]
    [InlineData(new byte[] { 0x91, 0xA1, 0xFF }, "UTF-8 in id 0")]
    [InlineData(new byte[] { 0xDD, 0xFF, 0xFF, 0xFF, 0xFF, 1 }, "4294967295 ids")]
    [InlineData(new byte[] { 0x91, 0xDB, 0xFF, 0xFF, 0xFF, 0xFF, 1 }, "at most 4096 bytes in id 0")]
    [InlineData(new byte[] { 0x81, 1, 1 }, "a list of ids in MessagePack, found the byte 0x81")]
    [InlineData(new byte[] { }, "found the end of the file")]
    public void Other_MessagePack_is_refused(byte[] bytes, string words)
    {
        WriteIds(bytes);
        MigrationException error = Should.Throw<MigrationException>(Open);
        error.ErrorId.ShouldBe("StoreInvalid");
        error.Message.ShouldContain(words);
    }

    [Theory]
    [InlineData("INSERT INTO sections VALUES (-1, 'a', 'A', NULL, NULL)", "StoreInvalid", "'indexid' of row -1 of 'sections'")]
    [InlineData(
        "INSERT INTO sections VALUES (0, 'a', 'A', NULL, NULL); INSERT INTO documents VALUES ('a', '[1]', NULL, NULL)", "StoreInvalid",
        "expected a JSON object in 'data' of the document 'a'")]
    [InlineData(
        "INSERT INTO sections VALUES (0, 'a', 'A', NULL, NULL); INSERT INTO documents VALUES ('a', '{\"x\":NaN}', NULL, NULL)", "StoreValueRefused",
        "the document 'a' has in 'data' NaN")]
    [InlineData(
        "INSERT INTO sections VALUES (0, 'a', 'A', NULL, NULL); INSERT INTO documents VALUES ('a', '{\"x\":1,\"x\":2}', NULL, NULL)", "StoreValueRefused",
        "in 'x' a key twice")]
    [InlineData("INSERT INTO sections VALUES (0, 'a', x'00', NULL, NULL)", "StoreInvalid", "a string in 'text' of the document 'a', found bytes")]
    public void Documents_are_refused_by_id_and_key(string sql, string id, string words)
    {
        WriteIndex();
        SqliteMaker.Write(Path.Combine(folder, "documents"), Sections + sql);
        MigrationException error = Should.Throw<MigrationException>(() =>
        {
            using IPayloadSource source = Open();
            source.Check(scattered: false, default);
        });
        error.ErrorId.ShouldBe(id);
        error.Message.ShouldContain(words);
    }

    [Fact]
    public void Sections_with_the_id_of_another_one_are_counted_and_told()
    {
        WriteIndex();
        SqliteMaker.Write(Path.Combine(folder, "documents"), Sections
            + "INSERT INTO sections VALUES (0, 'a', 'A', NULL, NULL), (1, 'b', 'B', NULL, NULL), (2, 'a', 'C', NULL, NULL), (3, 'a', 'D', NULL, NULL)");
        using IPayloadSource source = Open();
        source.ShouldBeAssignableTo<IDescribedPayloadSource>()!.Doubt.ShouldNotBeNull().ShouldStartWith("2 sections in ");
    }

    [Fact]
    public void Sections_with_ids_of_their_own_are_no_doubt()
    {
        WriteIndex();
        SqliteMaker.Write(Path.Combine(folder, "documents"), Sections + "INSERT INTO sections VALUES (0, 'a', 'A', NULL, NULL), (1, 'b', 'A', NULL, NULL)");
        using IPayloadSource source = Open();
        source.ShouldBeAssignableTo<IDescribedPayloadSource>()!.Doubt.ShouldBeNull();
    }

    private IPayloadSource Open() => StorePayloads.Open(StoreFinder.Find(folder, withStore: true, default).StorePath!, default, null, null, default)!;

    private void WriteIds(byte[] bytes)
    {
        WriteIndex();
        Write("config.json", """{"backend":"faiss","dimensions":4,"offset":11}""");
        File.WriteAllBytes(Path.Combine(folder, "ids"), bytes);
    }

    private void WriteIndex() =>
        File.Copy(Path.Combine(Fixture.Root, "stores", "sqlite", "txtai", "embeddings"), Path.Combine(folder, "embeddings"), overwrite: true);

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(folder, name), text);
}
