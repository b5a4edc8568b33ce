using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;

namespace VectorMigration.Qdrant.Tests;

/// <summary>What the REST interface, or something before it, answers, and what follows from it: the same as over gRPC.</summary>
public sealed class RestAnswerTests
{
    private const string Html = "<html><body>nginx</body></html>";
    private const string Secret = "s3cr3t-key-of-the-test";
    private static readonly TimeSpan Attempt = TimeSpan.FromSeconds(20);

    [Theory]
    [InlineData(400, "Wrong input: Vector dimension error: expected dim: 4, got 3", WriteOutcome.Stop, "DimensionMismatch")]
    [InlineData(400, "Wrong input: Not existing vector name error: x", WriteOutcome.Stop, "VectorNameMissing")]
    [InlineData(404, "Not found: Collection `c` doesn't exist!", WriteOutcome.Stop, "CollectionMissing")]
    [InlineData(401, "Must provide an API key or an Authorization bearer token", WriteOutcome.Stop, "MissingApiKey")]
    [InlineData(403, "Forbidden: Global manage access is required", WriteOutcome.Stop, "ReadOnlyKey")]
    [InlineData(408, "Operation timed out", WriteOutcome.Retry, null)]
    [InlineData(500, "Service internal error: No space left on device", WriteOutcome.Stop, "DiskFull")]
    [InlineData(500, "Service internal error: broken", WriteOutcome.Retry, "ServerError")]
    [InlineData(503, "Service unavailable", WriteOutcome.Retry, null)]
    [InlineData(413, "JSON payload (40000000 bytes) is larger than allowed (limit: 33554432 bytes).", WriteOutcome.Split, "RequestTooLarge")]
    [InlineData(429, "Rate limiting exceeded: Write rate limit exceeded: Operation requires 100 tokens but only 60 are possible. Please try to split your "
        + "request", WriteOutcome.Split, "BatchOverRateLimit")]
    public async Task What_Qdrant_refuses_means_what_it_means_over_gRPC(int status, string words, WriteOutcome outcome, string? errorId)
    {
        WriteAnswer answer = await UpsertAsync(context => RestStub.JsonAsync(
            context, status, System.Text.Json.JsonSerializer.Serialize(new { status = new { error = words }, time = 0.1 })));
        answer.Outcome.ShouldBe(outcome, answer.Reason);
        answer.Reason.ShouldContain(words[..Math.Min(words.Length, 20)]);
        if (errorId is not null)
        {
            answer.ErrorId.ShouldBe(errorId);
        }
    }

    [Theory]
    [InlineData(413, WriteOutcome.Split, "RequestTooLarge")]
    [InlineData(429, WriteOutcome.Retry, "RateLimited")]
    [InlineData(502, WriteOutcome.Retry, null)]
    [InlineData(503, WriteOutcome.Retry, null)]
    [InlineData(504, WriteOutcome.Retry, null)]
    [InlineData(401, WriteOutcome.Stop, "WrongApiKey")]
    [InlineData(404, WriteOutcome.Stop, "NotRest")]
    [InlineData(301, WriteOutcome.Stop, "NotRest")]
    [InlineData(200, WriteOutcome.Stop, "NotRest")]
    public async Task A_page_of_a_proxy_is_judged_by_its_status(int status, WriteOutcome outcome, string? errorId)
    {
        WriteAnswer answer = await UpsertAsync(context =>
        {
            context.Response.Headers.Location = "http://127.0.0.1:1/elsewhere";
            return RestStub.TextAsync(context, status, Html, "text/html");
        });
        answer.Outcome.ShouldBe(outcome, answer.Reason);
        if (errorId is not null)
        {
            answer.ErrorId.ShouldBe(errorId);
        }
    }

    [Theory]
    [InlineData("application/json", """{"status":{"error":"Rate limiting exceeded: Write rate limit exceeded: wait. Retry after 12s"}}""")]
    [InlineData("text/html", Html)]
    public async Task A_wait_that_is_asked_for_is_kept(string type, string body)
    {
        WriteAnswer answer = await UpsertAsync(context =>
        {
            context.Response.Headers.RetryAfter = "12";
            return RestStub.TextAsync(context, 429, body, type);
        });
        (answer.Outcome, answer.RateLimited, answer.After).ShouldBe((WriteOutcome.Retry, true, TimeSpan.FromSeconds(12)));
    }

    [Theory]
    [InlineData("completed", WriteOutcome.Ok)]
    [InlineData("acknowledged", WriteOutcome.Retry)]
    [InlineData("wait_timeout", WriteOutcome.Retry)]
    [InlineData("clock_rejected", WriteOutcome.Retry)]
    [InlineData("something", WriteOutcome.Retry)]
    public async Task Only_what_is_applied_is_done(string status, WriteOutcome outcome)
    {
        WriteAnswer answer = await UpsertAsync(context => RestStub.JsonAsync(context, 200, $$"""{"result":{"status":"{{status}}"},"status":"ok"}"""));
        answer.Outcome.ShouldBe(outcome);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("{\"result\":")]
    [InlineData("")]
    public async Task An_answer_that_is_no_answer_is_not_taken_for_one(string json)
    {
        WriteAnswer answer = await UpsertAsync(context => RestStub.JsonAsync(context, 200, json));
        (answer.Outcome, answer.ErrorId).ShouldBe((WriteOutcome.Retry, "MalformedAnswer"));
    }

    [Fact]
    public async Task A_connection_that_breaks_and_a_silent_server_are_retried()
    {
        (await UpsertAsync(context =>
        {
            context.Abort();
            return Task.CompletedTask;
        })).ErrorId.ShouldBe("ConnectionLost");
        WriteAnswer silent = await UpsertAsync(context => Task.Delay(Timeout.Infinite, context.RequestAborted), TimeSpan.FromMilliseconds(500));
        (silent.Outcome, silent.ErrorId).ShouldBe((WriteOutcome.Retry, "Timeout"));
    }

    [Fact]
    public async Task The_key_goes_to_the_server_alone_and_not_with_the_question_for_its_version()
    {
        await using RestStub stub = await RestStub.BehindHealthAsync(context => RestStub.JsonAsync(context, 200, RestStub.Completed));
        using QdrantStore store = stub.Store(key: Secret);
        using VectorBatch batch = Samples.Batch(Samples.Numbers(1), [1, 2]);
        (await store.OpenTarget("c", null).UpsertAsync(batch, Attempt, default)).Outcome.ShouldBe(WriteOutcome.Ok);
        stub.Requests.Select(static request => (request.Line, request.Key)).ShouldBe([("GET /", ""), ("PUT /collections/c/points?wait=true", Secret)]);
    }

    [Fact]
    public async Task A_redirect_is_refused_and_nothing_goes_there()
    {
        await using RestStub elsewhere = await RestStub.BehindHealthAsync(context => RestStub.JsonAsync(context, 200, RestStub.Completed));
        await using RestStub stub = await RestStub.StartAsync(context =>
        {
            context.Response.Redirect($"{elsewhere.Uri}{context.Request.Path.Value![1..]}", permanent: true, preserveMethod: true);
            return Task.CompletedTask;
        });
        foreach (QdrantProtocol protocol in (QdrantProtocol[])[QdrantProtocol.Rest, QdrantProtocol.Auto])
        {
            using QdrantStore store = stub.Store(protocol, Secret);
            MigrationException refused = await Should.ThrowAsync<MigrationException>(() => store.ListCollectionsAsync(default));
            refused.ErrorId.ShouldBe(protocol == QdrantProtocol.Rest ? "NotRest" : "NotGrpc");
            refused.ToString().ShouldNotContain(Secret);
        }

        elsewhere.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task Rest_is_found_where_only_rest_answers_and_the_warning_says_what_to_ask_for()
    {
        await using RestStub stub = await RestStub.BehindHealthAsync(
            context => RestStub.JsonAsync(context, 200, """{"result":{"collections":[{"name":"a"}]},"status":"ok"}"""));
        using QdrantStore store = stub.Store(QdrantProtocol.Auto);
        (await store.ListCollectionsAsync(default)).ShouldBe(["a"]);
        ServerInfo server = await store.GetServerAsync(default);
        server.Protocol.ShouldBe(QdrantProtocol.Rest);
        string warning = server.ProtocolWarning.ShouldNotBeNull();
        warning.ShouldContain("HTTP/2");
        warning.ShouldContain("6334");
        warning.ShouldContain(stub.Uri.GetLeftPart(UriPartial.Authority));
        store.ProtocolWarning.ShouldBe(warning);
    }

    [Fact]
    public async Task A_closed_port_whose_rest_port_is_closed_too_stays_unreachable()
    {
        using TcpListener free = new(IPAddress.Loopback, 0);
        free.Start();
        Uri closed = new($"http://127.0.0.1:{((IPEndPoint)free.LocalEndpoint).Port}");
        free.Stop();
        foreach (QdrantProtocol protocol in Enum.GetValues<QdrantProtocol>())
        {
            using QdrantStore store = Samples.Store(closed, protocol: protocol);
            MigrationException refused = await Should.ThrowAsync<MigrationException>(() => store.GetServerAsync(default));
            (refused.ErrorId, refused.Kind).ShouldBe(("NoServer", ErrorKind.Connection));
        }
    }

    [Theory]
    [InlineData("http://h:6334", "http://h:6333/ http://h:6334/")]
    [InlineData("https://h:6334", "https://h:6333/ https://h:6334/ https://h/")]
    [InlineData("https://h:443", "https://h/")]
    [InlineData("http://h:9000", "http://h:9000/")]
    public void Rest_is_looked_for_at_the_same_host_with_the_same_scheme(string endpoint, string candidates) =>
        string.Join(' ', RestEndpoints.Candidates(new Uri(endpoint))).ShouldBe(candidates);

    [Theory]
    [InlineData("http://h:6334", "http://h:6333", "Ask the network team to open TCP port 6334 to h, or to forward HTTP/2 on port 6333.")]
    [InlineData("https://h:443", "https://h:443", "Ask the network team to forward HTTP/2 to Qdrant's gRPC port on port 443 of h, or to open TCP port 6334.")]
    [InlineData("http://127.0.0.2:6334", "http://127.0.0.2:6333",
        "Start Qdrant with its gRPC port (service.grpc_port in its configuration). For a container, publish port 6334 too.")]
    public void Who_can_bring_gRPC_depends_on_where_the_server_is(string grpc, string rest, string advice) =>
        AutoLanes.Advice(new Uri(grpc), new Uri(rest), "no connection").ShouldEndWith($"which is slower. {advice}");

    private static async Task<WriteAnswer> UpsertAsync(Func<HttpContext, Task> answer, TimeSpan? timeout = null)
    {
        await using RestStub stub = await RestStub.BehindHealthAsync(answer);
        using QdrantStore store = stub.Store();
        await store.GetServerAsync(default);
        using VectorBatch batch = Samples.Batch(Samples.Numbers(2), [1, 2, 3, 4]);
        return await store.OpenTarget("c", null).UpsertAsync(batch, timeout ?? Attempt, default);
    }
}
