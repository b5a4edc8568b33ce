using System.IO.Compression;
using VectorMigration.Fuzzing.Pickles;
using VectorMigration.SideFiles.Stores;
using VectorMigration.Tests.Faiss;
using static VectorMigration.Fuzzing.Pickles.StorePickles;

namespace VectorMigration.Tests.SideFiles.Stores;

/// <summary>The store of a framework whose files gzip compressed travels as the plain one does; one that cannot be read so is refused by its name.</summary>
public sealed class PackedStoresTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("vm-packed-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("json/langchain_js", "docstore.json")]
    [InlineData("json/llama_index", "docstore.json,index_store.json")]
    [InlineData("json/llama_index_map", "docstore.json,id_map.json")]
    [InlineData("sqlite/haystack_2", "store.json")]
    public void A_store_in_JSON_travels(string fixture, string packed)
    {
        CopyFixture(fixture);
        string plain = Payloads(folder);
        foreach (string name in packed.Split(','))
        {
            Compress(name);
        }

        Payloads(folder).ShouldBe(plain);
        Payloads(At(packed.Split(',')[0] + ".gz")).ShouldBe(plain);
    }

    [Fact]
    public void A_LangChain_pickle_travels_from_its_folder_its_index_and_by_its_name()
    {
        PutLangChain("index.pkl");
        string plain = Payloads(folder);
        plain.ShouldContain("B");
        Compress("index.pkl");
        foreach (string path in (string[])[folder, At("index.faiss"), At("index.pkl.gz")])
        {
            Payloads(path).ShouldBe(plain);
        }

        using LangChainPayloadSource named = new(At("index.pkl.gz"), default, default);
        named.Store.DocumentCount.ShouldBe(2);
    }

    [Fact]
    public void A_LangChain_pickle_with_another_name_travels_too()
    {
        PutLangChain("docs.pkl");
        Compress("docs.pkl");
        Payloads(folder).ShouldContain("B");
        Payloads(At("index.faiss")).ShouldContain("B");
    }

    [Fact]
    public void A_whole_store_that_is_compressed_is_read_with_its_index()
    {
        byte[] index = IndexBytes.Flat(2, new float[4]).ToArray();
        File.WriteAllBytes(At("store.pkl"), PickleWriter.Write(Tuple(Index(index), Documents(), Map("a", "b")), 4));
        bool isWhole = IsWhole(At("store.pkl"));
        Compress("store.pkl");
        IsWhole(At("store.pkl.gz")).ShouldBe(isWhole);
    }

    [Theory]
    [InlineData("sqlite/haystack", "faiss_document_store.db", "my_index.json")]
    [InlineData("sqlite/txtai", "documents", "config.json")]
    public void A_database_that_is_compressed_is_refused_by_its_name(string fixture, string packed, string config)
    {
        CopyFixture(fixture);
        File.Delete(At(config));
        Compress(packed);
        MigrationException error = Should.Throw<MigrationException>(() => StoreFinder.Find(folder, withStore: true, default).Dispose());
        error.Message.ShouldContain(packed + ".gz");
        error.Message.ShouldContain("gzip");
    }

    [Fact]
    public void No_copy_is_left_behind()
    {
        PutLangChain("index.pkl");
        Compress("index.pkl");
        string copy;
        using (FoundStore found = StoreFinder.Find(folder, withStore: true, default))
        using (UnpackedBytes bytes = (UnpackedBytes)UnpackedBytes.Open(found.StorePath!))
        {
            copy = bytes.CopyPath;
            File.Exists(copy).ShouldBeTrue();
        }

        // A search that runs beside this test keeps copies until it ends.
        SpinWait.SpinUntil(() => !File.Exists(copy), TimeSpan.FromMinutes(1)).ShouldBeTrue();
    }

    private static bool IsWhole(string path)
    {
        using FoundStore found = StoreFinder.Find(path, withStore: true, default);
        return found.IndexPath != path;
    }

    private static VectorMigration.SideFiles.Pickles.PickleValue Documents() =>
        Docstore(("a", PlainDocument("A", Dict())), ("b", PlainDocument("B", Dict(("n", Number(1))))));

    private void PutLangChain(string name)
    {
        File.WriteAllBytes(At("index.faiss"), IndexBytes.Flat(2, new float[4]).ToArray());
        File.WriteAllBytes(At(name), PickleWriter.Write(Tuple(Documents(), Map("a", "b")), 4));
    }

    private void CopyFixture(string fixture)
    {
        foreach (string file in Directory.EnumerateFiles(Path.Combine(Fixture.Root, "stores", fixture)))
        {
            if (!file.EndsWith("truth.json", StringComparison.Ordinal))
            {
                File.Copy(file, At(Path.GetFileName(file)));
            }
        }
    }

    private void Compress(string name)
    {
        using (GZipStream gzip = new(File.Create(At(name) + ".gz"), CompressionLevel.Fastest))
        using (FileStream plain = File.OpenRead(At(name)))
        {
            plain.CopyTo(gzip);
        }

        File.Delete(At(name));
    }

    private static string Payloads(string path)
    {
        using FoundStore found = StoreFinder.Find(path, withStore: true, default);
        using IPayloadSource source = StorePayloads.Open(found.StorePath.ShouldNotBeNull(), default, null, found.IndexPath, default).ShouldNotBeNull();
        source.Check(scattered: true, default);
        long[] keys = [.. ((IKeyedPayloadSource)source).Keys(default).Order()];
        keys.ShouldNotBeEmpty();
        PayloadBlock block = source.Read(keys, default);
        return string.Join('\n', keys.Select((key, i) => $"{key} {System.Text.Encoding.UTF8.GetString(block[i].Span)}"));
    }

    private string At(string name) => Path.Combine(folder, name);
}
