namespace VectorMigration.Qdrant;

/// <summary>Several nodes of one cluster: they learn of a collection one after the other.</summary>
public sealed partial class QdrantStore
{
    private static readonly TimeSpan LongestSettling = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan NodeTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan NodePause = TimeSpan.FromMilliseconds(50);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<NodeAnswer>> AskNodesAsync(string? collection, CancellationToken cancellationToken) =>
        await Task.WhenAll(connection.Uris.Select((uri, node) => AskNodeAsync(uri, node, collection, cancellationToken))).ConfigureAwait(false);

    private async Task<NodeAnswer> AskNodeAsync(Uri uri, int node, string? collection, CancellationToken cancellationToken)
    {
        GrpcAnswer<Protocol.HealthCheckReply> health = await Transport.CallNodeAsync(
            node, options => clients.Qdrant.HealthCheckAsync(new Protocol.HealthCheckRequest(), options), NodeTimeout, cancellationToken).ConfigureAwait(false);
        if (!health.Reply.IsOk)
        {
            return new NodeAnswer(uri, null, QdrantErrors.From(health.Reply, uri.GetLeftPart(UriPartial.Authority), "reach the node", null).Message);
        }

        NodeAnswer answer = new(uri, health.Message?.Version, null);
        if (collection is null)
        {
            return answer;
        }

        Protocol.CollectionClusterInfoRequest request = new() { CollectionName = collection };
        GrpcAnswer<Protocol.CollectionClusterInfoResponse> view = await Transport.CallNodeAsync(
            node, options => clients.Collections.CollectionClusterInfoAsync(request, options), NodeTimeout, cancellationToken).ConfigureAwait(false);
        if (view is { Reply.IsOk: true, Message: { } told } && told.LocalShards.Count + told.RemoteShards.Count > 0)
        {
            return answer with
            {
                KnowsCollection = true,
                Peers = [.. told.LocalShards.Select(_ => told.PeerId).Concat(told.RemoteShards.Select(static shard => shard.PeerId)).Distinct()],
            };
        }

        Protocol.CollectionExistsRequest existing = new() { CollectionName = collection };
        GrpcAnswer<Protocol.CollectionExistsResponse> exists = await Transport.CallNodeAsync(
            node, options => clients.Collections.CollectionExistsAsync(existing, options), NodeTimeout, cancellationToken).ConfigureAwait(false);
        return exists.Reply.IsOk ? answer with { KnowsCollection = exists.Message?.Result?.Exists } : answer;
    }

    /// <summary>
    /// Waits until every node that answers knows of a collection that was created, or no longer of one that was deleted: the next call may go to any of
    /// them. A node that does not answer is not waited for.
    /// </summary>
    private async Task SettleNodesAsync(string name, bool exists, CancellationToken cancellationToken)
    {
        if (Transport.Nodes == 1)
        {
            return;
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(LongestSettling);
        try
        {
            await Task.WhenAll(Enumerable.Range(0, Transport.Nodes).Select(node => SettleNodeAsync(node, name, exists, limit.Token))).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // The calls that follow say what such a node answers.
        }
    }

    private async Task SettleNodeAsync(int node, string name, bool exists, CancellationToken cancellationToken)
    {
        Protocol.CollectionExistsRequest request = new() { CollectionName = name };
        while (true)
        {
            GrpcAnswer<Protocol.CollectionExistsResponse> answer = await Transport.CallNodeAsync(
                node, options => clients.Collections.CollectionExistsAsync(request, options), NodeTimeout, cancellationToken).ConfigureAwait(false);
            if (!answer.Reply.IsOk || (answer.Message?.Result?.Exists == true) == exists)
            {
                return;
            }

            await Task.Delay(NodePause, cancellationToken).ConfigureAwait(false);
        }
    }
}
