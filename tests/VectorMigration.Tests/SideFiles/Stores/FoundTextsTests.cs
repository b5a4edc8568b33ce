using System.Globalization;
using System.IO.Compression;
using System.Text;
using VectorMigration.Fuzzing.Pickles;
using VectorMigration.SideFiles.Pickles;
using VectorMigration.SideFiles.Stores;
using VectorMigration.Tests.Faiss;
using static VectorMigration.Fuzzing.Pickles.StorePickles;

namespace VectorMigration.Tests.SideFiles.Stores;

/// <summary>Texts in a file beside an index travel if only one meaning is possible. Others are refused with the file, its numbers and the ways on.</summary>
public sealed class FoundTextsTests : IDisposable
{
    private const int Count = 5;

    /// <summary>Pickles that travel, with what becomes of entry 3.</summary>
    private static readonly (string What, PickleValue Pickle, string Expected)[] Travelling =
    [
        ("texts and metadata", Tuple(Texts(), List([.. Each(static n => Dict(("n", Number(n))))])), """{"text":"text 3","metadata":{"n":3}}"""),
        ("columns", Dict(("texts", Texts()), ("metadatas", List([.. Each(static n => Dict(("n", Number(n))))]))), """{"text":"text 3","metadata":{"n":3}}"""),
        ("ids in another order", Dict(("texts", Texts()), ("ids", List([.. Each(static n => Number(4 - n))]))), """{"text":"text 1"}"""),
        ("digits as keys", DictOf([.. Each(static n => ((PickleValue)Text(Digits(n)), (PickleValue)Text($"text {n}")))]), """{"text":"text 3"}"""),
        ("doubles as keys", DictOf([.. Each(static n => ((PickleValue)new PickleFloat(n), (PickleValue)Text($"text {n}")))]), """{"text":"text 3"}"""),
        ("a dictionary in one", Dict(("docs", DictOf([.. Each(static n => (Number(n), (PickleValue)Text($"text {n}")))]))), """{"text":"text 3"}"""),
        ("an array of objects", Objects(), """{"text":"text 3"}"""),
    ];

    /// <summary>Pickles that are refused, with words of the refusal.</summary>
    private static readonly (string What, PickleValue Pickle, string Words)[] Refused =
    [
        ("texts and other texts", Tuple(Texts(), Texts()), "a tuple of two lists"),
        ("a list that lacks one", List(Text("a"), Text("b"), Text("c"), Text("d")), "it has 4 entries, and the index has 5 vectors"),
        ("texts and strings as ids", Dict(("texts", Texts()), ("ids", Texts())), "a whole number from 0 on as id 0"),
        ("lists of no known name", Dict(("texts", Texts()), ("ranks", List([.. Each(static n => Number(n))]))), "'ranks'"),
        ("names as keys", DictOf([.. Each(static n => ((PickleValue)Text($"doc {n}"), (PickleValue)Text("t")))]), "positions from 0 on as keys"),
        ("three lists", Tuple(Texts(), Texts(), Texts()), "one entry per vector (5)"),
    ];

    private readonly string folder = Directory.CreateTempSubdirectory("vm-texts-").FullName;

    public FoundTextsTests() => File.WriteAllBytes(Path.Combine(folder, "index.faiss"), IndexBytes.Flat(2, new float[Count * 2]).ToArray());

    public static TheoryData<string> TravellingNames => [.. Travelling.Select(static made => made.What)];

    public static TheoryData<string> RefusedNames => [.. Refused.Select(static made => made.What)];

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [MemberData(nameof(TravellingNames))]
    public void A_pickle_of_one_meaning_travels(string what)
    {
        (_, PickleValue pickle, string expected) = Array.Find(Travelling, made => made.What == what);
        foreach (int protocol in (int[])[2, 4, 5])
        {
            File.WriteAllBytes(At("chunks.pkl"), PickleWriter.Write(pickle, protocol));
            ReadFound(3).ShouldBe(expected);
        }
    }

    [Theory]
    [MemberData(nameof(RefusedNames))]
    public void A_pickle_of_no_certain_meaning_is_refused_in_the_folder_and_with_the_name_of_the_index(string what)
    {
        (_, PickleValue pickle, string words) = Array.Find(Refused, made => made.What == what);
        File.WriteAllBytes(At("index.pkl"), PickleWriter.Write(pickle, 4));
        foreach (string path in (string[])[folder, At("index.faiss")])
        {
            MigrationException error = Should.Throw<MigrationException>(() => StoreFinder.Find(path, withStore: true, default).Dispose());
            error.Message.ShouldContain("index.pkl");
            error.Message.ShouldContain(words);
            foreach (string way in (string[])["-PayloadPath", "-StorePath", "-NoStore"])
            {
                error.RecommendedAction!.ShouldContain(way);
            }
        }
    }

    [Theory]
    [InlineData("""[[3,"d"],[1,"b"],[0,"a"],[2,"c"],[4,"e"]]""", """{"text":"d"}""")]
    [InlineData("""[[3,{"t":"d"}],[1,{"t":"b"}],[0,{}],[2,{}],[4,{}]]""", """{"t":"d"}""")]
    [InlineData("""[["a",{"n":0}],["b",{"n":1}],["c",{}],["d",{"n":3}],["e",{}]]""", """{"text":"d","metadata":{"n":3}}""")]
    public void A_JSON_list_of_pairs_travels(string json, string expected)
    {
        File.WriteAllText(At("chunks.json"), json);
        ReadFound(3).ShouldBe(expected);
    }

    [Fact]
    public void JSON_Lines_with_a_byte_order_mark_travel_and_are_described()
    {
        string rows = string.Concat(Each(static n => $"{{\"text\":\"text {n}\"}}\n"));
        File.WriteAllText(At("rows.jsonl"), rows, new UTF8Encoding(encoderShouldEmitUTF8Identifier: true));
        using FoundStore found = StoreFinder.Find(folder, withStore: true, default);
        Path.GetFileName(found.StorePath).ShouldBe("rows.jsonl");
        using VectorMigration.SideFiles.JsonLinesPayloadSource lines = new(found.StorePath!);
        StoreDescription description = lines.Describe(FaissIndex.Describe(found.IndexPath), default);
        (description.Framework, description.Documents, description.Matched).ShouldBe(("JSON Lines", Count, Count));
        description.Fields.ShouldHaveSingleItem().ToString().ShouldBe("text: string (5)");
    }

    [Theory]
    [InlineData("nested.json", """{"data":{"items":["a","b","c","d","e"]}}""", "field 'data.items' has one entry per vector (5)")]
    [InlineData("strings.jsonl", "\"a\"\n\"b\"\n\"c\"\n\"d\"\n\"e\"\n", "one line per vector (5)")]
    [InlineData("many.json", "{\n\"t\":1}\n{\n\"t\":2}\n{\n\"t\":3}\n{\n\"t\":4}\n{\n\"t\":5}\n", "one JSON object per vector (5) over several lines")]
    [InlineData("column.csv", "text\na\nb\nc\nd\ne\n", "it has one column and 6 lines")]
    [InlineData("column.tsv", "a\nb\nc\nd\ne\n", "it has one column and 5 lines")]
    public void A_text_file_that_fits_and_has_no_certain_meaning_is_refused(string name, string content, string words)
    {
        File.WriteAllText(At(name), content);
        ShouldBeRefused(name, words);
    }

    [Theory]
    [InlineData("index.json.gz", """["a","b","c","d","e"]""", """{"text":"d"}""")]
    [InlineData("rows.csv.gz", "id,text\n0,a\n1,b\n2,c\n3,d\n4,e\n", """{"id":"3","text":"d"}""")]
    [InlineData("map.json.gz", """{"0":"a","1":"b","2":"c","3":"d","4":"e"}""", """{"text":"d"}""")]
    [InlineData("pairs.json.gz", """[[3,"d"],[1,"b"],[0,"a"],[2,"c"],[4,"e"]]""", """{"text":"d"}""")]
    public void A_compressed_list_or_table_travels_as_the_plain_one_does(string name, string content, string expected)
    {
        Compress(name, Encoding.UTF8.GetBytes(content));
        ReadFound(3).ShouldBe(expected);
    }

    [Fact]
    public void A_compressed_pickle_and_compressed_JSON_Lines_travel_too()
    {
        Compress("texts.pkl.gz", PickleWriter.Write(Texts(), 4));
        ReadFound(3).ShouldBe("""{"text":"text 3"}""");
        File.Delete(At("texts.pkl.gz"));

        Compress("rows.jsonl.gz", Encoding.UTF8.GetBytes(string.Concat(Each(static n => $"{{\"n\":{n}}}\n"))));
        using FoundStore found = StoreFinder.Find(folder, withStore: true, default);
        Path.GetFileName(found.StorePath).ShouldBe("rows.jsonl.gz");
        using VectorMigration.SideFiles.JsonLinesPayloadSource lines = new(found.StorePath!);
        lines.Check(scattered: false, default);
        (lines.Count, Encoding.UTF8.GetString(lines.Read([3], default)[0].Span)).ShouldBe((5, """{"n":3}"""));

        // The same payloads as plain text are the same payloads to a journal.
        File.WriteAllText(At("rows.jsonl"), string.Concat(Each(static n => $"{{\"n\":{n}}}\n")));
        using VectorMigration.SideFiles.JsonLinesPayloadSource plain = new(At("rows.jsonl"));
        lines.Identity.ShouldBe(plain.Identity);
    }

    [Theory]
    [InlineData("index.json.gz", """["a","b","c","d"]""", "it has 4 entries, and the index has 5 vectors")]
    [InlineData("nested.json.gz", """{"data":{"items":["a","b","c","d","e"]}}""", "its field 'data.items' has one entry per vector (5)")]
    [InlineData("docs.txt.gz", "a\nb\nc\nd\ne\n", "unpacked, it has one line per vector (5)")]
    public void A_compressed_file_that_does_not_fit_is_refused(string name, string content, string words)
    {
        Compress(name, Encoding.UTF8.GetBytes(content));
        ShouldBeRefused(name, words);
    }

    [Fact]
    public void A_file_that_unpacks_to_far_more_than_a_list_does_is_refused()
    {
        // Zeros shrink to a thousandth.
        Compress("list.json.gz", Encoding.UTF8.GetBytes($"[\"a\",\"b\",\"c\",\"d\",\"{new string('0', 90 << 20)}\"]"), CompressionLevel.Optimal);
        MigrationException named = Should.Throw<MigrationException>(() => new VectorMigration.SideFiles.JsonLinesPayloadSource(At("list.json.gz")));
        (named.ErrorId, named.Message.Contains("decompresses to more than", StringComparison.Ordinal)).ShouldBe(("StoreInvalid", true));
    }

    [Fact]
    public void A_compressed_file_leaves_no_copy_behind()
    {
        Compress("index.json.gz", Encoding.UTF8.GetBytes("""["a","b","c","d","e"]"""));
        string copy;
        using (FoundStore found = StoreFinder.Find(folder, withStore: true, default))
        using (VectorMigration.SideFiles.Stores.Json.StorePart part = new(found.StorePath!))
        {
            copy = ((UnpackedBytes)part.Bytes).CopyPath;
            File.Exists(copy).ShouldBeTrue();
        }

        // A search that runs beside this test keeps copies until it ends.
        SpinWait.SpinUntil(() => !File.Exists(copy), TimeSpan.FromMinutes(1)).ShouldBeTrue();
    }

    [Fact]
    public async Task Files_are_opened_while_another_one_is_unpacked()
    {
        foreach (string name in (string[])["slow.json.gz", "other.json.gz"])
        {
            using GZipStream packed = new(File.Create(At(name)), CompressionMode.Compress);
            packed.Write("[1, 2, 3]"u8);
        }

        using ManualResetEventSlim begun = new();
        using ManualResetEventSlim may = new();
        Task<FileBytes> slow = Task.Run(() => UnpackedBytes.Of(new DiskBytes(At("slow.json.gz"), FileShare.Read), At("slow.json.gz"), () =>
        {
            begun.Set();
            may.Wait();
            PrivateFolder folder = new();
            folder.Create("slow.json").Dispose();
            return folder;
        }));
        begun.Wait();
        try
        {
            // It would wait for ever if the lock of all copies was held meanwhile.
            using FileBytes other = await Task.Run(() => UnpackedBytes.Open(At("other.json.gz"))).WaitAsync(TimeSpan.FromMinutes(1));
            other.Length.ShouldBe(9);
        }
        finally
        {
            may.Set();
            (await slow).Dispose();
        }
    }

    [Fact]
    public void What_could_not_be_unpacked_is_tried_again()
    {
        using (GZipStream packed = new(File.Create(At("again.json.gz")), CompressionMode.Compress))
        {
            packed.Write("[1, 2, 3]"u8);
        }

        using (UnpackedBytes.Keep())
        {
            Should.Throw<IOException>(() => UnpackedBytes.Of(new DiskBytes(At("again.json.gz"), FileShare.Read), At("again.json.gz"),
                () => throw new IOException("no space")));
            using FileBytes again = UnpackedBytes.Open(At("again.json.gz"));
            again.Length.ShouldBe(9);
        }
    }

    [Fact]
    public void A_damaged_compressed_file_is_refused_by_its_name()
    {
        File.WriteAllBytes(At("list.json.gz"), [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6]);
        Should.Throw<MigrationException>(() => StoreFinder.Find(folder, withStore: true, default).Dispose()).Message
            .ShouldContain("list.json.gz was found next to");
    }

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public void An_array_of_objects_in_a_NumPy_file_travels_and_nothing_in_it_is_run(int protocol)
    {
        PutArray("texts.npy", Objects(), Count, protocol);
        ReadFound(3).ShouldBe("""{"text":"text 3"}""");

        File.Delete(At("texts.npy"));
        PutArray("index.npy", Objects(), 4, protocol);
        ShouldBeRefused("index.npy", "an array of 4 objects announced");

        PutArray("index.npy", Call("os.system", Text("true")), Count, protocol);
        ShouldBeRefused("index.npy", "os.system");
    }

    [Fact]
    public void Arrays_of_strings_in_an_archive_of_NumPy_are_refused()
    {
        using (ZipArchive archive = ZipFile.Open(At("texts.npz"), ZipArchiveMode.Create))
        {
            string header = "{'descr': '|O', 'fortran_order': False, 'shape': (5,), }";
            using Stream entry = archive.CreateEntry("texts.npy").Open();
            entry.Write([0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0, .. Encoding.ASCII.GetBytes(header), 0x80, 4]);
        }

        ShouldBeRefused("texts.npz", "its array 'texts' has 5 strings or objects");
    }

    [Theory]
    [InlineData("index.npy", 0x93)]
    [InlineData("index.pkl", 0x80)]
    public void A_damaged_file_with_the_name_of_the_index_is_refused(string name, byte first)
    {
        File.WriteAllBytes(At(name), first == 0x80 ? [0x80, 4, (byte)']', (byte)'(', 0x8C, 9, (byte)'a'] : [0x93, .. "NUMPY"u8, 1, 0, 200, 0, (byte)'{']);
        foreach (string path in (string[])[folder, At("index.faiss")])
        {
            Should.Throw<MigrationException>(() =>
            {
                using FoundStore found = StoreFinder.Find(path, withStore: true, default);
                StorePayloads.Open(found.StorePath.ShouldNotBeNull(), default, null, null, default)?.Dispose();
            }).Message.ShouldContain(name);
        }
    }

    [Theory]
    [InlineData("tokenizer.json", """{"version":"1.0","truncation":null,"added_tokens":[1,2,3,4,5],"model":{"merges":["a b","c d","e f","g h","i j"]}}""")]
    [InlineData("modules.json", """[{"idx":0,"type":"sentence_transformers.models.Transformer"},{"idx":1},{"idx":2},{"idx":3},{"idx":4}]""")]
    [InlineData("config_sentence_transformers.json", """{"__version__":{"a":"1"},"prompts":{"a":"b","c":"d","e":"f","g":"h","i":"j"}}""")]
    [InlineData("vocab.txt", "[PAD]\n[UNK]\n[CLS]\n[SEP]\na\n")]
    [InlineData("requirements.txt", "a\nb\nc\nd\ne\n")]
    [InlineData("LICENSE", "a\nb\nc\nd\ne\n")]
    [InlineData("README.md", "a\nb\nc\nd\ne\n")]
    [InlineData("build.py", "a\nb\nc\nd\ne\n")]
    [InlineData("train.log", "{\"a\":1}\n{\"a\":1}\n{\"a\":1}\n{\"a\":1}\n{\"a\":1}\n")]
    [InlineData("index.faiss.sha256", "0123  index.faiss\n")]
    [InlineData("settings.json", "{\n// five\n\"a\":[\"1\",\"2\",\"3\",\"4\",\"5\"]}\n")]
    [InlineData("run.jsonl", "{\"at\":\"2025-01-01\",\"event\":\"batch\",\"run\":\"1\"}\n")]
    [InlineData("model.safetensors", "\u0010\0\0\0\0\0\0\0{\"a\":[0]}     ")]
    public void Ordinary_neighbours_are_passed_over(string name, string content)
    {
        File.WriteAllText(At(name), content);
        foreach (string path in (string[])[folder, At("index.faiss")])
        {
            using FoundStore found = StoreFinder.Find(path, withStore: true, default);
            found.StorePath.ShouldBeNull();
            found.Notes.ShouldBeEmpty();
        }
    }

    [Fact]
    public void JSON_Lines_beside_an_index_that_was_named_are_told()
    {
        File.WriteAllText(At("index.jsonl"), string.Concat(Each(static n => $"{{\"text\":\"text {n}\"}}\n")));
        using FoundStore found = StoreFinder.Find(At("index.faiss"), withStore: true, default);
        found.StorePath.ShouldBeNull();
        found.Notes.ShouldHaveSingleItem().ShouldContain("one JSON object per vector (5)");
        found.Notes[0].ShouldContain("-PayloadPath");
    }

    [Fact]
    public void Pickled_models_settings_and_vocabularies_are_passed_over()
    {
        File.WriteAllBytes(At("model.pkl"), PickleWriter.Write(StorePickles.Object("sklearn.svm.SVC", Dict(("names", Texts()))), 4));
        File.WriteAllBytes(At("settings.pkl"), PickleWriter.Write(Dict(("model", Text("e5")), ("size", Number(2))), 4));
        File.WriteAllBytes(At("words.pkl"), PickleWriter.Write(DictOf([.. Each(static n => ((PickleValue)Text($"word {n}"), Number(7 * n)))]), 4));
        StoreFinder.Find(folder, withStore: true, default).Notes.ShouldBeEmpty();
    }

    [Fact]
    public void A_file_that_fits_beside_texts_that_travel_is_told()
    {
        File.WriteAllText(At("index.json"), """["a","b","c","d","e"]""");
        File.WriteAllText(At("nested.json"), """{"data":{"items":["a","b","c","d","e"]}}""");
        using FoundStore found = StoreFinder.Find(folder, withStore: true, default);
        Path.GetFileName(found.StorePath).ShouldBe("index.json");
        found.Notes.ShouldHaveSingleItem().ShouldContain("nested.json");
    }

    private static IEnumerable<T> Each<T>(Func<int, T> make) => Enumerable.Range(0, Count).Select(make);

    private static string Digits(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static PickleList Texts() => List([.. Each(static n => Text($"text {n}"))]);

    private static PickleCall Objects() => new("numpy.core.multiarray", "_reconstruct",
        Tuple(Name("numpy.ndarray"), Tuple(Number(0)), new PickleBytes([(byte)'b'])),
        Tuple(Number(1), Tuple(Number(Count)), Call("numpy.dtype", Text("O8"), PickleBool.False, PickleBool.True), PickleBool.False, Texts()));

    private void Compress(string name, byte[] content, CompressionLevel level = CompressionLevel.Fastest)
    {
        using GZipStream gzip = new(File.Create(At(name)), level);
        gzip.Write(content);
    }

    private void PutArray(string name, PickleValue content, int count, int protocol)
    {
        string header = $"{{'descr': '|O', 'fortran_order': False, 'shape': ({count},), }}";
        File.WriteAllBytes(At(name),
            [0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0, .. Encoding.ASCII.GetBytes(header), .. PickleWriter.Write(content, protocol)]);
    }

    private string At(string name) => Path.Combine(folder, name);

    private string ReadFound(long row)
    {
        using FoundStore found = StoreFinder.Find(folder, withStore: true, default);
        using IPayloadSource source = StorePayloads.Open(found.StorePath.ShouldNotBeNull(), default, null, found.IndexPath, default).ShouldNotBeNull();
        source.Count.ShouldBe(Count);
        source.Check(scattered: false, default);
        return Encoding.UTF8.GetString(source.Read([row], default)[0].Span);
    }

    private void ShouldBeRefused(string name, string words)
    {
        foreach (string path in (string[])[folder, At("index.faiss")])
        {
            MigrationException error = Should.Throw<MigrationException>(() => StoreFinder.Find(path, withStore: true, default).Dispose());
            error.Message.ShouldContain(name);
            error.Message.ShouldContain(words);
            error.RecommendedAction!.ShouldContain("-PayloadPath");
        }
    }
}
