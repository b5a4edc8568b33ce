namespace VectorMigration.Fuzzing.Stores;

/// <summary>Reads many damaged stores in JSON on a few threads.</summary>
internal sealed class StoreFuzzRun(IReadOnlyList<StoreSeed> seeds, FuzzOptions options)
{
    private const int StackBytes = 1 << 20;

    private readonly Dictionary<StoreMutation, FuzzFigures> figures = None();
    private readonly List<string> faults = [];
    private readonly Lock gate = new();
    private long next;

    /// <summary>Figures by mutation.</summary>
    public IReadOnlyDictionary<StoreMutation, FuzzFigures> Figures => figures;

    /// <summary>Faults, each with its case.</summary>
    public IReadOnlyList<string> Faults => faults;

    /// <summary>Runs all cases.</summary>
    public void Run()
    {
        Thread[] workers = [.. Enumerable.Range(0, options.Parallel).Select(worker => new Thread(() => Work(worker), StackBytes))];
        Array.ForEach(workers, worker => worker.Start());
        Array.ForEach(workers, worker => worker.Join());
    }

    private static Dictionary<StoreMutation, FuzzFigures> None() =>
        Enum.GetValues<StoreMutation>().ToDictionary(mutation => mutation, _ => new FuzzFigures());

    private void Work(int worker)
    {
        StoreMutator mutator = new(seeds, options.Seed);
        Dictionary<StoreMutation, FuzzFigures> mine = None();
        for (long number = Take(); number < options.First + options.Count; number = Take())
        {
            options.OnCase?.Invoke(worker, number);
            (StoreMutation mutation, StoreSeed store) = mutator.Make(number);
            TrialResult result = Judge(store);
            mine[mutation].Add(result);
            if (result.End == TrialEnd.Fault)
            {
                Report(number, mutation, store, result);
            }
        }

        lock (gate)
        {
            foreach ((StoreMutation mutation, FuzzFigures added) in mine)
            {
                figures[mutation].Add(added);
            }
        }
    }

    private long Take() => options.First + Interlocked.Increment(ref next) - 1;

    /// <summary>A store that was slow is read again: what is slow three times is the store and not the machine.</summary>
    private static TrialResult Judge(StoreSeed store)
    {
        TrialResult first = StoreTrial.Run(store);
        TrialResult result = first;
        for (int again = 1; again <= 2 && result.Time > StoreTrial.TimeLimit; again++)
        {
            TrialResult later = StoreTrial.Run(store);
            result = (later.Time < result.Time ? later : result) with { FirstTime = first.Time, Again = again };
        }

        return result.Time > StoreTrial.TimeLimit ? result with { End = TrialEnd.Fault, Reason = $"it took {result.Time.TotalSeconds:F1} s" } : result;
    }

    private void Report(long number, StoreMutation mutation, StoreSeed store, TrialResult result)
    {
        string fault = $"seed {options.Seed}, case {number} ({mutation}, {store.Form}): {result.Reason}";
        lock (gate)
        {
            faults.Add(fault);
            if (options.Keep is string folder)
            {
                Directory.CreateDirectory(folder);
                string name = Path.Combine(folder, $"{options.Seed}-{number}");
                for (int part = 0; part < store.Parts.Count; part++)
                {
                    File.WriteAllBytes($"{name}-part{part}.json", store.Parts[part]);
                }

                File.WriteAllText(name + ".txt", fault);
            }
        }
    }
}
