using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using VectorMigration.SideFiles.Stores;
using VectorMigration.Tests.Faiss;

namespace VectorMigration.Tests.SideFiles.Stores;

/// <summary>Stores that tests/fixtures/scripts/make_sqlite_stores.py wrote, against the payloads that it says they hold.</summary>
public sealed class SqliteStoreFixtureTests
{
    private static readonly string Folder = Path.Combine(Fixture.Root, "stores", "sqlite");

    [Theory]
    [InlineData("haystack")]
    [InlineData("haystack_several")]
    [InlineData("haystack_0")]
    [InlineData("haystack_2")]
    [InlineData("haystack_wal")]
    [InlineData("haystack_hot")]
    [InlineData("haystack_elsewhere", null, "index", "")]
    [InlineData("haystack_elsewhere", null, "index", "faiss_document_store.db")]
    [InlineData("txtai")]
    [InlineData("txtai_ids")]
    [InlineData("txtai_ids_pickle")]
    [InlineData("txtai_config")]
    [InlineData("table")]
    [InlineData("table_key", "faiss_id", "index.faiss", "texts.sqlite")]
    public void A_folder_is_found_and_every_payload_is_the_one_that_was_written(string name, string? key = null, string index = "", string? store = null)
    {
        string folder = Path.Combine(Folder, name);
        string before = Digest(folder);
        StoreChoice choice = new(store is null ? null : Path.Combine(folder, store));
        FoundStore found = choice.Find(Path.Combine(folder, index), default);
        using (IPayloadSource source = Open(found, key))
        {
            using JsonDocument truth = JsonDocument.Parse(File.ReadAllText(StoreTruth.PathOf(Folder, name)));
            source.Check(scattered: false, default);
            source.Count.ShouldBe(truth.RootElement.EnumerateObject().Count());
            foreach (JsonProperty entry in truth.RootElement.EnumerateObject())
            {
                using JsonDocument payload = JsonDocument.Parse(source.Read([long.Parse(entry.Name, CultureInfo.InvariantCulture)], default)[0]);
                JsonElement.DeepEquals(payload.RootElement, entry.Value).ShouldBeTrue($"{entry.Name}: {payload.RootElement}");
            }

            (source is IKeyedPayloadSource).ShouldBe(name != "table");
            StoreDescription description = Describe(source, found);
            description.Matched.ShouldBe(source.Count!.Value);
            (description.VectorsWithoutDocument, description.PositionsBeyondIndex).ShouldBe((0, 0));
        }

        Digest(folder).ShouldBe(before, "a file of the store was changed, or one lies beside it");
    }

    [Theory]
    [InlineData("haystack", "Haystack", "1.x, index 'document'", 6, 0)]
    [InlineData("haystack_several", "Haystack", "1.x, index 'mine', 8 documents of other indexes", 7, 1)]
    [InlineData("haystack_0", "Haystack", "before 1.0, index 'document'", 5, 0)]
    [InlineData("haystack_2", "Haystack", "2.x", 7, 1)]
    [InlineData("haystack_wal", "Haystack", "1.x, index 'document', with the changes of its journal", 6, 0)]
    [InlineData("txtai", "txtai", "documents in SQLite", 6, 0)]
    [InlineData("txtai_ids", "txtai", "ids as MessagePack", 5, 0)]
    [InlineData("txtai_ids_pickle", "txtai", "ids as a pickle", 5, 0)]
    [InlineData("txtai_config", "txtai", "ids in the configuration", 5, 0)]
    [InlineData("table", "SQLite table", "'chunks'", 4, 0)]
    public void A_store_is_described(string name, string framework, string generation, long documents, long withoutVector)
    {
        FoundStore found = StoreFinder.Find(Path.Combine(Folder, name), withStore: true, default);
        using IPayloadSource source = Open(found, null);
        StoreDescription description = Describe(source, found);
        (description.Framework, description.Generation, description.Documents, description.DocumentsWithoutVector)
            .ShouldBe((framework, generation, documents, withoutVector));
        description.Fields.ShouldAllBe(field => field.Documents <= description.Matched);
        description.Fields.Select(static field => $"{field.Name} {string.Join('|', field.Types)}").ShouldContain(name switch
        {
            "haystack_0" => "name string",
            "table" => "note null|string",
            "txtai_ids" or "txtai_ids_pickle" or "txtai_config" => "id integer|string",
            _ => "weight number",
        });
    }

    [Theory]
    [InlineData("haystack", "my_index.json", "my_index.faiss", "faiss_document_store.db")]
    [InlineData("haystack", "faiss_document_store.db", "my_index.faiss", "faiss_document_store.db")]
    [InlineData("haystack", "my_index.faiss", "my_index.faiss", "faiss_document_store.db")]
    [InlineData("haystack_2", "store.json", "store.faiss", "store.json")]
    [InlineData("txtai", "documents", "embeddings", "documents")]
    [InlineData("txtai", "config.json", "embeddings", "documents")]
    [InlineData("txtai_ids", "config.json", "embeddings", "config.json")]
    [InlineData("table", "app.db", "index.faiss", "app.db")]
    public void Every_file_of_a_store_stands_for_all_of_it(string name, string file, string index, string store)
    {
        FoundStore found = StoreFinder.Find(Path.Combine(Folder, name, file), withStore: true, default);
        (Path.GetFileName(found.IndexPath), Path.GetFileName(found.StorePath)).ShouldBe((index, store));
        StoreFinder.Find(Path.Combine(Folder, name, file), withStore: false, default).StorePath.ShouldBeNull();
    }

    [Fact]
    public void A_database_that_is_not_beside_its_index_is_asked_for()
    {
        MigrationException error = Should.Throw<MigrationException>(() =>
            StoreFinder.Find(Path.Combine(Folder, "haystack_elsewhere", "index"), withStore: true, default));
        (error.ErrorId, error.Kind).ShouldBe(("StoreInvalid", ErrorKind.NotFound));
        error.Message.ShouldContain("'faiss_document_store.db', which is not in this folder");
        error.RecommendedAction.ShouldContain("-StorePath");
    }

    [Fact]
    public void A_store_path_that_contradicts_what_else_is_asked_for_is_refused()
    {
        string index = Path.Combine(Folder, "haystack", "my_index.faiss");
        foreach (StoreChoice choice in (StoreChoice[])[new("store", "payload.jsonl"), new("store", null, StaysBehind: true)])
        {
            Should.Throw<MigrationException>(() => choice.Find(index, default)).ErrorId.ShouldBe("StorePathNotApplicable");
        }

        Should.Throw<MigrationException>(() => new StoreChoice(Path.Combine(Folder, "none.db")).Find(index, default)).ErrorId.ShouldBe("PayloadFileMissing");
        Should.Throw<MigrationException>(() => new StoreChoice(index).Find(index, default)).Message.ShouldContain("is neither a store of a framework");
        Should.Throw<MigrationException>(() => new StoreChoice(Fixture.Root).Find(index, default)).Message.ShouldContain("contains no store");
        Should.Throw<MigrationException>(() => new StoreChoice("https://host/store.db").Find(index, default)).ErrorId.ShouldBe("PathIsAddress");
    }

    private static IPayloadSource Open(FoundStore found, string? key) =>
        StorePayloads.Open(found.StorePath.ShouldNotBeNull(), new PayloadRules { Key = key }, null, found.IndexPath, default).ShouldNotBeNull();

    private static StoreDescription Describe(IPayloadSource source, FoundStore found) =>
        ((IDescribedPayloadSource)source).Describe(FaissIndex.Describe(found.IndexPath), () => IdsOf(found.IndexPath));

    private static string Digest(string folder) => string.Join('\n', Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
        .Order(StringComparer.Ordinal).Select(path => $"{path} {Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(path)))}"));

    private static long[] IdsOf(string path)
    {
        using IVectorSource source = FaissIndex.Open(path);
        long[] ids = new long[source.Description.Count];
        source.ReadIds(0, ids, default).ShouldBe(ids.Length);
        return ids;
    }
}
