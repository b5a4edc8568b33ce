using System.Diagnostics;
using System.Text.Json;

namespace VectorMigration.TestSupport;

/// <summary>A real cluster of Qdrant nodes on loopback. Each node is a <see cref="QdrantServer"/> that can be killed, frozen and started again.</summary>
public sealed class QdrantCluster : IAsyncDisposable
{
    private static readonly TimeSpan FormLimit = TimeSpan.FromSeconds(60);
    private readonly List<QdrantServer> nodes = [];

    private QdrantCluster()
    {
    }

    /// <summary>The nodes; the first began the cluster.</summary>
    public IReadOnlyList<QdrantServer> Nodes => nodes;

    /// <summary>The gRPC endpoints of all nodes, as an option takes them.</summary>
    public string Urls => string.Join(',', nodes.Select(static node => node.GrpcUri.GetLeftPart(UriPartial.Authority)));

    /// <summary>Starts the nodes and waits until each knows all of them.</summary>
    public static async Task<QdrantCluster> StartAsync(int count = 3, QdrantServerOptions? options = null, CancellationToken cancellationToken = default)
    {
        QdrantCluster cluster = new();
        try
        {
            for (int i = 0; i < count; i++)
            {
                cluster.nodes.Add(await QdrantServer.StartAsync(
                    (options ?? new QdrantServerOptions()) with { Cluster = true, Bootstrap = i == 0 ? null : cluster.nodes[0].NodeUri }, cancellationToken));
            }

            await cluster.WaitAsync(
                async node => (await ResultAsync(node, "/cluster", cancellationToken)).GetProperty("peers").EnumerateObject().Count() == count,
                $"{count} nodes did not find each other", cancellationToken);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits until every running node says that all replicas of a collection are active.</summary>
    public Task WaitUntilActiveAsync(string collection, CancellationToken cancellationToken = default) => WaitAsync(
        async node =>
        {
            string[] states = await StatesAsync(node, collection, cancellationToken);
            return states.Length > 0 && states.All(static state => state == "Active");
        },
        $"replicas of {collection} did not become active", cancellationToken);

    /// <summary>The states of all replicas of a collection, as one node knows them.</summary>
    private static async Task<string[]> StatesAsync(QdrantServer node, string collection, CancellationToken cancellationToken = default)
    {
        JsonElement result = await ResultAsync(node, $"/collections/{collection}/cluster", cancellationToken);
        return [.. result.GetProperty("local_shards").EnumerateArray().Concat(result.GetProperty("remote_shards").EnumerateArray())
            .Select(static shard => shard.GetProperty("state").GetString()!)];
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (QdrantServer node in nodes)
        {
            await node.DisposeAsync();
        }
    }

    private async Task WaitAsync(Func<QdrantServer, Task<bool>> holds, string otherwise, CancellationToken cancellationToken)
    {
        Stopwatch clock = Stopwatch.StartNew();
        foreach (QdrantServer node in nodes.Where(static node => node.IsRunning))
        {
            while (!await TryAsync(node, holds))
            {
                if (clock.Elapsed > FormLimit)
                {
                    throw new TimeoutException($"{otherwise} within {FormLimit.TotalSeconds} s: {node.ReadLog()}");
                }

                await Task.Delay(TimeSpan.FromMilliseconds(100), cancellationToken);
            }
        }
    }

    private static async Task<bool> TryAsync(QdrantServer node, Func<QdrantServer, Task<bool>> holds)
    {
        try
        {
            return await holds(node);
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static async Task<JsonElement> ResultAsync(QdrantServer node, string path, CancellationToken cancellationToken)
    {
        using SocketsHttpHandler handler = new() { UseProxy = false };
        using HttpClient client = new(handler) { Timeout = TimeSpan.FromSeconds(10) };
        if (node.ApiKey is { } key)
        {
            client.DefaultRequestHeaders.Add("api-key", key);
        }

        using JsonDocument answer = JsonDocument.Parse(await client.GetStringAsync(new Uri(node.RestUri, path), cancellationToken));
        return answer.RootElement.GetProperty("result").Clone();
    }
}
