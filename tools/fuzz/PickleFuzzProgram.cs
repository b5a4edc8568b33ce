using System.Globalization;
using System.Runtime.InteropServices;
using VectorMigration.Fuzzing.Pickles;

namespace VectorMigration.Fuzzing;

/// <summary>
/// <c>fuzz pickles [--root FOLDER] [--count N] [--seed S] [--first K] [--parallel P] [--keep FOLDER] [--out FILE] [--commit C]</c>:
/// ends with 0 when every damaged pickle was read or refused as it should be, otherwise with 1.
/// </summary>
internal sealed class PickleFuzzProgram(string[] args)
{
    /// <summary>Runs and prints.</summary>
    public int Run()
    {
        FuzzOptions options = new()
        {
            Seed = (ulong)Number("--seed", 1),
            First = Number("--first", 0),
            Count = Number("--count", 100_000),
            Parallel = (int)Number("--parallel", Environment.ProcessorCount),
            Keep = Text("--keep") ?? Path.Combine("artifacts", "fuzz-pickles"),
        };
        IReadOnlyList<byte[]> seeds = PickleFuzzRun.Seeds(Path.GetFullPath(Text("--root") ?? Path.Combine("tests", "fixtures", "stores")));
        DateTime started = DateTime.UtcNow;
        PickleFuzzRun run = new(seeds, options);
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

    private string Report(FuzzOptions options, int seeds, PickleFuzzRun run, TimeSpan duration) => string.Create(
        CultureInfo.InvariantCulture,
        $"""
        # Damaged pickles

        `./build.sh fuzz pickles --count {options.Count} --seed {options.Seed}{(options.First > 0 ? $" --first {options.First}" : string.Empty)}`: {options.Count:N0} files made of {seeds} pickles, each recognised, read, made a store of where it is one, and rendered as JSON.

        - Commit {Text("--commit") ?? "unknown"}, {DateTime.UtcNow:yyyy-MM-dd}, {duration.TotalMinutes:F1} minutes on {options.Parallel} threads of 1 MiB stack
        - {Environment.ProcessorCount} cores, {RuntimeInformation.OSDescription}, .NET {Environment.Version}
        - Limits: {PickleTrial.TimeLimit.TotalSeconds:F0} s a file by the clock on the wall (a file that is slower is read up to twice again); {PickleTrial.AlwaysMemory >> 10:N0} KiB and {PickleTrial.MemoryFactor} bytes for each byte of the file, and four for each byte of JSON
        - Memory: all bytes that the thread allocated, whether freed or not, in recognising, reading twice and rendering
        - read: a store; described: another value; rejected: one error of ours; fault: anything else (a crash, another exception, a limit passed)

        {FuzzTable.Of(run.Figures)}
        """);

    private long Number(string name, long otherwise) => Text(name) is string text ? long.Parse(text, CultureInfo.InvariantCulture) : otherwise;

    private string? Text(string name)
    {
        int at = Array.IndexOf(args, name);
        return at >= 0 && at + 1 < args.Length ? args[at + 1] : null;
    }
}
