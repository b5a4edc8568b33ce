using System.Diagnostics;
using System.Text.Json;
using VectorMigration.TestSupport;

namespace VectorMigration.EndToEnd.Tests;

/// <summary>The command line tool as a child process, as people and scripts run it.</summary>
internal sealed class Tool : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);
    private readonly Process process;
    private readonly Task<string> output;
    private readonly Task<string> error;

    private Tool(Process process)
    {
        this.process = process;
        output = process.StandardOutput.ReadToEndAsync();
        error = process.StandardError.ReadToEndAsync();
    }

    public static string Executable { get; } = Find();

    /// <summary>The native program is tested, whose memory is that of the servers' tool.</summary>
    public static bool IsNative { get; } = !File.Exists(Path.ChangeExtension(Executable, ".runtimeconfig.json"))
        && !File.Exists(Executable + ".runtimeconfig.json");

    /// <summary>What the list of processes tells of it; empty once it has ended.</summary>
    public string CommandLine
    {
        get
        {
            try
            {
                return File.ReadAllText($"/proc/{process.Id}/cmdline").Replace('\0', ' ');
            }
            catch (IOException)
            {
                return string.Empty;
            }
        }
    }

    public bool HasExited => process.HasExited;

    /// <summary>Starts the tool in <paramref name="folder"/>, without any QDRANT_ variable but those given.</summary>
    public static Tool Start(string folder, IReadOnlyDictionary<string, string>? environment, params string[] arguments)
    {
        // A test run in the background of a script has SIGINT and SIGQUIT ignored, and children inherit that; env puts them back.
        ProcessStartInfo start = new("env", ["--default-signal=INT,QUIT,HUP", Executable, .. arguments])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true
        };
        foreach (string name in start.Environment.Keys.Where(static name => name.StartsWith("QDRANT_", StringComparison.Ordinal)).ToArray())
        {
            start.Environment.Remove(name);
        }

        start.Environment.Remove("COLUMNS");
        foreach ((string name, string value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        return new Tool(Process.Start(start)!);
    }

    /// <summary>Runs the tool to its end.</summary>
    public static async Task<ToolResult> RunAsync(string folder, params string[] arguments) => await RunAsync(folder, null, arguments);

    /// <summary>Runs the tool to its end with variables in its environment.</summary>
    public static async Task<ToolResult> RunAsync(string folder, IReadOnlyDictionary<string, string>? environment, params string[] arguments)
    {
        using Tool tool = Start(folder, environment, arguments);
        return await tool.EndAsync();
    }

    /// <summary>Runs the tool to its end and looks at its memory all the time.</summary>
    /// <returns>What it came to, and the most anonymous memory that was seen, in bytes.</returns>
    public static async Task<(ToolResult Result, long PeakPrivate)> RunMeasuredAsync(string folder, params string[] arguments)
    {
        using Tool tool = Start(folder, null, arguments);
        Task<ToolResult> ended = tool.EndAsync();
        long peak = 0;
        while (!ended.IsCompleted)
        {
            peak = Math.Max(peak, tool.PrivateMemory());
            await Task.WhenAny(ended, Task.Delay(10));
        }

        return (await ended, peak);
    }

    /// <summary>Sends a signal (INT, TERM) as a terminal or an init system does.</summary>
    public void Signal(string name)
    {
        using Process kill = Process.Start("kill", ["-" + name, process.Id.ToString()]);
        kill.WaitForExit();
        kill.ExitCode.ShouldBe(0);
    }

    /// <summary>Waits for the end.</summary>
    public async Task<ToolResult> EndAsync()
    {
        using CancellationTokenSource limit = new(Limit);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"The tool did not end within {Limit}. It said: {await output} {await error}");
        }

        return new ToolResult(process.ExitCode, await output, await error);
    }

    private long PrivateMemory()
    {
        try
        {
            string? line = File.ReadLines($"/proc/{process.Id}/status").FirstOrDefault(static line => line.StartsWith("RssAnon:", StringComparison.Ordinal));
            return line is null ? 0 : long.Parse(line["RssAnon:".Length..^"kB".Length].Trim(), System.Globalization.CultureInfo.InvariantCulture) * 1024;
        }
        catch (IOException)
        {
            return 0;
        }
    }

    public void Dispose()
    {
        if (!process.HasExited)
        {
            process.Kill(entireProcessTree: true);
        }

        process.Dispose();
    }

    /// <summary>The tool that the variable <c>VECTOR_MIGRATION_TOOL</c> names, as where the native program is tested; otherwise the one built with the
    /// tests.</summary>
    private static string Find()
    {
        if (Environment.GetEnvironmentVariable("VECTOR_MIGRATION_TOOL") is { Length: > 0 } named)
        {
            return File.Exists(named) ? named : throw new FileNotFoundException($"VECTOR_MIGRATION_TOOL names {named}, and there is no such file.");
        }

        // .../tests/<project>/bin/<configuration>/<framework>/ of the tests, the same configuration of the tool.
        DirectoryInfo framework = new(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        string path = Path.Combine(QdrantServer.RepositoryRoot(), "src", "VectorMigration.Cli", "bin", framework.Parent!.Name, framework.Name,
            "vector-migration");
        return File.Exists(path) ? path : throw new FileNotFoundException(
            $"The tests run the built tool, and there is none at {path}: build Migration.sln first.");
    }
}

/// <summary>What a run of the tool came to.</summary>
internal sealed record ToolResult(int ExitCode, string Output, string Error)
{
    /// <summary>The one JSON object on stdout, and nothing else there.</summary>
    public JsonElement Json()
    {
        string[] lines = Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines.Length.ShouldBe(1, $"stdout must hold one JSON object, stderr says {Error}");
        JsonElement json = JsonDocument.Parse(lines[0]).RootElement;
        json.ValueKind.ShouldBe(JsonValueKind.Object);
        return json;
    }

    /// <summary>The lines that begin with <c>error: </c>.</summary>
    public string[] Errors => [.. Error.Split('\n').Where(static line => line.StartsWith("error: ", StringComparison.Ordinal))];

    /// <summary>Expects an end with this code, one error, one advice, and no stack trace.</summary>
    public ToolResult ShouldEndWith(int exitCode, params string[] inError)
    {
        ExitCode.ShouldBe(exitCode, $"stdout: {Output}\nstderr: {Error}");
        Errors.Length.ShouldBe(1, Error);
        Error.ShouldContain("\nnext: ");
        Error.ShouldNotContain("   at ");
        foreach (string part in inError)
        {
            Errors[0].ShouldContain(part);
        }

        return this;
    }

    /// <summary>Expects success.</summary>
    public ToolResult ShouldSucceed()
    {
        ExitCode.ShouldBe(0, $"stdout: {Output}\nstderr: {Error}");
        Errors.ShouldBeEmpty();
        return this;
    }
}
