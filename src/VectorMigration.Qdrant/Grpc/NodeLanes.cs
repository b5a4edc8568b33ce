using System.Globalization;

namespace VectorMigration.Qdrant;

/// <summary>
/// Several nodes of one cluster as one handler: reads and writes of points take the least busy node, everything else the first that answers. A node that
/// cannot be reached is left, and taken again once it answers a call that changes nothing. A call goes to another node by itself only if it never left this
/// machine; one that may have been carried out fails, and whoever made it decides. The key goes to no other address than those that were named.
/// </summary>
internal sealed class NodeLanes : CallHandler
{
    private const string Points = "/qdrant.Points/";
    private readonly ClusterNode[] nodes;
    private int turn;

    /// <summary>Makes the handlers; nothing is sent yet.</summary>
    public NodeLanes(QdrantConnectionOptions options, string? apiKey, TimeProvider time)
        : base(new LargeBodies())
    {
        int share = Math.Max(1, (options.Connections + options.Uris.Count - 1) / options.Uris.Count);
        nodes = [.. options.Uris.Select(uri => new ClusterNode(
            uri, Open(options with { Uri = uri, OtherUris = [], Connections = share }, apiKey, Large), time))];
    }

    /// <summary>For tests: nodes over handlers of their own.</summary>
    internal NodeLanes(IEnumerable<(Uri Address, CallHandler Handler)> handlers, LargeBodies large, TimeProvider time)
        : base(large) => nodes = [.. handlers.Select(one => new ClusterNode(one.Address, one.Handler, time))];

    /// <inheritdoc/>
    public override int Count => nodes.Sum(static node => node.Handler.Count);

    /// <inheritdoc/>
    public override int Busy => nodes.Sum(static node => node.Handler.Busy);

    /// <inheritdoc/>
    public override int Nodes => nodes.Length;

    /// <inheritdoc/>
    public override HttpMessageInvoker? Plain => nodes[0].Handler.Plain;

    /// <inheritdoc/>
    public override QdrantProtocol Protocol =>
        nodes.Select(static node => node.Handler.Protocol).FirstOrDefault(static protocol => protocol != QdrantProtocol.Auto);

    /// <inheritdoc/>
    public override Uri Address => nodes[0].Handler.Address;

    /// <inheritdoc/>
    public override string Authority => string.Join(',', nodes.Select(static node => node.Handler.Authority));

    /// <inheritdoc/>
    public override long LargestRequest => nodes.Min(static node => node.Handler.LargestRequest);

    /// <inheritdoc/>
    public override string? Fallback => nodes.Select(static node => node.Handler.Fallback).FirstOrDefault(static told => told is not null);

    /// <inheritdoc/>
    public override void WatchCollection(string? name)
    {
        foreach (ClusterNode node in nodes)
        {
            node.Collection = name;
        }
    }

    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        string path = request.RequestUri!.AbsolutePath;
        if (TakeChosen(request) is { } chosen)
        {
            request.RequestUri = new Uri(chosen.Address, path);
            return await chosen.Handler.ForwardAsync(request, cancellationToken).ConfigureAwait(false);
        }

        string? large = LargeBodies.NameOf(request);
        bool spread = path.StartsWith(Points, StringComparison.Ordinal) && !path.EndsWith("FieldIndex", StringComparison.Ordinal);
        List<ClusterNode> tried = [];
        while (true)
        {
            ClusterNode node = Choose(spread, tried);
            request.RequestUri = new Uri(node.Address, path);
            try
            {
                return await node.SendAsync(request, HasOther, cancellationToken).ConfigureAwait(false);
            }
            catch (HttpRequestException unreached) when (ClusterNode.IsUnreached(unreached) && !cancellationToken.IsCancellationRequested
                && nodes.Any(one => one != node && !one.IsAway && !tried.Contains(one)))
            {
                tried.Add(node);
                LargeBodies.Name(request, large);
            }
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            foreach (ClusterNode node in nodes)
            {
                node.Dispose();
            }
        }

        base.Dispose(disposing);
    }

    private bool HasOther(ClusterNode node) => nodes.Any(one => one != node && !one.IsAway);

    /// <summary>A named lane: of each node the first, then of each node the second.</summary>
    private ClusterNode? TakeChosen(HttpRequestMessage request)
    {
        if (!request.Headers.NonValidated.TryGetValues(Lanes.LaneHeader, out System.Net.Http.Headers.HeaderStringValues values))
        {
            return null;
        }

        (int lane, int node) = Math.DivRem(int.Parse(values.ToString(), CultureInfo.InvariantCulture), nodes.Length);
        request.Headers.Remove(Lanes.LaneHeader);
        request.Headers.TryAddWithoutValidation(Lanes.LaneHeader, lane.ToString(CultureInfo.InvariantCulture));
        return nodes[node];
    }

    private ClusterNode Choose(bool spread, List<ClusterNode> tried)
    {
        int first = spread ? (int)((uint)Interlocked.Increment(ref turn) % nodes.Length) : 0;
        ClusterNode? best = null;
        for (int i = 0; i < nodes.Length; i++)
        {
            ClusterNode node = nodes[(first + i) % nodes.Length];
            node.Look(HasOther);
            if (!node.IsAway && !tried.Contains(node) && (best is null || (spread && node.Busy < best.Busy)))
            {
                best = node;
            }
        }

        // If none is there, this is an outage like that of one server: each is tried in turn, and whoever calls decides how long.
        return best ?? nodes[(uint)Interlocked.Increment(ref turn) % nodes.Length];
    }
}
