using VectorMigration.SideFiles.Pickles;

namespace VectorMigration.Fuzzing.Pickles;

/// <summary>Reads many damaged pickles on a few threads.</summary>
internal sealed class PickleFuzzRun(IReadOnlyList<byte[]> seeds, FuzzOptions options)
{
    private const int StackBytes = 1 << 20;

    private readonly Dictionary<PickleMutation, FuzzFigures> figures = None();
    private readonly List<string> faults = [];
    private readonly Lock gate = new();
    private long next;

    /// <summary>Figures by mutation.</summary>
    public IReadOnlyDictionary<PickleMutation, FuzzFigures> Figures => figures;

    /// <summary>Faults, each with its case.</summary>
    public IReadOnlyList<string> Faults => faults;

    /// <summary>Sound pickles to begin with: those below a folder, and stores of every generation in every protocol.</summary>
    public static IReadOnlyList<byte[]> Seeds(string folder) =>
        [.. Directory.GetFiles(folder, "*.pkl", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(File.ReadAllBytes), .. Written()];

    /// <summary>Runs all cases.</summary>
    public void Run()
    {
        Thread[] workers = [.. Enumerable.Range(0, options.Parallel).Select(worker => new Thread(() => Work(worker), StackBytes))];
        Array.ForEach(workers, worker => worker.Start());
        Array.ForEach(workers, worker => worker.Join());
    }

    private static IEnumerable<byte[]> Written()
    {
        for (int protocol = 0; protocol <= 5; protocol++)
        {
            PickleDict metadata = StorePickles.Dict(
                ("source", StorePickles.Call("pathlib.PosixPath", StorePickles.Text("/"), StorePickles.Text("a.txt"))),
                ("tags", StorePickles.List(StorePickles.Text("x"), StorePickles.Number(1))));
            PickleValue docstore = StorePickles.Docstore(
                ("a", StorePickles.PlainDocument("one", metadata)), ("b", StorePickles.Pydantic2Document("b", "two", StorePickles.Dict())));
            yield return PickleWriter.Write(StorePickles.Tuple(docstore, StorePickles.Map("a", "b")), protocol);
            yield return PickleWriter.Write(StorePickles.WholeObject(docstore, StorePickles.Map("a", "b"), "key"), protocol);
            yield return PickleWriter.Write(StorePickles.List(metadata, docstore), protocol);
        }
    }

    private void Work(int worker)
    {
        PickleMutator mutator = new(seeds, options.Seed);
        Dictionary<PickleMutation, FuzzFigures> mine = None();
        for (long number = Take(); number < options.First + options.Count; number = Take())
        {
            options.OnCase?.Invoke(worker, number);
            (PickleMutation mutation, byte[] bytes) = mutator.Make(number);
            TrialResult result = Judge(bytes);
            mine[mutation].Add(result);
            if (result.End == TrialEnd.Fault)
            {
                Report(number, mutation, bytes, result);
            }
        }

        lock (gate)
        {
            foreach ((PickleMutation mutation, FuzzFigures added) in mine)
            {
                figures[mutation].Add(added);
            }
        }
    }

    private static Dictionary<PickleMutation, FuzzFigures> None() =>
        Enum.GetValues<PickleMutation>().ToDictionary(mutation => mutation, _ => new FuzzFigures());

    private long Take() => options.First + Interlocked.Increment(ref next) - 1;

    /// <summary>A pickle that was slow is read again: what is slow three times is the pickle and not the machine.</summary>
    private static TrialResult Judge(byte[] bytes)
    {
        TrialResult first = PickleTrial.Run(bytes);
        TrialResult result = first;
        for (int again = 1; again <= 2 && result.Time > PickleTrial.TimeLimit; again++)
        {
            TrialResult later = PickleTrial.Run(bytes);
            result = (later.Time < result.Time ? later : result) with { FirstTime = first.Time, Again = again };
        }

        return result.Time > PickleTrial.TimeLimit ? result with { End = TrialEnd.Fault, Reason = $"it took {result.Time.TotalSeconds:F1} s" } : result;
    }

    private void Report(long number, PickleMutation mutation, byte[] bytes, TrialResult result)
    {
        string fault = $"seed {options.Seed}, case {number} ({mutation}): {result.Reason}";
        lock (gate)
        {
            faults.Add(fault);
            if (options.Keep is string folder)
            {
                Directory.CreateDirectory(folder);
                string name = Path.Combine(folder, $"{options.Seed}-{number}");
                File.WriteAllBytes(name + ".pkl", bytes);
                File.WriteAllText(name + ".txt", fault);
            }
        }
    }
}
