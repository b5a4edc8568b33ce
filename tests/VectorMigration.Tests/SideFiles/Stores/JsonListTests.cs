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
    public void A_list_of_another_length_is_not_sent()
    {
        Write("texts.json", """["a","b","c"]""");
        Should.Throw<MigrationException>(Found).Message.ShouldContain("it has 3 entries, and the index has 4 vectors");
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
        error.Message.ShouldContain("have one entry per vector (4): ");
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
    [InlineData("[null,null,null,null]")]
    public void What_is_no_list_of_texts_objects_or_ids_is_not_taken_for_one(string json)
    {
        Write("list.json", json);
        Found().ShouldBeNull();
    }

    [Theory]
    [InlineData("""["a",{"b":1},"c","d"]""")]
    [InlineData("""["a","b","c",NaN]""")]
    [InlineData("""["a","b","c","d" """)]
    [InlineData("""{"chunks":["a","b","c","d"],"metadata":[{}]}""")]
    [InlineData("""{"chunks":["a","b","c","d"],"sources":["s","t","u","v"]}""")]
    [InlineData("""{"0":"a","1":"b","2":"c"}""")]
    [InlineData("""{"0":"a","1":"b","2":"c","x":"d"}""")]
    [InlineData("""{"0":"a","1":"b","2":"c","3":{}}""")]
    public void A_list_that_was_found_and_cannot_be_read_is_refused(string json)
    {
        Write("list.json", json);
        MigrationException error = Should.Throw<MigrationException>(Found);
        error.Message.ShouldContain("was found next to");
        error.RecommendedAction!.ShouldContain("-NoStore");
    }

    [Theory]
    [InlineData("""["a",{"b":1}]""", "StoreInvalid", "a string, as entry 0 is, in entry 1 of the list, found an object")]
    [InlineData("""[{"a":1},{"a":[NaN]}]""", "StoreValueRefused", "entry 1 of the list has in 'a[0]' NaN")]
    [InlineData("""[{"a":1},{"a":1,"a":2}]""", "StoreValueRefused", "entry 1 has in 'a' a key twice")]
    [InlineData("""{"chunks":["a","b"],"ids":[1,0]}""", "StoreInvalid", "a list in 'ids' with as many entries as 'chunks' (2)")]
    [InlineData("""{"chunks":["a","b"],"metadata":[{}]}""", "StoreInvalid", "an object in 'metadata' for each of 2 entries of 'chunks', found 1 entries")]
    public void A_list_that_is_named_is_refused_by_entry_and_key(string json, string id, string words)
    {
        string path = Write("list.json", json);
        MigrationException error = Should.Throw<MigrationException>(() =>
        {
            using IPayloadSource source = StorePayloads.Open(path, default, null, null, default)!;
            source.Check(scattered: false, default);
        });
        error.ErrorId.ShouldBe(id);
        error.Message.ShouldContain(words);
    }

    [Fact]
    public void A_list_is_joined_by_row()
    {
        string path = Write("list.json", """[{"id":3},{"id":4}]""");
        using IPayloadSource source = StorePayloads.Open(path, default, null, null, default)!;
        source.ShouldNotBeAssignableTo<IKeyedPayloadSource>();
        source.Count.ShouldBe(2);
        Should.Throw<MigrationException>(() => source.Read([2], default)).ErrorId.ShouldBe("PayloadTooFewRows");
    }

    [Fact]
    public void A_list_of_objects_is_joined_by_the_field_that_is_named()
    {
        string path = Write("list.json", """[{"id":9,"t":"a"},{"t":"b","id":"4"},{"id":6}]""");
        using IPayloadSource source = StorePayloads.Open(path, new PayloadRules { Key = "id" }, null, null, default)!;
        IKeyedPayloadSource keyed = source.ShouldBeAssignableTo<IKeyedPayloadSource>()!;
        source.ShouldNotBeAssignableTo<IStorePayloadSource>();
        keyed.Check(scattered: true, default);
        keyed.Keys(default).ShouldBe([4, 6, 9]);
        (keyed.Count, keyed.Line(4, default), keyed.Line(5, default)).ShouldBe((3, 2, 0));
        PayloadBlock block = source.Read([9, 5, 4], default);
        Json(block[0]).ShouldBe("""{"id":9,"t":"a"}""");
        block[1].Length.ShouldBe(0);
        Json(block[2]).ShouldBe("""{"t":"b","id":"4"}""");
        using IPayloadSource dropped = StorePayloads.Open(path, new PayloadRules { Key = "id", DropKey = true }, null, null, default)!;
        dropped.Check(scattered: true, default);
        Json(dropped.Read([4], default)[0]).ShouldBe("""{"t":"b"}""");
    }

    [Theory]
    [InlineData("""[{"id":1},{"id":2},{"id":1},{"id":1}]""", "PayloadKeyRepeated",
        "the FAISS id 1 is in the field 'id' of entry 0 and of entry 2; 2 entries repeat")]
    [InlineData("""[{"id":1},{"n":2}]""", "PayloadKeyInvalid", "entry 1 cannot be a payload")]
    [InlineData("""[{"id":1},{"id":1.5}]""", "PayloadKeyInvalid", "entry 1 cannot be a payload")]
    [InlineData("""["a","b"]""", "PayloadKeyInvalid", "entry 0 cannot be a payload")]
    public void A_key_that_is_missing_no_number_or_there_twice_is_refused(string json, string id, string words)
    {
        using IPayloadSource source = StorePayloads.Open(Write("list.json", json), new PayloadRules { Key = "id" }, null, null, default)!;
        MigrationException error = Should.Throw<MigrationException>(() => source.Check(scattered: true, default));
        error.ErrorId.ShouldBe(id);
        error.Message.ShouldContain(words);
    }

    [Fact]
    public void A_pickled_list_is_joined_by_the_field_that_is_named()
    {
        string path = Path.Combine(folder, "list.pkl");
        File.WriteAllBytes(path, PickleWriter.Write(new PickleList([Dict(("n", Number(7)), ("t", Text("A"))), Dict(("n", Number(3)))]), 4));
        using IPayloadSource source = StorePayloads.Open(path, new PayloadRules { Key = "n" }, null, null, default)!;
        source.Check(scattered: true, default);
        Json(source.Read([7], default)[0]).ShouldBe("""{"n":7,"t":"A"}""");
    }

    [Fact]
    public void Of_several_indexes_each_has_the_list_of_its_name()
    {
        File.Copy(Path.Combine(folder, "index.faiss"), Path.Combine(folder, "other.faiss"));
        Write("other.json", """["a","b","c","d"]""");
        Write("texts.json", """["a","b","c","d"]""");
        StoreFinder.Find(Path.Combine(folder, "other.faiss"), withStore: true, default).StorePath.ShouldBe(Path.Combine(folder, "other.json"));
        StoreFinder.Find(Path.Combine(folder, "index.faiss"), withStore: true, default).StorePath.ShouldBe(Path.Combine(folder, "texts.json"));
    }

    [Fact]
    public void A_list_that_is_named_as_the_path_stands_for_the_one_index_beside_it()
    {
        string path = Write("list.json", """["a"]""");
        StoreFinder.Find(path, withStore: true, default).ShouldBe(new FoundStore(Path.Combine(folder, "index.faiss"), path) { StoreIsNamed = true });
    }

    [Fact]
    public void Pickles_of_documents_and_of_texts_with_metadata_are_read_and_all_else_is_refused()
    {
        Payload(new PickleList([Pydantic1Document("A", Dict(("k", Number(1))))]), 0).ShouldBe("""{"page_content":"A","metadata":{"k":1}}""");
        Payload(DictOf((Number(7), Tuple(Text("A"), Dict(("k", Number(1)))))), 7).ShouldBe("""{"text":"A","metadata":{"k":1}}""");
        Payload(new PickleList([Number(7)]), 0).ShouldBe("""{"id":7}""");
        Should.Throw<MigrationException>(() => Payload(new PickleList([PickleBool.True]), 0)).Message
            .ShouldContain("the document 'entry 0', found true or false");
        Should.Throw<MigrationException>(() => Payload(DictOf((Text("a"), Text("A"))), 0)).Message.ShouldContain("positions from 0 on as keys");
    }

    private string Payload(PickleValue value, long place)
    {
        string path = Path.Combine(folder, "list.pkl");
        File.WriteAllBytes(path, PickleWriter.Write(value, 4));
        using IPayloadSource source = StorePayloads.Open(path, default, null, null, default)!;
        source.Check(scattered: true, default);
        return Json(source.Read([place], default)[0]);
    }

    private static string Json(ReadOnlyMemory<byte> payload) => System.Text.Encoding.UTF8.GetString(payload.Span);

    private string? Found() => Path.GetFileName(StoreFinder.Find(folder, withStore: true, default).StorePath);

    private string Write(string name, string text)
    {
        string path = Path.Combine(folder, name);
        File.WriteAllText(path, text);
        return path;
    }
}
