using System.Numerics;
using VectorMigration.Vectors;

namespace VectorMigration.Feeds;

/// <summary>
/// Reads all ids of a range once or a few times and finds negatives and duplicates in bounded memory: nothing to remember while ids ascend,
/// a bitmap where their range is dense, otherwise passes over residue classes of their hash, each sorted in memory.
/// </summary>
internal sealed class IdScan(IVectorSource source, long memoryBudget = 64L << 20)
{
    /// <summary>Most duplicates whose ordinals are kept.</summary>
    public const int MaxSuperseded = 1_000_000;

    private const int BlockSize = 1 << 15;

    /// <summary>Bits of a bitmap that is never too large: 256 KiB.</summary>
    private const int SmallBitmap = 1 << 21;

    private const int Listed = 10;

    private readonly long[] block = new long[BlockSize];

    /// <summary>Scans <paramref name="count"/> ids from <paramref name="offset"/> on.</summary>
    public IdScanResult Run(long offset, long count, CancellationToken cancellationToken)
    {
        if (count == 0)
        {
            return new IdScanResult();
        }

        long least = long.MaxValue;
        long greatest = long.MinValue;
        long negatives = 0;
        long previous = long.MinValue;
        bool ascending = true;
        var firstNegatives = new List<IdOccurrence>();
        ForEach(offset, count, (id, ordinal) =>
        {
            least = Math.Min(least, id);
            greatest = Math.Max(greatest, id);
            ascending &= ordinal == offset || id > previous;
            previous = id;
            if (id < 0 && negatives++ < Listed)
            {
                firstNegatives.Add(new IdOccurrence(id, ordinal));
            }
        }, cancellationToken);

        var result = new IdScanResult
        {
            Count = count,
            Least = least,
            Greatest = greatest,
            Ascending = ascending,
            Negatives = negatives,
            FirstNegatives = firstNegatives
        };
        if (ascending)
        {
            return result;
        }

        HashSet<long> repeated = FindRepeated(offset, count, least, greatest, cancellationToken);
        return repeated.Count == 0 ? result : Locate(result, repeated, offset, count, cancellationToken);
    }

    /// <summary>Vectors of a range whose ids vectors after the range have too, so that those are the ones that count.</summary>
    /// <param name="offset">First ordinal of the range.</param>
    /// <param name="count">Its vectors.</param>
    /// <param name="within">The ids of the range.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public long CountReplacedLater(long offset, long count, IdScanResult within, CancellationToken cancellationToken)
    {
        long end = offset + count;
        if (end >= source.Description.Count || source.Description.IdSource == "sequential")
        {
            return 0;
        }

        IdScanResult all = Run(offset, source.Description.Count - offset, cancellationToken);
        return all.Superseded.Count(ordinal => ordinal < end && !within.Superseded.Contains(ordinal));
    }

    private HashSet<long> FindRepeated(long offset, long count, long least, long greatest, CancellationToken cancellationToken)
    {
        UInt128 range = (UInt128)((Int128)greatest - least + 1);

        // Use a bitmap only where it is small or no larger than the ids: a few ids may lie far apart.
        bool dense = range <= ((UInt128)count * 64) + SmallBitmap;
        return dense && range <= (UInt128)memoryBudget * 8
            ? FindByBitmap(offset, count, least, (long)range, cancellationToken)
            : FindByPasses(offset, count, cancellationToken);
    }

    private HashSet<long> FindByBitmap(long offset, long count, long least, long range, CancellationToken cancellationToken)
    {
        ulong[] seen = new ulong[(range + 63) / 64];
        var repeated = new HashSet<long>();
        ForEach(offset, count, (id, _) =>
        {
            long bit = id - least;
            ref ulong word = ref seen[bit >> 6];
            ulong mask = 1UL << (int)(bit & 63);
            if ((word & mask) != 0)
            {
                AddRepeated(repeated, id);
            }

            word |= mask;
        }, cancellationToken);
        return repeated;
    }

    private HashSet<long> FindByPasses(long offset, long count, CancellationToken cancellationToken)
    {
        long room = Math.Max(1, memoryBudget / sizeof(long));
        // A third more passes than a perfectly even hash would need.
        uint passes = (uint)Math.Max(1, (count + (count / 3) + room - 1) / room);
        var repeated = new HashSet<long>();
        for (uint pass = 0; pass < passes; pass++)
        {
            var ids = new List<long>();
            ForEach(offset, count, (id, _) =>
            {
                if (Residue(id, passes) == pass)
                {
                    ids.Add(id);
                }
            }, cancellationToken);
            ids.Sort();
            for (int i = 1; i < ids.Count; i++)
            {
                if (ids[i] == ids[i - 1])
                {
                    AddRepeated(repeated, ids[i]);
                }
            }
        }

        return repeated;
    }

    /// <summary>Fibonacci hashing, high bits multiplied down to the number of passes.</summary>
    private static uint Residue(long id, uint passes) =>
        (uint)(((ulong)(uint)(BitOperations.RotateLeft((ulong)id * 0x9E3779B97F4A7C15UL, 32) & uint.MaxValue) * passes) >> 32);

    private void AddRepeated(HashSet<long> repeated, long id)
    {
        if (repeated.Add(id) && repeated.Count > MaxSuperseded)
        {
            throw FeedErrors.TooManyDuplicates(source.Description, MaxSuperseded);
        }
    }

    private IdScanResult Locate(IdScanResult result, HashSet<long> repeated, long offset, long count, CancellationToken cancellationToken)
    {
        var last = new Dictionary<long, long>(repeated.Count);
        var superseded = new HashSet<long>();
        var firstDuplicates = new List<IdOccurrence>();
        ForEach(offset, count, (id, ordinal) =>
        {
            if (!repeated.Contains(id))
            {
                return;
            }

            if (last.TryGetValue(id, out long earlier))
            {
                superseded.Add(earlier);
                if (superseded.Count > MaxSuperseded)
                {
                    throw FeedErrors.TooManyDuplicates(source.Description, MaxSuperseded);
                }

                if (firstDuplicates.Count < Listed)
                {
                    firstDuplicates.Add(new IdOccurrence(id, ordinal));
                }
            }

            last[id] = ordinal;
        }, cancellationToken);
        return result with { Duplicates = superseded.Count, FirstDuplicates = firstDuplicates, Superseded = superseded };
    }

    private void ForEach(long offset, long count, Action<long, long> visit, CancellationToken cancellationToken)
    {
        long done = 0;
        while (done < count)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int wanted = (int)Math.Min(BlockSize, count - done);
            int read = source.ReadIds(offset + done, block.AsSpan(0, wanted), cancellationToken);
            if (read <= 0)
            {
                throw FeedErrors.EndedEarly(source.Description, offset + done, offset + count);
            }

            for (int i = 0; i < read; i++)
            {
                visit(block[i], offset + done + i);
            }

            done += read;
        }
    }
}
