using System.Globalization;
using System.Runtime.InteropServices;
using VectorMigration.Fuzzing.Stores;

namespace VectorMigration.Fuzzing;

/// <summary>
/// <c>fuzz stores [--root FOLDER] [--count N] [--seed S] [--first K] [--parallel P] [--keep FOLDER] [--out FILE] [--commit C]</c>:
/// ends with 0 when every damaged store was read or refused as it should be, otherwise with 1.
/// </summary>
internal sealed class StoreFuzzProgram(string[] args)
{
    private const string Done = "recognised, opened, described, checked and read";

    /// <summary>Runs and prints.</summary>
    public int Run()
    {
        FuzzOptions options = new()
        {
            Seed = (ulong)Number("--seed", 1),
            First = Number("--first", 0),
            Count = Number("--count", 100_000),
            Parallel = (int)Number("--parallel", Environment.ProcessorCount),
            Keep = Text("--keep") ?? Path.Combine("artifacts", "fuzz-stores"),
        };
        IReadOnlyList<StoreSeed> seeds = StoreSeed.All(Path.GetFullPath(Text("--root") ?? Path.Combine("tests", "fixtures", "stores", "json")));
        DateTime started = DateTime.UtcNow;
        StoreFuzzRun run = new(seeds, options);
        run.Run();
        string report = Report(options, seeds.Count, run, DateTime.UtcNow - started);
        Console.Write(report);
        foreach (string fault in run.Faults.Take(20))
        {
            Console.Error.WriteLine(fault);
        }

        if (Text("--out") is string path)
        {
            File.WriteAllText(path, report);
        }

        return run.Faults.Count == 0 ? 0 : 1;
    }

    private string Report(FuzzOptions options, int seeds, StoreFuzzRun run, TimeSpan duration)
    {
        string first = options.First > 0 ? $" --first {options.First}" : string.Empty;
        string limits = $"{StoreTrial.TimeLimit.TotalSeconds:F0} s a store by the clock on the wall (a slower one is read up to twice again); "
            + $"{StoreTrial.AlwaysMemory >> 20} MiB and {StoreTrial.MemoryFactor} bytes for each byte of its files";
        return string.Create(CultureInfo.InvariantCulture, $"""
        # Damaged stores

        `./build.sh fuzz stores --count {options.Count} --seed {options.Seed}{first}`: {options.Count:N0} stores made of {seeds}, each {Done}.

        - Commit {Text("--commit") ?? "unknown"}, {DateTime.UtcNow:yyyy-MM-dd}, {duration.TotalMinutes:F1} minutes on {options.Parallel} threads of 1 MiB stack
        - {Environment.ProcessorCount} cores, {RuntimeInformation.OSDescription}, .NET {Environment.Version}
        - Limits: {limits}
        - Memory: all bytes that the thread allocated, whether freed or not
        - read: every payload; rejected: one error of ours that names its file; fault: anything else (a crash, another exception, a limit passed)

        {FuzzTable.Of(run.Figures)}
        """);
    }

    private long Number(string name, long otherwise) => Text(name) is string text ? long.Parse(text, CultureInfo.InvariantCulture) : otherwise;

    private string? Text(string name)
    {
        int at = Array.IndexOf(args, name);
        return at >= 0 && at + 1 < args.Length ? args[at + 1] : null;
    }
}
