namespace VectorMigration.Tests;

/// <summary>What a journal is called, and where an endpoint leads.</summary>
public sealed partial class JournalFileTests
{
    [Theory]
    [InlineData("words", "words.journal")]
    [InlineData("Wörter 2", "Wörter 2.journal")]
    public void A_journal_is_named_by_its_collection(string collection, string name) =>
        JournalPaths.Default("logs", collection).ShouldBe(Path.Combine("logs", name));

    [Theory]
    [InlineData("..")]
    [InlineData("nul")]
    [InlineData("COM1.x")]
    [InlineData("COM\u00B9")]
    [InlineData("CONIN$")]
    [InlineData("a/b")]
    [InlineData("ends with a dot.")]
    public void A_name_that_some_file_system_would_not_take_is_told_by_its_digest(string collection) =>
        Path.GetFileName(JournalPaths.Default("logs", collection)).ShouldMatch("^collection-[0-9a-f]{16}\\.journal$");

    /// <summary>Where names have no case, both would be one file.</summary>
    [Fact]
    public void A_collection_whose_name_differs_in_case_has_a_journal_of_its_own()
    {
        Begun().Dispose();
        JournalPaths.Default(folder.Path, "words").ShouldBe(File);
        string other = Path.Combine(folder.Path, "Words.journal");
        System.IO.File.Exists(other).ShouldBe(OperatingSystem.IsWindows());
        if (!OperatingSystem.IsWindows())
        {
            System.IO.File.Copy(File, other);
        }

        string own = JournalPaths.Default(folder.Path, "Words");
        Path.GetFileName(own).ShouldMatch("^collection-[0-9a-f]{16}\\.journal$");

        // It stays where it was begun when the other one has gone.
        System.IO.File.WriteAllText(own, string.Empty);
        System.IO.File.Delete(other);
        JournalPaths.Default(folder.Path, "Words").ShouldBe(own);
    }

    [Theory]
    [InlineData("words", null, "shard_01", "words.shard_01.journal")]
    [InlineData("words", "body", "shard_01", "words.body.shard_01.journal")]
    public void Each_part_has_a_journal_of_its_own(string collection, string? vector, string part, string name) =>
        JournalPaths.OfPart("logs", collection, vector, part).ShouldBe(Path.Combine("logs", name));

    [Theory]
    [InlineData("http://localhost:6334", "http://127.0.0.1:6334", true)]
    [InlineData("http://[::1]:6334", "http://127.0.0.1:6334", true)]
    [InlineData("http://127.0.0.1:6334", "http://127.0.0.1:6335", false)]
    [InlineData("http://127.0.0.1:6334", "http://192.0.2.7:6334", false)]
    [InlineData("memory://store", "memory://other", false)]
    public void An_endpoint_is_where_its_name_leads(string one, string other, bool same) => EndpointAddresses.AreSame(one, other).ShouldBe(same);
}
