namespace VectorMigration.Store;

/// <summary>One replica of a shard, as one node of a cluster knows it.</summary>
/// <param name="Shard">Id of the shard.</param>
/// <param name="Peer">Id of the node that holds it.</param>
/// <param name="State">Active, Dead, Partial, Initializing, Listener, Recovery, …, as Qdrant calls it.</param>
/// <param name="Key">Its key; null where the collection has automatic sharding.</param>
public sealed record ShardReplica(long Shard, ulong Peer, string State, ShardKey? Key)
{
    /// <summary>True for a replica that takes reads and writes, or writes alone as its owner has set it up.</summary>
    public bool IsWhole => State is "Active" or "Listener";

    /// <summary>True for a replica that nobody repairs until its node is there again.</summary>
    public bool IsDead => State == "Dead";
}
