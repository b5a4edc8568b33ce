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
        await using StubServer server = await StubServer.StartAsync(
            (context, _) => StubServer.OkAsync(context, new Protocol.HealthCheckReply { Version = "1" }));
        using GrpcTransport transport = new(new QdrantConnectionOptions { Uri = server.Uri }, "the-key");
        GrpcAnswer<Protocol.HealthCheckReply> answer = await RawCalls.CallAsync(transport, [1, 2, 3], TimeSpan.FromMilliseconds(12_300));
        answer.Reply.IsOk.ShouldBeTrue(answer.Reply.Message);
        answer.Message!.Version.ShouldBe("1");
        RecordedCall call = server.Calls.ShouldHaveSingleItem();
        call.Path.ShouldBe("/a.B/C");
        call.Message.ShouldBe([1, 2, 3]);
        call.Headers["content-type"].ShouldBe("application/grpc");
        call.Headers["te"].ShouldBe("trailers");
        call.Headers["api-key"].ShouldBe("the-key");
        call.Headers["user-agent"].ShouldBe("vector-migration");
        int.Parse(call.Headers["grpc-timeout"].TrimEnd('m'), System.Globalization.CultureInfo.InvariantCulture).ShouldBeInRange(1, 12_300);
    }

    /// <summary>The client offers gzip by itself, and still says "identity," when it may not; the server would compress vectors, in vain.</summary>
    [Fact]
    public async Task No_compression_is_offered()
    {
        await using StubServer server = await StubServer.StartAsync((context, _) => StubServer.OkAsync(context, new Protocol.HealthCheckReply()));
        using GrpcTransport transport = new(new QdrantConnectionOptions { Uri = server.Uri }, null);
        (await RawCalls.CallAsync(transport, [])).Reply.IsOk.ShouldBeTrue();
        server.Calls.ShouldHaveSingleItem().Headers.Keys.ShouldNotContain(static name => name.Contains("encoding", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task Statuses_are_read_from_headers_and_from_trailers()
    {
        GrpcReply early = await AnswerAsync(
            (context, _) => StubServer.FailAsync(context, 8, "w%C3%B6rds %zz 100%", ("retry-after", "12"), ("qdrant-insufficient-storage", "1")));
        (early.Code, early.Message, early.RetryAfter, early.InsufficientStorage, early.Fault)
            .ShouldBe((GrpcCode.ResourceExhausted, "wörds %zz 100%", TimeSpan.FromSeconds(12), true, TransportFault.None));

        GrpcReply late = await AnswerAsync(async (context, _) =>
        {
            context.Response.ContentType = "application/grpc+proto";
            context.Response.Headers["retry-after"] = "7";
            await context.Response.Body.WriteAsync(StubServer.Frame([]));
            context.Response.AppendTrailer("grpc-status", "8");
            context.Response.AppendTrailer("grpc-message", "late");
        });
        (late.Code, late.Message, late.RetryAfter).ShouldBe((GrpcCode.ResourceExhausted, "late", TimeSpan.FromSeconds(7)));

        GrpcReply bare = await AnswerAsync((context, _) => StubServer.FailAsync(context, 99, ""));
        (bare.Code, bare.Message).ShouldBe((GrpcCode.Unknown, "Unknown"));
    }

    /// <summary>The client's own words for these are in <see cref="GrpcFailure"/>: a version of it that says it otherwise fails here.</summary>
    [Theory]
    [InlineData("", "neither a message nor an error", nameof(TransportFault.Malformed))]
    [InlineData("00", "not a gRPC message", nameof(TransportFault.Malformed))]
    [InlineData("0100000000", "compressed", nameof(TransportFault.Malformed))]
    [InlineData("0900000000", "not a gRPC message", nameof(TransportFault.Malformed))]
    [InlineData("000000000501", "not a gRPC message", nameof(TransportFault.Malformed))]
    [InlineData("00000000010700", "cannot be read", nameof(TransportFault.Malformed))]
    [InlineData("000000000000", "not a gRPC message", nameof(TransportFault.Malformed))]
    [InlineData("0000000FFF", "larger than the accepted size", nameof(TransportFault.AnswerTooLarge))]
    [InlineData("00FFFFFFFF", "not a gRPC message", nameof(TransportFault.Malformed))]
    public async Task Broken_frames_are_told_and_never_trusted(string hex, string words, string fault)
    {
        GrpcReply reply = await AnswerAsync(async (context, _) =>
        {
            context.Response.ContentType = "application/grpc";
            await context.Response.Body.WriteAsync(Convert.FromHexString(hex));
            context.Response.AppendTrailer("grpc-status", "0");
        }, largest: 1_000);
        reply.IsOk.ShouldBeFalse();
        reply.Fault.ToString().ShouldBe(fault);
        reply.Message.ShouldContain(words);
    }

    [Fact]
    public async Task A_port_without_tls_is_named_as_such()
    {
        await using StubServer server = await StubServer.StartAsync(
            (context, _) => StubServer.OkAsync(context, new Protocol.HealthCheckReply { Version = "1" }));
        using GrpcTransport transport = new(new QdrantConnectionOptions { Uri = new UriBuilder(server.Uri) { Scheme = "https" }.Uri }, null);
        GrpcReply reply = (await RawCalls.CallAsync(transport, [1], TimeSpan.FromSeconds(20))).Reply;
        (reply.Fault, reply.Message).ShouldBe((TransportFault.TlsFailed, "the server answered without TLS. This port probably has none"));
    }

    [Fact]
    public async Task An_answer_that_is_compressed_all_the_same_is_refused()
    {
        GrpcReply reply = await AnswerAsync(async (context, _) =>
        {
            context.Response.ContentType = "application/grpc";
            context.Response.Headers["grpc-encoding"] = "gzip";
            await context.Response.Body.WriteAsync(StubServer.Frame([1], flag: 1));
            context.Response.AppendTrailer("grpc-status", "0");
        });
        (reply.Fault, reply.Code).ShouldBe((TransportFault.Malformed, GrpcCode.Internal));
        reply.Message.ShouldContain("compressed");
    }

    [Fact]
    public async Task An_answer_without_a_status_is_no_answer_and_no_cancellation()
    {
        GrpcReply reply = await AnswerAsync(async (context, _) =>
        {
            context.Response.ContentType = "application/grpc";
            await context.Response.Body.WriteAsync(StubServer.Frame([]));
        });
        (reply.Fault, reply.Code).ShouldBe((TransportFault.Malformed, GrpcCode.Internal));
        GrpcReply text = await AnswerAsync((context, _) =>
        {
            context.Response.ContentType = "application/grpc";
            context.Response.Headers["grpc-status"] = "many";
            return Task.CompletedTask;
        });
        text.Fault.ShouldBe(TransportFault.Malformed);
        GrpcReply cancelled = await AnswerAsync((context, _) => StubServer.FailAsync(context, 1, "the server gave up"));
        (cancelled.Fault, cancelled.Code, cancelled.Message).ShouldBe((TransportFault.None, GrpcCode.Cancelled, "the server gave up"));
        GrpcReply late = await AnswerAsync((context, _) => StubServer.FailAsync(context, 4, "too slow"));
        (late.Fault, late.Code, late.Message).ShouldBe((TransportFault.None, GrpcCode.DeadlineExceeded, "too slow"));
    }

    [Theory]
    [InlineData(413, nameof(GrpcCode.ResourceExhausted), nameof(TransportFault.None))]
    [InlineData(429, nameof(GrpcCode.ResourceExhausted), nameof(TransportFault.None))]
    [InlineData(401, nameof(GrpcCode.Unauthenticated), nameof(TransportFault.None))]
    [InlineData(403, nameof(GrpcCode.PermissionDenied), nameof(TransportFault.None))]
    [InlineData(502, nameof(GrpcCode.Unavailable), nameof(TransportFault.None))]
    [InlineData(503, nameof(GrpcCode.Unavailable), nameof(TransportFault.None))]
    [InlineData(404, nameof(GrpcCode.Unknown), nameof(TransportFault.NotGrpc))]
    [InlineData(200, nameof(GrpcCode.Unknown), nameof(TransportFault.NotGrpc))]
    public async Task Answers_of_something_before_the_server_are_mapped(int status, string code, string fault)
    {
        int asked = 0;
        GrpcReply reply = await AnswerAsync(async (context, _) =>
        {
            asked += context.Request.Method == "POST" ? 1 : 0;
            context.Response.StatusCode = status;
            context.Response.ContentType = "text/html";
            context.Response.Headers.RetryAfter = "9";
            await context.Response.WriteAsync("<html>");
        });
        (reply.Code.ToString(), reply.Fault.ToString(), reply.HttpStatus).ShouldBe((code, fault, status));
        reply.Message.ShouldContain(status.ToString(System.Globalization.CultureInfo.InvariantCulture));
        reply.RetryAfter.ShouldBe(status is 429 or 502 or 503 ? TimeSpan.FromSeconds(9) : null);

        // Nothing is asked again by the client: the engine alone retries.
        asked.ShouldBe(1);
    }

    [Fact]
    public async Task What_is_unavailable_is_not_asked_again_by_the_client()
    {
        int asked = 0;
        GrpcReply reply = await AnswerAsync((context, _) =>
        {
            asked++;
            return StubServer.FailAsync(context, 14, "not yet");
        });
        (reply.Code, asked).ShouldBe((GrpcCode.Unavailable, 1));
    }

    /// <summary>Read-back answers are about as large as the client's own limit of 4 MB, and may be larger.</summary>
    [Fact]
    public async Task Answers_beyond_the_limit_of_the_client_are_taken()
    {
        string large = new('x', 9_000_000);
        await using StubServer server = await StubServer.StartAsync(
            (context, _) => StubServer.OkAsync(context, new Protocol.HealthCheckReply { Title = large }));
        using GrpcTransport transport = new(new QdrantConnectionOptions { Uri = server.Uri }, null);
        GrpcAnswer<Protocol.HealthCheckReply> answer = await RawCalls.CallAsync(transport, [1]);
        answer.Reply.IsOk.ShouldBeTrue(answer.Reply.Message);
        answer.Message!.Title.Length.ShouldBe(large.Length);
    }

    [Fact]
    public async Task An_http_1_server_is_named_and_never_given_the_key()
    {
        await using StubServer server = await StubServer.StartAsync((context, _) => context.Response.WriteAsync("hello"), HttpProtocols.Http1);
        using GrpcTransport transport = new(new QdrantConnectionOptions { Uri = server.Uri }, "the-key");
        GrpcReply reply = (await RawCalls.CallAsync(transport, [])).Reply;
        (reply.Fault, reply.HttpStatus).ShouldBe((TransportFault.NotGrpc, 200));
        server.Calls.ShouldAllBe(static call => !call.Headers.ContainsKey("api-key"));
    }

    [Fact]
    public async Task The_deadline_ends_a_call_that_nobody_answers()
    {
        TaskCompletionSource forever = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using StubServer server = await StubServer.StartAsync((_, _) => forever.Task);
        using GrpcTransport transport = new(new QdrantConnectionOptions { Uri = server.Uri }, null);
        GrpcReply reply = (await RawCalls.CallAsync(transport, [1], TimeSpan.FromMilliseconds(300))).Reply;
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
        Task<GrpcAnswer<Protocol.HealthCheckReply>> call = RawCalls.CallAsync(transport, [1], cancellationToken: cancel.Token);
        await arrived.Task;
        await cancel.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => call);
        await aborted.Task.WaitAsync(Attempt);
        transport.Busy.ShouldBe(0);
    }

    /// <summary>A mistake of ours is no answer of the server: it is not retried but seen.</summary>
    [Fact]
    public async Task A_defect_stays_an_exception()
    {
        await using StubServer server = await StubServer.StartAsync((context, _) => StubServer.OkAsync(context, new Protocol.HealthCheckReply()));
        using GrpcTransport transport = new(new QdrantConnectionOptions { Uri = server.Uri }, null);
        await Should.ThrowAsync<ArgumentException>(() => transport.CallAsync(
            options => transport.Invoker.AsyncUnaryCall(RawCalls.Broken, null, options, new byte[1]), Attempt, default).AsTask());
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
        GrpcReply reply = (await RawCalls.CallAsync(transport, [1])).Reply;
        reply.Fault.ShouldBe(TransportFault.ConnectionLost);
        QdrantAnswers.IsTransient(reply).ShouldBeTrue();
    }

    [Fact]
    public async Task Large_messages_arrive_whole_while_the_server_reads_slowly()
    {
        byte[] large = new byte[9_000_000];
        new Random(2).NextBytes(large);
        await using StubServer server = await StubServer.StartAsync((context, message) =>
            StubServer.OkAsync(context, new Protocol.HealthCheckReply { Title = Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(message)) }));
        using GrpcTransport transport = new(new QdrantConnectionOptions { Uri = server.Uri, Connections = 2 }, null);
        for (int i = 0; i < 3; i++)
        {
            GrpcAnswer<Protocol.HealthCheckReply> answer = await RawCalls.CallAsync(transport, large);
            answer.Reply.IsOk.ShouldBeTrue(answer.Reply.Message);
            answer.Message!.Title.ShouldBe(Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(large)));
        }
    }

    [Theory]
    [InlineData("has space")]
    [InlineData("line\nend")]
    [InlineData("umläut")]
    public void A_key_that_no_header_can_hold_is_refused_without_being_shown(string key)
    {
        MigrationException refused = Should.Throw<MigrationException>(
            () => new GrpcTransport(new QdrantConnectionOptions { Uri = new Uri("http://127.0.0.1:1") }, key));
        refused.ErrorId.ShouldBe("InvalidApiKey");
        refused.ToString().ShouldNotContain(key);
    }

    [Fact]
    public void Plaintext_through_a_proxy_is_refused_at_once()
    {
        MigrationException refused = Should.Throw<MigrationException>(
            () => new GrpcTransport(new QdrantConnectionOptions
            {
                Uri = new Uri("http://qdrant.example:6334"),
                Proxy = new Uri("http://user:secret@proxy.example:3128")
            }, null));
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
                Should.Throw<MigrationException>(() => new GrpcTransport(new QdrantConnectionOptions
                {
                    Uri = new Uri("https://127.0.0.1:1"),
                    CaCertificatePath = path
                }, null)).ErrorId.ShouldBe("CaFileUnusable");
            }
        }
        finally
        {
            File.Delete(path);
        }

        Should.Throw<MigrationException>(() => new GrpcTransport(new QdrantConnectionOptions { Uri = new Uri("https://127.0.0.1:1"), CaCertificatePath = path },
            null)).ErrorId.ShouldBe("CaFileUnusable");
    }

    private static async Task<GrpcReply> AnswerAsync(Func<HttpContext, byte[], Task> answer, int largest = 1_000_000)
    {
        await using StubServer server = await StubServer.StartAsync(answer);
        using GrpcTransport transport = new(new QdrantConnectionOptions { Uri = server.Uri, Connections = 1 }, null, largest);
        GrpcReply reply = (await RawCalls.CallAsync(transport, [1])).Reply;
        transport.Busy.ShouldBe(0);
        return reply;
    }
}
