namespace VectorMigration.Commands;

/// <summary>
/// Finds repeated ids in a stream in bounded memory: ids that ascend cost one run of consecutive numbers each,
/// all others an entry in a set, up to <see cref="Capacity"/> of both together.
/// </summary>
internal sealed class SeenIds(int capacity = SeenIds.DefaultCapacity)
{
    /// <summary>Ten million entries: at most some 400 MB, met only by ids that are neither consecutive nor few.</summary>
    public const int DefaultCapacity = 10_000_000;

    private readonly List<ulong> starts = [];
    private readonly List<ulong> ends = [];
    private readonly HashSet<PointId> others = [];

    /// <summary>Entries that are kept at most.</summary>
    public int Capacity { get; } = capacity;

    /// <summary>True once there are more ids than can be remembered: a repeated one may go unnoticed from then on.</summary>
    public bool IsFull => starts.Count + others.Count >= Capacity;

    /// <summary>Notes an id; false when it has been seen before.</summary>
    public bool Add(PointId id)
    {
        if (id.IsGuid)
        {
            return AddOther(id);
        }

        ulong number = id.Number;
        if (ends.Count > 0 && number <= ends[^1])
        {
            return !IsInRun(number) && AddOther(id);
        }

        if (ends.Count > 0 && number == ends[^1] + 1)
        {
            ends[^1] = number;
        }
        else if (!IsFull)
        {
            starts.Add(number);
            ends.Add(number);
        }

        return true;
    }

    private bool AddOther(PointId id) => IsFull ? !others.Contains(id) : others.Add(id);

    private bool IsInRun(ulong number)
    {
        int at = starts.BinarySearch(number);
        int run = at >= 0 ? at : ~at - 1;
        return run >= 0 && number <= ends[run];
    }
}
