namespace VectorMigration.Files;

/// <summary>
/// Sorts pairs of numbers by the first of them, however many there are: parts that fit in memory are sorted there, and written to a file of runs that
/// is merged at the end. Few pairs never leave memory, and pairs that come in order are never merged. One thread at a time.
/// </summary>
public sealed class PairSort(SpillFolder folder) : IDisposable
{
#if DEBUG
    /// <summary>Pairs that are sorted in memory; small, so that tests sort outside of it too.</summary>
    private const int Part = 8;
#else
    /// <summary>Pairs that are sorted in memory: 16 MiB. Of fifty million pairs that makes 48 runs, which are still merged at once.</summary>
    private const int Part = 1 << 20;
#endif

    private readonly List<long> runs = [];
    private long[] keys = new long[Math.Min(Part, 256)];
    private long[] values = new long[Math.Min(Part, 256)];
    private SpillFile? spilled;
    private long last = long.MinValue;
    private int filled;
    private bool ordered = true;

    /// <summary>Adds a pair.</summary>
    public void Add(long key, long value)
    {
        if (filled == Part)
        {
            Spill();
        }
        else if (filled == keys.Length)
        {
            int larger = Math.Min(Part, keys.Length * 2);
            Array.Resize(ref keys, larger);
            Array.Resize(ref values, larger);
        }

        ordered &= key >= last;
        last = key;
        keys[filled] = key;
        values[filled++] = value;
    }

    /// <summary>The pairs in ascending order; the sort is at its end.</summary>
    public SortedPairs Finish(CancellationToken cancellationToken)
    {
        if (spilled is null)
        {
            SortPart();
            return SortedPairs.InMemory(keys, values, filled);
        }

        Spill();
        keys = [];
        values = [];
        SpillFile source = spilled;
        source.Flush();
        spilled = null;
        if (ordered)
        {
            return SortedPairs.OnDisk(source);
        }

        using (source)
        {
            return Merge(source, cancellationToken);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => spilled?.Dispose();

    private void SortPart()
    {
        if (!ordered)
        {
            Array.Sort(keys, values, 0, filled);
        }
    }

    private void Spill()
    {
        if (filled == 0)
        {
            return;
        }

        spilled ??= folder.Create();
        SortPart();
        runs.Add(spilled.Count / 2);
        for (int i = 0; i < filled; i++)
        {
            spilled.Add(keys[i]);
            spilled.Add(values[i]);
        }

        filled = 0;
    }

    private SortedPairs Merge(SpillFile source, CancellationToken cancellationToken)
    {
        var queue = new PriorityQueue<PairCursor, long>(runs.Count);
        for (int run = 0; run < runs.Count; run++)
        {
            long end = run + 1 < runs.Count ? runs[run + 1] : source.Count / 2;
            var cursor = new PairCursor(source, runs[run], end);
            if (cursor.Next())
            {
                queue.Enqueue(cursor, cursor.Key);
            }
        }

        SpillFile merged = folder.Create();
        try
        {
            for (long done = 0; queue.TryPeek(out PairCursor? least, out _); done++)
            {
                if (done % 65_536 == 0)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                }

                merged.Add(least.Key);
                merged.Add(least.Value);
                if (least.Next())
                {
                    queue.DequeueEnqueue(least, least.Key);
                }
                else
                {
                    queue.Dequeue();
                }
            }

            merged.Flush();
            return SortedPairs.OnDisk(merged);
        }
        catch
        {
            merged.Dispose();
            throw;
        }
    }
}
