using VectorMigration.Fuzzing.Pickles;
using VectorMigration.SideFiles.Pickles;
using VectorMigration.SideFiles.Stores;
using VectorMigration.Tests.Faiss;
using static VectorMigration.Fuzzing.Pickles.StorePickles;

namespace VectorMigration.Tests.SideFiles.Stores;

/// <summary>Lists beside an index: found where exactly one fits, joined in the order of adding.</summary>
public sealed class JsonListTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("vm-list-").FullName;

    public JsonListTests() => File.Copy(Path.Combine(Fixture.Root, "stores", "json", "list_texts", "index.faiss"), Path.Combine(folder, "index.faiss"));

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void A_list_of_another_length_is_nobodys()
    {
        Write("texts.json", """["a","b","c"]""");
        Found().ShouldBeNull();
        Write("more.json", """["a","b","c","d"]""");
        Found().ShouldBe("more.json");
    }

    [Fact]
    public void Several_lists_that_fit_are_named()
    {
        Write("texts.json", """["a","b","c","d"]""");
        Write("ids.json", "[1,2,3,4]");
        MigrationException error = Should.Throw<MigrationException>(() => Found());
        error.ErrorId.ShouldBe("StoreAmbiguous");
        error.Message.ShouldContain("2 lists of 4 entries lie beside");
        error.Message.ShouldContain("ids.json, texts.json");
    }

    [Fact]
    public void The_name_of_the_index_decides_among_lists_that_fit()
    {
        Write("texts.json", """["a","b","c","d"]""");
        Write("index.json", """["a","b","c","d"]""");
        Found().ShouldBe("index.json");
    }

    [Fact]
    public void The_store_of_a_framework_goes_before_lists()
    {
        Write("texts.json", """["a","b","c","d"]""");
        Write("docstore.json", """[[["a",{"pageContent":"A"}]],{"0":"a"}]""");
        Found().ShouldBe("docstore.json");
    }

    [Theory]
    [InlineData("[[1,2],[3,4],[5,6],[7,8]]")]
    [InlineData("[0.5,1.5,2.5,3.5]")]
    [InlineData("""["a",{"b":1},"c","d"]""")]
    [InlineData("""["a","b","c",NaN]""")]
    [InlineData("""["a","b","c","d" """)]
    [InlineData("[null,null,null,null]")]
    [InlineData("""{"chunks":["a","b","c","d"],"metadata":[{}]}""")]
    [InlineData("""{"0":"a","1":"b","2":"c","3":"d"}""")]
    public void What_is_no_list_of_texts_objects_or_ids_is_not_taken_for_one(string json)
    {
        Write("list.json", json);
        Found().ShouldBeNull();
    }

    [Theory]
    [InlineData("""["a",{"b":1}]""", "StoreInvalid", "a text, as entry 0 is, in entry 1 of the list, found an object")]
    [InlineData("""[{"a":1},{"a":[NaN]}]""", "StoreValueRefused", "entry 1 of the list has in 'a[0]' NaN")]
    [InlineData("""[{"a":1},{"a":1,"a":2}]""", "StoreValueRefused", "entry 1 has in 'a' a key twice")]
    [InlineData("""{"chunks":["a","b"],"metadata":[{}]}""", "StoreInvalid", "an object in 'metadata' for each of 2 entries of 'chunks', found 1 entries")]
    public void A_list_that_is_named_is_refused_by_entry_and_key(string json, string id, string words)
    {
        string path = Write("list.json", json);
        MigrationException error = Should.Throw<MigrationException>(() =>
        {
            using IPayloadSource source = StorePayloads.Open(path, default, default)!;
            source.Check(scattered: false, default);
        });
        error.ErrorId.ShouldBe(id);
        error.Message.ShouldContain(words);
    }

    [Fact]
    public void A_list_is_joined_by_row_and_not_by_key()
    {
        string path = Write("list.json", """[{"id":3},{"id":4}]""");
        using IPayloadSource source = StorePayloads.Open(path, default, default)!;
        source.ShouldNotBeAssignableTo<IKeyedPayloadSource>();
        source.Count.ShouldBe(2);
        Should.Throw<MigrationException>(() => source.Read([2], default)).ErrorId.ShouldBe("PayloadTooFewRows");
        Should.Throw<MigrationException>(() => StorePayloads.Open(path, new PayloadRules { Key = "id" }, default)).ErrorId.ShouldBe("PayloadKeyNotApplicable");
    }

    [Fact]
    public void A_list_that_is_named_as_the_path_stands_for_the_one_index_beside_it()
    {
        string path = Write("list.json", """["a"]""");
        StoreFinder.Find(path, withStore: true, default).ShouldBe(new FoundStore(Path.Combine(folder, "index.faiss"), path));
    }

    [Fact]
    public void Pickles_of_documents_and_of_texts_with_metadata_are_read_and_all_else_is_refused()
    {
        Payload(new PickleList([Pydantic1Document("A", Dict(("k", Number(1))))]), 0).ShouldBe("""{"page_content":"A","metadata":{"k":1}}""");
        Payload(DictOf((Number(7), Tuple(Text("A"), Dict(("k", Number(1)))))), 7).ShouldBe("""{"text":"A","metadata":{"k":1}}""");
        Should.Throw<MigrationException>(() => Payload(new PickleList([Number(1)]), 0)).Message.ShouldContain("the document 'entry 0', found a whole number");
        Should.Throw<MigrationException>(() => Payload(DictOf((Text("a"), Text("A"))), 0)).Message.ShouldContain("positions from 0 on as keys");
    }

    private string Payload(PickleValue value, long place)
    {
        string path = Path.Combine(folder, "list.pkl");
        File.WriteAllBytes(path, PickleWriter.Write(value, 4));
        using IPayloadSource source = StorePayloads.Open(path, default, default)!;
        source.Check(scattered: true, default);
        return System.Text.Encoding.UTF8.GetString(source.Read([place], default)[0].Span);
    }

    private string? Found() => Path.GetFileName(StoreFinder.Find(folder, withStore: true, default).StorePath);

    private string Write(string name, string text)
    {
        string path = Path.Combine(folder, name);
        File.WriteAllText(path, text);
        return path;
    }
}
