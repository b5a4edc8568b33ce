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
        ToolResult result = await Programs.RunAsync(Environment.CurrentDirectory, new Dictionary<string, string>(), [Program!, .. arguments], input);
        return (result.ExitCode, result.Output + result.Error);
    }
}
