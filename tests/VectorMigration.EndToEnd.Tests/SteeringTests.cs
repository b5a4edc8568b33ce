using System.Text.Json;

namespace VectorMigration.EndToEnd.Tests;

/// <summary>A run that is looked at and led from other processes.</summary>
public sealed class SteeringTests() : MidwayTests(SteeringTests.Vectors, dimension: 16, seed: 79)
{
    private const int Vectors = 4_000;

    /// <summary>Limits that are shorter than the pause, which must not count for them.</summary>
    private string[] Migrate => ["migrate", Index, "--url", Url, "--collection", "steered", "--give-up-after", "2", "--no-progress-timeout", "2"];

    private string Logs => Path.Combine(Folder, "logs");

    [Fact]
    public async Task It_is_paused_paced_resumed_and_stopped_and_the_same_command_finishes_it()
    {
        using Tool tool = Tool.Start(Folder, null, [.. Migrate, "--batch-size", "20", "--batch-delay", "0.1"]);
        await BatchesAsync(tool, 5);
        JsonElement seen = await RunAsync("status");
        seen.GetProperty("state").GetString().ShouldBe("Running");
        seen.GetProperty("collection").GetString().ShouldBe("steered");
        seen.GetProperty("batchSize").GetInt32().ShouldBe(20);

        JsonElement paused = await RunAsync("pause");
        paused.GetProperty("state").GetString().ShouldBe("Paused");
        paused.GetProperty("underWay").GetInt32().ShouldBe(0);
        int batches = RunLogs.Batches(Logs);
        string count = await CountAsync();
        await Task.Delay(TimeSpan.FromSeconds(5));
        RunLogs.Batches(Logs).ShouldBe(batches);
        (await CountAsync()).ShouldBe(count);
        tool.HasExited.ShouldBeFalse();
        string file = await File.ReadAllTextAsync(Path.Combine(RunFolder.All(Logs)[0].Path, "heartbeat.json"));
        file.ShouldContain("\"status\": \"paused\"");

        JsonElement paced = await RunAsync("pace", "--batch-size", "7", "--parallel", "2", "--requests-per-second", "40");
        paced.GetProperty("batchSize").GetInt32().ShouldBe(7);
        paced.GetProperty("throttleLimit").GetInt32().ShouldBe(2);
        paced.GetProperty("requestsPerSecond").GetDouble().ShouldBe(40);
        (await RunAsync("resume")).GetProperty("state").GetString().ShouldBe("Running");
        await BatchesAsync(tool, batches + 5);

        JsonElement stopped = await RunAsync("stop");
        stopped.GetProperty("state").GetString().ShouldBe("Ended");
        stopped.GetProperty("exitCode").GetInt32().ShouldBe(3);
        ToolResult run = (await tool.EndAsync()).ShouldEndWith(3, "Stopped on request");
        run.Error.ShouldContain("It resumes where this run stopped");
        run.Error.ShouldContain("Paused by ");
        run.Error.ShouldContain("batches of 7, 2 in parallel, at most 40 requests/s");

        JsonElement[] lines = [.. RunLogs.Lines(Logs).Select(static line => JsonDocument.Parse(line).RootElement)];
        lines.Where(static line => line.GetProperty("event").GetString() == "steered").Select(static line => line.GetProperty("action").GetString())
            .ShouldBe(["pause", "pace", "resume", "stop"]);
        int[] sizes = [.. lines.Where(static line => line.GetProperty("event").GetString() == "batch")
            .Select(static line => line.GetProperty("count").GetInt32())];
        sizes.Take(batches).ShouldAllBe(static size => size == 20);
        sizes.Skip(batches).ShouldAllBe(static size => size == 7);

        (await Tool.RunAsync(Folder, "pause")).ShouldEndWith(2, "is under way");
        long sent = sizes.Sum();
        JsonElement rest = (await Tool.RunAsync(Folder, [.. Migrate, "--json"])).ShouldSucceed().Json();
        rest.GetProperty("counts").GetProperty("skipped").GetInt64().ShouldBe(sent);
        rest.GetProperty("counts").GetProperty("sent").GetInt64().ShouldBe(Vectors - sent);
        string all = (await Tool.RunAsync(Folder, "status")).ShouldSucceed().Output;
        all.ShouldContain("ended    Interrupted");
        all.ShouldMatch(@"(?m)^ended    Completed       \d\d[:-]\d\d steered ");
        all.ShouldContain("ended    Completed");
        all.Split('\n').ShouldAllBe(static line => line.TrimEnd().Length <= 80);
    }

    [Fact]
    public async Task Watching_ends_with_the_code_of_the_run_and_a_killed_run_is_told_from_one_that_ended()
    {
        string[] slow = [.. Migrate, "--batch-size", "20", "--batch-delay", "0.1"];
        using (Tool killed = Tool.Start(Folder, null, slow))
        {
            await BatchesAsync(killed, 2);
            Task<ToolResult> watching = Tool.RunAsync(Folder, "watch", "--run-id", $"{RunFolder.All(Logs)[^1].RunId}", "--interval", "0.5");
            killed.Signal("KILL");
            await killed.EndAsync();
            ToolResult watched = await watching;
            watched.ShouldEndWith(3, "its process is gone");
            JsonElement gone = await RunAsync("status");
            gone.GetProperty("state").GetString().ShouldBe("Killed");
            gone.GetProperty("acknowledged").GetInt64().ShouldBe(RunLogs.Batches(Logs) * 20);
            (await Tool.RunAsync(Folder, "pause")).ShouldEndWith(2, "its process is gone").Error.ShouldContain("run its command again");
        }

        int before = RunLogs.Batches(Logs);
        using Tool tool = Tool.Start(Folder, null, slow);
        await BatchesAsync(tool, before + 2);
        Task<ToolResult> second = Tool.RunAsync(Folder, "watch", "--run-id", $"{RunFolder.All(Logs)[^1].RunId}", "--interval", "0.5");
        (await Tool.RunAsync(Folder, "pace", "--adaptive")).ShouldSucceed();
        (await tool.EndAsync()).ShouldSucceed();
        ToolResult seen = (await second).ShouldSucceed();
        seen.Output.ShouldContain("ended: Completed (exit code 0)");
    }

    [Fact]
    public async Task A_program_is_told_how_the_run_came_out_and_gets_no_key()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        string said = Path.Combine(Folder, "said");
        string program = Path.Combine(Folder, "notify");
        await File.WriteAllTextAsync(program, $"#!/bin/sh\ncat > '{said}'\nenv >> '{said}'\nexit 9\n");
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        Dictionary<string, string> environment = new() { ["QDRANT_API_KEY"] = "s3cret-k3y", ["no_proxy"] = "127.0.0.1,s3cret-proxy" };
        ToolResult run = (await Tool.RunAsync(Folder, environment, [.. Migrate, "--limit", "50", "--allow-plaintext-key", "--on-end", "./notify", "--json"]))
            .ShouldSucceed();
        run.Error.ShouldContain("ended with exit code 9. The result of the run is not affected.");
        string[] lines = await File.ReadAllLinesAsync(said);
        JsonDocument.Parse(lines[0]).RootElement.GetProperty("runId").ToString().ShouldBe(run.Json().GetProperty("runId").ToString());
        lines.ShouldContain("VECTORMIGRATION_STATUS=Completed");
        lines.ShouldAllBe(static line => !line.Contains("s3cret"));
        (await Tool.RunAsync(Folder, [.. Migrate, "--on-end", "./none"])).ShouldEndWith(2, "cannot be started: it does not exist");
    }

    private async Task<JsonElement> RunAsync(params string[] command) =>
        (await Tool.RunAsync(Folder, [.. command, "--json"])).ShouldSucceed().Json().GetProperty("runs")[0];

    private async Task<string> CountAsync()
    {
        using HttpClient http = new();
        using HttpResponseMessage answer = await http.PostAsync(
            new Uri(Server.RestUri, "/collections/steered/points/count"), new StringContent("{\"exact\":true}", null, "application/json"));
        return JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("result").GetProperty("count").ToString();
    }
}
