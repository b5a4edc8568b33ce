namespace VectorMigration.Tests;

public class OrdinalSetTests
{
    [Fact]
    public void Ranges_that_touch_or_overlap_become_one()
    {
        OrdinalSet set = SetOf((10, 19), (30, 39), (20, 29));
        set.Ranges.ShouldBe([new OrdinalRange(10, 39)]);
        set.Add(new OrdinalRange(0, 100));
        set.Ranges.ShouldBe([new OrdinalRange(0, 100)]);
        set.Count.ShouldBe(101);
    }

    [Fact]
    public void Gaps_are_found_in_order_up_to_the_end()
    {
        OrdinalSet set = SetOf((0, 9), (20, 29));
        set.NextGap(0, 100).ShouldBe(new OrdinalRange(10, 19));
        set.NextGap(15, 100).ShouldBe(new OrdinalRange(15, 19));
        set.NextGap(20, 100).ShouldBe(new OrdinalRange(30, 99));
        set.NextGap(12, 14).ShouldBe(new OrdinalRange(12, 13));
        set.NextGap(0, 10).ShouldBeNull();
        set.NextGap(25, 30).ShouldBeNull();
        set.NextGap(5, 5).ShouldBeNull();
    }

    [Theory]
    [InlineData(-1, 3)]
    [InlineData(4, 3)]
    [InlineData(4, long.MaxValue)]
    public void A_range_that_is_none_is_refused(long first, long last) =>
        Should.Throw<ArgumentOutOfRangeException>(() => new OrdinalSet().Add(new OrdinalRange(first, last)));

    [Fact]
    public void It_is_the_set_of_what_was_added()
    {
        var random = new Random(20261122);
        for (int round = 0; round < 500; round++)
        {
            (int First, int Length)[] ranges = [.. Enumerable.Range(0, random.Next(0, 20)).Select(_ => (random.Next(0, 61), random.Next(1, 13)))];
            var set = new OrdinalSet();
            var expected = new SortedSet<long>();
            foreach ((int first, int length) in ranges)
            {
                set.Add(new OrdinalRange(first, first + length - 1));
                expected.UnionWith(Enumerable.Range(first, length).Select(i => (long)i));
            }

            set.Count.ShouldBe(expected.Count);
            set.Ranges.SelectMany(r => Enumerable.Range((int)r.First, (int)r.Count).Select(i => (long)i)).ShouldBe(expected);
            set.Ranges.Zip(set.Ranges.Skip(1)).ShouldAllBe(pair => pair.First.Last + 1 < pair.Second.First);
            for (int i = 0; i < 80; i++)
            {
                set.Contains(i).ShouldBe(expected.Contains(i));
            }

            set.CountWithin(7, 31).ShouldBe(expected.Count(i => i is >= 7 and < 38));
            Missing(set, 3, 75).ShouldBe(Enumerable.Range(3, 72).Select(i => (long)i).Where(i => !expected.Contains(i)));
        }
    }

    [Fact]
    public void What_another_set_has_is_taken_away()
    {
        OrdinalSet set = SetOf((0, 9), (20, 29), (40, 49), (60, 69));
        set.RemoveAll(SetOf((3, 4), (9, 22), (40, 49), (100, long.MaxValue - 1)));
        set.Ranges.ShouldBe([new OrdinalRange(0, 2), new OrdinalRange(5, 8), new OrdinalRange(23, 29), new OrdinalRange(60, 69)]);
        set.Count.ShouldBe(24);
        set.RemoveAll(SetOf((0, long.MaxValue - 1)));
        (set.Count, set.Ranges.Count).ShouldBe((0, 0));
    }

    private static IEnumerable<long> Missing(OrdinalSet set, long from, long end)
    {
        while (set.NextGap(from, end) is { } gap)
        {
            for (long i = gap.First; i <= gap.Last; i++)
            {
                yield return i;
            }

            from = gap.Last + 1;
        }
    }

    private static OrdinalSet SetOf(params (long First, long Last)[] ranges)
    {
        var set = new OrdinalSet();
        foreach ((long first, long last) in ranges)
        {
            set.Add(new OrdinalRange(first, last));
        }

        return set;
    }
}
