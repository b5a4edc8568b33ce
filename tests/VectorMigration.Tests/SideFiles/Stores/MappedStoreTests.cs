using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using VectorMigration.SideFiles;
using VectorMigration.SideFiles.Stores;
using VectorMigration.Tests.Faiss;
using VectorMigration.Tests.Feeds;

namespace VectorMigration.Tests.SideFiles.Stores;

/// <summary>Mapping, layouts and ids of every store that is read.</summary>
public sealed class MappedStoreTests
{
    private static readonly string Folder = Path.Combine(Fixture.Root, "stores");

    public static TheoryData<string> Stores =>
    [
        .. Directory.GetDirectories(Path.Combine(Folder, "json")).Where(static path => !path.EndsWith("mixed_saves", StringComparison.Ordinal))
            .Select(static path => Path.GetRelativePath(Folder, path)).Order(StringComparer.Ordinal),
        .. Directory.GetFiles(Path.Combine(Folder, "langchain"), "*.pkl").Select(static path => Path.GetRelativePath(Folder, path))
            .Where(static path => Path.GetFileName(path).Split('_')[0] is not ("values" or "numpy" or "python2")).Order(StringComparer.Ordinal),
    ];

    [Theory]
    [MemberData(nameof(Stores))]
    public void The_fields_of_every_store_are_mapped(string name)
    {
        (string path, JsonElement truth) = Of(name);
        string field = truth.EnumerateObject().First().Value.EnumerateObject().First().Name;
        string[] quoted = [$"\"{field}\""];
        PayloadRules without = new() { Mapping = PayloadMappingTests.Make(excluded: quoted) };
        PayloadRules moved = new() { Mapping = PayloadMappingTests.Make(renames: [(quoted[0], "new.place")]) };
        using IPayloadSource less = StorePayloads.Open(path, without, null, null, default).ShouldNotBeNull();
        using IPayloadSource renamed = StorePayloads.Open(path, moved, null, null, default).ShouldNotBeNull();
        less.Check(scattered: true, default);
        renamed.Check(scattered: true, default);
        foreach (JsonProperty entry in truth.EnumerateObject())
        {
            long place = long.Parse(entry.Name, CultureInfo.InvariantCulture);
            JsonObject expected = Parsed(less.Read([place], default)[0].Span);
            JsonObject found = Parsed(renamed.Read([place], default)[0].Span);
            expected.ContainsKey(field).ShouldBeFalse();
            if (entry.Value.TryGetProperty(field, out JsonElement value))
            {
                JsonNode? at = found["new"]!["place"];
                (JsonNode.DeepEquals(at, JsonNode.Parse(value.GetRawText())) || field == "_node_content").ShouldBeTrue(entry.Name);
                found.Remove("new");
            }

            JsonNode.DeepEquals(found, expected).ShouldBeTrue($"{entry.Name}: {found} is not {expected}");
            expected.Count.ShouldBe(entry.Value.EnumerateObject().Count() - 1);
        }
    }

    [Theory]
    [InlineData("langchain/core_pydantic2.pkl", PayloadLayout.Default, "page_content")]
    [InlineData("langchain/core_pydantic2.pkl", PayloadLayout.Python, "page_content")]
    [InlineData("langchain/core_pydantic2.pkl", PayloadLayout.JavaScript, "content")]
    [InlineData("json/langchain_js", PayloadLayout.Default, "content")]
    [InlineData("json/langchain_js", PayloadLayout.Python, "page_content")]
    [InlineData("json/langchain_js", PayloadLayout.JavaScript, "content")]
    [InlineData("json/llama_index", PayloadLayout.Python, "_node_content")]
    [InlineData("json/llama_index", PayloadLayout.JavaScript, "_node_content")]
    public void The_text_stands_where_the_layout_has_it(string name, PayloadLayout layout, string field)
    {
        (string path, JsonElement truth) = Of(name);
        using IPayloadSource source = PayloadLayouts.Require(StorePayloads.Open(path, new PayloadRules { Layout = layout }, null, null, default)!, layout);
        source.Check(scattered: true, default);
        long place = long.Parse(truth.EnumerateObject().First().Name, CultureInfo.InvariantCulture);
        JsonObject payload = Parsed(source.Read([place], default)[0].Span);
        payload.ContainsKey(field).ShouldBeTrue();
        payload.Select(static pair => pair.Key).Intersect(["content", "page_content", "_node_content"]).ShouldBe([field]);
    }

    [Theory]
    [InlineData("json/list_texts")]
    [InlineData("json/pickled_dictionary")]
    public void Other_payloads_have_no_layout(string name)
    {
        MigrationException error = Should.Throw<MigrationException>(() => PayloadLayouts.Require(
            StorePayloads.Open(Of(name).Path, new PayloadRules { Layout = PayloadLayout.Python }, null, null, default)!, PayloadLayout.Python));
        error.ErrorId.ShouldBe("PayloadMappingInvalid");
        error.Message.ShouldContain("a Python layout");
    }

    [Theory]
    [InlineData("langchain/core_pydantic2.pkl", true)]
    [InlineData("json/langchain_js", true)]
    [InlineData("json/llama_index", true)]
    [InlineData("json/llama_index_map", true)]
    [InlineData("json/pickled_dictionary", false)]
    public void A_store_tells_the_ids_of_its_documents(string name, bool hasIds)
    {
        (string path, JsonElement truth) = Of(name);
        using IPayloadSource source = StorePayloads.Open(path, default, null, null, default)!;
        IStoreIds ids = source.ShouldBeAssignableTo<IStoreIds>()!;
        ids.HasIds.ShouldBe(hasIds);
        string?[] found = [.. truth.EnumerateObject().Select(entry => ids.IdOf(long.Parse(entry.Name, CultureInfo.InvariantCulture)))];
        found.ShouldAllBe(id => id != null == hasIds);
        ids.IdOf(9_999_999).ShouldBeNull();
        if (hasIds)
        {
            found.Distinct().Count().ShouldBe(found.Length);
            string documents = Directory.Exists(Path.Combine(Folder, name)) ? Path.Combine(Folder, name, "docstore.json") : path;
            string text = System.Text.Encoding.Latin1.GetString(File.ReadAllBytes(documents));
            found.ShouldAllBe(id => text.Contains(id!));
        }
    }

    [Fact]
    public void A_row_store_has_no_ids() => (StorePayloads.Open(Of("json/list_texts").Path, default, null, null, default) is IStoreIds).ShouldBeFalse();

    [Fact]
    public void A_fault_names_the_document()
    {
        PayloadRules rules = new() { Mapping = PayloadMappingTests.Make(types: [("metadata.source", "integer")]) };
        foreach (string name in (string[])["langchain/core_pydantic2.pkl", "json/langchain_js"])
        {
            using IPayloadSource source = StorePayloads.Open(Of(name).Path, rules, null, null, default)!;
            MigrationException error = Should.Throw<MigrationException>(() => source.Check(scattered: true, default));
            error.ErrorId.ShouldBe("PayloadTypeMismatch");
            error.Message.ShouldContain("the document '");
            error.Message.ShouldContain("found another string in 'metadata.source'");
            error.RecommendedAction.ShouldContain("-PayloadType");
        }
    }

    private static (string Path, JsonElement Truth) Of(string name)
    {
        string path = Path.Combine(Folder, name);
        bool isFolder = Directory.Exists(path);
        using JsonDocument truth = JsonDocument.Parse(File.ReadAllText(isFolder ? StoreTruth.PathOf(Folder, name) : Path.ChangeExtension(path, ".json")));
        return (isFolder ? StoreFinder.Find(path, withStore: true, default).StorePath! : path, truth.RootElement.Clone());
    }

    private static JsonObject Parsed(ReadOnlySpan<byte> payload) => JsonNode.Parse(payload)!.AsObject();
}
