using System.Text;
using VectorMigration.Fuzzing.Pickles;
using VectorMigration.SideFiles.Pickles;
using VectorMigration.SideFiles.Stores;
using VectorMigration.Tests.Faiss;

namespace VectorMigration.Tests.SideFiles.Stores;

/// <summary>Texts beside an index that cannot be sent: they are refused where they are probably meant, told elsewhere, and never left out in silence.</summary>
public sealed class UnusedFilesTests : IDisposable
{
    private const int Count = 5;

    private readonly string folder = Directory.CreateTempSubdirectory("vm-unused-").FullName;

    public UnusedFilesTests() => File.WriteAllBytes(Path.Combine(folder, "index.faiss"), IndexBytes.Flat(2, new float[Count * 2]).ToArray());

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("chunks.json", """[{"t":"a","s":1},{"t":"b","s":NaN},{"t":"c"},{"t":"d"},{"t":"e"}]""", "NaN")]
    [InlineData("chunks.json", """[{"t":"a"},{"t":"b"},{"t":"c"},{"t":""", "cut short")]
    [InlineData("chunks.json", """["a","b","c","d"]""", "it has 4 entries, and the index has 5 vectors")]
    [InlineData("chunks.json", """["a","b","c","d","e","f"]""", "it has 6 entries, and the index has 5 vectors")]
    [InlineData("index.json", """["a","b","c","d"]""", "it has 4 entries")]
    [InlineData("rows.jsonl", "{\"t\":1}\n{\"t\":2}\n", "it has 2 lines, and the index has 5 vectors")]
    [InlineData("rows.csv", "id,text\n0,a\n1,b\n", "it has 2 entries")]
    [InlineData("rows.csv", "id,text\n0,a\n1,b,c\n2,c\n3,d\n4,e\n", "rows.csv")]
    [InlineData("map.json", """{"0":"a","1":"b"}""", "it has 2 entries")]
    [InlineData("map.json", """{"a":"b","c":"d","e":"f","g":"h","i":"j"}""", "one field per vector (5)")]
    [InlineData("lists.json", """{"texts":["a","b","c","d","e"],"ids":[1,2,3,4,5]}""", "field 'texts' has one entry per vector (5)")]
    [InlineData("texts.txt", "a\nb\nc\nd\ne\n", "one line per vector (5)")]
    public void Texts_in_a_folder_that_was_named_are_refused_where_they_cannot_be_sent(string name, string content, string words)
    {
        File.WriteAllText(Path.Combine(folder, name), content);
        MigrationException error = Should.Throw<MigrationException>(() => StoreFinder.Find(folder, withStore: true, default).Dispose());
        error.Message.ShouldContain(name);
        error.Message.ShouldContain(words);
        error.RecommendedAction!.ShouldContain("-NoStore");
        StoreFinder.Find(folder, withStore: false, default).StorePath.ShouldBeNull();

        List<string> told = [];
        new StoreChoice().FindToDescribe(folder, told.Add, default).StorePath.ShouldBeNull();
        told.ShouldHaveSingleItem().ShouldContain(name);
    }

    [Theory]
    [InlineData("chunks.json", """["a","b","c","d"]""")]
    [InlineData("rows.csv", "id,text\n0,a\n1,b\n")]
    public void Beside_an_index_that_was_named_they_are_told_unless_they_have_its_name(string name, string content)
    {
        File.WriteAllText(Path.Combine(folder, name), content);
        string index = Path.Combine(folder, "index.faiss");
        FoundStore found = StoreFinder.Find(index, withStore: true, default);
        found.StorePath.ShouldBeNull();
        found.Notes.ShouldHaveSingleItem().ShouldContain($"{name} next to");
        File.Move(Path.Combine(folder, name), Path.Combine(folder, "index" + Path.GetExtension(name)));
        Should.Throw<MigrationException>(() => StoreFinder.Find(index, withStore: true, default).Dispose()).ErrorId.ShouldBe("StoreInvalid");
    }

    /// <summary>A large document takes as much memory as one block of it.</summary>
    [Fact]
    public void JSON_of_no_known_structure_is_read_as_a_stream()
    {
        string path = Path.Combine(folder, "large.json");
        using (StreamWriter writer = new(path))
        {
            writer.Write("{\"texts\":[[\"");
            for (int i = 0; i < 400_000; i++)
            {
                writer.Write("0123456789abcdef\",\"");
            }

            writer.Write("\"],2,3,4,5]}");
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        UnusedFiles.OfOther(path, Path.Combine(folder, "index.faiss"), Count, default).ShouldNotBeNull()
            .Why.ShouldContain("its field 'texts' has one entry per vector (5)");
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(2 << 20);
    }

    [Fact]
    public void Numbers_that_repeat_are_no_ids_and_do_not_take_the_place_of_texts()
    {
        File.WriteAllText(Path.Combine(folder, "labels.json"), "[1,1,1,1,1]");
        FoundStore found = StoreFinder.Find(folder, withStore: true, default);
        found.StorePath.ShouldBeNull();
        found.Notes.ShouldHaveSingleItem().ShouldContain("its numbers repeat");

        File.WriteAllText(Path.Combine(folder, "texts.json"), """["a","b","c","d"]""");
        Should.Throw<MigrationException>(() => StoreFinder.Find(folder, withStore: true, default).Dispose()).Message.ShouldContain("texts.json");

        // Ids that fit do not excuse texts that do not.
        File.WriteAllText(Path.Combine(folder, "labels.json"), "[5,4,3,2,1]");
        Should.Throw<MigrationException>(() => StoreFinder.Find(folder, withStore: true, default).Dispose()).Message.ShouldContain("texts.json");
    }

    [Theory]
    [InlineData("config.json", """{"model":"e5","dimension":2}""")]
    [InlineData("README.md", "# Index\n\nText.\n")]
    [InlineData("settings.yaml", "a: 1\n")]
    [InlineData("names.yaml", "a: 1\nb: 2\nc: 3\nd: 4\ne: 5\n")]
    [InlineData("requirements.txt", "faiss-cpu\nnumpy\n")]
    public void What_is_no_text_of_an_index_is_passed_over(string name, string content)
    {
        File.WriteAllText(Path.Combine(folder, name), content);
        FoundStore found = StoreFinder.Find(folder, withStore: true, default);
        found.StorePath.ShouldBeNull();
        found.Notes.ShouldBeEmpty();
    }

    [Fact]
    public void Other_lists_beside_the_texts_are_told()
    {
        File.WriteAllText(Path.Combine(folder, "texts.json"), """["a","b","c","d","e"]""");
        File.WriteAllText(Path.Combine(folder, "sources.json"), """["x","y"]""");
        FoundStore found = StoreFinder.Find(folder, withStore: true, default);
        Path.GetFileName(found.StorePath).ShouldBe("texts.json");
        found.Notes.ShouldHaveSingleItem().ShouldContain("sources.json");
    }

    [Theory]
    [InlineData("chunks.json", """["a","b","c","d","e"]""", "it has one entry per vector (5)")]
    [InlineData("chunks.json", """["a","b"]""", "it has 2 entries, and the index has 5 vectors")]
    [InlineData("rows.csv", "id,text\n0,a\n1,b\n2,c\n3,d\n4,e\n", "it has one entry per vector (5)")]
    [InlineData("rows.jsonl", "{\"t\":1}\n{\"t\":2}\n{\"t\":3}\n{\"t\":4}\n{\"t\":5}\n", "it has one JSON object per vector (5)")]
    [InlineData("nested.json", """{"data":{"items":["a","b","c","d","e"]}}""", "field 'data.items' has one entry per vector (5)")]
    public void Texts_beside_the_store_of_a_framework_are_told_once_with_the_store_that_is_sent(string name, string content, string words)
    {
        PutStore();
        File.WriteAllText(Path.Combine(folder, name), content);
        foreach (string path in (string[])[folder, Path.Combine(folder, "index.faiss")])
        {
            using FoundStore found = StoreFinder.Find(path, withStore: true, default);
            Path.GetFileName(found.StorePath).ShouldBe("index.pkl");
            string note = found.Notes.ShouldHaveSingleItem();
            note.ShouldContain($"{name} next to");
            note.ShouldContain(words);
            note.ShouldContain("The texts of index.pkl are sent");
        }

        using FoundStore named = StoreFinder.Find(Path.Combine(folder, "index.faiss"), folder, default);
        named.Notes.ShouldHaveSingleItem().ShouldContain(name);
    }

    [Theory]
    [InlineData("ids.json", "[9,8,7,6,5]")]
    [InlineData("config.json", """{"model":"e5","dimension":2}""")]
    [InlineData("README.md", "a\nb\nc\nd\ne\n")]
    public void What_is_no_text_is_passed_over_beside_the_store_of_a_framework(string name, string content)
    {
        PutStore();
        File.WriteAllText(Path.Combine(folder, name), content);
        using FoundStore found = StoreFinder.Find(folder, withStore: true, default);
        found.Notes.ShouldBeEmpty();
    }

    [Fact]
    public void Parts_of_frameworks_are_no_texts_beside_their_stores()
    {
        string[] stores =
        [
            .. new[] { "json", "sqlite", "tables", "langchain" }.Select(static kind => Path.Combine(Fixture.Root, "stores", kind))
                .SelectMany(static kind => Directory.EnumerateDirectories(kind)).Order(StringComparer.Ordinal),
        ];
        int framed = 0;
        foreach (string store in stores)
        {
            try
            {
                using FoundStore found = StoreFinder.Find(store, withStore: true, default);
                if (found.StorePath is not string path || !StoreFinder.IsStore(path, default))
                {
                    continue;
                }

                framed++;
                // What the scripts wrote down for the tests is no part of a store.
                found.Notes.ShouldAllBe(static note => note.Contains("truth.json", StringComparison.Ordinal), store);
            }
            catch (MigrationException)
            {
                // Stores that are refused, and folders with several indexes, have tests of their own.
            }
        }

        framed.ShouldBeGreaterThan(5);
    }

    [Fact]
    public void JSON_of_no_known_structure_is_read_once()
    {
        byte[] text = Encoding.UTF8.GetBytes("""{"data":{"items":["a","b","c","d","e"]}}"""
            .Replace("e\"]", $"{new string('e', 200_000)}\"]", StringComparison.Ordinal));
        using CountedBytes bytes = new(text);
        UnusedJson.Of(bytes, "unknown.json", Count, default).ShouldNotBeNull().Why.ShouldContain("field 'data.items'");
        // And a few bytes that show whether there is a byte order mark.
        bytes.BytesRead.ShouldBeInRange(text.Length, text.Length + 16);
    }

    private void PutStore()
    {
        string[] ids = [.. Enumerable.Range(0, Count).Select(static n => $"d{n}")];
        PickleValue documents = StorePickles.Docstore([.. ids.Select(static id => (id, StorePickles.PlainDocument($"text of {id}", StorePickles.Dict())))]);
        File.WriteAllBytes(Path.Combine(folder, "index.pkl"), PickleWriter.Write(StorePickles.Tuple(documents, StorePickles.Map(ids)), 4));
    }

    private sealed class CountedBytes(byte[] text) : FileBytes
    {
        public long BytesRead { get; private set; }

        public override long Length => text.Length;

        public override DateTime LastWriteTimeUtc => DateTime.UnixEpoch;

        public override int Read(long offset, Span<byte> buffer)
        {
            int read = (int)Math.Clamp(text.Length - offset, 0, buffer.Length);
            text.AsSpan((int)offset, read).CopyTo(buffer);
            BytesRead += read;
            return read;
        }
    }
}
