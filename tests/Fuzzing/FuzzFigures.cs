namespace VectorMigration.Fuzzing;

/// <summary>What the files damaged in one way came to. Not thread-safe: each worker has its own, added up at the end.</summary>
internal sealed class FuzzFigures
{
    private readonly long[] ends = new long[Enum.GetValues<TrialEnd>().Length];

    /// <summary>Error ids of rejections and how often each was met.</summary>
    public SortedDictionary<string, long> Reasons { get; } = new(StringComparer.Ordinal);

    /// <summary>Files in all.</summary>
    public long Files => ends.Sum();

    /// <summary>Longest time of a file at its first reading: not shortened by readings that came after it.</summary>
    public TimeSpan WorstTime { get; private set; }

    /// <summary>Files that were read again because they were slow at first.</summary>
    public long ReadAgain { get; private set; }

    /// <summary>Time of all first readings.</summary>
    public TimeSpan TotalTime { get; private set; }

    /// <summary>Most memory beyond the length of a file, in bytes.</summary>
    public long WorstMemory { get; private set; } = long.MinValue;

    /// <summary>Files that ended so.</summary>
    public long Of(TrialEnd end) => ends[(int)end];

    /// <summary>Counts a file.</summary>
    public void Add(TrialResult result)
    {
        ends[(int)result.End]++;
        WorstTime = result.FirstTime > WorstTime ? result.FirstTime : WorstTime;
        ReadAgain += result.Again > 0 ? 1 : 0;
        TotalTime += result.FirstTime;
        WorstMemory = Math.Max(WorstMemory, result.Memory);
        if (result.End == TrialEnd.Rejected)
        {
            Reasons[result.Reason] = Reasons.GetValueOrDefault(result.Reason) + 1;
        }
    }

    /// <summary>Adds other figures.</summary>
    public void Add(FuzzFigures other)
    {
        for (int i = 0; i < ends.Length; i++)
        {
            ends[i] += other.ends[i];
        }

        WorstTime = other.WorstTime > WorstTime ? other.WorstTime : WorstTime;
        ReadAgain += other.ReadAgain;
        TotalTime += other.TotalTime;
        WorstMemory = Math.Max(WorstMemory, other.WorstMemory);
        foreach ((string reason, long count) in other.Reasons)
        {
            Reasons[reason] = Reasons.GetValueOrDefault(reason) + count;
        }
    }
}
