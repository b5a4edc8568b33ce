using System.Globalization;
using System.Text.Json;
using VectorMigration.SideFiles.Stores;
using VectorMigration.Tests.Faiss;

namespace VectorMigration.Tests.SideFiles.Stores;

/// <summary>Stores in JSON that tests/fixtures/scripts/make_json_stores.py wrote, against the payloads that it says they hold.</summary>
public sealed class JsonStoreFixtureTests
{
    private static readonly string Folder = Path.Combine(Fixture.Root, "stores", "json");

    public static TheoryData<string> Stores =>
        [.. Directory.GetDirectories(Folder).Select(static path => Path.GetFileName(path)).Where(static name => name != "llama_index_mixed_saves")
            .Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Stores))]
    public void A_folder_is_found_and_every_payload_is_the_one_that_was_written(string name)
    {
        FoundStore found = StoreFinder.Find(Path.Combine(Folder, name), withStore: true, default);
        IndexDescription index = FaissIndex.Describe(found.IndexPath);
        using IPayloadSource source = StorePayloads.Open(found.StorePath.ShouldNotBeNull(), default, null, null, default).ShouldNotBeNull();
        using JsonDocument truth = JsonDocument.Parse(File.ReadAllText(StoreTruth.PathOf(Folder, name)));
        source.Check(scattered: false, default);
        source.Count.ShouldBe(truth.RootElement.EnumerateObject().Count());
        foreach (JsonProperty entry in truth.RootElement.EnumerateObject())
        {
            long place = long.Parse(entry.Name, CultureInfo.InvariantCulture);
            Same(source.Read([place], default)[0], entry.Value, $"position {place}");
        }

        (source is IKeyedPayloadSource).ShouldBe(!name.StartsWith("list_", StringComparison.Ordinal) && name is not ("pickled_texts" or "pickled_objects"));
        StoreDescription description = ((IDescribedPayloadSource)source).Describe(index, () => IdsOf(found.IndexPath));
        description.Matched.ShouldBe(source.Count!.Value);
        description.VectorsWithoutDocument.ShouldBe(index.Count - source.Count.Value);
        description.PositionsBeyondIndex.ShouldBe(0);
    }

    [Theory]
    [InlineData("langchain_js", "LangChain.js", null, 6, 0)]
    [InlineData("langchain_js_ids", "LangChain.js", null, 6, 1)]
    [InlineData("llama_index", "LlamaIndex", "FaissVectorStore", 6, 1)]
    [InlineData("llama_index_map", "LlamaIndex", "FaissMapVectorStore", 6, 1)]
    [InlineData("llama_index_2023", "LlamaIndex", "FaissVectorStore, nodes of early 2023", 3, 0)]
    public void A_store_is_described(string name, string framework, string? generation, long documents, long withoutVector)
    {
        FoundStore found = StoreFinder.Find(Path.Combine(Folder, name), withStore: true, default);
        using IPayloadSource source = StorePayloads.Open(found.StorePath!, default, null, null, default)!;
        StoreDescription description = ((IDescribedPayloadSource)source).Describe(FaissIndex.Describe(found.IndexPath), () => IdsOf(found.IndexPath));
        (description.Framework, description.Generation, description.Documents, description.DocumentsWithoutVector)
            .ShouldBe((framework, generation, documents, withoutVector));
        description.Fields.Select(static field => $"{field.Name} {string.Join('|', field.Types)}").ShouldBe(
            ["loc object", "score number", "source string", "tags array"]);
        description.Fields.ShouldAllBe(field => field.Documents == description.Matched);
    }

    [Theory]
    [InlineData("docstore.json")]
    [InlineData("index_store.json")]
    [InlineData("id_map.json")]
    [InlineData("default__vector_store.json")]
    public void Every_file_of_a_store_stands_for_all_of_it(string file)
    {
        string folder = Path.Combine(Folder, "llama_index_map");
        FoundStore found = StoreFinder.Find(Path.Combine(folder, file), withStore: true, default);
        (Path.GetFileName(found.IndexPath), Path.GetFileName(found.StorePath)).ShouldBe(("default__vector_store.json", "docstore.json"));
        StoreFinder.Find(Path.Combine(folder, file), withStore: false, default).StorePath.ShouldBeNull();
    }

    [Fact]
    public void Files_of_different_saves_are_refused_with_their_numbers()
    {
        FoundStore found = StoreFinder.Find(Path.Combine(Folder, "llama_index_mixed_saves"), withStore: true, default);
        using IPayloadSource source = StorePayloads.Open(found.StorePath!, default, null, null, default)!;
        MigrationException error = Should.Throw<MigrationException>(() => source.Check(scattered: true, default));
        error.ErrorId.ShouldBe("StoreInvalid");
        error.Message.ShouldContain(
            "The map in index_store.json has 329 entries, the index has 324 vectors, and none of the 329 ids is among the 6 documents.");
        StoreDescription description = ((IDescribedPayloadSource)source).Describe(FaissIndex.Describe(found.IndexPath), () => []);
        (description.Matched, description.VectorsWithoutDocument, description.PositionsBeyondIndex).ShouldBe((0, 324, 5));
    }

    [Fact]
    public void Every_document_file_cut_at_every_byte_is_refused()
    {
        string folder = Directory.CreateTempSubdirectory("vm-cut-").FullName;
        foreach (string name in (string[])["langchain_js", "llama_index", "llama_index_map_str", "list_objects", "list_chunks"])
        {
            string store = Path.Combine(folder, name);
            Directory.CreateDirectory(store);
            string[] json = [.. Directory.GetFiles(Path.Combine(Folder, name)).Where(IsRead)];
            json.ToList().ForEach(path => File.Copy(path, Path.Combine(store, Path.GetFileName(path))));

            // Beside a map of ids the index store is not read.
            bool hasMap = json.Any(static path => path.EndsWith("id_map.json", StringComparison.Ordinal));
            foreach (string path in json.Where(path => !hasMap || !path.EndsWith("index_store.json", StringComparison.Ordinal)))
            {
                CutEverywhere(Path.Combine(store, Path.GetFileName(path)), StoreFinder.Find(Path.Combine(Folder, name), true, default).StorePath!);
            }
        }

        Directory.Delete(folder, recursive: true);
    }

    private static bool IsRead(string path) =>
        Path.GetFileName(path) is "docstore.json" or "index_store.json" or "id_map.json" or "metadata.json" or "chunks.json";

    private static void CutEverywhere(string path, string documents)
    {
        byte[] whole = File.ReadAllBytes(path);
        string opened = Path.Combine(Path.GetDirectoryName(path)!, Path.GetFileName(documents));
        for (int length = whole.Length - 1; length >= 0; length -= length > 1_500 ? 13 : 1)
        {
            File.WriteAllBytes(path, whole[..length]);
            try
            {
                // Cut near its beginning a file is not recognised; nothing else may come of it.
                StorePayloads.Open(opened, default, null, null, default)?.Dispose();
                StorePayloads.FormOf(path, default).ShouldBe(StoreForm.None, $"{path} cut at {length}");
            }
            catch (MigrationException error)
            {
                error.ErrorId.ShouldBeOneOf("StoreInvalid", "StoreValueRefused");
            }
        }

        File.WriteAllBytes(path, whole);
    }

    private static void Same(ReadOnlyMemory<byte> payload, JsonElement truth, string where)
    {
        using JsonDocument read = JsonDocument.Parse(payload);
        foreach (JsonProperty field in truth.EnumerateObject())
        {
            JsonElement found = read.RootElement.GetProperty(field.Name);
            using JsonDocument? node = field.Name == "_node_content" ? JsonDocument.Parse(found.GetString()!) : null;
            JsonElement.DeepEquals(node?.RootElement ?? found, field.Value).ShouldBeTrue($"{where}, {field.Name}: {found}");
        }

        read.RootElement.EnumerateObject().Select(static field => field.Name)
            .ShouldBe(truth.EnumerateObject().Select(static field => field.Name), ignoreOrder: true);
    }

    private static long[] IdsOf(string path)
    {
        using IVectorSource source = FaissIndex.Open(path);
        long[] ids = new long[source.Description.Count];
        source.ReadIds(0, ids, default).ShouldBe(ids.Length);
        return ids;
    }
}
