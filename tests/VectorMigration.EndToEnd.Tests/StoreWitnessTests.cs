using VectorMigration.Tests.SideFiles.Stores;
using VectorMigration.TestSupport;

namespace VectorMigration.EndToEnd.Tests;

/// <summary>A store of each framework, migrated once by one command into a collection of its own.</summary>
public sealed class MigratedStores(QdrantServerFixture fixture) : IAsyncLifetime
{
    private static readonly string Fixtures = Path.Combine(QdrantServer.RepositoryRoot(), "tests", "fixtures", "stores");

    private readonly string folder = Directory.CreateTempSubdirectory("vm-e2e-").FullName;

    /// <summary>The server that holds the collections.</summary>
    public QdrantServer Server => fixture.Server;

    internal List<WitnessedStore> Collections { get; } = [];

    public async Task InitializeAsync()
    {
        foreach ((string name, string index) in (ReadOnlySpan<(string, string)>)
        [
            ("json/langchain_js", "faiss.index"), ("json/llama_index", "default__vector_store.json"),
            ("json/llama_index_map", "default__vector_store.json"), ("json/llama_index_2023", "vector_store.json"),
            ("json/list_texts", "index.faiss"), ("json/list_objects", "index.faiss"), ("json/list_chunks", "index.faiss"),
            ("json/pickled_texts", "index.faiss"), ("json/pickled_objects", "index.faiss"), ("json/pickled_dictionary", "index.faiss"),
            ("sqlite/haystack", "my_index.faiss"), ("sqlite/haystack_0", "docs.index"), ("sqlite/haystack_2", "store.faiss"),
            ("sqlite/txtai", "embeddings"), ("sqlite/txtai_ids", "embeddings"), ("sqlite/table", "index.faiss"),
            ("tables/lightrag", "faiss_index_chunks.index"), ("tables/mem0", "memories.faiss"), ("tables/pyserini", "index"),
            ("tables/dpr", "wiki.index.dpr"), ("tables/numpy_int64", "index.faiss"), ("tables/numpy_texts", "index.faiss"),
            ("tables/csv_commas", "index.faiss"), ("tables/hf_dataset", "index.faiss"), ("tables/arrow_file", "index.faiss"),
            ("tables/parquet_snappy", "index.faiss"), ("tables/clip_retrieval", "image.index"),
            ("tables/parquet_zstd", "index.faiss"), ("tables/arrow_zstd", "index.faiss"),
        ])
        {
            Add(name, Path.Combine(Fixtures, name, index));
        }

        LayLangChain("core_pydantic2");
        foreach (WitnessedStore store in Collections)
        {
            string named = Path.GetDirectoryName(store.Index)!;
            // A memory that was deleted left its vector in mem0's index, and stays behind as told.
            string[] more = store.Name == "tables/mem0" ? ["--on-missing-payload", "skip"] : [];
            ToolResult run = await Tool.RunAsync(folder, ["migrate", named, "--url", fixture.Server.GrpcUri.GetLeftPart(UriPartial.Authority),
                "--collection", store.Collection, "--verify", "none", .. more]);
            run.ExitCode.ShouldBe(more.Length == 0 ? 0 : 4, $"{store.Name}: {run.Output}{run.Error}");
        }
    }

    public Task DisposeAsync()
    {
        Directory.Delete(folder, recursive: true);
        return Task.CompletedTask;
    }

    private void Add(string name, string index)
    {
        string parent = Path.Combine(Fixtures, Path.GetDirectoryName(name)!);
        Collections.Add(new WitnessedStore(name, "s" + Guid.NewGuid().ToString("N"), index, StoreTruth.PathOf(parent, Path.GetFileName(name))));
    }

    /// <summary>The fixtures of LangChain are pickles; save_local writes the index beside one.</summary>
    private void LayLangChain(string name)
    {
        string store = Directory.CreateDirectory(Path.Combine(folder, name)).FullName;
        string truth = Path.Combine(Fixtures, "langchain", name + ".json");
        File.Copy(Path.Combine(Fixtures, "langchain", name + ".pkl"), Path.Combine(store, "index.pkl"));
        using System.Text.Json.JsonDocument documents = System.Text.Json.JsonDocument.Parse(File.ReadAllBytes(truth));
        int count = documents.RootElement.EnumerateObject().Count();
        string index = IndexFiles.Flat(Path.Combine(store, "index.faiss"), 8, IndexFiles.Random(count, 8, seed: 3));
        Collections.Add(new WitnessedStore("langchain/" + name, "s" + Guid.NewGuid().ToString("N"), index, truth));
    }
}

/// <summary>What Qdrant's own clients read back is what the scripts put into the stores: every vector bit for bit, every payload field for field.</summary>
[Collection(SharedServer.Name)]
public sealed class StoreWitnessTests(MigratedStores migrated) : IClassFixture<MigratedStores>
{
    [NodeTheory]
    [InlineData("rest")]
    [InlineData("grpc")]
    public async Task Every_kind_of_store_is_there_with_its_payloads(string client)
    {
        IReadOnlyList<WitnessReport> reports = await OfficialClient.CompareAsync(client, migrated.Server, migrated.Collections);
        reports.Select(static report => report.Name).ShouldBe(migrated.Collections.Select(static store => store.Name));
        foreach (WitnessReport report in reports)
        {
            report.First.ShouldBeEmpty(report.Name);
            report.Compared.ShouldBe(report.Expected, report.Name);
            report.Expected.ShouldBeGreaterThan(0, report.Name);
        }
    }

    [NodeTheory]
    [InlineData("rest")]
    [InlineData("grpc")]
    public async Task A_changed_payload_is_seen(string client)
    {
        WitnessedStore store = migrated.Collections.First(static store => store.Name == "tables/pyserini");
        using Witness witness = new(migrated.Server);
        await witness.SetPayloadAsync(store.Collection, 1, """{"docid":"other"}""");
        WitnessReport report = (await OfficialClient.CompareAsync(client, migrated.Server, [store])).ShouldHaveSingleItem();
        await witness.SetPayloadAsync(store.Collection, 1, """{"docid":"doc-1"}""");
        report.First.ShouldBe(["""1: the payload is {"docid":"other"}"""]);
    }
}
