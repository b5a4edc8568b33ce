namespace VectorMigration.Files;

/// <summary>Pairs of numbers in ascending order of the first: in memory, or on the disk with one key of every few hundred in memory. Reading is
/// thread-safe.</summary>
public sealed class SortedPairs : IDisposable
{
#if DEBUG
    private const int Page = 4;
#else
    /// <summary>Pairs that are read at once to find one of them: 8 KiB.</summary>
    private const int Page = 512;
#endif

    private readonly long[] keys;
    private readonly long[] values;
    private readonly SpillFile? file;

    private SortedPairs(long[] keys, long[] values, long count, SpillFile? file)
    {
        this.keys = keys;
        this.values = values;
        this.file = file;
        Count = count;
    }

    /// <summary>Number of pairs.</summary>
    public long Count { get; }

    /// <summary>Pairs in memory; of longer arrays the first <paramref name="count"/> elements.</summary>
    public static SortedPairs InMemory(long[] keys, long[] values, int count) => new(keys[..count], values[..count], count, null);

    /// <summary>Pairs in a file, which goes with them.</summary>
    public static SortedPairs OnDisk(SpillFile file)
    {
        long count = file.Count / 2;
        long[] first = new long[(count + Page - 1) / Page];
        Span<long> one = stackalloc long[1];
        for (long page = 0; page < first.Length; page++)
        {
            file.Read(page * Page * 2, one);
            first[page] = one[0];
        }

        return new SortedPairs(first, [], count, file);
    }

    /// <summary>Looks keys up, which must ascend; fills in their values, and <paramref name="absent"/> for a key that is not there.</summary>
    public void Find(ReadOnlySpan<long> ascending, Span<long> found, long absent)
    {
        if (file is null)
        {
            for (int i = 0; i < ascending.Length; i++)
            {
                int at = Array.BinarySearch(keys, ascending[i]);
                found[i] = at < 0 ? absent : values[at];
            }

            return;
        }

        Span<long> page = stackalloc long[Page * 2];
        int held = -1;
        for (int i = 0; i < ascending.Length; i++)
        {
            int wanted = Array.BinarySearch(keys, ascending[i]);
            wanted = wanted >= 0 ? wanted : ~wanted - 1;
            if (wanted < 0)
            {
                found[i] = absent;
                continue;
            }

            Span<long> pairs = page[..((int)Math.Min(Page, Count - ((long)wanted * Page)) * 2)];
            if (wanted != held)
            {
                file.Read((long)wanted * Page * 2, pairs);
                held = wanted;
            }

            found[i] = FindIn(pairs, ascending[i], absent);
        }
    }

    /// <summary>All pairs in order.</summary>
    public IEnumerable<(long Key, long Value)> All()
    {
        if (file is null)
        {
            for (int i = 0; i < keys.Length; i++)
            {
                yield return (keys[i], values[i]);
            }

            yield break;
        }

        var cursor = new PairCursor(file, 0, Count);
        while (cursor.Next())
        {
            yield return (cursor.Key, cursor.Value);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => file?.Dispose();

    private static long FindIn(ReadOnlySpan<long> pairs, long key, long absent)
    {
        int low = 0;
        int high = (pairs.Length / 2) - 1;
        while (low <= high)
        {
            int middle = (low + high) / 2;
            long here = pairs[middle * 2];
            if (here == key)
            {
                return pairs[(middle * 2) + 1];
            }

            (low, high) = here < key ? (middle + 1, high) : (low, middle - 1);
        }

        return absent;
    }
}
