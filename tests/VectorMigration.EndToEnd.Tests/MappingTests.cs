using System.Text.Json;
using VectorMigration.TestSupport;

namespace VectorMigration.EndToEnd.Tests;

/// <summary>A test that needs Node.js with npm: it is skipped where they are not installed, and says so.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NodeTheoryAttribute : TheoryAttribute
{
    public NodeTheoryAttribute()
    {
        string[] folders = (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(Path.PathSeparator);
        if (!((string[])["node", "npm"]).All(program => folders.Any(folder => File.Exists(Path.Combine(folder, program)))))
        {
            Skip = "NOT RUN: Node.js 20 or later with npm is not installed (apt-get install nodejs npm).";
        }
    }
}

/// <summary>Mapped payloads, ids of stores and layouts: migrated, read back by others, verified, repaired.</summary>
[Collection(SharedServer.Name)]
public sealed class MappingTests(QdrantServerFixture fixture) : ServerTests(fixture)
{
    private static readonly string Fixtures = Path.Combine(QdrantServer.RepositoryRoot(), "tests", "fixtures", "stores");

    private static readonly string[] Mapping =
    [
        "--rename-payload", "metadata.source=source", "--rename-payload", "page_content=text.body", "--payload-type", "metadata.page=keyword",
        "--exclude-payload-field", "metadata.tags", "--flatten-payload", "--id-from", "store", "--id-mapping", "uuid5",
    ];

    [Fact]
    public async Task A_mapped_store_arrives_is_proved_and_one_changed_field_is_found_and_mended()
    {
        string store = LangChain();
        ToolResult dry = (await MigrateAsync(store, [.. Mapping, "--dry-run"])).ShouldSucceed();
        dry.Output.ShouldContain("metadata.page as keyword; metadata.source becomes source; page_content becomes text.body");
        dry.Output.ShouldContain("UUIDv5 of the store's id; the original stays in the payload as store_id");
        (await Witness.ExistsAsync(Collection)).ShouldBeFalse();

        (await MigrateAsync(store, Mapping)).ShouldSucceed().Error.ShouldNotContain("which the mapping names");
        string id = Uuid("doc-3");
        Dictionary<string, WitnessedPoint> points = await Witness.ReadAllAsync(Collection);
        Same(points[id].Payload, """{"text":{"body":"Text 3, with ä and € and 😀"},"source":"/data/1.txt","page":"3","store_id":"doc-3"}""");
        (await VerifyAsync(store, Mapping)).ShouldSucceed();
        (await VerifyAsync(store, Mapping[..^4])).ExitCode.ShouldBe(4);
        (await VerifyAsync(store, [.. Mapping.Where(static option => option != "--flatten-payload")])).ExitCode.ShouldBe(4);

        await Witness.SetPayloadAsync(Collection, id, """{"page":"4"}""");
        ToolResult changed = await VerifyAsync(store, [.. Mapping, "--json"]);
        changed.ExitCode.ShouldBe(4);
        JsonElement found = changed.Json().GetProperty("verification");
        found.GetProperty("different").GetInt64().ShouldBe(1);
        found.GetProperty("differences")[0].GetProperty("id").ToString().ShouldContain(id);
        found.GetProperty("differences")[0].GetProperty("reason").GetString().ShouldBe("payload differs");
        (await VerifyAsync(store, [.. Mapping, "--repair"])).ShouldSucceed();
        (await Witness.ReadAllAsync(Collection))[id].Payload.GetProperty("page").GetString().ShouldBe("3");
        (await VerifyAsync(store, Mapping)).ShouldSucceed();
    }

    /// <summary>Two indexes of the same documents, joined by the ids that the framework gave them.</summary>
    [Fact]
    public async Task A_second_named_vector_is_merged_by_the_ids_of_the_store_and_leaves_the_payload_alone()
    {
        string title = LangChain();
        string body = At("body");
        Directory.CreateDirectory(body);
        File.Copy(Directory.GetFiles(title, "*.pkl").Single(), Path.Combine(body, "index.pkl"));
        int count = (await Tool.RunAsync(Folder, "inspect", title, "--json")).ShouldSucceed().Json().GetProperty("count").GetInt32();
        IndexFiles.Flat(Path.Combine(body, "index.faiss"), 6, IndexFiles.Random(count, 6, seed: 9));
        await Witness.CreateAsync(Collection, """{"vectors":{"title":{"size":8,"distance":"Euclid"},"body":{"size":6,"distance":"Euclid"}}}""");
        string[] byStore = ["--id-from", "store", "--id-mapping", "uuid5"];
        (await MigrateAsync(title, ["--vector-name", "title", .. byStore])).ShouldSucceed();
        await Witness.SetPayloadAsync(Collection, Uuid("doc-3"), """{"added":"later"}""");

        string[] merge = ["--vector-name", "body", "--on-existing", "merge", .. byStore];
        JsonElement merged = (await MigrateAsync(body, [.. merge, "--json"])).ShouldSucceed().Json();
        merged.GetProperty("counts").GetProperty("sent").GetInt32().ShouldBe(count);
        JsonElement point = await Witness.ReadAsync(Collection, Uuid("doc-3"));
        point.GetProperty("payload").GetProperty("added").GetString().ShouldBe("later");
        point.GetProperty("payload").GetProperty("page_content").GetString().ShouldNotBeNullOrEmpty();
        point.GetProperty("vector").EnumerateObject().Count().ShouldBe(2);
        (await VerifyAsync(body, merge)).ShouldSucceed();
        (await VerifyAsync(title, ["--vector-name", "title", .. byStore])).ExitCode.ShouldBe(4, "a field was added to its payload");
    }

    [Fact]
    public async Task The_same_mapping_goes_on_and_another_one_is_refused()
    {
        string store = LangChain();
        (await MigrateAsync(store, [.. Mapping, "--limit", "3"])).ShouldSucceed();
        JsonElement resumed = (await MigrateAsync(store, [.. Mapping, "--json"])).ShouldSucceed().Json();
        resumed.GetProperty("counts").GetProperty("skipped").GetInt64().ShouldBe(3);
        resumed.GetProperty("plan").GetProperty("payloadMapping").GetString().ShouldNotBeNull().ShouldContain("metadata.page as keyword");
        (await MigrateAsync(store, [.. Mapping, "--payload-type", "metadata.source=text"])).ShouldEndWith(2, "payload mapping: ");
        (await MigrateAsync(store, "--id-from", "store", "--id-mapping", "uuid5")).ShouldEndWith(2, "in the journal, none now");
    }

    [Fact]
    public async Task What_cannot_be_mapped_is_refused_before_anything_is_created()
    {
        string store = LangChain();
        (await MigrateAsync(store, "--payload-type", "metadata.source=integer")).ShouldEndWith(2, "found another string in 'metadata.source'");
        (await MigrateAsync(store, "--rename-payload", "page_content=metadata.source")).ShouldEndWith(2, "would both be 'source'");
        (await MigrateAsync(store, "--payload-type", "metadata.source")).ShouldEndWith(2, "expected P=T");
        (await MigrateAsync(store, "--rename-payload", "a.*=b")).ShouldEndWith(2, "is not the path of a field");
        (await MigrateAsync(store, "--id-from", "store")).ShouldEndWith(2, "7 ids of ");
        (await MigrateAsync(store, "--no-store", "--flatten-payload")).ShouldEndWith(2, "this run has no payloads");
        (await Witness.ExistsAsync(Collection)).ShouldBeFalse();
    }

    [Fact]
    public async Task Ids_of_a_store_that_are_uuids_are_point_ids()
    {
        string store = LangChainJs();
        (await MigrateAsync(store, "--id-from", "store")).ShouldSucceed();
        Dictionary<string, WitnessedPoint> points = await Witness.ReadAllAsync(Collection);
        points.Keys.Order().ShouldBe(Enumerable.Range(0, 6).Select(static i => Uuid($"{i}")).Order());
        points[Uuid("4")].Payload.GetProperty("content").GetString().ShouldNotBeNull().ShouldStartWith("Text 4");
        (await VerifyAsync(store, "--id-from", "store", "--recall", "3")).ShouldSucceed();
        (await MigrateAsync(store, "--id-from", "store", "--restart")).ShouldSucceed();
        (await Witness.CountAsync(Collection)).ShouldBe(6);
    }

    [NodeTheory]
    [InlineData("langchain", null, null, "page_content")]
    [InlineData("langchain", "javascript", "content", null)]
    [InlineData("langchain_js", null, null, null)]
    [InlineData("langchain_js", "python", "page_content", "page_content")]
    public async Task LangChain_finds_the_documents_where_the_layout_has_them(string kind, string? layout, string? field, string? contentPayloadKey)
    {
        string store = kind == "langchain" ? LangChain() : LangChainJs();
        (await MigrateAsync(store, layout is null ? [] : ["--payload-layout", layout])).ShouldSucceed();
        Dictionary<string, WitnessedPoint> points = await Witness.ReadAllAsync(Collection);
        FoundDocument[][] answers = await OfficialClient.SearchAsync(
            Server, new IntegrationQuestions("langchain", Collection, [.. points.Values.Select(static point => point.Vector)], 2, contentPayloadKey));
        answers.Length.ShouldBe(points.Count);
        foreach (((string id, WitnessedPoint point), FoundDocument[] found) in points.Zip(answers))
        {
            found.Length.ShouldBe(2);
            found[0].Id.ShouldBe(id);
            found[0].Text.ShouldBe(point.Payload.GetProperty(field ?? contentPayloadKey ?? "content").GetString());
            found[0].Text.ShouldNotBeNull().ShouldStartWith($"Text {id},");
            JsonElement.DeepEquals(found[0].Metadata, point.Payload.GetProperty("metadata")).ShouldBeTrue();
            found[0].Metadata.GetProperty("source").GetString().ShouldNotBeNull().ShouldStartWith("/data/");
        }
    }

    [NodeTheory]
    [InlineData("llama_index")]
    [InlineData("llama_index_map")]
    [InlineData("llama_index_2023")]
    public async Task LlamaIndex_finds_the_nodes(string name)
    {
        (await MigrateAsync(Path.Combine(Fixtures, "json", name))).ShouldSucceed();
        Dictionary<string, WitnessedPoint> points = await Witness.ReadAllAsync(Collection);
        FoundDocument[][] answers = await OfficialClient.SearchAsync(
            Server, new IntegrationQuestions("llamaindex", Collection, [.. points.Values.Select(static point => point.Vector)], 3));
        foreach (((string id, WitnessedPoint point), FoundDocument[] found) in points.Zip(answers))
        {
            found[0].Id.ShouldBe(id);
            using JsonDocument node = JsonDocument.Parse(point.Payload.GetProperty("_node_content").GetString()!);
            found[0].Text.ShouldBe(node.RootElement.GetProperty("text").GetString());
            found[0].NodeId.ShouldBe(node.RootElement.GetProperty("id_").GetString());
            found[0].Metadata.GetProperty("source").GetString().ShouldBe(point.Payload.GetProperty("source").GetString());
        }
    }

    /// <summary>A UUID that belongs to a text.</summary>
    private static string Uuid(string text) => UuidV5.OfText(text).ToString("D");

    private static void Same(JsonElement found, string expected)
    {
        using JsonDocument wanted = JsonDocument.Parse(expected);
        JsonElement.DeepEquals(found, wanted.RootElement).ShouldBeTrue($"{found}");
    }

    /// <summary>A store of LangChain for Python whose documents are doc-0, doc-1, ….</summary>
    private string LangChain()
    {
        Directory.CreateDirectory(At("store"));
        File.Copy(Path.Combine(Fixtures, "langchain", "core_pydantic2.pkl"), At("store/index.pkl"), overwrite: true);
        Dictionary<string, JsonElement> documents =
            JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(File.ReadAllText(Path.Combine(Fixtures, "langchain", "core_pydantic2.json")))!;
        IndexFiles.Flat(At("store/index.faiss"), 8, IndexFiles.Random(documents.Count, 8, seed: 3));
        return At("store");
    }

    /// <summary>A store of LangChain.js whose documents have UUIDs as their ids, as it gives them.</summary>
    private string LangChainJs()
    {
        string from = Path.Combine(Fixtures, "json", "langchain_js");
        Directory.CreateDirectory(At("store"));
        File.Copy(Path.Combine(from, "faiss.index"), At("store/faiss.index"));
        string text = File.ReadAllText(Path.Combine(from, "docstore.json"));
        for (int i = 0; i < 6; i++)
        {
            text = text.Replace($"\"node-{i}\"", $"\"{Uuid($"{i}")}\"", StringComparison.Ordinal);
        }

        File.WriteAllText(At("store/docstore.json"), text);
        return At("store");
    }
}
