using System.Text.Json;
using VectorMigration.Runs;
using VectorMigration.Store;

namespace VectorMigration.Diagnosis;

/// <summary>Whether the nodes of a cluster agree, and whether the shards of a collection are whole; read from answers of the REST interface.</summary>
internal static class ClusterChecks
{
    /// <summary>The resource of the cluster.</summary>
    public const string Path = "/cluster";

    private static readonly string[] Whole = ["Active", "ActiveRead"];

    /// <summary>The endpoints that were named, where there are several.</summary>
    /// <param name="answers">What each answered.</param>
    public static ConnectionCheck Nodes(IReadOnlyList<NodeAnswer> answers)
    {
        if (NodeAnswer.Strangers(answers) is (NodeAnswer one, NodeAnswer other))
        {
            return ConnectionCheck.Fail(CheckNames.Nodes, $"{one.Name} and {other.Name} do not show the same collection. They are not nodes of one cluster.",
                "Name only nodes of one cluster.");
        }

        NodeAnswer[] gone = [.. answers.Where(static answer => answer.Fault is not null)];
        string all = Units.Of(answers.Count, "endpoint", "endpoints");
        if (gone.Length > 0)
        {
            return ConnectionCheck.Warn(CheckNames.Nodes, $"{Units.Count(answers.Count - gone.Length)} of {all} answer. {gone[0].Fault}",
                "A run continues with the nodes that answer. Start the missing nodes, or correct their endpoints.");
        }

        string[] versions = [.. answers.Select(static answer => answer.Version ?? "unknown").Distinct().Order(StringComparer.Ordinal)];
        return versions is [string version]
            ? ConnectionCheck.Pass(CheckNames.Nodes, $"All {all} answer, with Qdrant {version}.")
            : ConnectionCheck.Warn(CheckNames.Nodes, $"All {all} answer, with Qdrant {string.Join(", ", versions)}.",
                "Complete the upgrade of the cluster before the run.");
    }

    /// <summary>The cluster.</summary>
    /// <param name="body">The answer; null where there is none.</param>
    /// <param name="told">What the server says of its nodes, or null.</param>
    /// <param name="reason">Why there is no answer.</param>
    public static ConnectionCheck Cluster(string? body, ServerTelemetry? told, string reason)
    {
        if (Result(body) is not JsonElement cluster || JsonMembers.Text(cluster, "status") is not string status)
        {
            return ConnectionCheck.Skip(CheckNames.Cluster, reason);
        }

        if (status != "enabled")
        {
            return ConnectionCheck.Pass(CheckNames.Cluster, "The server is a single node.");
        }

        int nodes = Count(cluster, "peers");
        string size = Units.Of(nodes, "node", "nodes");
        if (JsonMembers.Text(cluster, "consensus_thread_status", "consensus_thread_status") is string thread && thread != "working")
        {
            return ConnectionCheck.Fail(CheckNames.Cluster, $"The cluster has {size}. Its consensus is {thread.Replace('_', ' ')}.",
                "Check the server's log. Without consensus, collections can be neither created nor changed.");
        }

        if (JsonMembers.Number(cluster, "raft_info", "leader") is null)
        {
            return ConnectionCheck.Fail(CheckNames.Cluster, $"The cluster has {size}, and none of them leads it.",
                "Start the other nodes. More than half of them must run.");
        }

        if (Count(cluster, "message_send_failures") is > 0 and int unreachable)
        {
            return ConnectionCheck.Warn(
                CheckNames.Cluster, $"The cluster has {size}. {Units.Of(unreachable, "node does", "nodes do")} not answer the others.",
                "Start the nodes that are missing, and check the network between the nodes.");
        }

        if (JsonMembers.Number(cluster, "raft_info", "pending_operations") is > 0 and long pending)
        {
            return ConnectionCheck.Warn(CheckNames.Cluster, $"The cluster has {size} and has to apply {Units.Of(pending, "change", "changes")} yet.",
                "Wait until the cluster has applied them. Then run the same command again.");
        }

        string[] versions = [.. (told?.NodeVersions ?? []).Distinct().Order(StringComparer.Ordinal)];
        return versions.Length > 1
            ? ConnectionCheck.Warn(CheckNames.Cluster, $"The cluster has {size} of different versions: {string.Join(", ", versions)}.",
                "Complete the upgrade of the cluster before the run.")
            : ConnectionCheck.Pass(CheckNames.Cluster, nodes == 1 ? $"The cluster has {size}." : $"The cluster has {size}, which agree.");
    }

    /// <summary>The shards of a collection.</summary>
    /// <param name="collection">Its name; null where none was named.</param>
    /// <param name="body">The answer; null where there is none.</param>
    /// <param name="reason">Why there is no answer.</param>
    public static ConnectionCheck Shards(string? collection, string? body, string reason)
    {
        if (collection is null || Result(body) is not JsonElement shards)
        {
            return ConnectionCheck.Skip(CheckNames.Shards, reason);
        }

        (long Shard, string State)[] replicas = [.. Replicas(shards, "local_shards"), .. Replicas(shards, "remote_shards")];
        (long Shard, string State)[] broken = [.. replicas.Where(static replica => !Whole.Contains(replica.State))];
        string all = $"{Units.Of(replicas.DistinctBy(static replica => replica.Shard).Count(), "shard", "shards")} with "
            + Units.Of(replicas.Length, "replica", "replicas");
        string words = string.Join(", ", broken.GroupBy(static replica => replica.State)
            .Select(static group => $"{Units.Count(group.Count())} {group.Key} (shard "
                + $"{string.Join(", ", group.Select(static one => one.Shard).Distinct().Take(8))})"));
        long[] lost = [.. replicas.GroupBy(static replica => replica.Shard).Where(static shard => !shard.Any(static one => Whole.Contains(one.State)))
            .Select(static shard => shard.Key)];
        if (lost.Length > 0)
        {
            return ConnectionCheck.Fail(CheckNames.Shards, $"'{collection}' has {all}: {words}. Shard {string.Join(", ", lost.Take(8))} has no whole replica.",
                "Start the nodes that hold these shards, and wait until they have recovered.");
        }

        if (broken.Length > 0)
        {
            bool dead = broken.Any(static replica => replica.State == "Dead");
            return ConnectionCheck.Warn(CheckNames.Shards, $"'{collection}' has {all}: {words}.",
                dead ? "Start the nodes that hold the dead replicas, and wait until these have recovered."
                    : "Wait until these replicas have recovered. A recovery takes capacity from the upload.");
        }

        return Count(shards, "shard_transfers") is > 0 and int moving
            ? ConnectionCheck.Warn(CheckNames.Shards, $"'{collection}' has {all}. {Units.Of(moving, "shard is", "shards are")} being moved.",
                "Wait until the shards have been moved.")
            : ConnectionCheck.Pass(CheckNames.Shards, $"'{collection}' has {all}, all of them active.");
    }

    private static JsonElement? Result(string? body)
    {
        if (body is null)
        {
            return null;
        }

        try
        {
            using JsonDocument json = JsonDocument.Parse(body);
            return JsonMembers.At(json.RootElement, "result")?.Clone();
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static IEnumerable<(long Shard, string State)> Replicas(JsonElement shards, string place) =>
        JsonMembers.At(shards, place) is { ValueKind: JsonValueKind.Array } list
            ? [.. list.EnumerateArray().Select(static one => (JsonMembers.Number(one, "shard_id") ?? 0, JsonMembers.Text(one, "state") ?? "unknown"))] : [];

    private static int Count(JsonElement parent, string name) => JsonMembers.At(parent, name) switch
    {
        { ValueKind: JsonValueKind.Object } members => members.EnumerateObject().Count(),
        { ValueKind: JsonValueKind.Array } items => items.GetArrayLength(),
        _ => 0,
    };
}
