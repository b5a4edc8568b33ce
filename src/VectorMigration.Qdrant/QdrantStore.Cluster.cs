using Google.Protobuf;

namespace VectorMigration.Qdrant;

/// <summary>Cluster mode: shards with keys, replicas, and the order of writes.</summary>
public sealed partial class QdrantStore
{
    /// <inheritdoc/>
    public bool HasSeveralNodes => Transport.Nodes > 1;

    /// <summary>Order of writes; null leaves it to the server.</summary>
    internal WriteOrdering? Ordering { get; private init; }

    /// <summary>The message ShardKeySelector of writes; empty for none.</summary>
    internal byte[] ShardSelector { get; private init; } = [];

    /// <inheritdoc/>
    public IVectorStore Writing(WriteOrdering? ordering, ShardKey? key) => new QdrantStore(connection, Transport, calls)
    {
        server = server,
        Ordering = ordering,
        ShardSelector = key is { } one ? new Protocol.ShardKeySelector { ShardKeys = { ToMessage(one) } }.ToByteArray() : [],
    };

    /// <inheritdoc/>
    public async Task<IReadOnlyList<ShardReplica>?> ListReplicasAsync(string name, CancellationToken cancellationToken)
    {
        CollectionNames.Require(name);
        Protocol.CollectionClusterInfoRequest request = new() { CollectionName = name };
        ControlReply<Protocol.CollectionClusterInfoResponse> call = await calls.SendAsync(
            options => clients.Collections.CollectionClusterInfoAsync(request, options), cancellationToken).ConfigureAwait(false);
        return call.Answer is not { } told ? null :
        [
            .. told.LocalShards.Select(shard => new ShardReplica(shard.ShardId, told.PeerId, shard.State.ToString(), ToKey(shard.ShardKey))),
            .. told.RemoteShards.Select(static shard => new ShardReplica(shard.ShardId, shard.PeerId, shard.State.ToString(), ToKey(shard.ShardKey))),
        ];
    }

    /// <inheritdoc/>
    public async Task CreateShardKeyAsync(string name, ShardKey key, CancellationToken cancellationToken)
    {
        CollectionNames.Require(name);
        Protocol.CreateShardKeyRequest request = new() { CollectionName = name, Request = new Protocol.CreateShardKey { ShardKey = ToMessage(key) } };
        ControlReply<Protocol.CreateShardKeyResponse> call = await calls.SendAsync(
            options => clients.Collections.CreateShardKeyAsync(request, options), cancellationToken).ConfigureAwait(false);
        if (!call.Reply.IsOk && !await HasShardKeyAsync(name, key, cancellationToken).ConfigureAwait(false))
        {
            throw QdrantErrors.From(call.Reply, calls.Endpoint, $"create the shard key '{key}' of '{name}'", name);
        }
    }

    /// <summary>Another run, or an attempt without an answer, may have created it.</summary>
    private async Task<bool> HasShardKeyAsync(string name, ShardKey key, CancellationToken cancellationToken) =>
        await ListReplicasAsync(name, cancellationToken).ConfigureAwait(false) is { } replicas && replicas.Any(replica => replica.Key == key);

    private static Protocol.ShardKey ToMessage(ShardKey key) =>
        key.Keyword is { } text ? new Protocol.ShardKey { Keyword = text } : new Protocol.ShardKey { Number = key.Number };

    private static ShardKey? ToKey(Protocol.ShardKey? key) => key?.KeyCase switch
    {
        Protocol.ShardKey.KeyOneofCase.Keyword => new ShardKey(key.Keyword, 0),
        Protocol.ShardKey.KeyOneofCase.Number => new ShardKey(null, key.Number),
        _ => null,
    };
}
