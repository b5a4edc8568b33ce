using System.Net;
using System.Net.Sockets;
using VectorMigration.TestSupport;

namespace VectorMigration.Qdrant.Tests;

/// <summary>Keys, TLS, wrong addresses, lost servers and limits, against real servers.</summary>
public sealed class ConnectionTests
{
    private const string Secret = "s3cr3t-key-of-the-test";
    private static readonly TimeSpan Attempt = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData(QdrantProtocol.Grpc)]
    [InlineData(QdrantProtocol.Rest)]
    public async Task Keys_missing_wrong_and_read_only_are_told_apart_and_never_shown(QdrantProtocol protocol)
    {
        await using QdrantServer server = await QdrantServer.StartAsync(new QdrantServerOptions { ApiKey = Secret, ReadOnlyApiKey = Secret + "-ro" });
        using QdrantStore right = Samples.Store(server, Secret, protocol: protocol);
        CollectionSettings settings = new() { Dimension = 2, Distance = Distance.Dot };
        await right.CreateCollectionAsync("keys", settings, default);
        using VectorBatch batch = Samples.Batch(Samples.Numbers(1), [1, 2]);
        (await right.OpenTarget("keys", null).UpsertAsync(batch, Attempt, default)).Outcome.ShouldBe(WriteOutcome.Ok);

        foreach ((string? key, string errorId) in new[] { (null, "MissingApiKey"), ("other-" + Secret, "WrongApiKey"), (Secret + "-ro", "ReadOnlyKey") })
        {
            using QdrantStore wrong = Samples.Store(server, key, protocol: protocol);
            (await wrong.GetServerAsync(default)).Version.ShouldBe("1.16.3");
            MigrationException refused = await Should.ThrowAsync<MigrationException>(() => wrong.CreateCollectionAsync("more", settings, default));
            (refused.ErrorId, refused.Kind).ShouldBe((errorId, ErrorKind.Authentication));
            refused.ToString().ShouldNotContain(Secret);
            refused.RecommendedAction.ShouldNotContain(Secret);
            WriteAnswer answer = await wrong.OpenTarget("keys", null).UpsertAsync(batch, Attempt, default);
            (answer.Outcome, answer.ErrorId).ShouldBe((WriteOutcome.Stop, errorId));
        }

        using QdrantStore reader = Samples.Store(server, Secret + "-ro", protocol: protocol);
        (await reader.CountAsync("keys", default)).ShouldBe(1ul);
        QdrantConnection connection = new(new QdrantConnectionOptions { Uri = server.GrpcUri }, Secret);
        (connection.ToString() + connection.Options).ShouldNotContain(Secret);
    }

    [Fact]
    public async Task Tls_works_with_an_own_authority_and_fails_clearly_without()
    {
        using Certificates certificates = new();
        await using QdrantServer server = await QdrantServer.StartAsync(
            new QdrantServerOptions { TlsCertificatePath = certificates.Certificate, TlsKeyPath = certificates.Key, ApiKey = Secret });
        server.GrpcUri.Scheme.ShouldBe("https");
        QdrantConnectionOptions options = new() { Uri = server.GrpcUri, CaCertificatePath = certificates.Authority };
        using (QdrantConnection trusted = new(options, Secret))
        {
            (await trusted.GetStore(QdrantStore.Open).ListCollectionsAsync(default)).ShouldBeEmpty();
        }

        using (QdrantConnection unchecked_ = new(options with { CaCertificatePath = null, SkipCertificateCheck = true }, Secret))
        {
            QdrantStore store = (QdrantStore)unchecked_.GetStore(QdrantStore.Open);
            (await store.ListCollectionsAsync(default)).ShouldBeEmpty();
            store.CertificateUnchecked.ShouldBeTrue();
        }

        (await RefusalAsync(options with { CaCertificatePath = null })).ErrorId.ShouldBe("TlsFailed");
        using Certificates others = new();
        (await RefusalAsync(options with { CaCertificatePath = others.Authority })).ErrorId.ShouldBe("TlsFailed");

        // Another name than the certificate's.
        (await RefusalAsync(options with { Uri = new Uri($"https://localhost:{server.GrpcPort}") })).ErrorId.ShouldBe("TlsFailed");

        // The REST port with TLS, and plaintext to a port with TLS.
        (await RefusalAsync(options with { Uri = server.RestUri, Protocol = QdrantProtocol.Grpc })).ErrorId.ShouldBe("RestPortGiven");
        using (QdrantConnection rest = new(options with { Uri = server.RestUri }, Secret))
        {
            (await rest.GetStore(QdrantStore.Open).GetServerAsync(default)).Protocol.ShouldBe(QdrantProtocol.Rest);
        }

        (await RefusalAsync(options with { Uri = server.RestUri, CaCertificatePath = null })).ErrorId.ShouldBe("TlsFailed");
        (await RefusalAsync(options with { Uri = server.RestUri, CaCertificatePath = null, Protocol = QdrantProtocol.Rest })).ErrorId.ShouldBe("TlsFailed");
        MigrationException plain = await RefusalAsync(options with { Uri = new Uri($"http://127.0.0.1:{server.GrpcPort}") });
        plain.ErrorId.ShouldBeOneOf("NotGrpc", "ConnectionLost");
    }

    [Fact]
    public async Task The_rest_port_and_tls_to_plaintext_are_explained()
    {
        await using QdrantServer server = await QdrantServer.StartAsync();
        MigrationException rest = await RefusalAsync(new QdrantConnectionOptions { Uri = server.RestUri, Protocol = QdrantProtocol.Grpc });
        rest.ErrorId.ShouldBe("RestPortGiven");
        rest.Message.ShouldContain("gRPC");
        rest.RecommendedAction.ShouldContain("6334");
        (await RefusalAsync(new QdrantConnectionOptions { Uri = new Uri($"https://127.0.0.1:{server.GrpcPort}") })).ErrorId.ShouldBe("TlsFailed");
    }

    [Fact]
    public async Task No_server_is_told_at_once()
    {
        using TcpListener free = new(IPAddress.Loopback, 0);
        free.Start();
        int port = ((IPEndPoint)free.LocalEndpoint).Port;
        free.Stop();
        MigrationException nobody = await RefusalAsync(new QdrantConnectionOptions { Uri = new Uri($"http://127.0.0.1:{port}") });
        (nobody.ErrorId, nobody.Kind).ShouldBe(("NoServer", ErrorKind.Connection));
        nobody.Message.ShouldContain($"127.0.0.1:{port}");
        nobody.RecommendedAction.ShouldContain("Check that Qdrant is running");

        // A new server is empty: started in the place of one that died, it would hide the points of that one.
        nobody.RecommendedAction.ShouldNotContain("docker");
        (await RefusalAsync(new QdrantConnectionOptions { Uri = new Uri("http://no-such-host.invalid:6334") })).ErrorId.ShouldBe("NoServer");
    }

    [Fact]
    public async Task Something_that_speaks_no_http_at_all_is_not_waited_for_beyond_the_timeout()
    {
        using TcpListener silent = new(IPAddress.Loopback, 0);
        silent.Start();
        MigrationException refused = await RefusalAsync(new QdrantConnectionOptions
        {
            Uri = new Uri(
            $"http://127.0.0.1:{((IPEndPoint)silent.LocalEndpoint).Port}"),
            Timeout = TimeSpan.FromSeconds(1)
        });
        refused.ErrorId.ShouldBe("Timeout");
        silent.Stop();
    }

    [Theory]
    [InlineData(QdrantProtocol.Grpc)]
    [InlineData(QdrantProtocol.Rest)]
    public async Task A_server_killed_frozen_and_restarted_means_retry_and_then_ok(QdrantProtocol protocol)
    {
        await using QdrantServer server = await QdrantServer.StartAsync();
        using QdrantStore store = Samples.Store(server, timeout: TimeSpan.FromSeconds(30), protocol: protocol);
        await store.CreateCollectionAsync("lost", new CollectionSettings { Dimension = 256, Distance = Distance.Dot }, default);
        IPointTarget target = store.OpenTarget("lost", null);
        float[] components = Samples.Floats(2_000 * 256, 1);
        using VectorBatch batch = Samples.Batch(Samples.Numbers(2_000), components);
        (await target.UpsertAsync(batch, Attempt, default)).Outcome.ShouldBe(WriteOutcome.Ok);

        server.Pause();
        WriteAnswer frozen = await target.UpsertAsync(batch, TimeSpan.FromMilliseconds(400), default);
        (frozen.Outcome, frozen.ErrorId).ShouldBe((WriteOutcome.Retry, "Timeout"));

        // Cancelling does not wait for the frozen server either.
        using CancellationTokenSource cancel = new();
        Task<WriteAnswer> waiting = target.UpsertAsync(batch, Attempt, cancel.Token);
        await cancel.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => waiting.WaitAsync(TimeSpan.FromSeconds(5)));
        server.Resume();
        (await target.UpsertAsync(batch, Attempt, default)).Outcome.ShouldBe(WriteOutcome.Ok);

        // Frozen first, so that the attempt is under way for certain when the server dies.
        server.Pause();
        Task<WriteAnswer> dying = target.UpsertAsync(batch, Attempt, default);
        server.Kill();
        WriteAnswer killed = await dying;
        killed.Outcome.ShouldBe(WriteOutcome.Retry, killed.Reason);
        killed.ErrorId.ShouldBeOneOf("ConnectionLost", "NoServer");
        WriteAnswer refused = await target.UpsertAsync(batch, Attempt, default);
        (refused.Outcome, refused.ErrorId).ShouldBe((WriteOutcome.Retry, "NoServer"));

        await server.RestartAsync();
        WriteAnswer again = await target.UpsertAsync(batch, Attempt, default);
        again.Outcome.ShouldBe(WriteOutcome.Ok, again.Reason);
        (await store.CountAsync("lost", default)).ShouldBe(2_000ul);
    }

    [Theory]
    [InlineData(QdrantProtocol.Grpc)]
    [InlineData(QdrantProtocol.Rest)]
    public async Task Limits_of_the_server_are_waits_or_smaller_batches(QdrantProtocol protocol)
    {
        await using QdrantServer server = await QdrantServer.StartAsync();
        using QdrantStore store = Samples.Store(server, protocol: protocol);
        CollectionSettings settings = new() { Dimension = 2, Distance = Distance.Dot };
        Protocol.CreateCollection rate = CollectionMapping.ToCreate("rate", settings);
        rate.StrictModeConfig = new Protocol.StrictModeConfig { Enabled = true, WriteRateLimit = 60 };
        await store.CreateCollectionAsync(rate, settings, default);
        IPointTarget target = store.OpenTarget("rate", null);
        using VectorBatch small = Samples.Batch(Samples.Numbers(40), new float[80]);
        WriteAnswer limited = await target.UpsertAsync(small, Attempt, default);
        for (int i = 0; i < 3 && limited.Outcome == WriteOutcome.Ok; i++)
        {
            limited = await target.UpsertAsync(small, Attempt, default);
        }

        (limited.Outcome, limited.RateLimited, limited.ErrorId).ShouldBe((WriteOutcome.Retry, true, "RateLimited"));
        limited.After.ShouldNotBeNull().ShouldBeGreaterThan(TimeSpan.Zero);
        using VectorBatch large = Samples.Batch(Samples.Numbers(100), new float[200]);
        (await target.UpsertAsync(large, Attempt, default)).Outcome.ShouldBe(WriteOutcome.Split);

        Protocol.CreateCollection size = CollectionMapping.ToCreate("size", settings);
        size.StrictModeConfig = new Protocol.StrictModeConfig { Enabled = true, UpsertMaxBatchsize = 50 };
        await store.CreateCollectionAsync(size, settings, default);
        WriteAnswer over = await store.OpenTarget("size", null).UpsertAsync(large, Attempt, default);
        (over.Outcome, over.ErrorId).ShouldBe((WriteOutcome.Split, "BatchOverLimit"));
    }

    private static async Task<MigrationException> RefusalAsync(QdrantConnectionOptions options)
    {
        using QdrantConnection connection = new(options with
        {
            Timeout = options.Timeout < TimeSpan.FromSeconds(5) ? options.Timeout
            : TimeSpan.FromSeconds(5)
        });
        MigrationException refused = await Should.ThrowAsync<MigrationException>(() => connection.GetStore(QdrantStore.Open).GetServerAsync(default));
        refused.RecommendedAction.ShouldNotBeEmpty();
        refused.Message.ShouldContain(options.Uri.GetLeftPart(UriPartial.Authority));
        return refused;
    }
}
