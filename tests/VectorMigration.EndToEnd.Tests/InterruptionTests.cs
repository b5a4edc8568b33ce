using System.Text.Json;

namespace VectorMigration.EndToEnd.Tests;

/// <summary>Runs that are stopped half-way, by people and by machines, and go on.</summary>
public sealed class InterruptionTests() : MidwayTests(InterruptionTests.Vectors, dimension: 16, seed: 77)
{
    private const int Vectors = 2_000;

    private string[] SlowRun => ["migrate", Index, "--url", Url, "--collection", "stopped", "--timeout", "5", "--give-up-after", "10", .. Slow];

    private static string[] Slow => ["--batch-size", "50", "--batch-delay", "0.1"];

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    [InlineData("HUP")]
    [InlineData("QUIT")]
    public async Task A_signal_ends_with_3_and_the_same_command_goes_on(string signal)
    {
        using Tool tool = Tool.Start(Folder, null, SlowRun);
        await BatchesAsync(tool, 5);
        tool.Signal(signal);
        ToolResult run = await tool.EndAsync();
        run.ShouldEndWith(3, "Stopped on request");
        await GoOnAsync(run, atLeast: 250);
    }

    [Fact]
    public async Task A_server_that_dies_half_way_ends_with_3_and_the_run_goes_on_later()
    {
        using Tool tool = Tool.Start(Folder, null, [.. SlowRun, "--json"]);
        await BatchesAsync(tool, 5);
        Server.Kill();
        ToolResult run = (await tool.EndAsync()).ShouldEndWith(3);
        JsonElement result = run.Json();
        result.GetProperty("status").GetString().ShouldBe("Interrupted");
        long offset = result.GetProperty("resumeOffset").GetInt64();
        offset.ShouldBeInRange(250, Vectors - 1);
        await Server.RestartAsync();
        await GoOnAsync(run, atLeast: offset);
    }

    [Fact]
    public async Task A_server_that_comes_back_in_time_is_waited_for()
    {
        using Tool tool = Tool.Start(Folder, null, SlowRun);
        await BatchesAsync(tool, 5);
        Server.Kill();
        await Server.RestartAsync();
        (await tool.EndAsync()).ShouldSucceed().Output.ShouldContain("passed");
    }

    [Fact]
    public async Task The_advice_keeps_what_was_asked_for()
    {
        using Tool tool = Tool.Start(Folder, null, [.. SlowRun, "--limit", "1000", "--recreate", "--yes"]);
        await BatchesAsync(tool, 5);
        tool.Signal("INT");
        ToolResult run = (await tool.EndAsync()).ShouldEndWith(3);
        run.Error.ShouldContain("Run the same command again, without --recreate");
    }

    [Fact]
    public async Task A_killed_run_leaves_all_it_needs_to_go_on()
    {
        // Slow enough for the second run to begin while the first one lives.
        string[] slower = [.. SlowRun[..^Slow.Length], "--batch-size", "10", "--batch-delay", "0.2"];
        using Tool tool = Tool.Start(Folder, null, slower);
        await BatchesAsync(tool, 5);
        ToolResult second = await Tool.RunAsync(Folder, slower);
        second.ShouldEndWith(2, "in use by another run");
        tool.Signal("KILL");
        (await tool.EndAsync()).ExitCode.ShouldBe(137);
        await GoOnAsync(run: null, atLeast: 50);
    }

    [Fact]
    public async Task A_killed_run_goes_on_after_its_index_was_moved_and_renamed()
    {
        using (Tool tool = Tool.Start(Folder, null, SlowRun))
        {
            await BatchesAsync(tool, 5);
            tool.Signal("KILL");
            (await tool.EndAsync()).ExitCode.ShouldBe(137);
        }

        string moved = Path.Combine(Directory.CreateDirectory(Path.Combine(Folder, "archive")).FullName, "renamed.faiss");
        File.Move(Index, moved);
        JsonElement result = (await Tool.RunAsync(Folder, "migrate", moved, "--url", Url, "--collection", "stopped", "--json")).ShouldSucceed().Json();
        JsonElement counts = result.GetProperty("counts");
        long skipped = counts.GetProperty("skipped").GetInt64();
        skipped.ShouldBeInRange(250, Vectors - 1);
        counts.GetProperty("sent").GetInt64().ShouldBe(Vectors - skipped - counts.GetProperty("alreadyThere").GetInt64());
        Path.GetFileName(result.GetProperty("journalPath").GetString()).ShouldBe($"stopped.{Path.GetFileNameWithoutExtension(Index)}.journal");
        result.GetProperty("plan").GetProperty("warnings").EnumerateArray().Select(static warning => warning.GetString()!)
            .ShouldContain(warning => warning.Contains($"The index was at {Index}", StringComparison.Ordinal)
                && warning.Contains("resumes from that journal", StringComparison.Ordinal));
        (await Tool.RunAsync(Folder, "verify", moved, "--url", Url, "--collection", "stopped")).ShouldSucceed();

        // A copy is another index, whose own journal begins: the first one is still where it was.
        File.Copy(moved, Path.Combine(Folder, "copied.faiss"));
        JsonElement copied = (await Tool.RunAsync(Folder, "migrate", moved, "--url", Url, "--collection", "stopped", "--json")).ShouldSucceed().Json();
        copied.GetProperty("counts").GetProperty("sent").GetInt64().ShouldBe(0);
    }

    private async Task GoOnAsync(ToolResult? run, long atLeast)
    {
        run?.Error.ShouldContain("It resumes where this run stopped");
        JsonElement counts = (await Tool.RunAsync(Folder, "migrate", Index, "--url", Url, "--collection", "stopped", "--json")).ShouldSucceed().Json()
            .GetProperty("counts");
        long skipped = counts.GetProperty("skipped").GetInt64();
        skipped.ShouldBeInRange(atLeast, Vectors - 1);
        // What was applied without an answer is found there, and is not sent again either.
        long there = counts.GetProperty("alreadyThere").GetInt64();
        counts.GetProperty("sent").GetInt64().ShouldBe(Vectors - skipped - there);
        (await Tool.RunAsync(Folder, "verify", Index, "--url", Url, "--collection", "stopped")).ShouldSucceed();
        using Witness witness = new(Server);
        (await witness.CountAsync("stopped")).ShouldBe(Vectors);
    }
}
