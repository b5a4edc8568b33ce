using System.Diagnostics;

namespace VectorMigration.EndToEnd.Tests;

/// <summary>Runs where promtool is; where it is not, the test is told as skipped, with how to get it.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PromtoolFactAttribute : FactAttribute
{
    public PromtoolFactAttribute()
    {
        if (Promtool.Program is null)
        {
            Skip = "NOT RUN: promtool is not installed (apt-get install prometheus). What a run writes is also read in RunMetricsTests.";
        }
    }
}

/// <summary>Prometheus' own judge of metrics and rules.</summary>
internal static class Promtool
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>Where it is; null where it is not.</summary>
    public static string? Program { get; } = Find("promtool");

    /// <summary>A program on the path; null where it is not.</summary>
    public static string? Find(string name) => (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(Path.PathSeparator)
        .Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);

    /// <summary>Runs it to its end.</summary>
    /// <param name="input">What it reads from stdin.</param>
    /// <param name="arguments">Command and arguments.</param>
    public static async Task<(int ExitCode, string Output)> RunAsync(string input, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(Program!, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        try
        {
            using CancellationTokenSource limit = new(Limit);
            Task<string> output = process.StandardOutput.ReadToEndAsync(limit.Token);
            Task<string> error = process.StandardError.ReadToEndAsync(limit.Token);
            await process.StandardInput.WriteAsync(input);
            process.StandardInput.Close();
            await process.WaitForExitAsync(limit.Token);
            return (process.ExitCode, await output + await error);
        }
        finally
        {
            process.Kill(entireProcessTree: true);
        }
    }
}
