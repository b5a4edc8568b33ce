using System.Text.Json;

namespace VectorMigration.Tests;

/// <summary>What is told at a steady interval, on a clock of the test's own.</summary>
public sealed class ProgressTellerTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("progress").FullName;
    private readonly ManualTime time = new();
    private readonly Guid run = Guid.NewGuid();
    private readonly List<string> lines = [];

    private string Heartbeat => Path.Combine(folder, "heartbeat.json");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void A_line_says_how_far_how_fast_and_until_when()
    {
        using ProgressTeller teller = Start(30);
        teller.OnEvent(new PhaseStarted(run, time.GetUtcNow(), "upload", 10_000));
        Send(teller, 30);
        lines.ShouldBe(["sending: 3,000 of 10,000 vectors (30 %), 100/s, expected to end at 10:01:40"]);
        teller.OnEvent(new ServerUnreachable(run, time.GetUtcNow(), time.GetUtcNow(), time.GetUtcNow().AddSeconds(120), "connection refused"));
        time.Advance(TimeSpan.FromSeconds(30));
        lines[^1].ShouldBe("sending: 3,000 of 10,000 vectors (30 %), server unreachable since 10:00:30, retrying until 10:02:30");
        teller.OnEvent(new ServerReachable(run, time.GetUtcNow(), time.GetUtcNow()));
        Send(teller, 30);
        lines.Count.ShouldBe(3);
        lines[^1].ShouldBe("sending: 6,000 of 10,000 vectors (60 %), 100/s, expected to end at 10:02:10", "the outage is no pace");
        teller.End(0);
        time.Advance(TimeSpan.FromMinutes(5));
        lines.Count.ShouldBe(3);
    }

    [Fact]
    public void No_line_is_told_where_none_is_wanted()
    {
        using ProgressTeller teller = Start(0);
        teller.OnEvent(new PhaseStarted(run, time.GetUtcNow(), "verify", 10));
        time.Advance(TimeSpan.FromHours(1));
        lines.ShouldBeEmpty();
    }

    [Fact]
    public void A_heartbeat_is_there_from_the_begin_every_ten_seconds_and_at_the_end()
    {
        using (ProgressTeller teller = Start(0, Heartbeat))
        {
            Read().GetProperty("status").GetString().ShouldBe("running");
            teller.OnEvent(new PhaseStarted(run, time.GetUtcNow(), "upload", 10_000));
            Send(teller, 10);
            JsonElement beat = Read();
            beat.GetProperty("format").GetString().ShouldBe("vector-migration-heartbeat/1");
            beat.GetProperty("at").GetDateTime().ShouldBe(time.GetUtcNow().UtcDateTime);
            beat.GetProperty("runId").GetGuid().ShouldBe(run);
            beat.GetProperty("done").GetInt64().ShouldBe(1_000);
            beat.GetProperty("total").GetInt64().ShouldBe(10_000);
            beat.GetProperty("perSecond").GetDouble().ShouldBe(100);
            beat.GetProperty("expectedEnd").GetDateTime().ShouldBe(time.GetUtcNow().UtcDateTime.AddSeconds(90));
            teller.OnEvent(new ServerUnreachable(run, time.GetUtcNow(), time.GetUtcNow(), time.GetUtcNow().AddSeconds(120), "gone"));
            Read().GetProperty("status").GetString().ShouldBe("unreachable");
            Read().GetProperty("retryingUntil").GetDateTime().ShouldBe(time.GetUtcNow().UtcDateTime.AddSeconds(120));
            teller.End(3);
        }

        Read().GetProperty("status").GetString().ShouldBe("ended");
        Read().GetProperty("exitCode").GetInt32().ShouldBe(3);
        Directory.GetFiles(folder).ShouldBe([Heartbeat]);
    }

    /// <summary>A reader that holds the file open sees it as it was; the next reader sees the next one. Neither disturbs the run.</summary>
    [Fact]
    public void A_reader_that_holds_the_heartbeat_reads_it_whole()
    {
        using ProgressTeller teller = Start(0, Heartbeat);
        using FileStream held = new(Heartbeat, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        teller.OnEvent(new PhaseStarted(run, time.GetUtcNow(), "upload", 10_000));
        Send(teller, 60);
        JsonDocument.Parse(held).RootElement.GetProperty("done").GetInt64().ShouldBe(0);
        Read().GetProperty("done").GetInt64().ShouldBe(6_000);
    }

    [Fact]
    public void A_heartbeat_that_cannot_be_written_is_refused_before_the_run() =>
        Should.Throw<MigrationException>(() => Start(0, Path.Combine(folder, "nowhere", "beat"))).ErrorId.ShouldBe(ErrorIds.LogUnwritable);

    [Fact]
    public void A_file_that_is_no_heartbeat_is_not_replaced()
    {
        File.WriteAllText(Heartbeat, """{"text":"mine"}""");
        Should.Throw<MigrationException>(() => Start(0, Heartbeat)).Message.ShouldContain("is not a heartbeat of this tool");
        File.ReadAllText(Heartbeat).ShouldBe("""{"text":"mine"}""");
        MigrationOptions options = new() { Collection = "c", HeartbeatPath = Heartbeat };
        PlaceCheck.Reasons(options).ShouldHaveSingleItem().RecommendedAction.ShouldContain("-HeartbeatPath");

        // An empty file, as a script makes one to lock a path, and the heartbeat of an earlier run are replaced.
        File.WriteAllText(Heartbeat, string.Empty);
        Start(0, Heartbeat).Dispose();
        Start(0, Heartbeat).Dispose();
        PlaceCheck.Reasons(options).ShouldBeEmpty();
    }

    private ProgressTeller Start(int seconds, string? heartbeat = null) => new(new ProgressTelling
    {
        Collection = "c",
        Interval = TimeSpan.FromSeconds(seconds),
        Tell = told => lines.Add(((ProgressLine)told).Text),
        HeartbeatPath = heartbeat,
    }, time);

    private void Send(ProgressTeller teller, int seconds)
    {
        for (int i = 0; i < seconds; i++)
        {
            teller.OnEvent(new BatchEnded(run, time.GetUtcNow(), new QdrantBatchResult
            {
                RunId = run,
                Number = i,
                Collection = "c",
                FirstOrdinal = 0,
                LastOrdinal = 99,
                PointIds = [],
                Count = 100,
                Bytes = 1,
                StartedAt = time.GetUtcNow(),
                Duration = TimeSpan.Zero,
                Attempts = 1,
                RateLimited = 0,
                Status = BatchStatus.Completed,
            }));
            time.Advance(TimeSpan.FromSeconds(1));
        }
    }

    private JsonElement Read() => JsonDocument.Parse(File.ReadAllBytes(Heartbeat)).RootElement;
}
