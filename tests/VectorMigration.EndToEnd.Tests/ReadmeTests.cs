using System.Diagnostics;
using System.Text.RegularExpressions;
using VectorMigration.TestSupport;

namespace VectorMigration.EndToEnd.Tests;

/// <summary>The commands of README.md and of the page that it sends readers to, run as they stand there.</summary>
public sealed partial class ReadmeTests : IDisposable
{
    private static readonly string Root = QdrantServer.RepositoryRoot();
    private readonly string folder = Directory.CreateTempSubdirectory("vm-readme-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task The_demo_runs_as_written_and_leaves_nothing_behind()
    {
        string command = Blocks("demo").ShouldHaveSingleItem();
        (int exitCode, string said) = await ShellAsync(command, Root, []);
        exitCode.ShouldBe(0, said);
        said.ShouldContain("passed: 10,000 vectors and payloads read back, identical bit for bit; exact count 10,000");
        said.ShouldContain("queen      → princess, ");
        Directory.GetDirectories("/proc").Where(static process => IsIn(process, Path.Combine(Root, "artifacts", "demo"))).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("README.md")]
    [InlineData("docs/command-line.md")]
    [InlineData("docs/slices.md")]
    public async Task The_commands_run_as_written(string page)
    {
        await using QdrantServer server = await QdrantServer.StartAsync();
        foreach (string name in (string[])["words.faiss", "words.jsonl"])
        {
            File.Copy(Path.Combine(Root, "samples", name), Path.Combine(folder, name));
        }

        for (int n = 1; n <= 3; n++)
        {
            long[] ids = [.. Enumerable.Range(0, 40).Select(i => (n * 1_000L) + i)];
            IndexFiles.IdMap(Path.Combine(folder, $"part-{n}.faiss"), 4, IndexFiles.Random(ids.Length, 4, seed: n), ids);
        }

        await File.WriteAllTextAsync(Path.Combine(folder, "qdrant.key"), "any-key-will-do-for-a-server-without-one");
        Dictionary<string, string> environment = new()
        {
            ["PATH"] = Path.GetDirectoryName(Tool.Executable) + Path.PathSeparator + Environment.GetEnvironmentVariable("PATH"),
            ["QDRANT_URL"] = server.GrpcUri.GetLeftPart(UriPartial.Authority),
        };
        string[] blocks = Blocks("cli", page);
        blocks.Length.ShouldBeGreaterThan(3);
        foreach (string block in blocks)
        {
            (int exitCode, string said) = await ShellAsync("set -e\n" + block, folder, environment);
            exitCode.ShouldBe(0, $"{block}\n{said}");
        }
    }

    [Fact]
    public void The_test_command_is_the_one_that_the_gate_runs()
    {
        string command = Blocks("test").ShouldHaveSingleItem();
        File.ReadAllText(Path.Combine(Root, ".ci", "run")).ShouldContain("exec " + command);
    }

    private static string[] Blocks(string kind, string page = "README.md") =>
        [.. BlockPattern().Matches(File.ReadAllText(Path.Combine(Root, page))).Where(match => match.Groups[1].Value == kind)
            .Select(static match => match.Groups[2].Value.Trim())];

    [GeneratedRegex(@"^```bash (\w+)\n(.*?)^```$", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex BlockPattern();

    private static bool IsIn(string process, string place)
    {
        try
        {
            return new DirectoryInfo(Path.Combine(process, "cwd")).LinkTarget?.StartsWith(place, StringComparison.Ordinal) ?? false;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // It has ended, or is somebody else's.
            return false;
        }
    }

    private static async Task<(int ExitCode, string Said)> ShellAsync(string script, string workingDirectory, Dictionary<string, string> environment)
    {
        ProcessStartInfo start = new("bash", ["-c", script])
        {
            WorkingDirectory = workingDirectory,
            RedirectStandardOutput = true,
            RedirectStandardError = true
        };
        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        using Process shell = Process.Start(start)!;
        Task<string> output = shell.StandardOutput.ReadToEndAsync();
        Task<string> error = shell.StandardError.ReadToEndAsync();
        using CancellationTokenSource limit = new(TimeSpan.FromMinutes(5));
        await shell.WaitForExitAsync(limit.Token);
        return (shell.ExitCode, $"{await output}\n{await error}");
    }
}
