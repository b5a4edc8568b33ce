using System.Text.Json;

namespace VectorMigration.EndToEnd.Tests;

/// <summary>What an operator sees who is not there: outages, heartbeats, lines of progress.</summary>
public sealed class SeeingTests() : MidwayTests(2_000, dimension: 16, seed: 78)
{
    private string[] Run => ["migrate", Index, "--url", Url, "--collection", "seen", "--batch-size", "50", "--batch-delay", "0.1", "--json"];

    private string Logs => Path.Combine(Folder, "logs");

    private string Heartbeat => Path.Combine(Folder, "heartbeat.json");

    [Fact]
    public async Task A_server_that_is_killed_is_told_in_the_log_the_heartbeat_and_on_the_screen_and_so_is_its_return()
    {
        using Tool tool = Tool.Start(Folder, null, [.. Run, "--heartbeat", Heartbeat]);
        await BatchesAsync(tool, 5);
        Server.Kill();
        JsonElement beat = await HeartbeatAsync(tool, "unreachable");
        DateTime since = beat.GetProperty("unreachableSince").GetDateTime();
        (beat.GetProperty("retryingUntil").GetDateTime() - since).ShouldBe(TimeSpan.FromSeconds(120));
        await Server.RestartAsync();
        ToolResult run = (await tool.EndAsync()).ShouldSucceed();
        run.Error.ShouldContain("The server has been unreachable since ");
        run.Error.ShouldContain("Retrying until ");
        run.Error.ShouldContain("The server answers again after ");
        JsonElement lost = Event("unreachable");
        lost.GetProperty("since").GetDateTime().ShouldBe(since);
        lost.GetProperty("reason").GetString().ShouldNotBeNullOrEmpty();
        Event("reachable").GetProperty("since").GetDateTime().ShouldBe(since);
        JsonElement end = Read();
        end.GetProperty("status").GetString().ShouldBe("ended");
        end.GetProperty("exitCode").GetInt32().ShouldBe(0);
    }

    /// <summary>Nothing fails for a minute, the deadline of a batch: only the silence tells.</summary>
    [Fact]
    public async Task A_server_that_is_frozen_is_told_before_the_first_attempt_fails()
    {
        using Tool tool = Tool.Start(Folder, null, [.. Run, "--heartbeat", Heartbeat]);
        await BatchesAsync(tool, 5);
        Server.Pause();
        try
        {
            await HeartbeatAsync(tool, "unreachable");
            RunLogs.Lines(Logs).ShouldNotContain(static line => line.Contains("\"event\":\"attempt\"", StringComparison.Ordinal));
        }
        finally
        {
            Server.Resume();
        }

        (await tool.EndAsync()).ShouldSucceed();
        Event("reachable");
    }

    [Fact]
    public async Task A_verification_that_is_interrupted_says_what_it_is_and_that_nothing_was_changed()
    {
        (await Tool.RunAsync(Folder, Run)).ShouldSucceed();
        Server.Pause();
        try
        {
            using Tool tool = Tool.Start(Folder, null, "verify", Index, "--url", Url, "--collection", "seen", "--heartbeat", Heartbeat);
            await HeartbeatAsync(tool, "running");
            tool.Signal("INT");
            ToolResult run = (await tool.EndAsync()).ShouldEndWith(3, "The verification was interrupted", "Nothing was changed");
            run.Error.ShouldNotContain("sent");
        }
        finally
        {
            Server.Resume();
        }
    }

    [Fact]
    public async Task Without_a_terminal_lines_tell_how_far_it_is()
    {
        using Tool tool = Tool.Start(Folder, null, [.. Run, "--progress-interval", "0.2"]);
        (await tool.EndAsync()).ShouldSucceed().Error.ShouldContain("sending: ");
        using Tool quiet = Tool.Start(Folder, null, [.. Run, "--progress-interval", "0", "--restart"]);
        (await quiet.EndAsync()).ShouldSucceed().Error.ShouldNotContain("sending: ");
    }

    [Fact]
    public async Task Four_runs_at_once_in_one_folder_leave_whole_logs_that_can_be_compared()
    {
        Tool[] tools = [.. Enumerable.Range(0, 4).Select(i => Tool.Start(Folder, null,
            "migrate", Index, "--url", Url, "--collection", $"c{i}", "--batch-size", "20", "--limit", $"{1_000 + i}", "--json"))];
        Guid[] runs = new Guid[4];
        for (int i = 0; i < 4; i++)
        {
            using Tool tool = tools[i];
            runs[i] = (await tool.EndAsync()).ShouldSucceed().Json().GetProperty("runId").GetGuid();
        }

        JsonElement[] told = [.. File.ReadLines(Path.Combine(Logs, "migration.log")).Select(static line => JsonDocument.Parse(line).RootElement)];
        told.Length.ShouldBe(8);
        RunFolder[] folders = RunFolder.All(Logs);
        folders.Select(static run => run.RunId).Order().ShouldBe(runs.Order());
        for (int i = 0; i < 4; i++)
        {
            RunRecord record = RunRecord.Read(Logs, runs[i]);
            (record.Perf.Vectors, record.TornLines).ShouldBe((1_000 + i, 0));
            string folder = folders.Single(run => run.RunId == runs[i]).Path;
            string other = folders.First(run => run.RunId != runs[i]).Path;
            JsonElement compared = (await Tool.RunAsync(Folder, "compare", folder, other, "--json")).ShouldSucceed().Json();
            compared.GetProperty("runId").GetGuid().ShouldBe(runs[i]);
            compared.GetProperty("tornLines").GetInt64().ShouldBe(0);
        }
    }

    private JsonElement Event(string name) => RunLogs.Lines(Logs).Select(static line => JsonDocument.Parse(line).RootElement)
        .First(line => line.GetProperty("event").GetString() == name);

    private JsonElement Read() => JsonDocument.Parse(File.ReadAllBytes(Heartbeat)).RootElement;

    private async Task<JsonElement> HeartbeatAsync(Tool tool, string status)
    {
        using CancellationTokenSource limit = new(TimeSpan.FromMinutes(2));
        while (!File.Exists(Heartbeat) || Read().GetProperty("status").GetString() != status)
        {
            tool.HasExited.ShouldBeFalse();
            await Task.Delay(20, limit.Token);
        }

        return Read();
    }
}
