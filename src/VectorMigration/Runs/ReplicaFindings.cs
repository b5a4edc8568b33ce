using VectorMigration.Store;

namespace VectorMigration.Runs;

/// <summary>The replicas of a collection at the end of a run.</summary>
/// <param name="Shards">Shards.</param>
/// <param name="Replicas">Replicas of all shards.</param>
/// <param name="Whole">Replicas that have everything and take part.</param>
/// <param name="Recovering">Replicas that are being brought up to date.</param>
/// <param name="Dead">Replicas that are not there, or have missed writes.</param>
/// <param name="States">The replicas that are not whole, in words; empty where all are.</param>
public sealed record ReplicaFindings(int Shards, int Replicas, int Whole, int Recovering, int Dead, string States)
{
    private const int MostTold = 8;

    /// <summary>How long the run waited for replicas.</summary>
    public TimeSpan Waited { get; init; }

    /// <summary>True where every replica has everything.</summary>
    public bool IsWhole => Whole == Replicas;

    /// <summary>Counts replicas.</summary>
    internal static ReplicaFindings Of(IReadOnlyList<ShardReplica> replicas)
    {
        ShardReplica[] broken = [.. replicas.Where(static one => !one.IsWhole).OrderBy(static one => one.Shard).ThenBy(static one => one.Peer)];
        int dead = broken.Count(static one => one.IsDead);
        string more = broken.Length > MostTold ? $" and {Units.Count(broken.Length - MostTold)} more" : string.Empty;
        return new ReplicaFindings(
            replicas.DistinctBy(static one => one.Shard).Count(), replicas.Count, replicas.Count - broken.Length, broken.Length - dead, dead,
            string.Join(", ", broken.Take(MostTold).Select(static one => $"shard {one.Shard} on peer {one.Peer} is {one.State}")) + more);
    }

    /// <summary>For people.</summary>
    public override string ToString() => IsWhole
        ? $"all {Units.Of(Replicas, "replica", "replicas")} of {Units.Of(Shards, "shard", "shards")} active"
        : $"{Units.Count(Whole)} of {Units.Of(Replicas, "replica", "replicas")} of {Units.Of(Shards, "shard", "shards")} active: {States}";

    /// <summary>The warning of a run that ends with replicas that are not whole; null where all are.</summary>
    internal string? Warning(string collection) => IsWhole ? null
        : $"Not every replica of collection '{collection}' is active: {States}. The replicas that are active hold the vectors. "
            + "Start the missing node, or remove its replica, and wait until all replicas are active.";
}
