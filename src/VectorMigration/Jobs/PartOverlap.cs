using VectorMigration.Files;

namespace VectorMigration.Jobs;

/// <summary>Ids that more than one part has.</summary>
/// <param name="Count">How many ids.</param>
/// <param name="First">The least of them, ten at most, with two of the parts that have each, by number.</param>
internal sealed record SharedIds(long Count, IReadOnlyList<(long Id, int Part, int Other)> First);

/// <summary>
/// Finds ids that several parts have, in bounded memory: ids go to files by their hash, and one file after the other is sorted in memory. A billion ids take
/// 16 GB of disk for the time of the check, and about 150 MB of memory.
/// </summary>
/// <param name="folder">Where the files are.</param>
/// <param name="most">Ids that are sorted in memory at once.</param>
internal sealed class PartOverlap(SpillFolder folder, int most = 1 << 22)
{
    private const int Listed = 10;
    private const int MostFiles = 512;

    /// <summary>Finds them.</summary>
    /// <param name="parts">Number and ids of each part.</param>
    /// <param name="total">Ids of all of them, about.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public SharedIds Find(IEnumerable<(int Number, IEnumerable<long> Ids)> parts, long total, CancellationToken cancellationToken)
    {
        // Half as many more files as an even hash would need.
        int files = (int)Math.Clamp(((total + (total / 2)) / most) + 1, 1, MostFiles);
        var spilled = new SpillFile[files];
        try
        {
            for (int i = 0; i < files; i++)
            {
                spilled[i] = folder.Create();
            }

            long done = 0;
            foreach ((int number, IEnumerable<long> ids) in parts)
            {
                foreach (long id in ids)
                {
                    if (done++ % 65_536 == 0)
                    {
                        cancellationToken.ThrowIfCancellationRequested();
                    }

                    SpillFile file = spilled[FileOf(id, files)];
                    file.Add(id);
                    file.Add(number);
                }
            }

            return Compare(spilled, cancellationToken);
        }
        finally
        {
            foreach (SpillFile? file in spilled)
            {
                file?.Dispose();
            }
        }
    }

    private static SharedIds Compare(SpillFile[] spilled, CancellationToken cancellationToken)
    {
        long count = 0;
        var first = new List<(long Id, int Part, int Other)>();
        foreach (SpillFile file in spilled)
        {
            cancellationToken.ThrowIfCancellationRequested();
            file.Flush();
            count += CompareOne(file, first);
        }

        return new SharedIds(count, first);
    }

    private static long CompareOne(SpillFile file, List<(long Id, int Part, int Other)> first)
    {
        int pairs = checked((int)(file.Count / 2));
        long[] ids = new long[pairs];
        int[] parts = new int[pairs];
        Span<long> block = new long[Math.Min(pairs, 4_096) * 2];
        for (int at = 0; at < pairs;)
        {
            int taken = Math.Min(block.Length / 2, pairs - at);
            file.Read((long)at * 2, block[..(taken * 2)]);
            for (int i = 0; i < taken; i++, at++)
            {
                ids[at] = block[i * 2];
                parts[at] = (int)block[(i * 2) + 1];
            }
        }

        Array.Sort(ids, parts);
        long shared = 0;
        for (int begin = 0; begin < pairs;)
        {
            int end = begin + 1;
            int other = -1;
            for (; end < pairs && ids[end] == ids[begin]; end++)
            {
                other = parts[end] != parts[begin] ? parts[end] : other;
            }

            if (other >= 0)
            {
                shared++;
                Note(first, (ids[begin], Math.Min(parts[begin], other), Math.Max(parts[begin], other)));
            }

            begin = end;
        }

        return shared;
    }

    private static void Note(List<(long Id, int Part, int Other)> first, (long Id, int Part, int Other) found)
    {
        int at = first.FindIndex(one => one.Id > found.Id);
        first.Insert(at < 0 ? first.Count : at, found);
        if (first.Count > Listed)
        {
            first.RemoveAt(Listed);
        }
    }

    private static int FileOf(long id, int files) =>
        (int)(((ulong)id * 0x9E3779B97F4A7C15UL >> 32) * (ulong)files >> 32);
}
