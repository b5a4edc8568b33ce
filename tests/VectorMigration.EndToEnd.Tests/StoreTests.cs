using System.Text.Json;
using VectorMigration.TestSupport;

namespace VectorMigration.EndToEnd.Tests;

/// <summary>Whole stores: index, texts and metadata arrive by one command that names a folder, or any file in it.</summary>
[Collection(SharedServer.Name)]
public sealed class StoreTests(QdrantServerFixture fixture) : ServerTests(fixture)
{
    private static readonly string Fixtures = Path.Combine(QdrantServer.RepositoryRoot(), "tests", "fixtures", "stores", "langchain");

    [Theory]
    [InlineData("core_pydantic1")]
    [InlineData("core_pydantic2")]
    [InlineData("mixed_docstore")]
    [InlineData("plain_protocol3")]
    [InlineData("schema_pydantic1")]
    [InlineData("schema_document_pydantic1")]
    [InlineData("whole_object")]
    public async Task A_LangChain_store_arrives_with_its_texts_by_one_command(string name)
    {
        Dictionary<string, JsonElement> documents = Lay(name, "index");
        (await MigrateAsync(At("store"))).ShouldSucceed();
        Dictionary<string, WitnessedPoint> points = await Witness.ReadAllAsync(Collection);
        points.Count.ShouldBe(documents.Count);
        foreach ((string position, JsonElement document) in documents)
        {
            JsonElement payload = (await Witness.ReadAsync(Collection, ulong.Parse(position))).GetProperty("payload");
            JsonElement.DeepEquals(payload, document).ShouldBeTrue($"{position}: {payload}");
        }

        (await VerifyAsync(At("store"))).ShouldSucceed();
        (await VerifyAsync(At("store/index.pkl"))).ShouldSucceed();
        (await VerifyAsync(At("store/index.faiss"))).ShouldSucceed();
    }

    [Fact]
    public async Task A_store_is_described()
    {
        Lay("core_pydantic2", "index");
        JsonElement store = (await Tool.RunAsync(Folder, "inspect", At("store"), "--json")).ShouldSucceed().Json().GetProperty("store");
        store.GetProperty("framework").GetString().ShouldBe("LangChain");
        store.GetProperty("generation").GetString().ShouldBe("pydantic 2");
        store.GetProperty("matched").GetInt64().ShouldBe(store.GetProperty("documents").GetInt64());
        store.GetProperty("vectorsWithoutDocument").GetInt64().ShouldBe(0);
        store.GetProperty("fields").EnumerateArray().Select(static field => field.GetProperty("name").GetString()).ShouldContain("source");
        (await Tool.RunAsync(Folder, "inspect", At("store"))).ShouldSucceed().Output.ShouldContain("LangChain (pydantic 2)");
    }

    [Fact]
    public async Task A_store_stays_behind_only_where_that_is_asked_for_or_was_so_from_the_beginning()
    {
        Lay("core_pydantic2", "index");
        (await MigrateAsync(At("store"), "--no-store")).ShouldSucceed();
        (await Witness.ReadAsync(Collection, 0)).GetProperty("payload").EnumerateObject().ShouldBeEmpty();
        (await MigrateAsync(At("store"))).ShouldSucceed();
        (await Witness.ReadAsync(Collection, 0)).GetProperty("payload").EnumerateObject().ShouldBeEmpty();
        (await VerifyAsync(At("store"), "--no-store")).ShouldSucceed();
    }

    [Fact]
    public async Task A_repair_of_a_migration_without_payloads_adds_none()
    {
        Lay("core_pydantic2", "index");
        (await MigrateAsync(At("store"), "--no-store")).ShouldSucceed();
        await Witness.DeleteAsync(Collection, 0);
        string logs = Path.Combine(Folder, "logs");
        ToolResult repaired = (await VerifyAsync(At("store"), "--repair", "--log-dir", logs)).ShouldSucceed();
        repaired.Error.ShouldContain("began without payloads");
        (await Witness.ReadAsync(Collection, 0)).GetProperty("payload").EnumerateObject().ShouldBeEmpty();

        await Witness.DeleteAsync(Collection, 0);
        foreach (string[] named in (string[][])[["--payload", At("store/index.pkl")], ["--store-path", At("store")]])
        {
            (await VerifyAsync(At("store/index.faiss"), [.. named, "--repair", "--log-dir", logs]))
                .ShouldEndWith(2, "belongs to vectors without payloads").Error.ShouldContain("--no-store");
        }

        (await VerifyAsync(At("store"), "--no-store", "--repair", "--log-dir", logs)).ShouldSucceed();
        (await Witness.ReadAsync(Collection, 0)).GetProperty("payload").EnumerateObject().ShouldBeEmpty();
    }

    [Fact]
    public async Task Texts_beside_a_store_are_told_once_in_the_plan_and_in_the_result()
    {
        int count = Lay("core_pydantic2", "index").Count;
        await File.WriteAllTextAsync(At("store/chunks.json"), $"[{string.Join(',', Enumerable.Range(0, count).Select(static n => $"\"chunk {n}\""))}]");
        foreach (string[] options in (string[][])[["--dry-run"], []])
        {
            ToolResult told = (await MigrateAsync(At("store"), options)).ShouldSucceed();
            (told.Output + told.Error).Split("chunks.json").Length.ShouldBe(2, told.Output + told.Error);
            JsonElement plan = (await MigrateAsync(At("store"), [.. options, "--json"])).ShouldSucceed().Json().GetProperty("plan");
            plan.GetProperty("warnings").EnumerateArray().Select(static warning => warning.GetString()!)
                .Count(static warning => warning.Contains("chunks.json", StringComparison.Ordinal)).ShouldBe(1);
        }
    }

    [Fact]
    public async Task A_compressed_table_beside_an_index_arrives()
    {
        Directory.CreateDirectory(At("store"));
        IndexFiles.Flat(At("store/index.faiss"), 4, IndexFiles.Random(5, 4, seed: 1));
        using (System.IO.Compression.GZipStream gzip = new(File.Create(At("store/rows.csv.gz")), System.IO.Compression.CompressionLevel.Fastest))
        {
            gzip.Write("id,text\n0,a\n1,b\n2,c\n3,d\n4,e\n"u8);
        }

        JsonElement plan = (await MigrateAsync(At("store"), "--json")).ShouldSucceed().Json().GetProperty("plan");
        plan.GetProperty("payloadPath").GetString().ShouldBe(At("store/rows.csv.gz"));
        (await Witness.ReadAsync(Collection, 3)).GetProperty("payload").GetProperty("text").GetString().ShouldBe("d");
        (await VerifyAsync(At("store"))).ShouldSucceed();
        (await VerifyAsync(At("store/index.faiss"), "--payload", At("store/rows.csv.gz"))).ShouldSucceed();
    }

    [Fact]
    public async Task Positions_that_the_map_lacks_are_refused_or_sent_bare_as_told()
    {
        Dictionary<string, JsonElement> documents = Lay("partial_map", "index");
        int all = documents.Keys.Max(int.Parse) + 1;
        (await MigrateAsync(At("store"))).ShouldEndWith(2, "has no entry for");
        (await MigrateAsync(At("store"), "--on-missing-payload", "empty")).ShouldSucceed();
        (await Witness.CountAsync(Collection)).ShouldBe(all);
        string first = documents.Keys.First();
        (await Witness.ReadAsync(Collection, ulong.Parse(first))).GetProperty("payload").GetProperty("page_content").GetString().ShouldNotBeNullOrEmpty();
    }

    [Fact]
    public async Task Several_that_would_fit_are_refused_by_their_names()
    {
        Lay("core_pydantic2", "index");
        File.Move(At("store/index.pkl"), At("store/one.pkl"));
        File.Copy(At("store/one.pkl"), At("store/two.pkl"));
        ToolResult refused = (await MigrateAsync(At("store"))).ShouldEndWith(2, "one.pkl, two.pkl");
        refused.Error.ShouldContain("--no-store");
        (await MigrateAsync(At("store"), "--payload", At("store/one.pkl"))).ShouldSucceed();
        File.Copy(At("store/index.faiss"), At("store/other.faiss"));
        (await MigrateAsync(At("store"))).ShouldEndWith(2, "contains 2 FAISS indexes: index.faiss, other.faiss");
        (await MigrateAsync(Directory.CreateDirectory(At("empty")).FullName)).ShouldEndWith(2, "a folder without a FAISS index");
    }

    [Fact]
    public async Task JSON_Lines_travel_where_their_folder_is_named()
    {
        Directory.CreateDirectory(At("store"));
        string index = IndexFiles.Flat(At("store/index.faiss"), 4, IndexFiles.Random(5, 4, seed: 1));
        await File.WriteAllLinesAsync(At("store/rows.jsonl"), Enumerable.Range(0, 5).Select(static i => $$"""{"text":"row, {{i}}"}"""));
        await File.WriteAllLinesAsync(At("store/log.jsonl"), Enumerable.Range(0, 9).Select(static i => $$"""{"event":{{i}}}"""));
        await File.WriteAllTextAsync(At("store/settings.json"), "{\n \"model\": \"m\"\n}\n");
        (await MigrateAsync(At("store"))).ShouldSucceed();
        (await Witness.ReadAsync(Collection, 3)).GetProperty("payload").GetProperty("text").GetString().ShouldBe("row, 3");
        (await VerifyAsync(At("store"))).ShouldSucceed();
        ToolResult alone = await Tool.RunAsync(Folder, "migrate", index, "--url", Url, "--collection", Collection + "-2", "--dry-run", "--json");
        alone.ShouldSucceed().Json().GetProperty("plan").GetProperty("payloadPath").ValueKind.ShouldBe(JsonValueKind.Null);

        await File.WriteAllLinesAsync(At("store/other.jsonl"), Enumerable.Range(0, 5).Select(static i => $$"""{"n":{{i}}}"""));
        (await MigrateAsync(At("store"), "--restart")).ShouldEndWith(2, "other.jsonl, rows.jsonl");
    }

    [Theory]
    [InlineData("store")]
    [InlineData("store/saved.bin")]
    public async Task What_serialize_to_bytes_gave_arrives_with_the_index_that_lies_in_it(string path)
    {
        Directory.CreateDirectory(At("store"));
        File.Copy(Path.Combine(Fixtures, "serialized.pkl"), At("store/saved.bin"));
        (await Tool.RunAsync(Folder, "inspect", At(path))).ShouldSucceed().Output.ShouldContain("Flat  (IxF2)");
        JsonElement run = (await MigrateAsync(At(path), "--json")).ShouldSucceed().Json();
        JsonElement store = run.GetProperty("plan").GetProperty("store");
        using JsonDocument truth = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(Fixtures, "serialized.json")));
        int count = truth.RootElement.EnumerateObject().Count();
        (store.GetProperty("framework").GetString(), store.GetProperty("documents").GetInt32(), store.GetProperty("matched").GetInt32())
            .ShouldBe(("LangChain", count, count));
        foreach (JsonProperty entry in truth.RootElement.EnumerateObject())
        {
            JsonElement payload = (await Witness.ReadAsync(Collection, ulong.Parse(entry.Name))).GetProperty("payload");
            JsonElement.DeepEquals(payload, entry.Value).ShouldBeTrue($"{entry.Name}: {payload}");
        }

        (await VerifyAsync(At(path))).ShouldSucceed();
        // The journal knows the index again, though it lies in another copy by now.
        (await MigrateAsync(At(path), "--json")).ShouldSucceed().Json().GetProperty("counts").GetProperty("skipped").GetInt32().ShouldBe(count);
        File.ReadAllText(At("logs/migration.log")).ShouldContain("\"store\":{\"framework\":\"LangChain\"");
        Directory.GetFileSystemEntries(At("store")).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task An_attack_in_the_place_of_a_store_is_refused_and_not_carried_out()
    {
        Lay("core_pydantic2", "index");
        string mark = At("attacked");
        // cos\nsystem\n(S'touch …'\ntR. — what pickle.loads would carry out, in the place of the document store.
        byte[] saved = await File.ReadAllBytesAsync(At("store/index.pkl"));
        await File.WriteAllTextAsync(At("store/index.pkl"), $"(cos\nsystem\n(S'touch {mark}'\ntR(dt.");
        ToolResult refused = (await MigrateAsync(At("store/index.faiss"), "--payload", At("store/index.pkl"))).ShouldEndWith(2);
        refused.Error.ShouldNotContain("   at ");
        File.Exists(mark).ShouldBeFalse();
        saved.Length.ShouldBeGreaterThan(0);
    }

    /// <summary>Puts an index beside the pickle of a fixture, as save_local does; the documents by position.</summary>
    private Dictionary<string, JsonElement> Lay(string name, string stem)
    {
        Directory.CreateDirectory(At("store"));
        File.Copy(Path.Combine(Fixtures, name + ".pkl"), At($"store/{stem}.pkl"));
        Dictionary<string, JsonElement> documents =
            JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(File.ReadAllText(Path.Combine(Fixtures, name + ".json")))!;
        int count = documents.Keys.Max(int.Parse) + 1;
        IndexFiles.Flat(At($"store/{stem}.faiss"), 8, IndexFiles.Random(count, 8, seed: 3));
        return documents;
    }
}
