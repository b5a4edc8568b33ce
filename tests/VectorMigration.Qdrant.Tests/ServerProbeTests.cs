namespace VectorMigration.Qdrant.Tests;

/// <summary>The look at the ports of a server, by stubs for what a real one cannot be made to answer.</summary>
public sealed class ServerProbeTests
{
    private const string Key = "pr0be-k3y";

    [Fact]
    public async Task The_key_travels_only_where_it_is_asked_for()
    {
        await using RestStub stub = await RestStub.BehindHealthAsync(static context => RestStub.JsonAsync(context, 200, "{}"));
        using QdrantConnection connection = Connection(stub.Uri);
        using IServerProbe probe = ServerProbe.Open(connection);
        (await probe.LookAsync(QdrantProtocol.Rest, CancellationToken.None)).Version.ShouldBe("1.16.3");
        (await probe.ReadAsync("/collections", withKey: false, CancellationToken.None))!.Status.ShouldBe(200);
        stub.Requests.ShouldAllBe(static request => request.Key.Length == 0);
        (await probe.ReadAsync("/cluster", withKey: true, CancellationToken.None))!.Body.ShouldBe("{}");
        stub.Requests.Last().ShouldBe(("GET /cluster", string.Empty, Key));
        stub.Requests.Count(static request => request.Line == "GET /").ShouldBe(1);
    }

    [Fact]
    public async Task The_time_of_the_server_is_that_of_its_answer_and_missing_where_it_tells_none()
    {
        DateTimeOffset told = new(2020, 1, 2, 3, 4, 5, TimeSpan.Zero);
        await using RestStub stub = await RestStub.BehindHealthAsync(context =>
        {
            context.Response.Headers.Date = context.Request.Path == "/told" ? told.ToString("R") : string.Empty;
            return RestStub.JsonAsync(context, 200, "{}");
        });
        using QdrantConnection connection = Connection(stub.Uri);
        using IServerProbe probe = ServerProbe.Open(connection);
        RestFindings answer = (await probe.ReadAsync("/told", withKey: false, CancellationToken.None))!;
        answer.Date.ShouldBe(told);
        answer.AskedAt.ShouldBe(DateTimeOffset.UtcNow, TimeSpan.FromMinutes(5));
    }

    [Fact]
    public async Task Another_server_of_HTTP_is_no_REST_interface_and_a_body_without_end_is_cut()
    {
        await using RestStub other = await RestStub.StartAsync(static context => RestStub.TextAsync(context, 200, "<html>", "text/html"));
        using QdrantConnection connection = Connection(other.Uri);
        using IServerProbe probe = ServerProbe.Open(connection);
        (await probe.LookAsync(QdrantProtocol.Rest, CancellationToken.None)).Fault.ShouldNotBeNull();
        (await probe.LookAsync(QdrantProtocol.Grpc, CancellationToken.None)).Fault.ShouldNotBeNull();
        (await probe.ReadAsync("/cluster", withKey: true, CancellationToken.None)).ShouldBeNull();
        (await probe.ReadCertificateAsync(CancellationToken.None)).ShouldBeNull();
        other.Requests.ShouldAllBe(static request => request.Key.Length == 0);

        await using RestStub large = await RestStub.BehindHealthAsync(static async context =>
        {
            byte[] block = new byte[1 << 20];
            for (int i = 0; i < 8; i++)
            {
                await context.Response.Body.WriteAsync(block);
            }
        });
        using QdrantConnection second = Connection(large.Uri);
        using IServerProbe reader = ServerProbe.Open(second);
        (await reader.ReadAsync("/telemetry", withKey: true, CancellationToken.None))!.Body.Length.ShouldBeInRange(4 << 20, 5 << 20);
    }

    [Fact]
    public async Task A_server_that_answers_nothing_is_given_up_after_the_time_limit()
    {
        await using RestStub silent = await RestStub.StartAsync(static context => Task.Delay(Timeout.Infinite, context.RequestAborted));
        using QdrantConnection connection = new(new QdrantConnectionOptions { Uri = silent.Uri, Timeout = TimeSpan.FromMilliseconds(200) });
        using IServerProbe probe = ServerProbe.Open(connection);
        (await probe.LookAsync(QdrantProtocol.Rest, CancellationToken.None)).Fault!.Message.ShouldContain("no answer within 0.2 s");
    }

    [Theory]
    [InlineData("header.eyJhY2Nlc3MiOiJtIiwiZXhwIjoxNjAwMDAwMDAwfQ.signature", 1_600_000_000L)]
    [InlineData("header.eyJhY2Nlc3MiOiJtIn0.signature", null)]
    [InlineData("three.dots.key", null)]
    [InlineData("plain", null)]
    [InlineData(null, null)]
    public void Only_a_token_expires(string? key, long? seconds) =>
        (ServerProbe.ExpiryOf(key)?.ToUnixTimeSeconds()).ShouldBe(seconds);

    private static QdrantConnection Connection(Uri uri) =>
        new(new QdrantConnectionOptions { Uri = uri, Timeout = TimeSpan.FromSeconds(20) }, Key);
}
