using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Google.Protobuf;
using Microsoft.AspNetCore.Http;

namespace VectorMigration.Qdrant.Tests;

/// <summary>How calls are spread over connections, and how connections are made, against stubs of the protocol.</summary>
public sealed class LaneTests
{
    [Fact]
    public async Task Calls_spread_over_as_many_connections_as_asked_for()
    {
        ConcurrentDictionary<string, bool> connections = new();
        using CountdownEvent all = new(8);
        TaskCompletionSource go = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using StubServer server = await StubServer.StartAsync(async (context, _) =>
        {
            connections[context.Connection.Id] = true;
            if (all.Signal())
            {
                go.SetResult();
            }

            await go.Task;
            await StubServer.OkAsync(context, new Protocol.HealthCheckReply());
        });
        using GrpcTransport transport = new(new QdrantConnectionOptions { Uri = server.Uri, Connections = 4 }, null);
        GrpcAnswer<Protocol.HealthCheckReply>[] answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => RawCalls.CallAsync(transport, [1])));
        answers.ShouldAllBe(static answer => answer.Reply.IsOk);
        connections.Count.ShouldBe(4);
    }

    /// <summary>A large answer holds its connection until it has come whole: another call is better off on another one.</summary>
    [Fact]
    public async Task A_lane_is_busy_until_the_body_has_ended()
    {
        TaskCompletionSource<HttpContext> begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource go = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using StubServer server = await StubServer.StartAsync(async (context, message) =>
        {
            byte[] frame = StubServer.Frame(new Protocol.HealthCheckReply { Title = context.Connection.Id }.ToByteArray());
            context.Response.ContentType = "application/grpc";
            await context.Response.Body.WriteAsync(frame.AsMemory(0, 4));
            await context.Response.Body.FlushAsync();
            if (message.Length > 0)
            {
                begun.SetResult(context);
                await go.Task;
            }

            await context.Response.Body.WriteAsync(frame.AsMemory(4));
            context.Response.AppendTrailer("grpc-status", "0");
        });
        using GrpcTransport transport = new(new QdrantConnectionOptions { Uri = server.Uri, Connections = 2 }, null);
        Task<GrpcAnswer<Protocol.HealthCheckReply>> held = RawCalls.CallAsync(transport, [1]);
        string first = (await begun.Task).Connection.Id;
        transport.Busy.ShouldBe(1);
        for (int i = 0; i < 3; i++)
        {
            (await RawCalls.CallAsync(transport, [])).Message!.Title.ShouldNotBe(first);
        }

        transport.Busy.ShouldBe(1);
        go.SetResult();
        (await held).Message!.Title.ShouldBe(first);
        transport.Busy.ShouldBe(0);
    }

    [Fact]
    public async Task Warming_opens_as_many_lanes_as_will_be_used_and_holds_none()
    {
        ConcurrentDictionary<string, int> connections = new();
        await using StubServer server = await StubServer.StartAsync(async (context, _) =>
        {
            connections.AddOrUpdate(context.Connection.Id, 1, static (_, calls) => calls + 1);
            await StubServer.OkAsync(context, new Protocol.HealthCheckReply());
        });
        using GrpcTransport transport = new(new QdrantConnectionOptions { Uri = server.Uri, Connections = 4 }, null);
        await transport.WarmAsync(3, default);
        connections.Values.ShouldBe([1, 1, 1]);
        transport.Busy.ShouldBe(0);
        server.Calls.ShouldAllBe(static call => call.Path == "/qdrant.Qdrant/HealthCheck" && !call.Headers.ContainsKey(Lanes.LaneHeader));
    }

    /// <summary>
    /// gRPC would take over the connecting of a bare SocketsHttpHandler, and back off for up to two minutes, under the engine that has its own.
    /// </summary>
    [Fact]
    public async Task A_server_that_comes_back_is_reached_by_the_next_call()
    {
        StubServer first = await StubServer.StartAsync((context, _) => StubServer.OkAsync(context, new Protocol.HealthCheckReply()));
        Uri uri = first.Uri;
        using GrpcTransport transport = new(new QdrantConnectionOptions { Uri = uri, Connections = 1 }, null);
        (await RawCalls.CallAsync(transport, [1])).Reply.IsOk.ShouldBeTrue();
        await first.DisposeAsync();
        for (int i = 0; i < 6; i++)
        {
            GrpcReply refused = (await RawCalls.CallAsync(transport, [1])).Reply;
            refused.Fault.ShouldBeOneOf(TransportFault.NoServer, TransportFault.ConnectionLost);
        }

        await using StubServer second = await StubServer.StartAsync(
            (context, _) => StubServer.OkAsync(context, new Protocol.HealthCheckReply()), port: uri.Port);
        GrpcReply reached = (await RawCalls.CallAsync(transport, [1])).Reply;
        reached.IsOk.ShouldBeTrue(reached.Message);
    }

    [Fact]
    public async Task A_connection_that_takes_too_long_to_make_is_no_server_and_no_cancellation()
    {
        // A port that nobody accepts on: its queue is filled, so that a further connection waits.
        using Socket full = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        full.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        full.Listen(0);
        Socket[] waiting = [.. Enumerable.Range(0, 3).Select(_ => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp))];
        foreach (Socket socket in waiting)
        {
            _ = socket.ConnectAsync(full.LocalEndPoint!);
        }

        Uri uri = new($"http://127.0.0.1:{((IPEndPoint)full.LocalEndPoint!).Port}");
        using GrpcTransport transport = new(new QdrantConnectionOptions { Uri = uri, ConnectTimeout = TimeSpan.FromMilliseconds(200) }, null);
        GrpcReply reply = (await RawCalls.CallAsync(transport, [1])).Reply;
        (reply.Fault, reply.Code).ShouldBe((TransportFault.NoServer, GrpcCode.Unavailable));
        foreach (Socket socket in waiting)
        {
            socket.Dispose();
        }
    }
}
