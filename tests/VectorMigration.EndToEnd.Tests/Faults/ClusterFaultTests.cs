using VectorMigration.TestSupport;

namespace VectorMigration.EndToEnd.Tests.Faults;

/// <summary>Real faults of a real cluster of three nodes, each shard on two of them: the run is told all three, and every node has every vector once.</summary>
public sealed class ClusterFaultTests
{
    private static readonly string[] Gently =
        ["--shard-number", "3", "--replication-factor", "2", "--batch-size", "20", "--batch-delay", "0.2", "--parallel", "4", "--give-up-after", "60",
            "--timeout", "20"];

    [Fact]
    public async Task A_node_is_killed_in_the_midst_and_started_again()
    {
        // The first node is the leader at the beginning: in full, every node is killed in turn.
        int wanted = FaultTable.Times(full: 6, brief: 1);
        await using FaultStage stage = await FaultStage.SetClusterAsync(wanted * 3_000, Gently);
        int kills = 0;
        while (kills < wanted)
        {
            using Tool tool = stage.Start();
            while (kills < wanted && await stage.ReachedAsync(tool, stage.Batches() + 20))
            {
                QdrantServer node = stage.Cluster!.Nodes[(kills + 2) % 3];
                int before = stage.Batches();
                node.Kill();
                kills++;
                bool wentOn = await stage.ReachedAsync(tool, before + 20);
                await node.RestartAsync();
                wentOn.ShouldBeTrue("batches should be acknowledged without the node");
            }

            ToolResult ended = await FaultStage.EndAsync(tool);
            ended.ExitCode.ShouldBeOneOf(0, 3);
        }

        await stage.FinishAsync();
        await ShouldBeWholeAsync(stage, "SIGKILL of one of three nodes, replication factor 2, and its return", kills);
    }

    [Fact]
    public async Task A_node_is_frozen()
    {
        int wanted = FaultTable.Times(full: 3, brief: 1);
        await using FaultStage stage = await FaultStage.SetClusterAsync(wanted * 3_000, Gently);
        using (Tool tool = stage.Start())
        {
            for (int i = 0; i < wanted && await stage.ReachedAsync(tool, stage.Batches() + 20); i++)
            {
                QdrantServer node = stage.Cluster!.Nodes[(i + 2) % 3];
                node.Pause();
                await Task.Delay(TimeSpan.FromSeconds(FaultTable.Times(full: 15, brief: 6)));
                node.Resume();
            }

            (await FaultStage.EndAsync(tool)).ExitCode.ShouldBeOneOf(0, 3);
        }

        await stage.FinishAsync();
        await ShouldBeWholeAsync(stage, "SIGSTOP of one of three nodes, replication factor 2", wanted);
    }

    private static async Task ShouldBeWholeAsync(FaultStage stage, string fault, int times)
    {
        await stage.Cluster!.WaitUntilActiveAsync(FaultStage.Name);
        foreach (QdrantServer node in stage.Cluster.Nodes)
        {
            (await stage.JudgeAsync(fault, times, node)).ShouldBeWhole();
        }
    }
}
