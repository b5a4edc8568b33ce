using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace VectorMigration.Bench;

/// <summary>What a child process cost, from its start to its end.</summary>
/// <param name="Seconds">Wall clock.</param>
/// <param name="CpuSeconds">User and system time.</param>
/// <param name="PeakPrivate">Greatest anonymous memory seen, bytes; sampled.</param>
/// <param name="PeakResident">Greatest resident memory, bytes, shared libraries and mapped files included.</param>
/// <param name="Output">What it wrote to stdout.</param>
internal sealed record ChildRun(double Seconds, double CpuSeconds, long PeakPrivate, long PeakResident, string Output)
{
    /// <summary>The one JSON object on stdout.</summary>
    public JsonElement Json => JsonDocument.Parse(Output).RootElement;
}

/// <summary>Runs a child to its end and measures it from outside, whatever language it is written in.</summary>
internal static class Child
{
    private const int Children = -1;

    public static async Task<ChildRun> RunAsync(string program, IEnumerable<string> arguments, string? folder = null,
        IReadOnlyDictionary<string, string>? environment = null)
    {
        ProcessStartInfo start = new(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder ?? string.Empty
        };
        foreach (string name in start.Environment.Keys.Where(static name => name.StartsWith("QDRANT_", StringComparison.Ordinal)).ToArray())
        {
            start.Environment.Remove(name);
        }

        foreach ((string name, string value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        double before = CpuOfEndedChildren();
        long started = Stopwatch.GetTimestamp();
        using Process child = Process.Start(start)!;
        Task<string> output = child.StandardOutput.ReadToEndAsync();
        Task<string> error = child.StandardError.ReadToEndAsync();
        long peakPrivate = 0;
        long peakResident = 0;
        Task ended = child.WaitForExitAsync();
        while (!ended.IsCompleted)
        {
            peakPrivate = Math.Max(peakPrivate, Memory(child.Id, "RssAnon:"));
            peakResident = Math.Max(peakResident, Memory(child.Id, "VmHWM:"));
            await Task.WhenAny(ended, Task.Delay(20));
        }

        await ended;
        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        if (child.ExitCode != 0)
        {
            throw new InvalidOperationException($"{program} ended with {child.ExitCode}: {await error} {await output}");
        }

        return new ChildRun(seconds, CpuOfEndedChildren() - before, peakPrivate, peakResident, await output);
    }

    private static long Memory(int processId, string field)
    {
        try
        {
            string? line = File.ReadLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/status"))
                .FirstOrDefault(line => line.StartsWith(field, StringComparison.Ordinal));
            return line is null ? 0 : long.Parse(line[field.Length..].Replace("kB", string.Empty, StringComparison.Ordinal),
                CultureInfo.InvariantCulture) * 1024;
        }
        catch (IOException)
        {
            return 0;
        }
    }

    /// <summary>User and system time of all children that have ended and been waited for.</summary>
    private static double CpuOfEndedChildren()
    {
        if (GetUsage(Children, out Usage usage) != 0)
        {
            throw new InvalidOperationException("getrusage failed: CPU time is measured on Linux only.");
        }

        return usage.UserSeconds + usage.SystemSeconds + ((usage.UserMicroseconds + usage.SystemMicroseconds) / 1e6);
    }

    [DllImport("libc", EntryPoint = "getrusage")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int GetUsage(int who, out Usage usage);

    /// <summary><c>struct rusage</c> of 64-bit Linux; fourteen further counters follow the two times.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 144)]
    private struct Usage
    {
        public long UserSeconds;
        public long UserMicroseconds;
        public long SystemSeconds;
        public long SystemMicroseconds;
    }
}
