using System.Net;

namespace VectorMigration.Tests.Store;

/// <summary>Several endpoints: which addresses they are, and whether they can be one cluster.</summary>
public sealed class NodeAnswerTests
{
    private static NodeAnswer Node(int number, bool? knows = true, params ulong[] peers) =>
        new(new Uri($"http://node{number}:6334"), "1.16.3", null) { KnowsCollection = knows, Peers = peers };

    [Fact]
    public void Nodes_whose_views_of_a_collection_have_peers_in_common_are_one_cluster()
    {
        NodeAnswer.Strangers([Node(1, true, 11, 12), Node(2, true, 12, 11), Node(3, true, 12)]).ShouldBeNull();
        NodeAnswer.Strangers([Node(1, false), Node(2, false)]).ShouldBeNull();

        // Who does not answer, or may not say, is no stranger.
        NodeAnswer.Strangers([Node(1, true, 11), Node(2, null), new NodeAnswer(new Uri("http://gone:6334"), null, "gone")]).ShouldBeNull();
    }

    [Fact]
    public void Nodes_with_collections_of_their_own_are_none()
    {
        (NodeAnswer one, NodeAnswer other) = NodeAnswer.Strangers([Node(1, true, 11), Node(2, true, 12)])!.Value;
        NodeAnswer.NotOneCluster(one, other, "docs").Message.ShouldBe(
            "http://node1:6334 and http://node2:6334 each have a collection 'docs' of their own. They are not nodes of one cluster.");
        (one, other) = NodeAnswer.Strangers([Node(1, false), Node(2, true, 12)])!.Value;
        NodeAnswer.NotOneCluster(one, other, "docs").Message.ShouldStartWith("http://node2:6334 has the collection 'docs', and http://node1:6334 does not.");
    }

    [Fact]
    public void All_addresses_of_a_name_are_endpoints()
    {
        IReadOnlyList<Uri> all = QdrantEndpoint.ParseAll(
            ["dns:///nodes.example:7000,127.0.0.1"],
            static name => name == "nodes.example" ? [IPAddress.Parse("10.0.0.1"), IPAddress.IPv6Loopback, IPAddress.Parse("10.0.0.1")] : []);
        all.Select(static uri => uri.ToString()).ShouldBe(["http://10.0.0.1:7000/", "http://[::1]:7000/", "http://127.0.0.1:6334/"]);
        QdrantEndpoint.ParseAll(["dns:///nodes.example"], static _ => [IPAddress.Loopback])[0].ShouldBe(new Uri("http://127.0.0.1:6334"));
    }

    [Fact]
    public void A_name_without_an_address_is_refused_by_its_name()
    {
        Should.Throw<MigrationException>(() => QdrantEndpoint.ParseAll(["dns:///nobody.example:6334"], static _ => []))
            .Message.ShouldBe("The name nobody.example cannot be resolved: it has no address.");
        Should.Throw<MigrationException>(() => QdrantEndpoint.ParseAll(["dns:///user@nobody.example:6334"], static _ => [IPAddress.Loopback]))
            .ErrorId.ShouldBe("InvalidEndpoint");
    }
}
