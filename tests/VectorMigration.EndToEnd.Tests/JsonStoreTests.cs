using System.Text.Json;
using System.Text.Json.Nodes;
using VectorMigration.Tests.SideFiles.Stores;
using VectorMigration.TestSupport;

namespace VectorMigration.EndToEnd.Tests;

/// <summary>Stores of LangChain.js and LlamaIndex, and lists beside an index, arrive by one command that names their folder.</summary>
[Collection(SharedServer.Name)]
public sealed class JsonStoreTests(QdrantServerFixture fixture) : ServerTests(fixture)
{
    private static readonly string Fixtures = Path.Combine(QdrantServer.RepositoryRoot(), "tests", "fixtures", "stores", "json");

    [Theory]
    [InlineData("langchain_js")]
    [InlineData("llama_index")]
    [InlineData("llama_index_map")]
    [InlineData("llama_index_map_str")]
    [InlineData("llama_index_2023")]
    [InlineData("list_texts")]
    [InlineData("list_objects")]
    [InlineData("list_ids")]
    [InlineData("list_chunks")]
    [InlineData("pickled_texts")]
    [InlineData("pickled_objects")]
    [InlineData("pickled_dictionary")]
    public async Task A_store_arrives_with_its_texts_by_one_command(string name)
    {
        (await MigrateAsync(Path.Combine(Fixtures, name))).ShouldSucceed();
        using JsonDocument truth = JsonDocument.Parse(await File.ReadAllTextAsync(StoreTruth.PathOf(Fixtures, name)));
        (await Witness.ReadAllAsync(Collection)).Count.ShouldBe(truth.RootElement.EnumerateObject().Count());
        foreach (JsonProperty entry in truth.RootElement.EnumerateObject())
        {
            JsonElement payload = (await Witness.ReadAsync(Collection, ulong.Parse(entry.Name))).GetProperty("payload");
            payload.EnumerateObject().Count().ShouldBe(entry.Value.EnumerateObject().Count());
            foreach (JsonProperty field in entry.Value.EnumerateObject())
            {
                JsonElement found = payload.GetProperty(field.Name);
                using JsonDocument? node = field.Name == "_node_content" ? JsonDocument.Parse(found.GetString()!) : null;
                JsonElement.DeepEquals(node?.RootElement ?? found, field.Value).ShouldBeTrue($"{entry.Name}, {field.Name}: {found}");
            }
        }

        (await VerifyAsync(Path.Combine(Fixtures, name))).ShouldSucceed();
    }

    [Fact]
    public async Task A_folder_is_described_as_it_is_migrated_and_texts_that_cannot_be_sent_are_refused()
    {
        string folder = Directory.CreateDirectory(Path.Combine(Folder, "found")).FullName;
        IndexFiles.Flat(Path.Combine(folder, "index.faiss"), 2, [1, 2, 3, 4, 5, 6]);
        await File.WriteAllTextAsync(Path.Combine(folder, "rows.jsonl"), "\uFEFF{\"text\":\"a\"}\n{\"text\":\"b\"}\n{\"text\":\"c\"}\n");
        JsonElement store = (await Tool.RunAsync(Folder, "inspect", folder, "--json")).ShouldSucceed().Json().GetProperty("store");
        store.GetProperty("framework").GetString().ShouldBe("JSON Lines");
        store.GetProperty("matched").GetInt64().ShouldBe(3);
        (await MigrateAsync(folder, "--dry-run")).ShouldSucceed();
        (await MigrateAsync(folder)).ShouldSucceed();
        (await Witness.ReadAsync(Collection, 2)).GetProperty("payload").GetProperty("text").GetString().ShouldBe("c");

        File.Delete(Path.Combine(folder, "rows.jsonl"));
        await File.WriteAllTextAsync(Path.Combine(folder, "nested.json"), """{"data":{"items":["a","b","c"]}}""");
        (await Tool.RunAsync(Folder, "inspect", folder)).ShouldSucceed().Error.ShouldContain("field 'data.items' has one entry per vector (3)");
        foreach (string path in (string[])[folder, Path.Combine(folder, "index.faiss")])
        {
            ToolResult refused = await MigrateAsync(path, "--dry-run");
            refused.ShouldEndWith(2, "field 'data.items' has one entry per vector (3)");
            refused.Error.ShouldContain("--no-store");
        }
    }

    [Fact]
    public async Task A_map_that_lacks_a_position_and_files_of_different_saves_are_refused()
    {
        (await MigrateAsync(Path.Combine(Fixtures, "langchain_js_ids"))).ShouldEndWith(2, "has no entry for 1 vector");
        (await MigrateAsync(Path.Combine(Fixtures, "llama_index_mixed_saves"), "--on-missing-payload", "empty"))
            .ShouldEndWith(2, "329 entries, the index has 324 vectors, and none of the 329 ids is among the 6 documents");
    }

    [Fact]
    public async Task A_list_of_another_length_is_refused_with_both_numbers_where_it_is_named()
    {
        string folder = Path.Combine(Fixtures, "list_texts");
        (await MigrateAsync(Path.Combine(folder, "index.faiss"), "--payload", Path.Combine(folder, "other.json")))
            .ShouldEndWith(2, "has 2 entries, but the index").Error.ShouldContain("into a field of each entry");
    }

    [Fact]
    public async Task A_document_of_two_vectors_is_told_and_one_without_a_vector_is_counted()
    {
        string folder = Directory.CreateDirectory(At("shared")).FullName;
        foreach (string file in Directory.EnumerateFiles(Path.Combine(Fixtures, "langchain_js")))
        {
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        }

        string store = Path.Combine(folder, "docstore.json");
        JsonNode parsed = JsonNode.Parse(await File.ReadAllTextAsync(store))!;
        parsed[1]!["2"] = parsed[1]!["3"]!.GetValue<string>();
        await File.WriteAllTextAsync(store, parsed.ToJsonString());
        ToolResult run = (await MigrateAsync(folder, "--json")).ShouldSucceed();
        JsonElement counts = run.Json().GetProperty("plan").GetProperty("store");
        counts.GetProperty("matched").GetInt64().ShouldBe(counts.GetProperty("documents").GetInt64() - 1);
        counts.GetProperty("leftOut").GetInt64().ShouldBe(1);
        counts.GetProperty("sharedVectors").GetInt64().ShouldBe(1);
        run.Error.ShouldContain("1 vector has the document of another vector");
        run.Error.ShouldContain("1 document of the store has no vector");
    }
}
