using System.Text.Json;
using VectorMigration.TestSupport;

namespace VectorMigration.EndToEnd.Tests.Faults;

/// <summary>
/// Real faults on a real server: after each the migration is brought to its end by the same command, and the witness finds every vector once,
/// bit for bit. A short form of what <c>./build.sh faults</c> plays in full.
/// </summary>
public sealed class FaultTests
{
    private static readonly string[] Gently = ["--batch-size", "20", "--batch-delay", "0.06", "--parallel", "4", "--give-up-after", "20", "--timeout", "5"];

    [Fact]
    public async Task The_client_is_killed_at_random_moments()
    {
        int wanted = FaultTable.Times(full: 50, brief: 4);
        await using FaultStage stage = await FaultStage.SetAsync(wanted * 300,
            ["--batch-size", "20", "--batch-delay", "0.03", "--parallel", "2", "--timeout", "5"]);
        Random random = new(1);
        int kills = 0;
        while (kills < wanted)
        {
            using Tool tool = stage.Start();
            bool lives = await stage.ReachedAsync(tool, stage.Batches() + random.Next(0, 6));
            await Task.Delay(random.Next(0, 40));
            lives.ShouldBeTrue("the run should not be at its end yet");
            tool.Signal("KILL");
            (await FaultStage.EndAsync(tool)).ExitCode.ShouldBe(137);
            kills++;
        }

        await stage.FinishAsync();
        (await stage.JudgeAsync("SIGKILL of the client at random moments of one migration", kills)).ShouldBeWhole();
    }

    [Fact]
    public async Task The_server_is_killed_and_started_again()
    {
        int wanted = FaultTable.Times(full: 10, brief: 2);
        await using FaultStage stage = await FaultStage.SetAsync(wanted * 1_500, Gently);
        Random random = new(2);
        int kills = 0;
        while (kills < wanted)
        {
            using Tool tool = stage.Start();
            while (kills < wanted && await stage.ReachedAsync(tool, stage.Batches() + random.Next(2, 20)))
            {
                stage.Server.Kill();
                kills++;
                await stage.Server.RestartAsync();
            }

            ToolResult ended = await FaultStage.EndAsync(tool);
            ended.ExitCode.ShouldBeOneOf(0, 3);
        }

        await stage.FinishAsync();
        (await stage.JudgeAsync("SIGKILL of the server, and a new start", kills)).ShouldBeWhole();
    }

    [Fact]
    public async Task The_server_is_frozen_past_the_deadline()
    {
        int wanted = FaultTable.Times(full: 3, brief: 1);
        await using FaultStage stage = await FaultStage.SetAsync(wanted * 2_000, [.. Gently[..^1], "1"]);
        using (Tool tool = stage.Start())
        {
            for (int i = 0; i < wanted && await stage.ReachedAsync(tool, stage.Batches() + 5); i++)
            {
                stage.Server.Pause();
                await Task.Delay(TimeSpan.FromSeconds(3));
                stage.Server.Resume();
            }

            (await FaultStage.EndAsync(tool)).ExitCode.ShouldBeOneOf(0, 3);
        }

        await stage.FinishAsync();
        FaultRow row = await stage.JudgeAsync("SIGSTOP of the server for 3 s, deadline 1 s", wanted);
        row.ShouldBeWhole();
        row.Repeated.ShouldBeGreaterThan(0, "attempts should have met their deadline");
    }

    [Fact]
    public async Task The_rate_is_limited_by_strict_mode()
    {
        int limit = FaultTable.Times(full: 1_200, brief: 600);
        await using FaultStage stage = await FaultStage.SetAsync(limit + FaultTable.Times(full: 800, brief: 60),
            ["--batch-size", "50", "--parallel", "8", "--timeout", "5"]);
        using (Witness witness = new(stage.Server, FaultStage.Key))
        {
            await witness.CreateAsync(
                FaultStage.Name,
                $$$"""{"vectors":{"size":32,"distance":"Euclid"},"strict_mode_config":{"enabled":true,"write_rate_limit":{{{limit}}}}}""");
        }

        await stage.FinishAsync();
        FaultRow row = await stage.JudgeAsync($"strict-mode write_rate_limit of {limit} points a minute", 1);
        row.ShouldBeWhole();
        row.Rejected.ShouldBeGreaterThan(0);

        // Eight are under way when the limit is met; then one attempt a wait tries first.
        row.Rejected.ShouldBeLessThanOrEqualTo(8 + (stage.Vectors / 50));
    }

    [Theory]
    [InlineData(ConnectionFault.Reset)]
    [InlineData(ConnectionFault.Truncate)]
    [InlineData(ConnectionFault.Halve)]
    [InlineData(ConnectionFault.Stall)]
    [InlineData(ConnectionFault.Delay)]
    public async Task The_line_breaks_in_the_midst_of_a_request_or_an_answer(ConnectionFault fault)
    {
        foreach (bool inAnswers in (bool[])[false, true])
        {
            int times = fault == ConnectionFault.Delay ? FaultTable.Times(full: 200, brief: 20) : FaultTable.Times(full: 8, brief: 2);
            await using FaultStage stage = await FaultStage.SetAsync(FaultTable.Times(full: 6_000, brief: 3_000), ["--batch-size", "20", "--timeout", "2"]);
            await using FaultProxy proxy = new(stage.Server.GrpcPort, fault, inAnswers, times, seed: 7);
            stage.Url = proxy.Uri.GetLeftPart(UriPartial.Authority);
            await stage.FinishAsync();
            (await stage.JudgeAsync($"{fault} of connections in the midst of {(inAnswers ? "answers" : "requests")}", proxy.Injected)).ShouldBeWhole();
            proxy.Injected.ShouldBeGreaterThan(0);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_collection_is_deleted_or_recreated_half_way(bool recreated)
    {
        await using FaultStage stage = await FaultStage.SetAsync(1_500, Gently);
        using (Tool tool = stage.Start())
        {
            (await stage.ReachedAsync(tool, 6)).ShouldBeTrue();
            using Witness witness = new(stage.Server, FaultStage.Key);
            await witness.DropAsync(FaultStage.Name);
            if (recreated)
            {
                await witness.CreateAsync(FaultStage.Name, """{"vectors":{"size":32,"distance":"Euclid"}}""");
            }

            ToolResult ended = await FaultStage.EndAsync(tool);
            // Between the two it may be seen as missing.
            ended.ExitCode.ShouldBeOneOf(recreated ? [1, 3] : [3]);
        }

        using (Tool again = stage.Start())
        {
            (await FaultStage.EndAsync(again)).ShouldEndWith(2, recreated ? "was replaced" : "no longer has that collection")
                .Error.ShouldContain("--restart");
        }

        await stage.FinishAsync(0, "--restart");
        (await stage.JudgeAsync(recreated ? "the collection deleted and made anew half-way" : "the collection deleted half-way", 1)).ShouldBeWhole();
    }

    [Fact]
    public async Task The_key_is_taken_away_half_way()
    {
        await using FaultStage stage = await FaultStage.SetAsync(1_500, Gently);
        using (Tool tool = stage.Start())
        {
            (await stage.ReachedAsync(tool, 6)).ShouldBeTrue();
            stage.Server.Kill();
            stage.Server.ApiKey = "another-key";
            await stage.Server.RestartAsync();
            ToolResult ended = await FaultStage.EndAsync(tool);
            ended.ShouldEndWith(3);
            ended.Json().GetProperty("error").GetProperty("errorId").GetString().ShouldBe("WrongApiKey");
        }

        stage.Server.ApiKey = FaultStage.Key;
        await stage.Server.RestartAsync();
        await stage.FinishAsync();
        (await stage.JudgeAsync("the API key taken away half-way, and given back", 1)).ShouldBeWhole();
    }

    [Fact]
    public async Task The_disk_of_the_server_is_full()
    {
        const string Fault = "a full disk under the server";
        using SmallDisk? disk = SmallDisk.TryMount(600L << 20, out string reason);
        if (disk is null)
        {
            FaultTable.NotRun(Fault, reason);
            return;
        }

        QdrantServerOptions options = new()
        {
            Environment = new Dictionary<string, string>
            {
                ["QDRANT__STORAGE__STORAGE_PATH"] = Path.Combine(
            disk.Folder, "storage")
            }
        };
        await using FaultStage stage = await FaultStage.SetAsync(FaultTable.Times(full: 20_000, brief: 6_000), [.. Gently[..^1], "2"], options);
        using (Tool tool = stage.Start())
        {
            (await stage.ReachedAsync(tool, 10)).ShouldBeTrue();
            disk.Fill(leave: 0);
            ToolResult ended = await FaultStage.EndAsync(tool);
            ended.ShouldEndWith(3);
        }

        disk.Free();
        await stage.Server.RestartAsync();
        await stage.FinishAsync();
        (await stage.JudgeAsync(Fault, 1)).ShouldBeWhole();
    }

    [Fact]
    public Task The_disk_under_the_logs_is_full() => OnAFullDiskAsync(
        "a full disk under the logs",
        static (stage, disk) =>
        {
            stage.Journal = Path.Combine(Path.GetDirectoryName(stage.Index)!, "j.journal");
            stage.Logs = Path.Combine(disk.Folder, "logs");
        },
        static (stage, _, ended) =>
        {
            ended.ExitCode.ShouldBe(0, ended.Error);
            ended.Json().GetProperty("lostLogLines").GetInt64().ShouldBeGreaterThan(0);
            ended.Error.Split('\n').Count(static line => line.Contains("The run continues without these lines", StringComparison.Ordinal)).ShouldBe(1);
            foreach (string line in RunLogs.Lines(stage.Logs))
            {
                JsonDocument.Parse(line).RootElement.GetProperty("event").GetString().ShouldNotBeNullOrEmpty();
            }

            return Task.CompletedTask;
        });

    [Fact]
    public Task The_disk_under_the_journal_is_full() => OnAFullDiskAsync(
        "a full disk under the journal",
        static (stage, disk) => stage.Journal = Path.Combine(disk.Folder, "j.journal"),
        static async (stage, disk, ended) =>
        {
            ended.ShouldEndWith(3, "The journal", "cannot be written");
            disk.Free();
            await stage.FinishAsync();
        });

    /// <summary>Fills a disk of the client in the middle of a run and judges what the server holds in the end.</summary>
    /// <param name="fault">Name of the fault.</param>
    /// <param name="place">Places journal or logs on the disk.</param>
    /// <param name="judge">Judges how the run ended, and finishes the migration where it has to be.</param>
    private static async Task OnAFullDiskAsync(string fault, Action<FaultStage, SmallDisk> place, Func<FaultStage, SmallDisk, ToolResult, Task> judge)
    {
        using SmallDisk? disk = SmallDisk.TryMount(256L << 10, out string reason);
        if (disk is null)
        {
            FaultTable.NotRun(fault, reason);
            return;
        }

        await using FaultStage stage = await FaultStage.SetAsync(6_000, ["--batch-size", "5", "--batch-delay", "0.001", "--parallel", "4", "--timeout", "5"]);
        place(stage, disk);
        using (Tool tool = stage.Start())
        {
            (await stage.ReachedAsync(tool, 10)).ShouldBeTrue();
            disk.Fill(leave: 0);
            await judge(stage, disk, await FaultStage.EndAsync(tool));
        }

        (await stage.JudgeAsync(fault, 1)).ShouldBeWhole();
    }
}
