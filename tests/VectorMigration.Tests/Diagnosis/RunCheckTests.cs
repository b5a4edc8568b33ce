namespace VectorMigration.Tests;

/// <summary>Checks of the collection, the machines, the line and the run from what was found. See ServerCheckTests for what stands in for what.</summary>
public sealed class RunCheckTests
{
    private static readonly DateTimeOffset Now = new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly ExpectedLoad Load = new(1_000, 1_000, 1_000_000, 1_100_000, 500_000) { Memory = 2_000_000, Disk = 3_000_000 };

    private static readonly CollectionDescription Green = new()
    {
        Name = "c",
        Status = "green",
        PointsCount = 10,
        ShardNumber = 1,
        Vectors = [new CollectionVector(string.Empty, 250, Distance.Dot, VectorDatatype.Default, false)],
    };

    [Fact]
    public void A_collection_in_another_state_than_green_is_told()
    {
        CollectionChecks.State("c", null).Status.ShouldBe(CheckStatus.Pass);
        CollectionChecks.State("c", Green).Finding.ShouldBe("'c' is green, with about 10 points of the unnamed vector, 250 components, Dot.");
        CollectionChecks.State("c", Green with { Status = "yellow" }).Status.ShouldBe(CheckStatus.Warn);
        CollectionChecks.State("c", Green with { Status = "grey" }).Status.ShouldBe(CheckStatus.Warn);
        CollectionChecks.State("c", Green with { Status = "red" }).Status.ShouldBe(CheckStatus.Fail);
        CollectionChecks.State("c", Green with { OptimizerError = "no space" }).Status.ShouldBe(CheckStatus.Fail);
        CollectionChecks.State("c", Green with { WantsShardKey = true }).Status.ShouldBe(CheckStatus.Warn);
    }

    [Fact]
    public void A_limit_that_the_run_would_break_fails()
    {
        Strict(new StrictModeLimits()).Status.ShouldBe(CheckStatus.Pass);
        Strict(new StrictModeLimits { MaxPoints = 1_009 }).Status.ShouldBe(CheckStatus.Fail);
        Strict(new StrictModeLimits { MaxPoints = 1_010 }).Status.ShouldBe(CheckStatus.Pass);
        Strict(new StrictModeLimits { MaxVectorBytes = 999_999 }).Advice.ShouldBe("Raise max_collection_vector_size_bytes of the collection before the run.");
        Strict(new StrictModeLimits { MaxPayloadBytes = 499_999 }).Advice.ShouldBe("Raise max_collection_payload_size_bytes of the collection before the run.");
        Strict(new StrictModeLimits { ForbidsExactSearch = true }).Status.ShouldBe(CheckStatus.Warn);
        CollectionChecks.StrictMode("c", Green, Load).Status.ShouldBe(CheckStatus.Pass);
        CollectionChecks.StrictMode("c", null, Load).Status.ShouldBe(CheckStatus.Skipped);
    }

    /// <summary>Servers from 1.17 on, which none of the tests starts.</summary>
    [Fact]
    public void Hidden_points_queues_and_quotas_of_later_servers_are_told()
    {
        CollectionChecks.Hidden("c", Green with { HidesUnoptimized = true, DeferredPoints = 5 }).Finding
            .ShouldBe("'c' has prevent_unoptimized. New points stay hidden from counts and searches until they are optimised; 5 points are hidden now.");
        CollectionChecks.Hidden("c", Green with { DeferredPoints = 1 }).Finding.ShouldBe("1 point of 'c' is hidden.");
        CollectionChecks.Hidden("c", Green).Status.ShouldBe(CheckStatus.Pass);
        CollectionChecks.Queue("c", Green with { UpdateQueueLength = 500 }, true, "1.17.0").Status.ShouldBe(CheckStatus.Warn);
        CollectionChecks.Queue("c", Green, true, "1.17.0").Status.ShouldBe(CheckStatus.Pass);
        CollectionChecks.Queue("c", Green, false, "1.16.3").Status.ShouldBe(CheckStatus.Skipped);
        CollectionChecks.Quotas("1.19.0").Status.ShouldBe(CheckStatus.Skipped);
        CollectionChecks.Quotas("1.18.9").Status.ShouldBe(CheckStatus.Pass);
    }

    /// <summary>Stand-ins: clocks and disks of this machine stay as they are.</summary>
    [Fact]
    public void Clocks_that_differ_disks_and_memory_that_are_small_are_told()
    {
        MachineChecks.Clock(Told(-90), "no").Finding.ShouldBe("The server's clock is 1 min 29 s behind this machine's.");
        MachineChecks.Clock(Told(90), "no").Status.ShouldBe(CheckStatus.Warn);
        MachineChecks.Clock(Told(4), "no").Status.ShouldBe(CheckStatus.Pass);
        MachineChecks.Clock(new RestFindings(200, string.Empty), "no").Finding.ShouldBe("The server does not tell its time.");
        MachineChecks.Clock(null, "no").Status.ShouldBe(CheckStatus.Skipped);
        MachineChecks.ClientDisk("/logs", new UnauthorizedAccessException(), 1_000_000_000_000).Status.ShouldBe(CheckStatus.Fail);
        MachineChecks.ClientDisk("/logs", null, 49_999_999).Status.ShouldBe(CheckStatus.Fail);
        MachineChecks.ClientDisk("/logs", null, 999_999_999).Status.ShouldBe(CheckStatus.Warn);
        MachineChecks.ClientDisk("/logs", null, 1_000_000_000).Status.ShouldBe(CheckStatus.Pass);
        MachineChecks.ClientDisk("/logs", null, null).Status.ShouldBe(CheckStatus.Skipped);
        MachineChecks.ClientMemory(400_000_000).Status.ShouldBe(CheckStatus.Warn);
        MachineChecks.ClientMemory(4_000_000_000).Status.ShouldBe(CheckStatus.Pass);
    }

    [Fact]
    public void What_the_server_needs_is_compared_with_what_it_has()
    {
        ServerTelemetry? small = ServerTelemetry.Read(
            """{"result":{"app":{"system":{"ram_size":2048,"disk_size":5000,"is_docker":true}},"memory":{"resident_bytes":1000000}}}""");
        MachineChecks.ServerDisk(small, Load, "no").Status.ShouldBe(CheckStatus.Fail);
        MachineChecks.ServerDisk(small, null, "no").Status.ShouldBe(CheckStatus.Skipped);
        MachineChecks.ServerDisk(null, Load, "no.").Finding.ShouldBe("no. The run needs about 6.0 MB there, half of it for a while only.");
        ExpectedLoad nothing = new(0, 0, 0, 0, null) { Memory = 0, Disk = 0 };
        MachineChecks.ServerDisk(small, nothing, "no").Finding.ShouldContain("The run has nothing left to send.");
        MachineChecks.ServerMemory(small, nothing, "no").Finding.ShouldContain("The run has nothing left to send.");
        MachineChecks.ServerMemory(small, nothing, "no").Finding.ShouldNotContain("0 B");
        MachineChecks.ServerMemory(small, Load, "no").Status.ShouldBe(CheckStatus.Warn);
        MachineChecks.ServerMemory(small, Load with { Memory = 1_000_000 }, "no").Status.ShouldBe(CheckStatus.Pass);
        MachineChecks.ServerMemory(null, null, "no").Status.ShouldBe(CheckStatus.Skipped);
    }

    /// <summary>Times as a line over an ocean, and as a line that somebody else fills, would show them.</summary>
    [Fact]
    public void A_line_that_is_long_or_unsteady_is_told()
    {
        Trips(0.3, 0.4, 0.5).Status.ShouldBe(CheckStatus.Pass);
        Trips(240, 241, 260).Status.ShouldBe(CheckStatus.Warn);
        Trips(0.4, 0.5, 80).Finding.ShouldEndWith("The line or the server is unsteady.");
        LineChecks.Written(new LineSpeed(1_000, 4_000_000, TimeSpan.FromSeconds(2)), null).Finding
            .ShouldBe("2.0 MB/s, 500 vectors/s were written to a scratch collection (4.0 MB in 2.00 s). The scratch collection was removed.");
        LineChecks.Written(new LineSpeed(1_000, 4_000_000, TimeSpan.FromSeconds(2)), "It is left.").Status.ShouldBe(CheckStatus.Warn);
        LineChecks.Written(new LineSpeed(0, 0, TimeSpan.FromSeconds(2)), null).Status.ShouldBe(CheckStatus.Warn);
    }

    [Fact]
    public void A_token_or_certificate_that_ends_before_the_run_fails()
    {
        LineSpeed slow = new(10, 1_100_000, TimeSpan.FromHours(2));
        Duration(slow, true, null).Finding
            .ShouldBe("The upload (1,000 vectors, 1.1 MB) takes about 2 h 0 min at the measured throughput. Verification and indexing come on top.");
        Duration(slow, true, null, ("The API key expires", Now.AddHours(1))).Status.ShouldBe(CheckStatus.Fail);
        Duration(slow, true, null, ("The API key expires", Now.AddHours(3))).Status.ShouldBe(CheckStatus.Pass);
        Duration(slow, false, null).Finding.ShouldContain("takes at least 2 h 0 min");
        Duration(slow, true, TimeSpan.FromHours(5)).Finding.ShouldContain("takes at least 5 h 0 min under write_rate_limit");
        Duration(null, false, null).Status.ShouldBe(CheckStatus.Skipped);
    }

    [Fact]
    public void An_index_that_cannot_be_read_fails()
    {
        IndexDescription index = new MemorySource(10, 4).Description;
        RunChecks.Index(index).Status.ShouldBe(CheckStatus.Pass);
        RunChecks.Index(index with { IsSupported = false, UnsupportedReason = "It has no vectors." }).Status.ShouldBe(CheckStatus.Fail);
    }

    private static ConnectionCheck Strict(StrictModeLimits limits) => CollectionChecks.StrictMode("c", Green with { StrictMode = limits }, Load);

    private static RestFindings Told(int seconds) => new(200, string.Empty) { Date = Now.AddSeconds(seconds), AskedAt = Now };

    private static ConnectionCheck Trips(params double[] milliseconds) => LineChecks.RoundTrip([.. milliseconds.Select(TimeSpan.FromMilliseconds)]);

    private static ConnectionCheck Duration(LineSpeed? speed, bool isWrite, TimeSpan? limit, params (string What, DateTimeOffset At)[] ends) =>
        RunChecks.Duration(Load, null, speed, isWrite, limit, ends, Now);
}
