using System.Globalization;
using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;
using VectorMigration.Fuzzing;

return args is ["pickles", ..] ? new PickleFuzzProgram(args).Run()
    : args is ["stores", ..] ? new StoreFuzzProgram(args).Run()
    : new FuzzProgram(args).Run();

/// <summary>
/// <c>fuzz --root FIXTURES [--count N] [--seed S] [--first K] [--parallel P] [--keep FOLDER] [--out FILE] [--commit C]</c>:
/// ends with 0 when every damaged file was read or rejected as it should be, otherwise with 1.
/// </summary>
internal sealed class FuzzProgram(string[] args)
{
    /// <summary>Runs and prints.</summary>
    public int Run()
    {
        FuzzOptions options = new()
        {
            Seed = (ulong)Number("--seed", 1),
            First = Number("--first", 0),
            Count = Number("--count", 20_000),
            Parallel = (int)Number("--parallel", Environment.ProcessorCount),
            Keep = Text("--keep") ?? Path.Combine("artifacts", "fuzz"),
        };
        IReadOnlyList<SeedFile> seeds = SeedFile.LoadAll(Path.GetFullPath(Text("--root") ?? Path.Combine("tests", "fixtures", "faiss")));
        Directory.CreateDirectory(options.Keep!);

        // Kept by the system even when the process is killed: which cases were under way when it ended.
        using FileStream underWay = new(Path.Combine(options.Keep!, "under-way"), FileMode.Create, FileAccess.ReadWrite);
        using MemoryMappedFile map = MemoryMappedFile.CreateFromFile(underWay, null, sizeof(long) * options.Parallel, MemoryMappedFileAccess.ReadWrite, HandleInheritability.None, leaveOpen: true);
        using MemoryMappedViewAccessor numbers = map.CreateViewAccessor();
        options = options with { OnCase = (worker, number) => numbers.Write(worker * sizeof(long), number) };
        DateTime started = DateTime.UtcNow;
        FuzzRun run = new(seeds, options);
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

    private string Report(FuzzOptions options, int seeds, FuzzRun run, TimeSpan duration) => string.Create(
        CultureInfo.InvariantCulture,
        $"""
        # Damaged index files

        `./build.sh fuzz --count {options.Count} --seed {options.Seed}{(options.First > 0 ? $" --first {options.First}" : string.Empty)}`: {options.Count:N0} files made of {seeds} indexes that FAISS wrote (tests/fixtures), each described, opened, read to the last vector and id, and scanned.

        - Commit {Text("--commit") ?? "unknown"}, {DateTime.UtcNow:yyyy-MM-dd}, {duration.TotalMinutes:F1} minutes on {options.Parallel} threads of 1 MiB stack
        - {Processor()}, {Environment.ProcessorCount} cores, {RuntimeInformation.OSDescription}, .NET {Environment.Version}
        - Limits: {Trial.TimeLimit.TotalSeconds:F0} s a file by the clock on the wall (a file that is slower is read up to twice again, and a fault if it is slow each time: the table tells first readings and how many were read again); {Trial.MemoryLimit >> 10:N0} KiB beyond the length of the file
        - Machine's load at the end, of one, five and fifteen minutes: {Load()}
        - Memory: all bytes that the thread allocated in both openings, the reading and the scan, whether freed or not, plus the most that it had on lease from array pools at once
        - described: sound for its kind, whose vectors are not read; rejected: an error with offset, field, expected and found; fault: anything else (a crash, another exception, a limit passed)

        {FuzzTable.Of(run.Figures)}
        """);

    private static string Load() => File.Exists("/proc/loadavg") ? string.Join(", ", File.ReadAllText("/proc/loadavg").Split(' ').Take(3)) : "unknown";

    private static string Processor()
    {
        const string Model = "model name";
        string? line = File.Exists("/proc/cpuinfo") ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith(Model, StringComparison.Ordinal)) : null;
        return line is null ? RuntimeInformation.ProcessArchitecture.ToString() : line[(line.IndexOf(':') + 1)..].Trim();
    }

    private long Number(string name, long otherwise) => Text(name) is string text ? long.Parse(text, CultureInfo.InvariantCulture) : otherwise;

    private string? Text(string name)
    {
        int at = Array.IndexOf(args, name);
        return at >= 0 && at + 1 < args.Length ? args[at + 1] : null;
    }
}
