namespace VectorMigration.Tests;

public sealed class SomeOfEachTests
{
    [Fact]
    public void Many_missing_points_hide_no_different_one()
    {
        List<PointDifference> all = [.. Enumerable.Range(0, 30).Select(static i => new PointDifference((ulong)i, i, "missing"))];
        all.Add(new PointDifference(30UL, 30, "payload differs"));
        PointDifference[] shown = [.. PointDifference.SomeOfEach(all, 10)];
        shown.Length.ShouldBe(10);
        shown.Select(static one => one.Ordinal).ShouldBe([0, 1, 2, 3, 4, 5, 6, 7, 8, 30]);
    }

    [Fact]
    public void Both_sorts_share_what_is_shown()
    {
        PointDifference[] all = [.. Enumerable.Range(0, 40).Select(static i => new PointDifference((ulong)i, i, i < 20 ? "missing" : "vector differs"))];
        PointDifference.SomeOfEach(all, 10).Select(static one => one.Ordinal).ShouldBe([0, 1, 2, 3, 4, 20, 21, 22, 23, 24]);
        PointDifference.SomeOfEach(all[20..], 10).Select(static one => one.Ordinal).ShouldBe(Enumerable.Range(20, 10).Select(static i => (long)i));
        PointDifference.SomeOfEach(all[..3], 10).ShouldBe(all[..3]);
    }
}
