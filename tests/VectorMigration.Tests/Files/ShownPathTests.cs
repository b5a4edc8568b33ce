namespace VectorMigration.Tests;

public sealed class ShownPathTests
{
    [Fact]
    public void A_copy_is_shown_as_what_it_is_a_copy_of()
    {
        using PrivateFolder folder = new();
        PrivateFolder.Shown(Path.Combine(folder.Path, "tx.tar.gz", "documents")).ShouldBe("tx.tar.gz/documents");
        string own = Path.Combine(Path.GetTempPath(), "words.jsonl");
        PrivateFolder.Shown(own).ShouldBe(own);
    }
}
