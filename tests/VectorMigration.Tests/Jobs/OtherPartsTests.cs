namespace VectorMigration.Tests.Jobs;

/// <summary>Ids of a part that another part of the job has now.</summary>
public sealed class OtherPartsTests
{
    private int readings;

    private OtherPart Part(long[] ids, long offset = 0, IdMapping mapping = IdMapping.Keep, string? space = null, bool isRange = false) => new(
        mapping, space, (Int128)ids.Min() + offset, (Int128)ids.Max() + offset, isRange, _ =>
        {
            readings++;
            return ids.Select(id => id + offset);
        });

    private static long[] Taken(OtherParts parts, long[] ids, IdMapping mapping = IdMapping.Keep, long offset = 0, string? space = null)
    {
        (long Id, bool IsTaken)[] marked = [.. parts.Mark(ids, mapping, offset, space, default)];
        marked.Select(static one => one.Id).ShouldBe(ids);
        return [.. marked.Where(static one => one.IsTaken).Select(static one => one.Id)];
    }

    [Fact]
    public void Ids_are_told_with_their_offsets_and_in_blocks()
    {
        OtherParts parts = new([Part([40, 10, 30, 20], offset: 5), Part([100, 109], isRange: true)], isComplete: true, most: 3);
        Taken(parts, [1, 15, 16, 25, 26, 35, 44, 45, 99, 100, 104, 109, 110]).ShouldBe([15, 25, 35, 45, 100, 104, 109]);
        Taken(parts, [5, 10, 94], offset: 10).ShouldBe([5, 94]);
        Taken(parts, [110, 94, 20], offset: -5).ShouldBe([110, 20]);
    }

    [Fact]
    public void Uuids_are_those_of_their_part_and_numbers_are_no_uuids()
    {
        OtherParts parts = new(
            [Part([1, 2], mapping: IdMapping.Uuid5, space: "set.a"), Part([3], mapping: IdMapping.Uuid5), Part([4])], isComplete: true);
        long[] ids = [1, 2, 3, 4];
        Taken(parts, ids, IdMapping.Uuid5, space: "set.a").ShouldBe([1, 2]);
        Taken(parts, ids, IdMapping.Uuid5, space: "set.b").ShouldBeEmpty();
        Taken(parts, ids, IdMapping.Uuid5).ShouldBe([3]);
        Taken(parts, ids, space: "of no use for numbers").ShouldBe([4]);
    }

    [Fact]
    public void Nothing_is_read_without_candidates_or_for_those_out_of_range()
    {
        OtherParts parts = new([Part([5, 9])], isComplete: true);
        Taken(parts, []).ShouldBeEmpty();
        Taken(parts, [1, 2, 10]).ShouldBeEmpty();
        readings.ShouldBe(0);
        Taken(parts, [1, 5, 9]).ShouldBe([5, 9]);
        readings.ShouldBe(1);
    }
}
