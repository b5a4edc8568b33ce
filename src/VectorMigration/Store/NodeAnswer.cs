using VectorMigration.Errors;

namespace VectorMigration.Store;

/// <summary>What one of several endpoints answered that are to be nodes of one cluster.</summary>
/// <param name="Endpoint">The endpoint.</param>
/// <param name="Version">Version of the server; null where it did not answer.</param>
/// <param name="Fault">Why it did not answer, for people; null where it did.</param>
public sealed record NodeAnswer(Uri Endpoint, string? Version, string? Fault)
{
    /// <summary>Whether it knows the collection that was asked for; null where it did not say.</summary>
    public bool? KnowsCollection { get; init; }

    /// <summary>Ids of the peers that hold replicas of the collection; empty where it did not say.</summary>
    public IReadOnlyList<ulong> Peers { get; init; } = [];

    /// <summary>Scheme, host and port.</summary>
    public string Name => Endpoint.GetLeftPart(UriPartial.Authority);

    /// <summary>Two endpoints that cannot be nodes of one cluster: their views of the collection have nothing in common. Null where there are none.</summary>
    /// <param name="answers">The answers of all endpoints.</param>
    internal static (NodeAnswer One, NodeAnswer Other)? Strangers(IReadOnlyList<NodeAnswer> answers)
    {
        NodeAnswer[] told = [.. answers.Where(static one => one.KnowsCollection is not null)];
        NodeAnswer? first = told.FirstOrDefault(static one => one.KnowsCollection == true) ?? told.FirstOrDefault();
        NodeAnswer? other = told.FirstOrDefault(one => one != first
            && (one.KnowsCollection != first!.KnowsCollection || (one.Peers.Count > 0 && first.Peers.Count > 0 && !one.Peers.Intersect(first.Peers).Any())));
        return other is null ? null : (first!, other);
    }

    /// <summary>Refuses endpoints of different servers: points would be spread over collections that have nothing to do with each other.</summary>
    internal static MigrationException NotOneCluster(NodeAnswer one, NodeAnswer other, string collection) => new(
        ErrorIds.NotOneCluster,
        ErrorKind.InvalidArgument,
        other.KnowsCollection == one.KnowsCollection
            ? $"{one.Name} and {other.Name} each have a collection '{collection}' of their own. They are not nodes of one cluster."
            : $"{one.Name} has the collection '{collection}', and {other.Name} does not. They are not nodes of one cluster, or they do not agree.",
        $"Name only nodes of one cluster. To check the nodes, run {OptionNames.Choose("Test-QdrantConnection", "vector-migration doctor")}.",
        other.Name);
}
