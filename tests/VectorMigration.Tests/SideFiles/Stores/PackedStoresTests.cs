using System.IO.Compression;
using System.Text;
using VectorMigration.Fuzzing.Pickles;
using VectorMigration.SideFiles.Stores;
using VectorMigration.SideFiles.Stores.Archives;
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

    /// <summary>A file that was cut off anywhere, or that is followed by other bytes, is not read as a shorter one.</summary>
    [Theory]
    [InlineData(CompressionLevel.NoCompression)]
    [InlineData(CompressionLevel.SmallestSize)]
    public void A_file_that_is_incomplete_or_followed_by_other_bytes_is_refused(CompressionLevel level)
    {
        byte[] text = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 300).Select(static i => $"{i},text number {i}\n")));
        byte[] whole = Gzip(text, level);
        Read(whole).ShouldBe(text);
        Read([.. whole, .. whole]).ShouldBe([.. text, .. text]);
        for (int cut = 1; cut < whole.Length; cut += cut < 40 ? 1 : 97)
        {
            Should.Throw<InvalidDataException>(() => Read(whole[..^cut])).ShouldNotBeNull($"{cut} bytes cut off");
        }

        Should.Throw<InvalidDataException>(() => Read([.. whole, 1, 2, 3]));
        Should.Throw<InvalidDataException>(() => Read([.. whole, 0x1F, 0x8C, .. whole[2..]]));
        byte[] changed = [.. whole];
        changed[whole.Length / 2] ^= 1;
        Should.Throw<InvalidDataException>(() => Read([.. changed, .. whole]));

        static byte[] Read(byte[] packed)
        {
            using WholeGzip stream = new(new MemoryStream(packed));
            using MemoryStream plain = new();
            stream.CopyTo(plain);
            return plain.ToArray();
        }

        static byte[] Gzip(byte[] bytes, CompressionLevel level)
        {
            using MemoryStream packed = new();
            using (GZipStream stream = new(packed, level, leaveOpen: true))
            {
                stream.Write(bytes);
            }

            return packed.ToArray();
        }
    }

    [Fact]
    public void A_table_that_is_cut_off_is_refused_by_its_name()
    {
        File.WriteAllBytes(At("index.faiss"), IndexBytes.Flat(2, new float[80]).ToArray());
        File.WriteAllText(At("texts.csv"), "id,text\n" + string.Concat(Enumerable.Range(0, 40).Select(static i => $"{i},text number {i}\n")));
        Compress("texts.csv");
        byte[] packed = File.ReadAllBytes(At("texts.csv.gz"));
        File.WriteAllBytes(At("texts.csv.gz"), packed[..^10]);
        MigrationException error = Should.Throw<MigrationException>(() => UnpackedBytes.Open(At("texts.csv.gz")).Dispose());
        (error.ErrorId, error.Message).ShouldBe(("StoreInvalid", $"'{At("texts.csv.gz")}' is compressed with gzip, but damaged."));
    }

    [Theory]
    [InlineData(0, 0u)]
    [InlineData(9, 0xCBF43926u)]
    public void The_checksum_is_that_of_zip(int count, uint expected) =>
        Crc32.End(Crc32.Add(Crc32.Begin, "123456789"u8[..count])).ShouldBe(expected);

    /// <summary>By parts of every length it is the same as bit by bit.</summary>
    [Fact]
    public void The_checksum_does_not_depend_on_how_the_bytes_are_divided()
    {
        byte[] bytes = new byte[100];
        new Random(3).NextBytes(bytes);
        uint slow = uint.MaxValue;
        foreach (byte one in bytes)
        {
            slow ^= one;
            for (int bit = 0; bit < 8; bit++)
            {
                slow = (slow >> 1) ^ ((slow & 1) * 0xEDB88320);
            }
        }

        for (int at = 0; at <= bytes.Length; at++)
        {
            Crc32.Add(Crc32.Add(Crc32.Begin, bytes.AsSpan(0, at)), bytes.AsSpan(at)).ShouldBe(slow);
        }
    }

    [Fact]
    public void An_entry_of_a_zip_archive_whose_bytes_changed_is_refused()
    {
        using MemoryStream archive = new();
        using (ZipArchive zip = new(archive, ZipArchiveMode.Create, leaveOpen: true))
        {
            using Stream entry = zip.CreateEntry("vectors.npy", CompressionLevel.NoCompression).Open();
            entry.Write(new byte[5_000]);
        }

        byte[] bytes = archive.ToArray();
        Copy(bytes).ShouldBe(5_000);
        bytes[2_000] ^= 1;
        Should.Throw<InvalidDataException>(() => Copy(bytes)).Message.ShouldContain("'vectors.npy' is damaged");

        static long Copy(byte[] bytes)
        {
            using ZipArchive zip = new(new MemoryStream(bytes));
            using CheckedEntry entry = new(zip.Entries[0]);
            using MemoryStream plain = new();
            entry.CopyTo(plain);
            return plain.Length;
        }
    }

    /// <summary>What is left of a LlamaIndex store says that texts are lost: its vectors alone would arrive without a word.</summary>
    [Theory]
    [InlineData("json/llama_index")]
    [InlineData("json/llama_index_map")]
    public void A_LlamaIndex_store_without_its_documents_is_refused(string fixture)
    {
        CopyFixture(fixture);
        File.Delete(At("docstore.json"));
        MigrationException error = Should.Throw<MigrationException>(() => StoreFinder.Find(folder, withStore: true, default).Dispose());
        (error.ErrorId, error.RecommendedAction).ShouldBe(
            ("StoreInvalid", "Copy docstore.json into the same folder, or migrate the vectors without their texts with -NoStore."));
        using FoundStore found = StoreFinder.Find(folder, withStore: false, default);
        found.StorePath.ShouldBeNull();
    }

    [Theory]
    [InlineData("[0,1,2,3]", false)]
    [InlineData("[7,10,12,15]", true)]
    [InlineData("[0,1,2,4]", true)]
    public void A_list_that_only_repeats_the_ids_of_the_index_is_no_payload(string json, bool isPayload)
    {
        File.WriteAllBytes(At("index.faiss"), IndexBytes.Flat(2, new float[8]).ToArray());
        File.WriteAllText(At("ids.json"), json);
        using FoundStore found = StoreFinder.Find(At("index.faiss"), withStore: true, default);
        found.StorePath.ShouldBe(isPayload ? At("ids.json") : null);
    }

    /// <summary>A manifest of a job may be next to its parts, with as many entries as a part has vectors.</summary>
    [Theory]
    [InlineData("parts.csv", "\"path\",\"idOffset\"\n\"index.faiss\",\"0\"\n\"b.faiss\",\"4\"\n\"c\",\"8\"\n\"d\",\"12\"\n", false)]
    [InlineData("parts.json", """[{"path":"index.faiss"},{"path":"b"},{"path":"c"},{"path":"d"}]""", false)]
    [InlineData("images.csv", "path,store\na.png,s\nb.png,s\nc.png,t\nd.png,t\n", true)]
    public void A_manifest_of_a_job_is_no_payload(string name, string text, bool isPayload)
    {
        File.WriteAllBytes(At("index.faiss"), IndexBytes.Flat(2, new float[8]).ToArray());
        File.WriteAllText(At(name), text);
        using FoundStore found = StoreFinder.Find(At("index.faiss"), withStore: true, default);
        found.StorePath.ShouldBe(isPayload ? At(name) : null);
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
