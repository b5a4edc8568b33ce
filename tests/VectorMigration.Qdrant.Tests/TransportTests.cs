using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace VectorMigration.Qdrant.Tests;

/// <summary>Framing, statuses and failures of the transport, against stubs of the protocol.</summary>
public sealed class TransportTests
{
    private static readonly TimeSpan Attempt = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task A_request_carries_what_the_protocol_wants()
    {
        await using StubServer server = await StubServer.StartAsync((context, _) => StubServer.OkAsync(context, new Protocol.HealthCheckReply { Version = "1" }));
        using GrpcTransport transport = new(new QdrantConnectionOptions { Uri = server.Uri }, "the-key");
        using GrpcReply reply = await transport.CallAsync("/a.B/C", Body([1, 2, 3]), TimeSpan.FromMilliseconds(12_345), default);
        reply.IsOk.ShouldBeTrue(reply.Message);
        Protocol.HealthCheckReply.Parser.ParseFrom(reply.Body).Version.ShouldBe("1");
        RecordedCall call = server.Calls.ShouldHaveSingleItem();
        call.Path.ShouldBe("/a.B/C");
        call.Message.ShouldBe([1, 2, 3]);
        call.Headers["content-type"].ShouldBe("application/grpc");
        call.Headers["te"].ShouldBe("trailers");
        call.Headers["api-key"].ShouldBe("the-key");
        call.Headers["grpc-timeout"].ShouldBe("12345m");
        call.Headers["content-length"].ShouldBe("8");
    }

    [Theory]
    [InlineData(0, "1m")]
    [InlineData(99_999_999, "99999999m")]
    [InlineData(100_000_000, "100000S")]
    public void A_deadline_has_at_most_eight_digits(double milliseconds, string expected) =>
        GrpcTransport.FormatTimeout(TimeSpan.FromMilliseconds(milliseconds)).ShouldBe(expected);

    [Fact]
    public async Task Statuses_are_read_from_headers_and_from_trailers()
    {
        using GrpcReply early = await AnswerAsync((context, _) => StubServer.FailAsync(context, 8, "w%C3%B6rds %zz 100%", ("retry-after", "12"), ("qdrant-insufficient-storage", "1")));
        (early.Code, early.Message, early.RetryAfter, early.InsufficientStorage, early.Fault).ShouldBe((GrpcCode.ResourceExhausted, "wörds %zz 100%", TimeSpan.FromSeconds(12), true, TransportFault.None));

        using GrpcReply late = await AnswerAsync(async (context, _) =>
        {
            context.Response.ContentType = "application/grpc+proto";
            await context.Response.Body.WriteAsync(StubServer.Frame([1]));
            context.Response.AppendTrailer("grpc-status", "13");
            context.Response.AppendTrailer("grpc-message", "late");
        });
        (late.Code, late.Message).ShouldBe((GrpcCode.Internal, "late"));
        late.Body.Length.ShouldBe(0);

        using GrpcReply bare = await AnswerAsync((context, _) => StubServer.FailAsync(context, 99, ""));
        (bare.Code, bare.Message).ShouldBe((GrpcCode.Unknown, "Unknown"));
    }

    [Theory]
    [InlineData("", "neither a message nor an error")]
    [InlineData("00", "breaks off")]
    [InlineData("0100000000", "compressed")]
    [InlineData("000000000501", "broke off after 1 of 5")]
    [InlineData("00000000010700", "more than one message")]
    [InlineData("0000000FFF", "accepted are 1")]
    [InlineData("00FFFFFFFF", "accepted are 1")]
    public async Task Broken_frames_are_told_and_never_trusted(string hex, string words)
    {
        using GrpcReply reply = await AnswerAsync(async (context, _) =>
        {
            context.Response.ContentType = "application/grpc";
            await context.Response.Body.WriteAsync(Convert.FromHexString(hex));
            context.Response.AppendTrailer("grpc-status", "0");
        }, largest: 1_000);
        reply.IsOk.ShouldBeFalse();
        reply.Fault.ShouldNotBe(TransportFault.None);
        reply.Message.ShouldContain(words);
    }

    [Fact]
    public async Task An_answer_without_a_status_is_no_answer()
    {
        using GrpcReply reply = await AnswerAsync(async (context, _) =>
        {
            context.Response.ContentType = "application/grpc";
            await context.Response.Body.WriteAsync(StubServer.Frame([]));
        });
        reply.Fault.ShouldBe(TransportFault.Malformed);
        using GrpcReply text = await AnswerAsync((context, _) =>
        {
            context.Response.ContentType = "application/grpc";
            context.Response.Headers["grpc-status"] = "many";
            return Task.CompletedTask;
        });
        text.Fault.ShouldBe(TransportFault.Malformed);
    }

    [Theory]
    [InlineData(413, nameof(GrpcCode.ResourceExhausted), nameof(TransportFault.None))]
    [InlineData(429, nameof(GrpcCode.ResourceExhausted), nameof(TransportFault.None))]
    [InlineData(401, nameof(GrpcCode.Unauthenticated), nameof(TransportFault.None))]
    [InlineData(403, nameof(GrpcCode.PermissionDenied), nameof(TransportFault.None))]
    [InlineData(503, nameof(GrpcCode.Unavailable), nameof(TransportFault.None))]
    [InlineData(404, nameof(GrpcCode.Unknown), nameof(TransportFault.NotGrpc))]
    [InlineData(200, nameof(GrpcCode.Unknown), nameof(TransportFault.NotGrpc))]
    public async Task Answers_of_something_before_the_server_are_mapped(int status, string code, string fault)
    {
        using GrpcReply reply = await AnswerAsync(async (context, _) =>
        {
            context.Response.StatusCode = status;
            context.Response.ContentType = "text/html";
            await context.Response.WriteAsync("<html>");
        });
        (reply.Code.ToString(), reply.Fault.ToString()).ShouldBe((code, fault));
        reply.Message.ShouldContain(status.ToString(System.Globalization.CultureInfo.InvariantCulture));
    }

    [Fact]
    public async Task An_http_1_server_is_named_and_never_given_the_key()
    {
        await using StubServer server = await StubServer.StartAsync((context, _) => context.Response.WriteAsync("hello"), HttpProtocols.Http1);
        using GrpcTransport transport = new(new QdrantConnectionOptions { Uri = server.Uri }, "the-key");
        using GrpcReply reply = await transport.CallAsync("/a.B/C", Body([]), Attempt, default);
        (reply.Fault, reply.HttpStatus).ShouldBe((TransportFault.NotGrpc, 200));
        server.Calls.ShouldAllBe(static call => !call.Headers.ContainsKey("api-key"));
    }

    [Fact]
    public async Task The_deadline_ends_a_call_that_nobody_answers()
    {
        TaskCompletionSource forever = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using StubServer server = await StubServer.StartAsync((_, _) => forever.Task);
        using GrpcTransport transport = new(new QdrantConnectionOptions { Uri = server.Uri }, null);
        using GrpcReply reply = await transport.CallAsync("/a.B/C", Body([1]), TimeSpan.FromMilliseconds(300), default);
        (reply.Fault, reply.Code).ShouldBe((TransportFault.Timeout, GrpcCode.DeadlineExceeded));
        reply.Message.ShouldContain("0.3 s");
        forever.SetResult();
    }

    [Fact]
    public async Task Cancelling_throws_and_the_server_sees_the_call_end()
    {
        TaskCompletionSource arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource aborted = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using StubServer server = await StubServer.StartAsync(async (context, _) =>
        {
            context.RequestAborted.Register(aborted.SetResult);
            arrived.SetResult();
            await aborted.Task;
        });
        using GrpcTransport transport = new(new QdrantConnectionOptions { Uri = server.Uri }, null);
        using CancellationTokenSource cancel = new();
        Task<GrpcReply> call = transport.CallAsync("/a.B/C", Body([1]), Attempt, cancel.Token).AsTask();
        await arrived.Task;
        await cancel.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => call);
        await aborted.Task.WaitAsync(Attempt);
    }

    [Fact]
    public async Task A_stream_that_the_server_resets_is_a_lost_connection()
    {
        await using StubServer server = await StubServer.StartAsync((context, _) =>
        {
            context.Abort();
            return Task.CompletedTask;
        });
        using GrpcTransport transport = new(new QdrantConnectionOptions { Uri = server.Uri }, null);
        using GrpcReply reply = await transport.CallAsync("/a.B/C", Body([1]), Attempt, default);
        reply.Fault.ShouldBe(TransportFault.ConnectionLost);
        QdrantAnswers.IsTransient(reply).ShouldBeTrue();
    }

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
        GrpcReply[] replies = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => transport.CallAsync("/a.B/C", Body([1]), Attempt, default).AsTask()));
        replies.ShouldAllBe(static reply => reply.IsOk);
        connections.Count.ShouldBe(4);
    }

    [Fact]
    public async Task Large_messages_arrive_whole_while_the_server_reads_slowly()
    {
        byte[] large = new byte[9_000_000];
        new Random(2).NextBytes(large);
        await using StubServer server = await StubServer.StartAsync((context, message) => StubServer.OkAsync(context, new Protocol.HealthCheckReply { Title = Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(message)) }));
        using GrpcTransport transport = new(new QdrantConnectionOptions { Uri = server.Uri, Connections = 2 }, null);
        for (int i = 0; i < 3; i++)
        {
            using GrpcReply reply = await transport.CallAsync("/a.B/C", Body(large), Attempt, default);
            reply.IsOk.ShouldBeTrue(reply.Message);
            Protocol.HealthCheckReply.Parser.ParseFrom(reply.Body).Title.ShouldBe(Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(large)));
        }
    }

    [Theory]
    [InlineData("has space")]
    [InlineData("line\nend")]
    [InlineData("umläut")]
    public void A_key_that_no_header_can_hold_is_refused_without_being_shown(string key)
    {
        MigrationException refused = Should.Throw<MigrationException>(() => new GrpcTransport(new QdrantConnectionOptions { Uri = new Uri("http://127.0.0.1:1") }, key));
        refused.ErrorId.ShouldBe("InvalidApiKey");
        refused.ToString().ShouldNotContain(key);
    }

    [Fact]
    public void Plaintext_through_a_proxy_is_refused_at_once()
    {
        MigrationException refused = Should.Throw<MigrationException>(
            () => new GrpcTransport(new QdrantConnectionOptions { Uri = new Uri("http://qdrant.example:6334"), Proxy = new Uri("http://user:secret@proxy.example:3128") }, null));
        refused.ErrorId.ShouldBe("ProxyNeedsTls");
        refused.Message.ShouldContain("proxy.example:3128");
        refused.ToString().ShouldNotContain("secret");
    }

    [Fact]
    public void A_ca_file_that_is_none_is_refused()
    {
        string path = Path.GetTempFileName();
        try
        {
            foreach (string text in new[] { "", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n" })
            {
                File.WriteAllText(path, text);
                Should.Throw<MigrationException>(() => new GrpcTransport(new QdrantConnectionOptions { Uri = new Uri("https://127.0.0.1:1"), CaCertificatePath = path }, null)).ErrorId.ShouldBe("CaFileUnusable");
            }
        }
        finally
        {
            File.Delete(path);
        }

        Should.Throw<MigrationException>(() => new GrpcTransport(new QdrantConnectionOptions { Uri = new Uri("https://127.0.0.1:1"), CaCertificatePath = path }, null)).ErrorId.ShouldBe("CaFileUnusable");
    }

    private static GrpcContent Body(byte[] message)
    {
        GrpcContent content = GrpcContent.Rent(message.Length);
        message.CopyTo(content.Message);
        return content;
    }

    private static async Task<GrpcReply> AnswerAsync(Func<HttpContext, byte[], Task> answer, int largest = 1_000_000)
    {
        await using StubServer server = await StubServer.StartAsync(answer);
        using GrpcTransport transport = new(new QdrantConnectionOptions { Uri = server.Uri, Connections = 1 }, null, largest);
        Stopwatch clock = Stopwatch.StartNew();
        GrpcReply reply = await transport.CallAsync("/a.B/C", Body([1]), Attempt, default);
        clock.Elapsed.ShouldBeLessThan(Attempt);
        return reply;
    }
}
