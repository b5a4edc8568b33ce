namespace VectorMigration.SideFiles;

/// <summary>Finds ids that stand twice in a sorted table of ids and places.</summary>
internal static class RepeatedKeys
{
    /// <summary>How many repeat one before them, and the first of them with both places in their order; null without any.</summary>
    public static (long Count, (long Key, long First, long Second)? Example) Of(SortedPairs pairs)
    {
        (long Key, long Value)? previous = null;
        long repeated = 0;
        (long Key, long First, long Second)? example = null;
        foreach ((long key, long place) in pairs.All())
        {
            if (previous is (long before, long earlier) && before == key)
            {
                repeated++;
                example ??= (key, Math.Min(earlier, place), Math.Max(earlier, place));
            }

            previous = (key, place);
        }

        return (repeated, example);
    }
}
