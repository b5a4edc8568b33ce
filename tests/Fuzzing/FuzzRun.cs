using System.Diagnostics;

namespace VectorMigration.Fuzzing;

/// <summary>What a run reads.</summary>
internal readonly record struct FuzzOptions
{
    /// <summary>Seed of all cases.</summary>
    public ulong Seed { get; init; }

    /// <summary>Number of the first case.</summary>
    public long First { get; init; }

    /// <summary>Number of cases.</summary>
    public long Count { get; init; }

    /// <summary>Threads.</summary>
    public int Parallel { get; init; }

    /// <summary>Folder for the files that must not be; null keeps none.</summary>
    public string? Keep { get; init; }

    /// <summary>Told worker and case before each case, so that one that takes the process with it is known.</summary>
    public Action<int, long>? OnCase { get; init; }
}

/// <summary>Reads many damaged files on a few threads.</summary>
internal sealed class FuzzRun(IReadOnlyList<SeedFile> seeds, FuzzOptions options)
{
    /// <summary>A stack as small as the smallest that .NET gives by itself (Windows).</summary>
    private const int StackBytes = 1 << 20;

    /// <summary>A file that takes so long will not end any more.</summary>
    private static readonly TimeSpan Hang = TimeSpan.FromSeconds(60);

    private readonly Dictionary<Mutation, FuzzFigures> figures = Enum.GetValues<Mutation>().ToDictionary(mutation => mutation, _ => new FuzzFigures());
    private readonly List<string> faults = [];
    private readonly Lock gate = new();
    private readonly (long Number, long Since)[] underWay = new (long, long)[options.Parallel];
    private long next;

    /// <summary>Figures by mutation.</summary>
    public IReadOnlyDictionary<Mutation, FuzzFigures> Figures => figures;

    /// <summary>Faults, each with its case.</summary>
    public IReadOnlyList<string> Faults => faults;

    /// <summary>Runs all cases.</summary>
    public void Run()
    {
        using PoolMeter meter = new();
        using Timer watch = new(_ => ThrowOverHangs(), null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
        Thread[] workers = [.. Enumerable.Range(0, options.Parallel).Select(worker => new Thread(() => Work(worker), StackBytes))];
        Array.ForEach(workers, worker => worker.Start());
        Array.ForEach(workers, worker => worker.Join());
    }

    private void Work(int worker)
    {
        Mutator mutator = new(seeds, options.Seed);
        Dictionary<Mutation, FuzzFigures> mine = Enum.GetValues<Mutation>().ToDictionary(mutation => mutation, _ => new FuzzFigures());
        for (long number = Take(); number < options.First + options.Count; number = Take())
        {
            options.OnCase?.Invoke(worker, number);
            FuzzCase file = mutator.Make(number);
            underWay[worker] = (number, Stopwatch.GetTimestamp());
            TrialResult result = Judge(file);
            underWay[worker] = default;
            mine[file.Mutation].Add(result);
            if (result.End == TrialEnd.Fault)
            {
                Report(file, result);
            }
        }

        lock (gate)
        {
            foreach ((Mutation mutation, FuzzFigures added) in mine)
            {
                figures[mutation].Add(added);
            }
        }
    }

    private long Take() => options.First + Interlocked.Increment(ref next) - 1;

    /// <summary>A file that was slow is read again: what is slow three times is the file and not the machine.</summary>
    private static TrialResult Judge(FuzzCase file)
    {
        TrialResult first = Trial.Run(file);
        TrialResult result = first;
        for (int again = 1; again <= 2 && result.Time > Trial.TimeLimit; again++)
        {
            TrialResult next = Trial.Run(file);
            result = (next.Time < result.Time ? next : result) with { FirstTime = first.Time, Again = again };
        }

        return result.Time > Trial.TimeLimit ? result with { End = TrialEnd.Fault, Reason = $"it took {result.Time.TotalSeconds:F1} s" } : result;
    }

    private void Report(FuzzCase file, TrialResult result)
    {
        string fault = $"seed {options.Seed}, case {file.Number} ({file.Told}): {result.Reason}";
        lock (gate)
        {
            faults.Add(fault);
            if (options.Keep is string folder)
            {
                Directory.CreateDirectory(folder);
                string name = Path.Combine(folder, $"{options.Seed}-{file.Number}");
                File.WriteAllBytes(name + ".faiss", file.Bytes.Span);
                File.WriteAllText(name + ".txt", fault);
            }
        }
    }

    /// <summary>A thread that does not come back cannot be stopped: the process ends with the number of the case.</summary>
    private void ThrowOverHangs()
    {
        foreach ((long number, long since) in underWay)
        {
            if (since != 0 && Stopwatch.GetElapsedTime(since) > Hang)
            {
                Environment.FailFast($"Seed {options.Seed}, case {number} has not ended after {Hang.TotalSeconds} s.");
            }
        }
    }
}
