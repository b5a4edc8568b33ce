using System.Text.Json;
using VectorMigration.TestSupport;

namespace VectorMigration.EndToEnd.Tests;

/// <summary>Tables and the stores of smaller frameworks arrive by one command that names their folder, or with a table that lies elsewhere.</summary>
[Collection(SharedServer.Name)]
public sealed class TableStoreTests(QdrantServerFixture fixture) : ServerTests(fixture)
{
    private static readonly string Fixtures = Path.Combine(QdrantServer.RepositoryRoot(), "tests", "fixtures", "stores", "tables");

    [Theory]
    [InlineData("lightrag")]
    [InlineData("pyserini")]
    [InlineData("numpy_int64")]
    [InlineData("csv_commas")]
    [InlineData("hf_dataset")]
    [InlineData("parquet_snappy")]
    [InlineData("clip_retrieval")]
    [InlineData("parquet_deltas_2")]
    [InlineData("arrow_lz4")]
    public async Task A_store_arrives_with_its_rows_by_one_command(string name)
    {
        (await MigrateAsync(Path.Combine(Fixtures, name))).ShouldSucceed();
        await EqualsTruthAsync(name);
        (await VerifyAsync(Path.Combine(Fixtures, name))).ShouldSucceed();
    }

    [Fact]
    public async Task A_memory_of_mem0_that_was_deleted_is_counted_and_left_out_as_told()
    {
        string store = Path.Combine(Fixtures, "mem0");
        (await MigrateAsync(store)).ShouldEndWith(2, "has no entry for 1 vector");
        (await MigrateAsync(store, "--on-missing-payload", "skip")).ExitCode.ShouldBe(4);
        await EqualsTruthAsync("mem0");
    }

    [Fact]
    public async Task A_table_that_lies_elsewhere_is_named_and_joined_by_its_column()
    {
        string index = Path.Combine(Fixtures, "hf_indices", "index.faiss");
        string dataset = Path.Combine(Fixtures, "hf_dataset");
        (await MigrateAsync(index, "--payload", dataset)).ShouldEndWith(2, "has 8 rows, but the index").Error.ShouldContain("add a column");
        (await MigrateAsync(index, "--payload", dataset, "--payload-key", "byte")).ShouldEndWith(2, "7 rows of");
        await File.WriteAllTextAsync(At("rows.csv"), "n,text\n3,D\n1,B\n0,A\n2,C\n");
        (await MigrateAsync(index, "--payload", At("rows.csv"), "--payload-key", "n", "--drop-payload-key")).ShouldSucceed();
        (await Witness.ReadAsync(Collection, 2)).GetProperty("payload").GetRawText().ShouldBe("""{"text":"C"}""");
    }

    [Fact]
    public async Task A_store_is_described()
    {
        ToolResult run = (await Tool.RunAsync(Folder, "inspect", Path.Combine(Fixtures, "hf_dataset"), "--json")).ShouldSucceed();
        JsonElement store = run.Json().GetProperty("store");
        store.GetProperty("framework").GetString().ShouldBe("Hugging Face datasets");
        store.GetProperty("generation").GetString().ShouldBe("without the vectors in 'embeddings'");
        store.GetProperty("matched").GetInt64().ShouldBe(8);
    }

    private async Task EqualsTruthAsync(string name)
    {
        using JsonDocument truth = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(Fixtures, name + ".json")));
        (await Witness.ReadAllAsync(Collection)).Count.ShouldBe(truth.RootElement.EnumerateObject().Count());
        foreach (JsonProperty entry in truth.RootElement.EnumerateObject())
        {
            JsonElement payload = (await Witness.ReadAsync(Collection, ulong.Parse(entry.Name))).GetProperty("payload");
            JsonElement.DeepEquals(payload, entry.Value).ShouldBeTrue($"{entry.Name}: {payload}");
        }
    }
}
