using System.Text;
using System.Text.Json;
using VectorMigration.SideFiles.Stores;

namespace VectorMigration.Tests.SideFiles.Stores;

/// <summary>What is refused in stores of JSON, and with which words.</summary>
public sealed class JsonStoreTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("vm-json-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("""[[["a",{"pageContent":"A","metadata":{"x":{"y":[1,NaN]}}}]],{"0":"a"}]""", "StoreValueRefused", "document 'a' has in 'metadata.x.y[1]' NaN")]
    [InlineData("""[[["a",{"pageContent":"A","metadata":{"x":-Infinity}}]],{"0":"a"}]""", "StoreValueRefused", "'metadata.x' -Infinity")]
    [InlineData("""[[["a",{"pageContent":"A","metadata":{"x":1,"x":2}}]],{"0":"a"}]""", "StoreValueRefused", "'metadata.x' a key twice")]
    [InlineData("""[[["a",{"pageContent":"A","pageContent":"B"}]],{"0":"a"}]""", "StoreInvalid", "'pageContent' in the document 'a' once")]
    [InlineData("""[[["a",{"pageContent":"A"}],["a",{"pageContent":"B"}]],{"0":"a"}]""", "StoreInvalid", "the document 'a' once")]
    [InlineData("""[[["a",{"pageContent":"A"}]],{"0":"a","0":"a"}]""", "StoreInvalid", "the position 0 once")]
    [InlineData("""[[["a",{"pageContent":"A"}]],{"-1":"a"}]""", "StoreInvalid", "whole numbers as positions in the map of positions, found '-1'")]
    [InlineData("""[[["a",{"pageContent":"A"}]],{"0":7}]""", "StoreInvalid", "a string in position 0 as an id, found a number")]
    [InlineData("""[[["a",{"pageContent":7}]],{"0":"a"}]""", "StoreInvalid", "a string in 'pageContent' of the document 'a', found a number")]
    [InlineData("""[[["a",{"metadata":{}}]],{"0":"a"}]""", "StoreInvalid", "a string in 'pageContent' of the document 'a', found no such field")]
    [InlineData("""[[["a",{"pageContent":"A","metadata":[]}]],{"0":"a"}]""", "StoreInvalid", "an object in 'metadata' of the document 'a'")]
    [InlineData("""[[["a",{"pageContent":"\ud800"}]],{"0":"a"}]""", "PayloadRowInvalid",
        "the document 'a' cannot be a payload: expected one JSON object, found half of a surrogate pair")]
    [InlineData("""[[["a",{"pageContent":"A"}]],{"0":"a"}] []""", "StoreInvalid", "")]
    [InlineData("""[[["a",{"pageContent":"A"}]],{"0":"a"},{}]""", "StoreInvalid", "an end")]
    [InlineData("""[[["\ud800",{"pageContent":"A"}]],{}]""", "StoreInvalid", "a string that is not UTF-8, or half of a surrogate pair")]
    [InlineData("""[[["a",{"pageContent":"A","metadata":{"n":123456789012345678901234567890}}]],{"0":"a"}]""", "PayloadIntegerTooLarge", "metadata.n")]
    public void A_docstore_of_LangChain_js_is_refused_by_document_and_key(string json, string id, string words)
    {
        MigrationException error = Refused("docstore.json", json);
        error.ErrorId.ShouldBe(id);
        error.Message.ShouldContain(words);
        error.Message.ShouldContain("docstore.json");
    }

    [Fact]
    public void Whole_numbers_beyond_64_bits_become_texts_where_that_is_asked_for()
    {
        string path = Write("docstore.json", """[[["a",{"pageContent":"A","metadata":{"n":123456789012345678901234567890}}]],{"0":"a"}]""");
        using IPayloadSource source = StorePayloads.Open(path, new PayloadRules { LargeInteger = LargeInteger.Text }, null, null, default)!;
        source.Check(scattered: false, default);
        Text(source.Read([0], default), 0).ShouldBe("""{"content":"A","metadata":{"n":"123456789012345678901234567890"}}""");
    }

    [Fact]
    public void A_store_without_documents_and_one_of_metadata_null_are_read()
    {
        using IPayloadSource empty = StorePayloads.Open(Write("empty.json", "[[],{}]"), default, null, null, default)!;
        empty.Check(scattered: false, default);
        empty.Count.ShouldBe(0);
        string path = Write("none.json", """[[["a",{"pageContent":"A","metadata":null}]],{"3":"a","4":"b"}]""");
        using IPayloadSource none = StorePayloads.Open(path, default, null, null, default)!;
        none.Check(scattered: false, default);
        PayloadBlock block = none.Read([4, 3, 0], default);
        (Text(block, 0), Text(block, 1), Text(block, 2)).ShouldBe(("", """{"content":"A","metadata":{}}""", ""));
    }

    [Fact]
    public void Documents_longer_than_the_blocks_that_are_read_come_whole()
    {
        string text = string.Concat(Enumerable.Range(0, 60_000).Select(static i => $"{i} ä\n"));
        string json = JsonSerializer.Serialize(text);
        string path = Write("docstore.json", $"[[[\"a\",{{\"pageContent\":{json},\"metadata\":{{\"k\":{json}}}}}]],{{\"0\":\"a\"}}]");
        using IPayloadSource source = StorePayloads.Open(path, default, null, null, default)!;
        source.Check(scattered: false, default);
        using JsonDocument read = JsonDocument.Parse(source.Read([0], default).Utf8);
        read.RootElement.GetProperty("content").GetString().ShouldBe(text);
        read.RootElement.GetProperty("metadata").GetProperty("k").GetString().ShouldBe(text);
    }

    [Fact]
    public void A_file_that_changes_is_noticed()
    {
        string path = Write("docstore.json", """[[["a",{"pageContent":"A"}]],{"0":"a"}]""");
        using IPayloadSource source = StorePayloads.Open(path, default, null, null, default)!;
        File.AppendAllText(path, " ");
        Should.Throw<MigrationException>(() => source.Read([0], default)).ErrorId.ShouldBe("PayloadFileChanged");
    }

    [Theory]
    [InlineData("""{"docstore/data":{"a":{"__data__":{"text":NaN},"__type__":"1"}}}""", "StoreValueRefused", "the node 'a' has in 'text' NaN")]
    [InlineData("""{"docstore/data":{"a":{"__data__":{"metadata":{"x":[0,{"y":Infinity}]}}}}}""", "StoreValueRefused", "'metadata.x[1].y' Infinity")]
    [InlineData("""{"docstore/data":{"a":{"__data__":{"id_":"a"}},"a":{"__data__":{}}}}""", "StoreInvalid", "the node 'a' once")]
    [InlineData("""{"docstore/data":{"a":{"__type__":"1"}}}""", "StoreInvalid", "'__data__' in the node 'a', found no such field")]
    [InlineData("""{"docstore/data":{"a":{"__data__":{"id_":"a","metadata":{"x":1,"x":1}}}}}""", "StoreValueRefused", "in 'metadata.x' a key twice")]
    [InlineData("""{"docstore/data":{"a":{"__data__":{"id_":"a","metadata":[1]}}}}""", "StoreInvalid", "an object in 'metadata' of the node 'a'")]
    [InlineData("""{"docstore/metadata":{}}""", "StoreInvalid", "'docstore/data', found no such field")]
    public void A_docstore_of_LlamaIndex_is_refused_by_node_and_key(string json, string id, string words)
    {
        Write("index_store.json", IndexStore("""{"0":"a"}"""));
        MigrationException error = Refused("docstore.json", json);
        error.ErrorId.ShouldBe(id);
        error.Message.ShouldContain(words);
    }

    [Fact]
    public void A_docstore_nested_without_end_is_refused()
    {
        Write("index_store.json", IndexStore("{}"));
        MigrationException error = Refused(
            "docstore.json", """{"docstore/data":{"a":{"__data__":{"metadata":{"x":""" + new string('[', 100_000) + new string(']', 100_000) + "}}}}}");
        error.ErrorId.ShouldBe("StoreValueRefused");
        error.Message.ShouldContain("nested deeper than 256");
    }

    [Theory]
    [InlineData("""{"index_store/data":{}}""", "StoreInvalid", "an index of type vector_store, found none")]
    [InlineData("""{"index_store/data":{"i":{"__type__":"vector_store","__data__":"{}"}}}""", "StoreInvalid", "'nodes_dict', found no such field")]
    [InlineData("""{"index_store/data":{"i":{"__type__":"vector_store","__data__":"{\"nodes_dict\":{\"x\":\"a\"}}"}}}""", "StoreInvalid", "found 'x'")]
    [InlineData("""{"index_store/data":{"i":{"__type__":"vector_store","__data__":7}}}""", "StoreInvalid", "a string in '__data__' of the index 'i'")]
    [InlineData(
        """
        {"index_store/data":{"i":{"__type__":"vector_store","__data__":"{\"nodes_dict\":{}}"},
        "j":{"__type__":"vector_store","__data__":"{\"nodes_dict\":{}}"}}}
        """,
        "StoreAmbiguous", "2 indexes of type vector_store: i, j")]
    public void An_index_store_is_refused(string json, string id, string words)
    {
        Write("index_store.json", json);
        MigrationException error = Refused("docstore.json", Docstore);
        error.ErrorId.ShouldBe(id);
        error.Message.ShouldContain(words);
    }

    [Fact]
    public void A_docstore_alone_says_which_file_is_missing()
    {
        MigrationException error = Refused("docstore.json", Docstore);
        error.ErrorId.ShouldBe("StoreInvalid");
        error.Message.ShouldContain("the index store, which maps nodes to vectors, is not next to it");
    }

    [Theory]
    [InlineData("{'node_id_to_faiss_id_map': {'a': 3}, 'faiss_id_to_node_id_map': {3: 'a'}}", null)]
    [InlineData("""{'node_id_to_faiss_id_map': {"a": 3}, 'faiss_id_to_node_id_map': {3: '\x61'}}""", null)]
    [InlineData("{\"node_id_to_faiss_id_map\": {\"a\": 3}, \"faiss_id_to_node_id_map\": {\"3\": \"a\"}}", null)]
    [InlineData("{'node_id_to_faiss_id_map': {'a': 3}, 'faiss_id_to_node_id_map': {4: 'a'}}", "to match, found 1 entries and 1, 1 of the former")]
    [InlineData("{'node_id_to_faiss_id_map': {'a': 3, 'b': 3}, 'faiss_id_to_node_id_map': {3: 'a'}}", "to match")]
    [InlineData("{'node_id_to_faiss_id_map': {'a': 3}}", "'faiss_id_to_node_id_map', found no such field")]
    [InlineData("{'node_id_to_faiss_id_map': __import__('os').system('id')}", "a string or a whole number, found something else at byte 28")]
    [InlineData("{'node_id_to_faiss_id_map': {'a': 3}, 'faiss_id_to_node_id_map': {3: 'a'}}; x", "the end of the file")]
    [InlineData("{'node_id_to_faiss_id_map': {'a': 1.5}}", "',' or '}'")]
    [InlineData("""{'node_id_to_faiss_id_map': {'\q': 1}}""", "an escape that Python's repr writes")]
    [InlineData("{'node_id_to_faiss_id_map': {'a", "a string of at most 4,096 bytes with its closing quote")]
    [InlineData("{'node_id_to_faiss_id_map': {1:{1:{1:{1:{1:{1:{1:{1:{1:{}}}}}}}}}}}", "dictionaries at most 8 deep")]
    public void A_map_of_ids_is_read_as_Python_or_JSON_writes_it_and_never_evaluated(string map, string? words)
    {
        Write("id_map.json", map);
        string path = Write("docstore.json", Docstore);
        if (words is null)
        {
            using IPayloadSource source = StorePayloads.Open(path, default, null, null, default)!;
            source.Check(scattered: true, default);
            ((IKeyedPayloadSource)source).Keys(default).ShouldBe([3L]);
            return;
        }

        MigrationException error = Should.Throw<MigrationException>(() => StorePayloads.Open(path, default, null, null, default));
        error.ErrorId.ShouldBe("StoreInvalid");
        error.Message.ShouldContain(words);
    }

    [Fact]
    public void Metadata_do_not_take_the_names_that_LlamaIndex_uses_itself()
    {
        Write("index_store.json", IndexStore("""{"0":"a"}"""));
        string path = Write("docstore.json", """{"docstore/data":{"a":{"__data__":{"id_":"a","metadata":{"doc_id":"mine","k":1}},"__type__":"3"}}}""");
        using IPayloadSource source = StorePayloads.Open(path, default, null, null, default)!;
        source.Check(scattered: true, default);
        Text(source.Read([0], default), 0).ShouldBe(
            """{"k":1,"_node_content":"{\"id_\":\"a\",\"metadata\":{\"doc_id\":\"mine\",\"k\":1}}","_node_type":"IndexNode","""
            + "\"document_id\":\"None\",\"doc_id\":\"None\",\"ref_doc_id\":\"None\"}");
    }

    private const string Docstore = """{"docstore/data":{"a":{"__data__":{"id_":"a","metadata":{},"text":"A"},"__type__":"1"}}}""";

    private static string IndexStore(string nodes) =>
        JsonSerializer.Serialize(new Dictionary<string, object>
        {
            ["index_store/data"] = new Dictionary<string, object>
            {
                ["i"] = new Dictionary<string, string> { ["__type__"] = "vector_store", ["__data__"] = $$"""{"index_id":"i","nodes_dict":{{nodes}}}""" },
            },
        });

    private static string Text(PayloadBlock block, int row) => Encoding.UTF8.GetString(block[row].Span);

    private string Write(string name, string text)
    {
        string path = Path.Combine(folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    private MigrationException Refused(string name, string text)
    {
        string path = Write(name, text);
        return Should.Throw<MigrationException>(() =>
        {
            using IPayloadSource source = StorePayloads.Open(path, default, null, null, default)!;
            source.Check(scattered: true, default);
        });
    }
}
