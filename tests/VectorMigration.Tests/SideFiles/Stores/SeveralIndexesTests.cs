using System.Globalization;
using System.IO.Compression;
using System.Text;
using VectorMigration.Fuzzing.Pickles;
using VectorMigration.SideFiles.Pickles;
using VectorMigration.SideFiles.Stores;
using VectorMigration.Tests.Faiss;
using static VectorMigration.Fuzzing.Pickles.StorePickles;

namespace VectorMigration.Tests.SideFiles.Stores;

/// <summary>Texts without the name of an index, in a folder with several: they are never left out in silence, and never those of the wrong index.</summary>
public sealed class SeveralIndexesTests : IDisposable
{
    private const int Count = 5;

    private readonly string folder = Directory.CreateTempSubdirectory("vm-several-").FullName;

    public SeveralIndexesTests() => Index("a.faiss", Count);

    public void Dispose() => Directory.Delete(folder, recursive: true);

    public static TheoryData<string> Names => ["metadata.json", "map.json", "docs.csv", "texts.jsonl", "texts.pkl", "texts.json.gz", "nested.json"];

    [Theory]
    [MemberData(nameof(Names))]
    public void Texts_that_could_be_those_of_two_indexes_are_refused_with_both(string name)
    {
        Index("b.faiss", Count);
        Write(name, Count);
        MigrationException error = Should.Throw<MigrationException>(() => StoreFinder.Find(At("a.faiss"), withStore: true, default).Dispose());
        error.Message.ShouldContain(name);
        error.Message.ShouldContain("a.faiss");
        if (name != "nested.json")
        {
            error.ErrorId.ShouldBe("StoreAmbiguous");
            error.Message.ShouldContain("b.faiss");
        }

        foreach (string way in (string[])["-PayloadPath", "-StorePath", "-NoStore"])
        {
            error.RecommendedAction!.ShouldContain(way);
        }

        List<string> warnings = [];
        using FoundStore described = new StoreChoice().FindToDescribe(At("a.faiss"), warnings.Add, default);
        described.StorePath.ShouldBeNull();
        warnings.ShouldHaveSingleItem().ShouldContain(name);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Texts_of_another_number_belong_to_the_other_index_and_are_told(string name)
    {
        Index("b.faiss", Count + 4);
        Write(name, Count + 4);
        using FoundStore found = StoreFinder.Find(At("a.faiss"), withStore: true, default);
        found.StorePath.ShouldBeNull();
        if (name != "nested.json")
        {
            found.Notes.ShouldHaveSingleItem().ShouldContain(name);
        }
    }

    [Theory]
    [InlineData("metadata.json")]
    [InlineData("map.json")]
    [InlineData("docs.csv")]
    [InlineData("texts.pkl")]
    [InlineData("texts.json.gz")]
    public void Texts_that_fit_one_index_alone_are_its_own(string name)
    {
        Index("b.faiss", Count + 4);
        Write(name, Count);
        using FoundStore found = StoreFinder.Find(At("a.faiss"), withStore: true, default);
        Path.GetFileName(found.StorePath).ShouldBe(name);
    }

    [Fact]
    public void Texts_with_the_name_of_another_index_are_no_question()
    {
        Index("b.faiss", Count);
        Write("metadata.json", Count);
        File.Move(At("metadata.json"), At("b.json"));
        using FoundStore found = StoreFinder.Find(At("a.faiss"), withStore: true, default);
        found.StorePath.ShouldBeNull();
        found.Notes.ShouldBeEmpty();
    }

    [Fact]
    public void Texts_of_an_index_that_cannot_be_read_may_be_its_own()
    {
        File.WriteAllBytes(At("b.faiss"), [.. "IxFI"u8]);
        Write("metadata.json", Count);
        Should.Throw<MigrationException>(() => StoreFinder.Find(At("a.faiss"), withStore: true, default).Dispose()).Message.ShouldContain("b.faiss");
    }

    [Theory]
    [InlineData("words.json", 0, "FAISS ids")]
    [InlineData("words.json", 1, "positions from 1 on")]
    [InlineData("words.pkl", 1, "positions from 1 on")]
    public void Texts_as_names_with_positions_as_values_are_refused(string name, int first, string words)
    {
        string[] pairs = [.. Enumerable.Range(0, Count).Select(n => string.Create(CultureInfo.InvariantCulture, $"\"text {n}\": {Count - 1 - n + first}"))];
        if (name.EndsWith(".json", StringComparison.Ordinal))
        {
            File.WriteAllText(At(name), $"{{{string.Join(",\n", pairs)}}}");
        }
        else
        {
            File.WriteAllBytes(At(name), PickleWriter.Write(DictOf([.. Enumerable.Range(0, Count)
                .Select(n => ((PickleValue)Text($"text {n}"), (PickleValue)Number(n + first)))]), 4));
        }

        foreach (string path in (string[])[folder, At("a.faiss")])
        {
            MigrationException error = Should.Throw<MigrationException>(() => StoreFinder.Find(path, withStore: true, default).Dispose());
            error.Message.ShouldContain(name);
            error.Message.ShouldContain(words);
            error.RecommendedAction!.ShouldContain("turn it round");
        }
    }

    [Fact]
    public void Texts_as_names_with_FAISS_ids_as_values_are_refused_with_the_way_by_key()
    {
        File.WriteAllBytes(At("a.faiss"), new IndexBytes().Header("IxMp", 2, 2).Append(IndexBytes.Flat(2, new float[4])).Ids(70, 30).ToArray());
        File.WriteAllText(At("words.json"), """{"first": 30, "second": 70}""");
        MigrationException error = Should.Throw<MigrationException>(() => StoreFinder.Find(At("a.faiss"), withStore: true, default).Dispose());
        error.Message.ShouldContain("FAISS ids");
        error.RecommendedAction!.ShouldContain("-PayloadKey id");
    }

    [Fact]
    public void Counts_under_names_are_no_texts()
    {
        File.WriteAllText(At("counts.json"), """{"a": 10, "b": 10, "c": 7, "d": 3, "e": 12}""");
        using FoundStore found = StoreFinder.Find(At("a.faiss"), withStore: true, default);
        found.StorePath.ShouldBeNull();
        found.Notes.ShouldHaveSingleItem().ShouldContain("counts.json");
    }

    private void Index(string name, int count) => File.WriteAllBytes(At(name), IndexBytes.Flat(2, new float[count * 2]).ToArray());

    private void Write(string name, int count)
    {
        string[] texts = [.. Enumerable.Range(0, count).Select(static n => string.Create(CultureInfo.InvariantCulture, $"text {n}"))];
        string list = $"[{string.Join(',', texts.Select(static text => $"\"{text}\""))}]";
        switch (name)
        {
            case "metadata.json":
                File.WriteAllText(At(name), list);
                break;
            case "map.json":
                File.WriteAllText(At(name), $"{{{string.Join(',', texts.Select(static (text, n) => $"\"{n}\":\"{text}\""))}}}");
                break;
            case "docs.csv":
                File.WriteAllText(At(name), "id,text\n" + string.Concat(texts.Select(static (text, n) => $"{n},{text}\n")));
                break;
            case "texts.jsonl":
                File.WriteAllText(At(name), string.Concat(texts.Select(static text => $"{{\"text\":\"{text}\"}}\n")));
                break;
            case "texts.pkl":
                File.WriteAllBytes(At(name), PickleWriter.Write(List([.. texts.Select(static text => Text(text))]), 4));
                break;
            case "texts.json.gz":
                using (GZipStream gzip = new(File.Create(At(name)), CompressionLevel.Fastest))
                {
                    gzip.Write(Encoding.UTF8.GetBytes(list));
                }

                break;
            default:
                File.WriteAllText(At(name), $"{{\"data\":{{\"items\":{list}}}}}");
                break;
        }
    }

    private string At(string name) => Path.Combine(folder, name);
}
