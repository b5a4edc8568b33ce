using VectorMigration.Tests.Faiss;

namespace VectorMigration.Tests;

/// <summary>The record of written ids beside a journal.</summary>
public sealed class WrittenIdsTests : IDisposable
{
    private static readonly JournalKey Key = new("5 bytes, abcd", 50, "none", IdMapping.Keep, "memory://store", "c", "");

    private readonly TemporaryFolder folder = new();

    private string Journal => Path.Combine(folder.Path, "c.journal");

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Ids_come_back_as_they_were()
    {
        long[] odd = [0, -1, long.MaxValue, long.MinValue, long.MinValue, 5, 5, 5, 6, 7, 8, 7, 100, 0];
        long[] gaps = [.. Enumerable.Range(0, 100_000).Select(static i => (long)i * 61 % 1_000_003)];
        WrittenIdsHeader header = new(Guid.NewGuid(), Key.Index, gaps.Length);
        WrittenIds.Write(Journal, header, odd, gaps);
        WrittenIds record = WrittenIds.Find(Journal, Begun(header.Record)).ShouldNotBeNull();
        record.Header.ShouldBe(header);
        record.Carried().ShouldBe(odd);
        record.All(Said(header.Record, (0, gaps.Length - 1))).ShouldBe([.. odd, .. gaps]);
        record.All(Said(header.Record, (10, 19), (500, 500))).ShouldBe([.. odd, .. gaps[10..20], gaps[500]]);
    }

    [Fact]
    public void Ids_cost_little()
    {
        var dice = new Random(7);
        long id = 0;
        long[] gaps = [.. Enumerable.Range(0, 200_000).Select(_ => id += dice.Next(1, 60))];
        WrittenIds.Write(Journal, new WrittenIdsHeader(Guid.NewGuid(), Key.Index, 0), gaps, Enumerable.Range(0, 5_000_000).Select(static i => (long)i));
        new FileInfo(WrittenIds.PathOf(Journal)).Length.ShouldBeLessThan(gaps.Length * 11 / 10);
    }

    [Fact]
    public void A_record_of_another_journal_is_none()
    {
        WrittenIds.Write(Journal, new WrittenIdsHeader(Guid.NewGuid(), Key.Index, 0), [1, 2], []);
        WrittenIds.Find(Journal, Begun(Guid.NewGuid())).ShouldBeNull();
        WrittenIds.Find(Journal, Begun(null)).ShouldBeNull();
        WrittenIds.Find(Path.Combine(folder.Path, "other.journal"), Begun(Guid.NewGuid())).ShouldBeNull();
    }

    [Fact]
    public void Of_a_record_that_is_ahead_of_its_journal_counts_what_was_carried_over()
    {
        Guid id = Guid.NewGuid();
        WrittenIds.Write(Journal, new WrittenIdsHeader(id, "9 bytes, ffff", 3), [1, 2, 3], [7, 8, 9]);
        WrittenIds.Find(Journal, Begun(id))!.All(Said(id, (0, 2))).ShouldBe([1L, 2L, 3L]);
    }

    [Fact]
    public void A_record_that_is_cut_or_damaged_at_any_byte_is_refused()
    {
        Guid id = Guid.NewGuid();
        WrittenIds.Write(Journal, new WrittenIdsHeader(id, Key.Index, 40), [5, 900, 7], Enumerable.Range(0, 40).Select(static i => (long)i * i));
        string path = WrittenIds.PathOf(Journal);
        byte[] whole = File.ReadAllBytes(path);
        for (int at = 0; at < whole.Length; at++)
        {
            File.WriteAllBytes(path, whole[..at]);
            Refused();
            byte[] damaged = [.. whole];
            damaged[at] ^= 0x41;
            File.WriteAllBytes(path, damaged);
            Refused();
        }

        void Refused() => Should.Throw<MigrationException>(() => WrittenIds.Find(Journal, Begun(id))!.All(Said(id, (0, 39))).Count())
            .ErrorId.ShouldBe("JournalCorrupt");
    }

    private static JournalHeader Begun(Guid? record) => new(Key, null, DateTimeOffset.UnixEpoch, "a.faiss", DateTime.UnixEpoch) { Record = record };

    private static JournalContent Said(Guid record, params (long First, long Last)[] acknowledged)
    {
        OrdinalSet set = new();
        foreach ((long first, long last) in acknowledged)
        {
            set.Add(new OrdinalRange(first, last));
        }

        return new JournalContent(Begun(record), set, 0, 0, 0);
    }
}
