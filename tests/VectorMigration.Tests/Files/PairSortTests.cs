namespace VectorMigration.Tests.Files;

/// <summary>Sorting outside of memory, and what it leaves on the disk.</summary>
public sealed class PairSortTests : IDisposable
{
    /// <summary>More than is sorted in memory, in Release too.</summary>
    private const int Many = (1 << 20) + 100_000;

    private readonly string folder = Directory.CreateTempSubdirectory("vm-sort-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1_000)]
    [InlineData(Many)]
    public void Pairs_come_out_in_order_and_are_found(int count)
    {
        using PairSort sort = new(new SpillFolder(folder));
        for (long i = 0; i < count; i++)
        {
            sort.Add(Key(i), i);
        }

        using SortedPairs pairs = sort.Finish(default);
        pairs.Count.ShouldBe(count);
        long previous = long.MinValue;
        foreach ((long key, long value) in pairs.All())
        {
            (key > previous && key == Key(value)).ShouldBeTrue();
            previous = key;
        }

        long[] asked = [.. Enumerable.Range(0, Math.Min(count, 500)).Select(i => Key(i * (count / Math.Min(count, 500)))).Append(long.MinValue)
            .Append(long.MaxValue).Append(Key(count + 5)).Order()];
        long[] found = new long[asked.Length];
        pairs.Find(asked, found, absent: -1);
        for (int i = 0; i < asked.Length; i++)
        {
            (found[i] < 0 ? asked[i] is long.MinValue or long.MaxValue || asked[i] == Key(count + 5) : Key(found[i]) == asked[i]).ShouldBeTrue();
        }
    }

    [Fact]
    public void Pairs_that_come_in_order_are_found_without_a_merge()
    {
        using PairSort sort = new(new SpillFolder(folder));
        for (long i = 0; i < Many; i++)
        {
            sort.Add(i * 3, -i);
        }

        using SortedPairs pairs = sort.Finish(default);
        long[] found = new long[3];
        pairs.Find([0, 4, 3L * (Many - 1)], found, absent: 7);
        found.ShouldBe([0, 7, -(Many - 1)]);
    }

    [Fact]
    public void The_table_is_its_owners_alone_and_gone_at_the_end()
    {
        using (SpillFile file = new SpillFolder(folder).Create())
        {
            file.Add(1);
            file.Flush();
            Path.GetDirectoryName(file.Path).ShouldBe(folder);
            if (!OperatingSystem.IsWindows())
            {
                File.GetUnixFileMode(file.Path).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
            }

            // The next start of another run leaves alone what is in use.
            using SpillFile other = new SpillFolder(folder).Create();
            File.Exists(file.Path).ShouldBeTrue();
        }

        Directory.GetFiles(folder).ShouldBeEmpty();
    }

    [Fact]
    public void What_a_killed_run_left_is_removed_at_the_next_start()
    {
        string left = Path.Combine(folder, "vector-migration-0123.spill");
        string foreign = Path.Combine(folder, "notes.spill");
        File.WriteAllText(left, "x");
        File.WriteAllText(foreign, "x");
        new SpillFolder(folder).Create().Dispose();
        Directory.GetFiles(folder).ShouldBe([foreign]);
    }

    /// <summary>Each once, in no order.</summary>
    private static long Key(long i) => unchecked((long)((ulong)i * 0x9E3779B97F4A7C15UL));
}
