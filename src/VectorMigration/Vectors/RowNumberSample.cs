namespace VectorMigration.Vectors;

/// <summary>
/// Numbers with their rows, of which those with the least hashes are kept: two samples tell how many numbers both sides have, and how many of these in the
/// same row, whatever their order. Of no more than <see cref="Size"/> numbers, all are kept.
/// </summary>
public sealed class RowNumberSample
{
    /// <summary>Numbers that are kept.</summary>
    public const int Size = 512;

    private readonly PriorityQueue<(long Row, long Number), ulong> kept = new(Comparer<ulong>.Create(static (left, right) => right.CompareTo(left)));
    private ulong greatest = ulong.MaxValue;

    /// <summary>Takes a number.</summary>
    /// <param name="row">Its row, from 0.</param>
    /// <param name="number">The number.</param>
    public void Add(long row, long number)
    {
        ulong hash = RowNumbers.Hash(number);
        if (hash >= greatest)
        {
            return;
        }

        if (kept.Count < Size)
        {
            kept.Enqueue((row, number), hash);
        }
        else
        {
            kept.EnqueueDequeue((row, number), hash);
        }

        if (kept.Count == Size && kept.TryPeek(out _, out ulong most))
        {
            greatest = most;
        }
    }

    /// <summary>Compares with the numbers of another side.</summary>
    /// <param name="other">The other side; none of its numbers is there twice.</param>
    public RowOverlap Compare(RowNumberSample other)
    {
        ArgumentNullException.ThrowIfNull(other);

        // Beyond the lesser of the two limits, one side may have numbers that it did not keep.
        ulong limit = Math.Min(greatest, other.greatest);
        Dictionary<long, long> rows = [];
        foreach (((long row, long number), ulong hash) in other.kept.UnorderedItems)
        {
            if (hash <= limit)
            {
                rows[number] = row;
            }
        }

        int seen = 0;
        int same = 0;
        int moved = 0;
        foreach (((long row, long number), ulong hash) in kept.UnorderedItems)
        {
            if (hash <= limit)
            {
                seen++;
                bool isCommon = rows.TryGetValue(number, out long there);
                same += isCommon && there == row ? 1 : 0;
                moved += isCommon && there != row ? 1 : 0;
            }
        }

        return new RowOverlap(seen, same, moved);
    }
}

/// <summary>What a sample of a field's numbers has in common with the ids of an index.</summary>
/// <param name="Seen">Numbers that were compared.</param>
/// <param name="Same">Those that are the id of their own row's vector.</param>
/// <param name="Moved">Those that are the id of another row's vector.</param>
public readonly record struct RowOverlap(int Seen, int Same, int Moved)
{
    /// <summary>At least half of the numbers are ids of the index.</summary>
    public bool IsOfIds => Seen > 0 && (Same + Moved) * 2 >= Seen;
}
