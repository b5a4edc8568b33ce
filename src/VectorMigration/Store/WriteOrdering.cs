namespace VectorMigration.Store;

/// <summary>How strictly the replicas of a shard apply writes in one order; Qdrant's WriteOrdering.</summary>
public enum WriteOrdering
{
    /// <summary>Any replica may take a write first. The fastest, and Qdrant's default.</summary>
    Weak,

    /// <summary>One replica that is chosen and may change takes every write first.</summary>
    Medium,

    /// <summary>One fixed replica takes every write first. Writes are refused while it is not there.</summary>
    Strong,
}
