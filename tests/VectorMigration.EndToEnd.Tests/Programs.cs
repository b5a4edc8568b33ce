using System.Diagnostics;

namespace VectorMigration.EndToEnd.Tests;

/// <summary>Other programs as child processes: what starts slices, and what checks manifests.</summary>
internal static class Programs
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    /// <summary>Where a program is, also among those of the administrator; null where it is not.</summary>
    public static string? Find(string name) => Promtool.Find(name) ?? ((string[])["/usr/sbin", "/sbin", "/usr/local/sbin"])
        .Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);

    /// <summary>How a program is started: in a folder, where <c>vector-migration</c> is the tool that is tested, without variables of Qdrant and
    /// Slurm.</summary>
    public static ProcessStartInfo StartOf(string folder, IReadOnlyDictionary<string, string> environment, string[] command)
    {
        ProcessStartInfo start = new(command[0], command[1..])
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (string name in start.Environment.Keys.Where(static name => name.StartsWith("QDRANT_", StringComparison.Ordinal)
            || name.StartsWith("SLURM_", StringComparison.Ordinal)).ToArray())
        {
            start.Environment.Remove(name);
        }

        start.Environment["PATH"] = $"{Path.GetDirectoryName(Tool.Executable)}:{Environment.GetEnvironmentVariable("PATH")}:/usr/sbin:/sbin";
        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        return start;
    }

    /// <summary>Runs a program to its end.</summary>
    public static async Task<ToolResult> RunAsync(
        string folder, IReadOnlyDictionary<string, string> environment, string[] command, string input = "")
    {
        using Process process = Process.Start(StartOf(folder, environment, command))!;
        try
        {
            using CancellationTokenSource limit = new(Limit);
            Task<string> output = process.StandardOutput.ReadToEndAsync(limit.Token);
            Task<string> error = process.StandardError.ReadToEndAsync(limit.Token);
            await process.StandardInput.WriteAsync(input);
            process.StandardInput.Close();
            await process.WaitForExitAsync(limit.Token);
            return new ToolResult(process.ExitCode, await output, await error);
        }
        finally
        {
            process.Kill(entireProcessTree: true);
        }
    }
}
