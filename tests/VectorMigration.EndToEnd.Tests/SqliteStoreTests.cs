using System.Text.Json;
using VectorMigration.Tests.SideFiles.Stores;
using VectorMigration.TestSupport;

namespace VectorMigration.EndToEnd.Tests;

/// <summary>Stores of Haystack and txtai, and tables of SQLite, arrive by one command that names their folder.</summary>
[Collection(SharedServer.Name)]
public sealed class SqliteStoreTests(QdrantServerFixture fixture) : ServerTests(fixture)
{
    private static readonly string Fixtures = Path.Combine(QdrantServer.RepositoryRoot(), "tests", "fixtures", "stores", "sqlite");

    [Theory]
    [InlineData("haystack")]
    [InlineData("haystack_several")]
    [InlineData("haystack_0")]
    [InlineData("haystack_2")]
    [InlineData("haystack_wal")]
    [InlineData("haystack_hot")]
    [InlineData("txtai")]
    [InlineData("txtai_ids")]
    [InlineData("txtai_ids_pickle")]
    [InlineData("txtai_config")]
    [InlineData("table")]
    public Task A_store_arrives_with_its_texts_by_one_command(string name) => ArriveAsync(name, Path.Combine(Fixtures, name));

    [Fact]
    public async Task A_store_that_lies_elsewhere_is_named()
    {
        string folder = Path.Combine(Fixtures, "haystack_elsewhere");
        (await MigrateAsync(Path.Combine(folder, "index"))).ShouldEndWith(2, "'faiss_document_store.db', which is not in this folder");
        (await MigrateAsync(Path.Combine(folder, "index"), "--store-path", folder, "--no-store")).ShouldEndWith(2, "--no-store");
        await ArriveAsync("haystack_elsewhere", Path.Combine(folder, "index"), "--store-path", folder);
    }

    [Fact]
    public async Task A_store_of_another_index_is_refused_with_numbers()
    {
        string table = Path.Combine(Fixtures, "table", "index.faiss");
        (await MigrateAsync(table, "--store-path", Path.Combine(Fixtures, "haystack"))).ShouldEndWith(2, "2 entries of");
        (await MigrateAsync(table, "--store-path", Path.Combine(Fixtures, "txtai_ids"))).ShouldEndWith(2, "1 entry of");
        (await MigrateAsync(table, "--store-path", Path.Combine(Fixtures, "table_key", "texts.sqlite"), "--payload-key", "body"))
            .ShouldEndWith(2, "has in the column 'body'");
    }

    [Fact]
    public Task A_table_is_joined_by_its_key() => ArriveAsync(
        "table_key", Path.Combine(Fixtures, "table_key", "index.faiss"), "--payload", Path.Combine(Fixtures, "table_key", "texts.sqlite"),
        "--payload-key", "faiss_id");

    private async Task ArriveAsync(string name, string path, params string[] options)
    {
        (await MigrateAsync(path, options)).ShouldSucceed();
        using JsonDocument truth = JsonDocument.Parse(await File.ReadAllTextAsync(StoreTruth.PathOf(Fixtures, name)));
        (await Witness.ReadAllAsync(Collection)).Count.ShouldBe(truth.RootElement.EnumerateObject().Count());
        foreach (JsonProperty entry in truth.RootElement.EnumerateObject())
        {
            JsonElement payload = (await Witness.ReadAsync(Collection, ulong.Parse(entry.Name))).GetProperty("payload");
            JsonElement.DeepEquals(payload, entry.Value).ShouldBeTrue($"{entry.Name}: {payload}");
        }

        (await VerifyAsync(path, options)).ShouldSucceed();
    }
}
