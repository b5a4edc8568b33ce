using System.Diagnostics;
using System.Text.Json;
using VectorMigration.TestSupport;

namespace VectorMigration.EndToEnd.Tests;

/// <summary>docs/slurm/slices.sbatch as it stands, in a real Slurm of two nodes.</summary>
[Collection(SharedServer.Name)]
public sealed class SlurmTests(QdrantServerFixture fixture) : ServerTests(fixture)
{
    private static readonly string Script = Path.Combine(QdrantServer.RepositoryRoot(), "docs", "slurm", "slices.sbatch");
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(75);

    /// <summary>So slow that a task can be met midway: 15 batches and 3 s.</summary>
    private static readonly string[] Slow = ["--batch-size", "10", "--batch-delay", "0.2", "--parallel", "1"];

    [SlurmFact]
    public async Task An_array_with_a_killed_and_a_stopped_task_moves_all_slices()
    {
        await SliceFiles.PlanAsync(Folder, Collection, 8);
        await using SlurmCluster slurm = await SlurmCluster.StartAsync(At("slurm"), "RequeueExit=75,137");
        string array = await slurm.SubmitAsync(Folder, [], [Script, "plan.json", "--url", Url, .. Slow]);
        string join = await slurm.SubmitAsync(Folder, [], [$"--dependency=afterany:{array}", "--wrap", $"vector-migration join --plan plan.json --url {Url}"]);
        using (Process tool = await MidwayAsync(3))
        {
            tool.Kill();
        }

        // What Slurm does before the time limit of a task, and when it is preempted.
        using (await MidwayAsync(8))
        {
            await slurm.SayAsync("scancel", "--batch", "--signal=TERM", $"{array}_8");
        }

        SlurmTask[] tasks = await slurm.EndAsync(array, Limit);
        tasks.Select(static task => task.Number).ShouldBe(Enumerable.Range(1, 8));
        tasks.ShouldAllBe(static task => task.State == "COMPLETED" && task.ExitCode == "0:0");
        tasks.Where(static task => task.Restarts > 0).Select(static task => (task.Number, task.Restarts)).ShouldBe([(3, 1), (8, 1)]);
        slurm.Log().ShouldContain("WEXITSTATUS 137");
        slurm.Log().ShouldContain("WEXITSTATUS 75");
        string said = await File.ReadAllTextAsync(At($"slices-{array}_3.log"));
        said.ShouldContain("slice 3/8 ended with 137: restarting it");
        said.Split("slice 3/8 of '").Length.ShouldBe(3, "both attempts are in the log");

        (await slurm.EndAsync(join, Limit)).ShouldBe([new SlurmTask(0, "COMPLETED", 0, "0:0")]);
        using JsonDocument result = JsonDocument.Parse(await File.ReadAllTextAsync(Directory.GetFiles(At("logs"), "*.join.json").ShouldHaveSingleItem()));
        JsonElement total = result.RootElement;
        total.GetProperty("verification").GetProperty("passed").GetBoolean().ShouldBeTrue();
        total.GetProperty("verification").GetProperty("compared").GetInt64().ShouldBe(SliceFiles.Count);
        total.GetProperty("verification").GetProperty("extra").GetInt64().ShouldBe(0);
        JsonElement counts = total.GetProperty("counts");
        long resumed = counts.GetProperty("skipped").GetInt64();
        resumed.ShouldBeGreaterThanOrEqualTo(2 * 30, "what was acknowledged before the ends is not sent again");
        (resumed + counts.GetProperty("sent").GetInt64() + counts.GetProperty("alreadyThere").GetInt64()).ShouldBe(SliceFiles.Count);
        await SliceFiles.ShouldBeInAsync(Witness, Collection);
    }

    [SlurmFact]
    public async Task Where_the_cluster_requeues_by_no_exit_code_the_script_does_and_gives_up()
    {
        await SliceFiles.PlanAsync(Folder, Collection, 2);
        await using SlurmCluster slurm = await SlurmCluster.StartAsync(At("slurm"), string.Empty);
        Dictionary<string, string> two = new() { ["SLICES"] = "2", ["RETRIES"] = "1" };
        string array = await slurm.SubmitAsync(Folder, two, ["--array=1-2", Script, "plan.json", "--url", Url, .. Slow]);
        using (Process tool = await MidwayAsync(2, 2))
        {
            tool.Kill();
        }

        string lost = await slurm.SubmitAsync(Folder, two, ["--array=1", Script, "plan.json", "--url", $"http://127.0.0.1:{Nginx.FreePort()}"]);
        string wrong = await slurm.SubmitAsync(Folder, [], ["--array=1", Script, "plan.json", "--url", Url]);
        (await slurm.EndAsync(array, Limit)).ShouldBe([new SlurmTask(1, "COMPLETED", 0, "0:0"), new SlurmTask(2, "COMPLETED", 1, "0:0")]);
        // A server that does not answer is waited for, but not for ever. A slice that the plan does not have is an error of the command.
        (await slurm.EndAsync(lost, Limit)).ShouldBe([new SlurmTask(1, "FAILED", 1, "1:0")]);
        (await slurm.EndAsync(wrong, Limit)).ShouldBe([new SlurmTask(1, "FAILED", 0, "2:0")]);
        (await File.ReadAllTextAsync(At($"slices-{lost}_1.log"))).ShouldContain("giving up");
        (await Tool.RunAsync(Folder, "join", "--plan", "plan.json", "--url", Url)).ShouldSucceed();
        await SliceFiles.ShouldBeInAsync(Witness, Collection);
    }

    /// <summary>The tool that moves a slice, once its journal records some batches.</summary>
    private async Task<Process> MidwayAsync(int slice, int of = 8)
    {
        using CancellationTokenSource limit = new(Limit);
        while (Acknowledged($"slice-{slice}-of-{of}") < 3)
        {
            await Task.Delay(20, limit.Token);
        }

        Process[] all = Process.GetProcesses();
        Process tool = all.Where(process => IsTool(process.Id, $"{slice}/{of}")).ShouldHaveSingleItem();
        foreach (Process other in all.Where(process => process != tool))
        {
            other.Dispose();
        }

        return tool;
    }

    private int Acknowledged(string slice)
    {
        if (!Directory.Exists(At("logs")))
        {
            return 0;
        }

        int lines = 0;
        foreach (string journal in Directory.GetFiles(At("logs"), $"*.{slice}.*.journal"))
        {
            using FileStream file = new(journal, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using StreamReader reader = new(file);
            while (reader.ReadLine() is string line)
            {
                lines += line.StartsWith("acked ", StringComparison.Ordinal) ? 1 : 0;
            }
        }

        return lines;
    }

    private bool IsTool(int process, string slice)
    {
        try
        {
            return new DirectoryInfo($"/proc/{process}/cwd").LinkTarget == Folder
                && File.ReadAllText($"/proc/{process}/cmdline").Split('\0') is [var program, "migrate", ..] words
                && program.EndsWith("vector-migration", StringComparison.Ordinal) && words.Contains(slice);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
