using VectorMigration.Errors;

namespace VectorMigration.Store;

/// <summary>What only a server in cluster mode has: shards with keys and replicas, and an order of writes.</summary>
public interface IClusterStore
{
    /// <summary>True where several nodes of a cluster were named.</summary>
    bool HasSeveralNodes { get; }

    /// <summary>The same connection, whose targets write so. It is closed with this one, not by itself.</summary>
    /// <param name="ordering">Order of writes; null leaves it to the server.</param>
    /// <param name="key">Key of the shards that points go to; null for none.</param>
    IVectorStore Writing(WriteOrdering? ordering, ShardKey? key);

    /// <summary>Asks every endpoint that was named for its version and its view of a collection. Never throws for an endpoint that does not answer.</summary>
    /// <param name="collection">Collection; null asks for the version alone.</param>
    /// <param name="cancellationToken">Abandons the calls.</param>
    /// <returns>One answer for each endpoint, in the order in which they were named.</returns>
    Task<IReadOnlyList<NodeAnswer>> AskNodesAsync(string? collection, CancellationToken cancellationToken);

    /// <summary>The replicas of the shards of a collection; null where the server does not tell them, as one without cluster mode does.</summary>
    /// <param name="name">Collection.</param>
    /// <param name="cancellationToken">Abandons the call.</param>
    Task<IReadOnlyList<ShardReplica>?> ListReplicasAsync(string name, CancellationToken cancellationToken);

    /// <summary>Creates the shards of a key, as many as the collection has for each key.</summary>
    /// <param name="name">Collection.</param>
    /// <param name="key">Key.</param>
    /// <param name="cancellationToken">Abandons the call.</param>
    /// <exception cref="MigrationException">The server refused, or it does not answer.</exception>
    Task CreateShardKeyAsync(string name, ShardKey key, CancellationToken cancellationToken);
}
