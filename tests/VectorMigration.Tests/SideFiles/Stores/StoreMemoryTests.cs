using VectorMigration.SideFiles.Stores;
using VectorMigration.Tests.Faiss;

namespace VectorMigration.Tests.SideFiles.Stores;

/// <summary>What a store takes that is loaded as a whole is told before it is loaded.</summary>
public sealed class StoreMemoryTests
{
    private static readonly string Folder = Path.Combine(Fixture.Root, "stores");

    [Theory]
    [InlineData("langchain/core_pydantic2.pkl", 10)]
    [InlineData("json/pickled_texts/chunks.pkl", 10)]
    [InlineData("json/llama_index/docstore.json", 0)]
    [InlineData("json/list_objects/metadata.json", 0)]
    [InlineData("sqlite/txtai/documents", 0)]
    public void Memory_is_predicted_for_what_is_loaded_as_a_whole(string name, int factor)
    {
        string path = Path.Combine(Folder, name);
        StoreMemory.Predict(path, default).ShouldBe(factor * new FileInfo(path).Length);
        StoreMemory.Warning(path, default).ShouldBeNull("small files are not worth a word");
    }

    [Fact]
    public void The_warning_tells_what_it_takes_and_what_there_is()
    {
        StoreMemory.Sentence("/data/index.pkl", 3_000_000_000, 8_000_000_000)
            .ShouldBe("/data/index.pkl can only be loaded as a whole. That takes up to 3,000 MB of memory. This process has 8,000 MB.");
        StoreMemory.Sentence("/data/index.pkl", 9_000_000_000, 8_000_000_000).ShouldEndWith("This process has 8,000 MB, which may not be enough.");
    }
}
