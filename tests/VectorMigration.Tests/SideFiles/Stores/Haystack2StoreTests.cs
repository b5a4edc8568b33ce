using System.Text;
using VectorMigration.SideFiles.Stores;

namespace VectorMigration.Tests.SideFiles.Stores;

/// <summary>Stores of Haystack 2: what is refused, and with which words.</summary>
public sealed class Haystack2StoreTests : IDisposable
{
    private const string Head = "\"content\":\"A\",\"embedding\":null";

    private readonly string folder = Directory.CreateTempSubdirectory("vm-haystack-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("{\"documents\":[{\"id\":\"a\"," + Head + "}]}", "StoreInvalid", "expected 'id_map', found no such field")]
    [InlineData("{\"documents\":[{\"id\":\"a\"," + Head + "},{\"id\":\"a\"}],\"id_map\":{}}", "StoreInvalid", "the document 'a' once")]
    [InlineData("{\"documents\":[{\"id\":\"a\"," + Head + "},{\"x\":1}],\"id_map\":{}}", "StoreInvalid", "a string in 'id' of document 1, found no such field")]
    [InlineData("{\"documents\":[{\"id\":\"a\"," + Head + "}],\"id_map\":{\"x\":\"a\"}}", "StoreInvalid", "whole numbers as positions in 'id_map', found 'x'")]
    [InlineData("{\"documents\":[{\"id\":\"a\"," + Head + "}],\"id_map\":{\"0\":7}}", "StoreInvalid", "a string in position 0 as an id, found a number")]
    [InlineData("{\"documents\":[{\"id\":\"a\"," + Head + ",\"x\":NaN}],\"id_map\":{\"0\":\"a\"},\"next_id\": 1}",
        "StoreValueRefused", "document 0 has in 'x' NaN")]
    [InlineData("{\"documents\":[{\"id\":\"a\"," + Head + ",\"x\":1,\"meta\":{\"x\":2}}],\"id_map\":{\"0\":\"a\"}}", "StoreValueRefused",
        "'meta.x' a key twice")]
    [InlineData("{\"documents\":[{\"id\":\"a\"," + Head + ",\"\\ud800\":1}],\"id_map\":{\"0\":\"a\"}}", "PayloadRowInvalid",
        "the document 'a' cannot be a payload")]
    public void A_store_is_refused_by_document_and_key(string json, string id, string words)
    {
        string path = Write(json);
        MigrationException error = Should.Throw<MigrationException>(() =>
        {
            using IPayloadSource source = StorePayloads.Open(path, default, null, null, default).ShouldNotBeNull();
            source.Check(scattered: false, default);
        });
        error.ErrorId.ShouldBe(id);
        error.Message.ShouldContain(words);
    }

    [Fact]
    public void Fields_of_a_document_stay_and_all_else_is_metadata()
    {
        string path = Write("""
            {"documents":[{"a":{"b":[1]},"id":"x","content":null,"blob":{"data":[1],"mime_type":"m"},"score":0.5,"embedding":[1],"sparse_embedding":null,
            "meta":{"c":2}}],"id_map":{"7":"x","8":"none"}}
            """);
        using IPayloadSource source = StorePayloads.Open(path, default, null, null, default)!;
        source.Check(scattered: false, default);
        Encoding.UTF8.GetString(source.Read([7], default)[0].Span)
            .ShouldBe("""{"id":"x","content":null,"blob":{"data":[1],"mime_type":"m"},"meta":{"a":{"b":[1]},"c":2}}""");
        source.Read([8], default)[0].IsEmpty.ShouldBeTrue();
    }

    [Theory]
    [InlineData("""{"documents":["a","b"]}""")]
    [InlineData("""{"documents":[{"text":"a"}]}""")]
    [InlineData("""{"documents":[]}""")]
    [InlineData("""{"documents":{}}""")]
    public void Other_files_with_documents_are_nobodys(string json) => StorePayloads.FormOf(Write(json), default).ShouldBe(StoreForm.None);

    private string Write(string text)
    {
        string path = Path.Combine(folder, "store.json");
        File.WriteAllText(path, text);
        return path;
    }
}
