using VectorMigration.Vectors;

namespace VectorMigration.Verification;

/// <summary>What a comparison has found so far: exact counts, a bounded list, and, for a repair, which rows are to be sent again. Thread-safe.</summary>
internal sealed class Findings(bool forRepair, bool upsertsWholePoints, int mostRemembered = Findings.MostRemembered)
{
    /// <summary>Differences that are listed one by one.</summary>
    public const int MostListed = 1_000;

    /// <summary>Rows that are remembered for one round of a repair, 32 MB of ordinals.</summary>
    public const int MostRemembered = 1 << 22;

    private readonly Lock gate = new();
    private readonly List<PointDifference> differences = [];
    private readonly List<long> whole = [];
    private readonly List<long> parts = [];

    /// <summary>Whether a point that is there was written by this migration; null where all may be written over.</summary>
    public Func<long, bool>? IsOurs { get; init; }

    /// <summary>Fields of a payload are set beside those that a point has: what differs of a point that is there is put right so, and never by the whole
    /// point.</summary>
    public bool SetsFields { get; init; }

    /// <summary>Points that have payload fields which the index does not have are replaced too, and lose them.</summary>
    public bool RemovesFields { get; init; }

    /// <summary>Points that are not there are left so: a merge only adds to points that exist.</summary>
    public bool LeavesAbsent { get; init; }

    /// <summary>Points that were there.</summary>
    public long Found { get; private set; }

    public long Missing { get; private set; }

    public long Different { get; private set; }

    /// <summary>Points among <see cref="Different"/> whose payload differs.</summary>
    public long DifferentPayloads { get; private set; }

    /// <summary>Different points that cannot be put right without changing what is not of this migration.</summary>
    public long LeftAlone { get; private set; }

    /// <summary>Of these, points that no journal records as this migration's.</summary>
    public long NotRecorded { get; private set; }

    /// <summary>Of these, points that would lose payload fields which the index does not have.</summary>
    public long KeptForFields { get; private set; }

    /// <summary>Of these, points that a merge does not create.</summary>
    public long LeftAbsent { get; private set; }

    /// <summary>Points whose payload has fields that the index does not have.</summary>
    public long WithAddedFields { get; private set; }

    /// <summary>Greatest deviation of a component after normalisation.</summary>
    public double Deviation { get; private set; }

    /// <summary>Numbers in payloads whose last digits the server changed.</summary>
    public long Rounded { get; private set; }

    /// <summary>More rows are to be sent again than are remembered.</summary>
    public bool Overflowed => forRepair && Missing + Different - LeftAlone > Remembered;

    /// <summary>Rows that are remembered to be sent again.</summary>
    public long Remembered => whole.Count + parts.Count;

    /// <summary>Listed differences by ordinal.</summary>
    public IReadOnlyList<PointDifference> Differences => [.. differences.OrderBy(difference => difference.Ordinal)];

    /// <summary>Ascending ordinals of points to send whole: missing ones, and those whose payload is to be replaced.</summary>
    public long[] Whole => Sorted(whole);

    /// <summary>Ascending ordinals of points that are there and keep what else they hold: the vector is replaced, and fields are set where that is asked
    /// for.</summary>
    public long[] Parts => Sorted(parts);

    public void Add(VectorBatch batch, ComparedPoints compared)
    {
        lock (gate)
        {
            Found += compared.Found;
            Rounded += compared.Rounded;
            Deviation = Math.Max(Deviation, compared.Deviation);
            foreach (ComparedRow row in compared.Differences)
            {
                Add(batch.PointIds.Span[row.Row], batch.Ordinal(row.Row), row);
            }
        }
    }

    private void Add(PointId id, long ordinal, ComparedRow row)
    {
        bool isMissing = row.Faults.HasFlag(PointFaults.Missing);
        Missing += isMissing ? 1 : 0;
        Different += isMissing ? 0 : 1;
        WithAddedFields += row.AddedFields > 0 ? 1 : 0;
        DifferentPayloads += row.Faults.HasFlag(PointFaults.Payload) ? 1 : 0;
        if (differences.Count < MostListed)
        {
            differences.Add(new PointDifference(id.Value, ordinal, row.Reason));
        }

        if (forRepair)
        {
            Remember(ordinal, row);
        }
    }

    private void Remember(long ordinal, in ComparedRow row)
    {
        PointFaults faults = row.Faults;
        bool isForeign = !faults.HasFlag(PointFaults.Missing) && IsOurs?.Invoke(ordinal) == false;
        NotRecorded += isForeign ? 1 : 0;
        List<long>? list = isForeign ? null : faults.HasFlag(PointFaults.Missing) ? whole
            : SetsFields || (faults & ~PointFaults.NoVector) == PointFaults.Vector ? parts
            : upsertsWholePoints ? whole
            : null;
        if (list == whole && row.AddedFields > 0 && !RemovesFields)
        {
            // Somebody else's fields: an application has added them, or an earlier payload had them.
            KeptForFields++;
            list = null;
        }

        if (faults.HasFlag(PointFaults.Missing) && LeavesAbsent)
        {
            LeftAbsent++;
            list = null;
        }

        if (list is null)
        {
            LeftAlone++;
        }
        else if (whole.Count + parts.Count < mostRemembered)
        {
            list.Add(ordinal);
        }
    }

    private static long[] Sorted(List<long> ordinals)
    {
        long[] sorted = [.. ordinals];
        Array.Sort(sorted);
        return sorted;
    }
}
