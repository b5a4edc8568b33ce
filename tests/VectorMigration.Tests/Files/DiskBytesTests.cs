namespace VectorMigration.Tests.Files;

/// <summary>An open file notices what others do to it, and to the path that leads to it.</summary>
public sealed class DiskBytesTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("vm-bytes-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void A_link_as_the_cache_of_a_hub_has_it_is_not_a_change_and_another_target_is()
    {
        string blob = Path.Combine(folder, "blob");
        string link = Path.Combine(folder, "index.faiss");
        File.WriteAllText(blob, "twelve bytes");
        File.CreateSymbolicLink(Path.Combine(folder, "between"), "blob");
        File.CreateSymbolicLink(link, "between");
        using DiskBytes bytes = new(link, FileShare.ReadWrite | FileShare.Delete);
        bytes.Length.ShouldBe(12);
        bytes.Change().ShouldBeNull();
        File.WriteAllText(Path.Combine(folder, "other"), "eleven more");
        File.Delete(link);
        File.CreateSymbolicLink(link, "other");
        bytes.Change().ShouldNotBeNull().ShouldContain("it was replaced by another file (11 bytes");
        File.Delete(link);
        bytes.Change().ShouldBeNull();
    }
}
