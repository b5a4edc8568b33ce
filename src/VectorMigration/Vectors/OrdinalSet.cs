using System.Runtime.InteropServices;

namespace VectorMigration.Vectors;

/// <summary>A set of ordinals kept as ascending ranges that neither touch nor overlap. Small as long as what is added is mostly in order. Not
/// thread-safe.</summary>
internal sealed class OrdinalSet
{
    private readonly List<OrdinalRange> ranges = [];

    /// <summary>The ranges, ascending.</summary>
    public IReadOnlyList<OrdinalRange> Ranges => ranges;

    /// <summary>How many ordinals there are.</summary>
    public long Count { get; private set; }

    /// <summary>A copy that goes its own way.</summary>
    public OrdinalSet Copy()
    {
        var copy = new OrdinalSet { Count = Count };
        copy.ranges.AddRange(ranges);
        return copy;
    }

    /// <summary>Adds a range; what was there already stays.</summary>
    public void Add(OrdinalRange added)
    {
        if (added.First < 0 || added.Last < added.First || added.Last == long.MaxValue)
        {
            throw new ArgumentOutOfRangeException(nameof(added), added, "A range of ordinals begins at 0 or later and does not end before it begins.");
        }

        int from = FirstEndingAtOrAfter(added.First - 1);
        int to = from;
        long first = added.First;
        long last = added.Last;
        while (to < ranges.Count && ranges[to].First <= added.Last + 1)
        {
            first = Math.Min(first, ranges[to].First);
            last = Math.Max(last, ranges[to].Last);
            Count -= ranges[to].Count;
            to++;
        }

        Count += last - first + 1;
        if (to == from)
        {
            ranges.Insert(from, new OrdinalRange(first, last));
            return;
        }

        ranges[from] = new OrdinalRange(first, last);
        ranges.RemoveRange(from + 1, to - from - 1);
    }

    /// <summary>Adds everything that another set has.</summary>
    public void AddAll(OrdinalSet other)
    {
        foreach (OrdinalRange range in other.ranges)
        {
            Add(range);
        }
    }

    /// <summary>Takes everything away that another set has.</summary>
    public void RemoveAll(OrdinalSet other)
    {
        List<OrdinalRange> left = [];
        foreach (OrdinalRange range in ranges)
        {
            for (long next = range.First; other.NextGap(next, range.Last + 1) is OrdinalRange gap; next = gap.Last + 1)
            {
                left.Add(gap);
            }
        }

        Clear();
        ranges.AddRange(left);
        Count = left.Sum(static range => range.Count);
    }

    /// <summary>Takes everything away.</summary>
    public void Clear()
    {
        ranges.Clear();
        Count = 0;
    }

    /// <summary>Whether an ordinal is there.</summary>
    public bool Contains(long ordinal)
    {
        int at = FirstEndingAtOrAfter(ordinal);
        return at < ranges.Count && ranges[at].First <= ordinal;
    }

    /// <summary>How many of <paramref name="count"/> ordinals from <paramref name="offset"/> on are there.</summary>
    public long CountWithin(long offset, long count)
    {
        long within = 0;
        for (int i = FirstEndingAtOrAfter(offset); i < ranges.Count && ranges[i].First < offset + count; i++)
        {
            within += Math.Min(ranges[i].Last, offset + count - 1) - Math.Max(ranges[i].First, offset) + 1;
        }

        return within;
    }

    /// <summary>The first run of ordinals at or after <paramref name="ordinal"/> and before <paramref name="end"/> that are not there; null when all
    /// are.</summary>
    public OrdinalRange? NextGap(long ordinal, long end)
    {
        int at = FirstEndingAtOrAfter(ordinal);
        if (at < ranges.Count && ranges[at].First <= ordinal)
        {
            ordinal = ranges[at].Last + 1;
            at++;
        }

        long stop = at < ranges.Count ? Math.Min(end, ranges[at].First) : end;
        return ordinal < stop ? new OrdinalRange(ordinal, stop - 1) : null;
    }

    private int FirstEndingAtOrAfter(long ordinal)
    {
        // Nearly every question is about the last range.
        if (ranges.Count == 0 || ranges[^1].Last < ordinal)
        {
            return ranges.Count;
        }

        int low = 0;
        int high = ranges.Count - 1;
        ReadOnlySpan<OrdinalRange> all = CollectionsMarshal.AsSpan(ranges);
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (all[middle].Last < ordinal)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }
}
