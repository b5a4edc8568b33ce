using VectorMigration.Tests.Faiss;

namespace VectorMigration.Tests;

/// <summary>Indexes of one name in folders of their own share a folder of logs: each has its journal, and keeps it.</summary>
public sealed class DefaultJournalTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void The_second_keeps_its_journal_when_that_of_the_first_has_gone()
    {
        string first = Index("a", 1);
        string second = Index("b", 2);
        string shared = Find(first);
        Path.GetFileName(shared).ShouldBe("docs.index.journal");
        Begin(shared, first);
        string own = Find(second);
        Path.GetFileName(own).ShouldBe("docs.b.index.journal");
        Begin(own, second);

        File.Delete(shared);
        Find(second).ShouldBe(own);
        Find(first).ShouldBe(shared);
        Begin(shared, first);
        Find(second).ShouldBe(own);
        Find(first).ShouldBe(shared);
    }

    [Fact]
    public void A_journal_of_a_folder_of_the_same_name_elsewhere_is_not_taken()
    {
        string first = Index(Path.Combine("x", "b"), 1);
        string own = Path.Combine(folder.Path, "docs.b.index.journal");
        Begin(own, first);
        Path.GetFileName(Find(Index(Path.Combine("y", "b"), 2))).ShouldBe("docs.index.journal");
    }

    private string Index(string name, float value)
    {
        string path = Directory.CreateDirectory(Path.Combine(folder.Path, name)).FullName + "/index.faiss";
        File.WriteAllBytes(path, IndexBytes.Flat(2, [value, value, value, value]).ToArray());
        return path;
    }

    private string Find(string index) =>
        DefaultJournal.Find(folder.Path, new MigrationOptions { Collection = "docs" }, index, () => FaissIndex.Describe(index));

    private static void Begin(string path, string index)
    {
        using var journal = MigrationJournal.Open(path, restart: true, TimeProvider.System);
        journal.Begin(new JournalHeader(
            JournalKey.Of(FaissIndex.Describe(index), null, IdMapping.Keep, "http://127.0.0.1:6334", "docs", null), null, DateTimeOffset.UnixEpoch, index,
            File.GetLastWriteTimeUtc(index)));
        journal.Append(new OrdinalRange(0, 1));
    }
}
