namespace VectorMigration.Tests;

/// <summary>
/// Checks of the server from what was found. Answers of versions after 1.16.3, of several nodes, and of clocks that differ stand in for servers that no test
/// here can start; the rest is played against real servers by DoctorTests.
/// </summary>
public sealed class ServerCheckTests
{
    private static readonly DateTimeOffset Now = new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly Uri Remote = new("https://qdrant.example:6334");

    [Fact]
    public void A_name_without_address_fails_and_a_proxy_looks_it_up_itself()
    {
        Resolve((_, _) => throw new System.Net.Sockets.SocketException(11001)).Status.ShouldBe(CheckStatus.Fail);
        Resolve((_, _) => Task.FromResult<IReadOnlyList<string>>([])).Status.ShouldBe(CheckStatus.Fail);
        Resolve((_, _) => Task.FromResult<IReadOnlyList<string>>(["10.0.0.1", "10.0.0.2"])).Finding.ShouldBe("qdrant.example is 10.0.0.1, 10.0.0.2.");
        Resolve((_, _) => throw new InvalidOperationException(), proxied: true).Status.ShouldBe(CheckStatus.Skipped);
    }

    [Fact]
    public void A_port_that_does_not_answer_fails_only_where_the_other_does_not_either()
    {
        PortFindings open = new(Remote, "1.16.3", null);
        PortFindings closed = new(Remote, null, new MigrationException(ErrorIds.NoServer, ErrorKind.Connection, "Nobody is there.", "Start it."));
        PortChecks.Port(CheckNames.GrpcPort, open, closed).Status.ShouldBe(CheckStatus.Pass);
        PortChecks.Port(CheckNames.GrpcPort, closed, open).Status.ShouldBe(CheckStatus.Warn);
        PortChecks.Port(CheckNames.GrpcPort, closed, closed).Status.ShouldBe(CheckStatus.Fail);
        PortChecks.Protocol(QdrantProtocol.Rest, open, open, new ServerInfo("q", "1.16.3") { Protocol = QdrantProtocol.Rest }).Status
            .ShouldBe(CheckStatus.Warn);
        PortChecks.Protocol(QdrantProtocol.Auto, closed, closed, null).Status.ShouldBe(CheckStatus.Fail);
    }

    [Theory]
    [InlineData(7334, 7334, true)]
    [InlineData(6333, 6334, false)]
    public void Rest_that_was_looked_for_at_the_port_of_gRPC_may_be_at_another_one(int rest, int grpc, bool isTold)
    {
        PortFindings open = new(new Uri($"http://qdrant.example:{grpc}"), "1.16.3", null);
        PortFindings closed = new(
            new Uri($"http://qdrant.example:{rest}"), null, new MigrationException(ErrorIds.NoServer, ErrorKind.Connection, "Nobody is there.", "Start it."));
        ConnectionCheck check = PortChecks.Port(CheckNames.RestPort, closed, open);
        check.Status.ShouldBe(CheckStatus.Warn);
        check.Advice.Contains("run the checks a second time with the address of REST", StringComparison.Ordinal).ShouldBe(isTold);
    }

    [Theory]
    [InlineData(-1, 300, CheckStatus.Pass, "The certificate is valid until 2027-03-28 12:00 UTC.")]
    [InlineData(-1, 13, CheckStatus.Warn, "The certificate expires at 2026-06-14 12:00 UTC. A run that connects again later fails.")]
    [InlineData(-9, -1, CheckStatus.Fail, "The certificate expired at 2026-05-31 12:00 UTC.")]
    [InlineData(1, 9, CheckStatus.Fail, "The certificate is not valid before 2026-06-02 12:00 UTC.")]
    public void A_certificate_is_valid_in_its_time_only(int from, int until, CheckStatus status, string finding)
    {
        ConnectionCheck check = Tls(Shown(from, until))[1];
        check.Name.ShouldBe(CheckNames.CertificateDate);
        (check.Status, check.Finding).ShouldBe((status, finding));
    }

    [Fact]
    public void An_authority_or_a_host_that_is_not_the_right_one_fails_and_warns_where_nobody_verifies()
    {
        CertificateFindings wrong = Shown(-1, 300) with { IsForHost = false, ChainFaults = ["its authority is not known here"] };
        Tls(wrong).Select(static check => check.Status).ShouldBe([CheckStatus.Pass, CheckStatus.Pass, CheckStatus.Fail, CheckStatus.Fail]);
        Tls(wrong)[3].Finding.ShouldBe("The certificate is not for qdrant.example. It is for a.example, b.example.");
        Tls(wrong, isUnchecked: true).Select(static check => check.Status).ShouldBe([CheckStatus.Warn, CheckStatus.Pass, CheckStatus.Warn, CheckStatus.Warn]);
        Tls(null).Select(static check => check.Status).ShouldBe([CheckStatus.Fail, CheckStatus.Skipped, CheckStatus.Skipped, CheckStatus.Skipped]);
        TlsChecks.Of(new Uri("http://10.0.0.1:6334"), true, false, null, Now).First().Status.ShouldBe(CheckStatus.Warn);
        TlsChecks.Of(new Uri("http://127.0.0.1:6334"), true, false, null, Now).First().Status.ShouldBe(CheckStatus.Pass);
    }

    [Fact]
    public void A_server_without_keys_warns_where_others_reach_it()
    {
        KeyChecks.Key(Remote, false, null, null, true, Now).Status.ShouldBe(CheckStatus.Warn);
        KeyChecks.Key(new Uri("http://127.0.0.1:6334"), false, null, null, true, Now).Status.ShouldBe(CheckStatus.Pass);
        KeyChecks.Key(Remote, true, Now.AddHours(3), null, false, Now).Status.ShouldBe(CheckStatus.Warn);
        KeyChecks.Key(Remote, true, Now.AddDays(3), null, false, Now).Status.ShouldBe(CheckStatus.Pass);
        KeyChecks.Key(Remote, true, Now.AddSeconds(-1), null, false, Now).Status.ShouldBe(CheckStatus.Fail);
    }

    /// <summary>What is said of versions after 1.16.3 is read in their sources; none of these was started.</summary>
    [Theory]
    [InlineData("1.9.7", 4)]
    [InlineData("1.15.0", 3)]
    [InlineData("1.16.3", 2)]
    [InlineData("1.17.0", 1)]
    [InlineData("1.18.3", 1)]
    public void Known_faults_are_told_for_the_versions_that_have_them(string version, int faults)
    {
        ConnectionCheck[] checks = [.. VersionChecks.Of(new ServerInfo("q", version))];
        checks[0].Status.ShouldBe(CheckStatus.Pass);
        checks[1..].ShouldAllBe(static check => check.Name == CheckNames.KnownFault && check.Status == CheckStatus.Warn && check.Advice.Length > 0);
        checks.Length.ShouldBe(1 + faults);
    }

    [Fact]
    public void A_version_without_known_faults_passes_and_another_major_version_warns()
    {
        VersionChecks.Of(new ServerInfo("q", "1.19.0")).Select(static check => check.Status).ShouldBe([CheckStatus.Pass, CheckStatus.Pass]);
        VersionChecks.Of(new ServerInfo("q", "2.0.0")).First().Status.ShouldBe(CheckStatus.Warn);
        VersionChecks.Of(new ServerInfo("q", "master")).Last().Status.ShouldBe(CheckStatus.Skipped);
    }

    [Theory]
    [InlineData("""{"result":{"app":{"features":{"recovery_mode":true}}}}""", CheckStatus.Fail)]
    [InlineData("""{"result":{"app":{"features":{"recovery_mode":false}}}}""", CheckStatus.Pass)]
    [InlineData("""{"result":{"app":{"name":"qdrant"}}}""", CheckStatus.Skipped)]
    [InlineData("""{"result":[1]}""", CheckStatus.Skipped)]
    [InlineData("[1]", CheckStatus.Skipped)]
    [InlineData("<html>", CheckStatus.Skipped)]
    public void Recovery_mode_fails(string telemetry, CheckStatus status) =>
        VersionChecks.Recovery(ServerTelemetry.Read(telemetry), "It is not told.").Status.ShouldBe(status);

    /// <summary>Stand-ins for clusters of several nodes, in the form of a real answer of 1.16.3.</summary>
    [Theory]
    [InlineData("""{"status":"disabled"}""", CheckStatus.Pass, "The server is a single node.")]
    [InlineData("""{"status":"enabled","peers":{"1":{},"2":{}},"raft_info":{"leader":null}}""", CheckStatus.Fail,
        "The cluster has 2 nodes, and none of them leads it.")]
    [InlineData("""{"status":"enabled","peers":{"1":{}},"raft_info":{"leader":1},"consensus_thread_status":{"consensus_thread_status":"stopped_with_err"}}""",
        CheckStatus.Fail, "The cluster has 1 node. Its consensus is stopped with err.")]
    [InlineData("""{"status":"enabled","peers":{"1":{},"2":{}},"raft_info":{"leader":1},"message_send_failures":{"http://2":{"count":3}}}""",
        CheckStatus.Warn, "The cluster has 2 nodes. 1 node does not answer the others.")]
    [InlineData("""{"status":"enabled","peers":{"1":{},"2":{}},"raft_info":{"leader":1,"pending_operations":2}}""", CheckStatus.Warn,
        "The cluster has 2 nodes and has to apply 2 changes yet.")]
    [InlineData("""{"status":"enabled","peers":{"1":{},"2":{}},"raft_info":{"leader":1,"pending_operations":0}}""", CheckStatus.Pass,
        "The cluster has 2 nodes, which agree.")]
    public void A_cluster_that_does_not_agree_is_told(string result, CheckStatus status, string finding)
    {
        ConnectionCheck check = ClusterChecks.Cluster("{\"result\":" + result + "}", null, "It is not told.");
        (check.Status, check.Finding).ShouldBe((status, finding));
    }

    [Fact]
    public void Nodes_of_different_versions_warn()
    {
        ServerTelemetry? told = ServerTelemetry.Read("""{"result":{"cluster":{"peer_metadata":{"1":{"version":"1.16.3"},"2":{"version":"1.15.0"}}}}}""");
        ClusterChecks.Cluster("""{"result":{"status":"enabled","peers":{"1":{},"2":{}},"raft_info":{"leader":1}}}""", told, string.Empty).Finding
            .ShouldBe("The cluster has 2 nodes of different versions: 1.15.0, 1.16.3.");
        ClusterChecks.Cluster(null, null, "It is not told.").Status.ShouldBe(CheckStatus.Skipped);
    }

    /// <summary>Stand-ins, as above.</summary>
    [Theory]
    [InlineData("Active", "Active", "[]", CheckStatus.Pass, "'c' has 1 shard with 2 replicas, all of them active.")]
    [InlineData("Active", "Dead", "[]", CheckStatus.Warn, "'c' has 1 shard with 2 replicas: 1 Dead (shard 0).")]
    [InlineData("Active", "Recovery", "[]", CheckStatus.Warn, "'c' has 1 shard with 2 replicas: 1 Recovery (shard 0).")]
    [InlineData("Partial", "Dead", "[]", CheckStatus.Fail,
        "'c' has 1 shard with 2 replicas: 1 Partial (shard 0), 1 Dead (shard 0). Shard 0 has no whole replica.")]
    [InlineData("Active", "Active", "[{}]", CheckStatus.Warn, "'c' has 1 shard with 2 replicas. 1 shard is being moved.")]
    public void Replicas_that_are_dead_or_recover_are_told(string local, string remote, string transfers, CheckStatus status, string finding)
    {
        string body = $$$"""{"result":{"local_shards":[{"shard_id":0,"state":"{{{local}}}"}],"remote_shards":[{"shard_id":0,"state":"{{{remote}}}"}],"""
            + "\"shard_transfers\":" + transfers + "}}";
        ConnectionCheck check = ClusterChecks.Shards("c", body, string.Empty);
        (check.Status, check.Finding).ShouldBe((status, finding));
    }

    private static ConnectionCheck Resolve(Func<string, CancellationToken, Task<IReadOnlyList<string>>> resolve, bool proxied = false) =>
        PortChecks.HostAddressAsync("qdrant.example", proxied, resolve, CancellationToken.None).GetAwaiter().GetResult();

    private static ConnectionCheck[] Tls(CertificateFindings? shown, bool isUnchecked = false) => [.. TlsChecks.Of(Remote, true, isUnchecked, shown, Now)];

    private static CertificateFindings Shown(int from, int until) => new()
    {
        Subject = "CN=a",
        Issuer = "CN=authority",
        NotBefore = Now.AddDays(from),
        NotAfter = Now.AddDays(until),
        Names = ["a.example", "b.example"],
        IsForHost = true,
        ChainFaults = [],
    };
}
