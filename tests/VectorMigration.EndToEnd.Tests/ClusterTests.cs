using System.Text.Json;
using VectorMigration.TestSupport;

namespace VectorMigration.EndToEnd.Tests;

/// <summary>A cluster of three nodes that is named by all its endpoints.</summary>
public sealed class ClusterTests : IAsyncLifetime
{
    private readonly string folder = Directory.CreateTempSubdirectory("vm-cluster-").FullName;
    private QdrantCluster? cluster;

    private QdrantCluster Cluster => cluster!;

    private string Index => Path.Combine(folder, "flat.faiss");

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        IndexFiles.Flat(Index, 16, IndexFiles.Random(2_000, 16, seed: 18));
        cluster = await QdrantCluster.StartAsync();
    }

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        await Cluster.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_run_that_was_begun_with_three_endpoints_goes_on_with_one()
    {
        string[] run = ["migrate", Index, "--collection", "several", "--shard-number", "3", "--replication-factor", "2", "--json", "--verbose"];
        using (Tool tool = Tool.Start(folder, null, [.. run, "--url", Cluster.Urls, "--batch-size", "20", "--batch-delay", "0.05"]))
        {
            using CancellationTokenSource limit = new(TimeSpan.FromMinutes(1));
            while (RunLogs.Batches(Path.Combine(folder, "logs")) < 10)
            {
                tool.HasExited.ShouldBeFalse();
                await Task.Delay(10, limit.Token);
            }

            tool.Signal("KILL");
            await tool.EndAsync();
        }

        Cluster.Nodes[0].Kill();
        ToolResult ended = (await Tool.RunAsync(folder, [.. run, "--url", Cluster.Nodes[1].GrpcUri.ToString(), "--batch-size", "20"])).ShouldSucceed();
        ended.Json().GetProperty("verification").GetProperty("passed").GetBoolean().ShouldBeTrue();
        ended.Json().GetProperty("counts").GetProperty("skipped").GetInt64().ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Every_node_takes_writes_and_a_repeated_option_is_a_list_too()
    {
        string[] urls = [.. Cluster.Nodes.SelectMany(static node => (string[])["--url", node.GrpcUri.ToString()])];
        (await Tool.RunAsync(folder, ["migrate", Index, .. urls, "--collection", "spread", "--batch-size", "20"])).ShouldSucceed();
        foreach (QdrantServer node in Cluster.Nodes)
        {
            using HttpClient client = new();
            string metrics = await client.GetStringAsync(new Uri(node.RestUri, "/metrics"));
            metrics.Split('\n').ShouldContain(
                static line => line.StartsWith("grpc_responses_total{endpoint=\"/qdrant.Points/Upsert\"", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task Replicas_are_looked_at_before_the_end_and_a_dead_one_is_told()
    {
        string[] run = ["migrate", Index, "--url", Cluster.Urls, "--collection", "told", "--shard-number", "3", "--replication-factor", "2", "--json"];
        ToolResult whole = (await Tool.RunAsync(folder, run)).ShouldSucceed();
        whole.Json().GetProperty("replicas").GetProperty("isWhole").GetBoolean().ShouldBeTrue();
        whole.Json().GetProperty("replicas").GetProperty("replicas").GetInt32().ShouldBe(6);

        Cluster.Nodes[2].Kill();
        ToolResult broken = (await Tool.RunAsync(folder, [.. run, "--restart", "--on-existing", "overwrite"])).ShouldSucceed();
        JsonElement replicas = broken.Json().GetProperty("replicas");
        replicas.GetProperty("dead").GetInt32().ShouldBeGreaterThan(0);
        replicas.GetProperty("waited").GetDouble().ShouldBeGreaterThan(10);
        broken.Json().GetProperty("warnings").EnumerateArray().Select(static one => one.GetString()!)
            .ShouldContain(static one => one.StartsWith("Not every replica of collection 'told' is active", StringComparison.Ordinal));
        broken.Error.ShouldContain("Waiting for replicas of 'told'");
    }

    [Fact]
    public async Task Endpoints_of_different_servers_are_refused_before_the_first_vector()
    {
        await using QdrantServer alone = await QdrantServer.StartAsync();
        (await Tool.RunAsync(folder, "migrate", Index, "--url", alone.GrpcUri.ToString(), "--collection", "both", "--log-dir", "alone")).ShouldSucceed();
        string both = $"{Cluster.Nodes[0].GrpcUri},{alone.GrpcUri}";
        (await Tool.RunAsync(folder, "migrate", Index, "--url", both, "--collection", "both")).ShouldEndWith(2, "does not. They are not nodes of one cluster");
        (await Tool.RunAsync(folder, "migrate", Index, "--url", Cluster.Urls, "--collection", "both", "--log-dir", "cluster")).ShouldSucceed();
        (await Tool.RunAsync(folder, "migrate", Index, "--url", both, "--collection", "both")).ShouldEndWith(2, "a collection 'both' of their own");
        (await Tool.RunAsync(folder, "doctor", "--url", both, "--collection", "both")).Output.ShouldContain("do not show the same collection");
        ToolResult sound = await Tool.RunAsync(folder, "doctor", "--url", Cluster.Urls, "--collection", "both", "--json");
        JsonElement nodes = sound.Json().GetProperty("checks").EnumerateArray().Single(static one => one.GetProperty("name").GetString() == "Nodes");
        nodes.GetProperty("finding").GetString()!.ShouldStartWith("All 3 endpoints answer");
    }

    [Fact]
    public async Task Endpoints_with_and_without_tls_are_refused_together()
    {
        ToolResult run = await Tool.RunAsync(folder, "migrate", Index, "--url", "https://127.0.0.1:1,http://127.0.0.1:2", "--collection", "mixed");
        run.ShouldEndWith(2, "differ in their scheme");
    }
}
