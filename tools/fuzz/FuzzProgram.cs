using System.Globalization;
using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;

namespace VectorMigration.Fuzzing;

/// <summary>
/// <c>fuzz [KIND] [--root FOLDER] [--count N] [--seed S] [--first K] [--parallel P] [--keep FOLDER] [--out FILE] [--commit C]</c>:
/// ends with 0 when every damaged file was read or rejected as it should be, otherwise with 1.
/// </summary>
/// <param name="args">The command line.</param>
/// <param name="kind">What is damaged, as the command line names it; empty for index files.</param>
internal abstract class FuzzProgram<TMutation, TFile>(string[] args, string kind)
    where TMutation : struct, Enum
{
    /// <summary>Heading of the report.</summary>
    protected abstract string Title { get; }

    /// <summary>Folder of the sound files, below the repository's root.</summary>
    protected abstract string Root { get; }

    /// <summary>Cases where no number is given.</summary>
    protected virtual long Cases => 100_000;

    /// <summary>What is made of the seeds and done with each, after the number of files.</summary>
    protected abstract string Done(int seeds);

    /// <summary>The limits that a file must keep, what is counted as memory, and what the ends mean.</summary>
    protected abstract IEnumerable<string> Notes { get; }

    /// <summary>Runs and prints.</summary>
    public int Run()
    {
        FuzzOptions options = new()
        {
            Seed = (ulong)Number("--seed", 1),
            First = Number("--first", 0),
            Count = Number("--count", Cases),
            Parallel = (int)Number("--parallel", Environment.ProcessorCount),
            Keep = Text("--keep") ?? Path.Combine("artifacts", kind.Length == 0 ? "fuzz" : $"fuzz-{kind}"),
        };
        Directory.CreateDirectory(options.Keep!);

        // Kept by the system even when the process is killed: which cases were under way when it ended.
        using FileStream underWay = new(Path.Combine(options.Keep!, "under-way"), FileMode.Create, FileAccess.ReadWrite);
        using MemoryMappedFile map = MemoryMappedFile.CreateFromFile(
            underWay, null, sizeof(long) * options.Parallel, MemoryMappedFileAccess.ReadWrite, HandleInheritability.None, leaveOpen: true);
        using MemoryMappedViewAccessor numbers = map.CreateViewAccessor();
        options = options with { OnCase = (worker, number) => numbers.Write(worker * sizeof(long), number) };
        DateTime started = DateTime.UtcNow;
        (FuzzRun<TMutation, TFile> run, int seeds) = Open(Path.GetFullPath(Text("--root") ?? Root), options);
        run.Run();
        string report = Report(options, seeds, run, DateTime.UtcNow - started);
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

    /// <summary>The run over the sound files of a folder, and how many they are.</summary>
    protected abstract (FuzzRun<TMutation, TFile> Run, int Seeds) Open(string root, FuzzOptions options);

    private string Report(FuzzOptions options, int seeds, FuzzRun<TMutation, TFile> run, TimeSpan duration)
    {
        string command = string.Create(
            CultureInfo.InvariantCulture,
            $"./build.sh fuzz{(kind.Length == 0 ? string.Empty : $" {kind}")} --count {options.Count} --seed {options.Seed}"
                + $"{(options.First > 0 ? $" --first {options.First}" : string.Empty)}");
        string commit = Text("--commit") ?? "unknown";
        string notes = string.Concat(Notes.Select(static note => $"- {note}\n"));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"""
            # {Title}

            `{command}`: {options.Count:N0} {Done(seeds)}

            - Commit {commit}, {DateTime.UtcNow:yyyy-MM-dd}, {duration.TotalMinutes:F1} minutes on {options.Parallel} threads of 1 MiB stack
            - {Processor()}, {Environment.ProcessorCount} cores, {RuntimeInformation.OSDescription}, .NET {Environment.Version}
            - Machine's load at the end, of one, five and fifteen minutes: {Load()}
            {notes}
            {FuzzTable.Of(run.Figures)}
            """);
    }

    private static string Load() => File.Exists("/proc/loadavg") ? string.Join(", ", File.ReadAllText("/proc/loadavg").Split(' ').Take(3)) : "unknown";

    private static string Processor()
    {
        const string Model = "model name";
        string? line = !File.Exists("/proc/cpuinfo") ? null
            : File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith(Model, StringComparison.Ordinal));
        return line is null ? RuntimeInformation.ProcessArchitecture.ToString() : line[(line.IndexOf(':') + 1)..].Trim();
    }

    private long Number(string name, long otherwise) => Text(name) is string text ? long.Parse(text, CultureInfo.InvariantCulture) : otherwise;

    private string? Text(string name)
    {
        int at = Array.IndexOf(args, name);
        return at >= 0 && at + 1 < args.Length ? args[at + 1] : null;
    }
}
