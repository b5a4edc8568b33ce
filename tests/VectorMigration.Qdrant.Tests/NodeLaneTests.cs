using System.Net;
using Google.Protobuf;
using Microsoft.Extensions.Time.Testing;

namespace VectorMigration.Qdrant.Tests;

/// <summary>Several nodes as one: which of them a call goes to, and when one is left and taken again.</summary>
public sealed class NodeLaneTests : IDisposable
{
    private const string Upsert = "/qdrant.Points/Upsert";
    private readonly FakeTimeProvider time = new();
    private readonly Node[] nodes = [new("http://a:1"), new("http://b:2"), new("http://c:3")];
    private readonly NodeLanes lanes;

    public NodeLaneTests() => lanes = new NodeLanes(nodes.Select(static node => (node.Address, (CallHandler)node)), new LargeBodies(), time);

    /// <inheritdoc/>
    public void Dispose() => lanes.Dispose();

    [Fact]
    public async Task Points_are_spread_and_everything_else_goes_to_the_first_node()
    {
        for (int i = 0; i < 6; i++)
        {
            await SendAsync(Upsert);
            await SendAsync("/qdrant.Collections/Get");
        }

        nodes.Select(static node => node.Paths.Count(static path => path == Upsert)).ShouldBe([2, 2, 2]);
        nodes[0].Paths.Count(static path => path != Upsert).ShouldBe(6);
        nodes[1].Authorities.ShouldAllBe(static authority => authority == "b:2");
    }

    [Fact]
    public async Task A_call_that_never_left_goes_to_another_node_and_the_node_is_left()
    {
        nodes[1].Failure = static () => new HttpRequestException(HttpRequestError.ConnectionError, "refused");
        for (int i = 0; i < 6; i++)
        {
            await SendAsync(Upsert);
        }

        nodes[1].Paths.Count.ShouldBe(1);
        (nodes[0].Paths.Count + nodes[2].Paths.Count).ShouldBe(6);
    }

    [Fact]
    public async Task A_call_that_may_have_been_carried_out_is_not_made_again_here()
    {
        foreach (Node node in nodes)
        {
            node.Failure = static () => new HttpRequestException(HttpRequestError.ResponseEnded, "reset");
        }

        await Should.ThrowAsync<HttpRequestException>(() => SendAsync(Upsert));
        nodes.Sum(static node => node.Paths.Count).ShouldBe(1);
    }

    [Fact]
    public async Task A_node_is_taken_again_once_it_answers_and_knows_the_collection()
    {
        lanes.WatchCollection("c");
        nodes[2].Failure = static () => new HttpRequestException(HttpRequestError.ConnectionError, "refused");
        await SendThriceAsync();
        nodes[2].Failure = null;
        nodes[2].Knows = false;
        nodes[2].Paths.Clear();
        time.Advance(TimeSpan.FromSeconds(1));
        await SendThriceAsync();
        nodes[2].Paths.ShouldBe(["/qdrant.Collections/CollectionExists"]);

        nodes[2].Knows = true;
        time.Advance(TimeSpan.FromSeconds(5));
        await SendThriceAsync();
        await SendThriceAsync();
        nodes[2].Paths.ShouldContain(Upsert);
    }

    [Fact]
    public async Task Calls_of_a_silent_node_are_given_up_when_it_gives_no_sign_of_life()
    {
        nodes[1].IsSilent = true;
        Task<HttpResponseMessage>[] calls = [.. Enumerable.Range(0, 3).Select(_ => SendAsync(Upsert))];
        time.Advance(ClusterNode.Doubt);
        nodes[1].Failure = static () => new HttpRequestException(HttpRequestError.ConnectionError, "refused");
        await SendAsync("/qdrant.Collections/Get");
        HttpRequestException given = await Should.ThrowAsync<HttpRequestException>(() => Task.WhenAll(calls));
        given.Message.ShouldContain("b:2 gave no sign of life");
        calls.Count(static call => call.IsCompletedSuccessfully).ShouldBe(2);
    }

    [Theory]
    [InlineData("http://a:1,http://b:2", "http://b:2", true)]
    [InlineData("http://a:1,http://b:2", "http://c:3", false)]
    [InlineData("http://127.0.0.1:1", "http://b:2,http://localhost:1", true)]
    public void One_common_node_makes_two_lists_of_endpoints_the_same(string one, string other, bool same) =>
        EndpointAddresses.AreSame(one, other).ShouldBe(same);

    private static byte[] Exists(bool exists) =>
        [0, 0, 0, 0, 0, .. new Protocol.CollectionExistsResponse { Result = new Protocol.CollectionExists { Exists = exists } }.ToByteArray()];

    private async Task SendThriceAsync()
    {
        for (int i = 0; i < 3; i++)
        {
            await SendAsync(Upsert);
        }
    }

    private async Task<HttpResponseMessage> SendAsync(string path)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, new Uri("http://a:1" + path));
        return await lanes.ForwardAsync(request, CancellationToken.None);
    }

    private sealed class Node(string address) : CallHandler(new LargeBodies())
    {
        public List<string> Paths { get; } = [];

        public List<string> Authorities { get; } = [];

        public Func<Exception>? Failure { get; set; }

        public bool IsSilent { get; set; }

        public bool Knows { get; set; } = true;

        public override int Count => 1;

        public override int Busy => 0;

        public override HttpMessageInvoker? Plain => null;

        public override QdrantProtocol Protocol => QdrantProtocol.Grpc;

        public override Uri Address { get; } = new(address);

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Paths.Add(request.RequestUri!.AbsolutePath);
            Authorities.Add(request.RequestUri.Authority);
            if (Failure is { } failure)
            {
                throw failure();
            }

            if (IsSilent)
            {
                await Task.Delay(Timeout.Infinite, cancellationToken);
            }

            return new HttpResponseMessage(HttpStatusCode.OK) { Content = new ByteArrayContent(Exists(Knows)) };
        }
    }
}
