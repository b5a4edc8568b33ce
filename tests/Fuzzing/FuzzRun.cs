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

/// <summary>Makes many damaged files and reads each, on a few threads.</summary>
/// <typeparam name="TMutation">The ways of damage.</typeparam>
/// <typeparam name="TFile">A damaged file, or files that belong together.</typeparam>
internal abstract class FuzzRun<TMutation, TFile>(FuzzOptions options)
    where TMutation : struct, Enum
{
    /// <summary>A stack as small as the smallest that .NET gives by itself (Windows).</summary>
    private const int StackBytes = 1 << 20;

    /// <summary>A file that takes so long will not end any more.</summary>
    private static readonly TimeSpan Hang = TimeSpan.FromSeconds(60);

    private readonly Dictionary<TMutation, FuzzFigures> figures = None();
    private readonly List<string> faults = [];
    private readonly Lock gate = new();
    private readonly (long Number, long Since)[] underWay = new (long, long)[options.Parallel];
    private long next;

    /// <summary>Figures by mutation.</summary>
    public IReadOnlyDictionary<TMutation, FuzzFigures> Figures => figures;

    /// <summary>Faults, each with its case.</summary>
    public IReadOnlyList<string> Faults => faults;

    /// <summary>Seed of all cases.</summary>
    protected ulong Seed => options.Seed;

    /// <summary>A file may take so long by the clock on the wall.</summary>
    protected abstract TimeSpan TimeLimit { get; }

    /// <summary>Runs all cases.</summary>
    public void Run()
    {
        using IDisposable? meter = NewMeter();
        using Timer watch = new(_ => ThrowOverHangs(), null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
        Thread[] workers = [.. Enumerable.Range(0, options.Parallel).Select(worker => new Thread(() => Work(worker), StackBytes))];
        Array.ForEach(workers, worker => worker.Start());
        Array.ForEach(workers, worker => worker.Join());
    }

    /// <summary>What counts the memory of all threads while files are read; null where each thread's own is enough. There is one in a process.</summary>
    protected virtual IDisposable? NewMeter() => null;

    /// <summary>What makes the file of a case from its number; one for each thread.</summary>
    protected abstract Func<long, (TMutation Mutation, TFile File)> NewMaker();

    /// <summary>Reads a file.</summary>
    protected abstract TrialResult Try(TFile file);

    /// <summary>What was done to which file, in words.</summary>
    protected abstract string Tell(TMutation mutation, TFile file);

    /// <summary>The bytes of a file with the ends of the names under which they are kept.</summary>
    protected abstract IEnumerable<(string NameEnd, ReadOnlyMemory<byte> Bytes)> Parts(TFile file);

    private static Dictionary<TMutation, FuzzFigures> None() => Enum.GetValues<TMutation>().ToDictionary(mutation => mutation, _ => new FuzzFigures());

    private void Work(int worker)
    {
        Func<long, (TMutation, TFile)> make = NewMaker();
        Dictionary<TMutation, FuzzFigures> mine = None();
        for (long number = Take(); number < options.First + options.Count; number = Take())
        {
            options.OnCase?.Invoke(worker, number);
            (TMutation mutation, TFile file) = make(number);
            underWay[worker] = (number, Stopwatch.GetTimestamp());
            TrialResult result = Judge(file);
            underWay[worker] = default;
            mine[mutation].Add(result);
            if (result.End == TrialEnd.Fault)
            {
                Report(number, mutation, file, result);
            }
        }

        lock (gate)
        {
            foreach ((TMutation mutation, FuzzFigures added) in mine)
            {
                figures[mutation].Add(added);
            }
        }
    }

    private long Take() => options.First + Interlocked.Increment(ref next) - 1;

    /// <summary>A file that was slow is read again: what is slow three times is the file and not the machine.</summary>
    private TrialResult Judge(TFile file)
    {
        TrialResult first = Try(file);
        TrialResult result = first;
        for (int again = 1; again <= 2 && result.Time > TimeLimit; again++)
        {
            TrialResult later = Try(file);
            result = (later.Time < result.Time ? later : result) with { FirstTime = first.Time, Again = again };
        }

        return result.Time > TimeLimit ? result with { End = TrialEnd.Fault, Reason = $"it took {result.Time.TotalSeconds:F1} s" } : result;
    }

    private void Report(long number, TMutation mutation, TFile file, TrialResult result)
    {
        string fault = $"seed {options.Seed}, case {number} ({Tell(mutation, file)}): {result.Reason}";
        lock (gate)
        {
            faults.Add(fault);
            if (options.Keep is string folder)
            {
                Directory.CreateDirectory(folder);
                string name = Path.Combine(folder, $"{options.Seed}-{number}");
                foreach ((string nameEnd, ReadOnlyMemory<byte> bytes) in Parts(file))
                {
                    File.WriteAllBytes(name + nameEnd, bytes.Span);
                }

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
