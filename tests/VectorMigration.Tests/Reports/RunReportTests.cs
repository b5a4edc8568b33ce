using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using VectorMigration.Reporting;

namespace VectorMigration.Tests;

public sealed class RunReportTests : IDisposable
{
    private const string Hostile = "<script>document.title='taken'</script>\"'&\u202E\u0007";
    private static readonly DateTimeOffset Start = new(2026, 11, 20, 10, 0, 0, TimeSpan.Zero);
    private static readonly Guid Run = Guid.Parse("11111111-2222-3333-4444-555555555555");
    private readonly string folder = Directory.CreateTempSubdirectory("report").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task A_run_leaves_its_report_and_the_result_names_it()
    {
        using RunLog log = new(folder, TimeSpan.FromSeconds(5)) { Draw = ReportFile.Draw, Command = "vector-migration migrate a.faiss" };
        Migration migration = new(new MemorySource(1_000), null, new MemoryStore(), new FixedRetryPolicy(), new MigrationOptions { Collection = "docs" }, log);
        MigrationResult result = log.WithLosses(await migration.RunAsync(default));

        string page = File.ReadAllText(result.ReportPath.ShouldNotBeNull());
        Path.GetDirectoryName(result.ReportPath).ShouldBe(log.RunDirectory);
        page.ShouldContain("All 1,000 vectors are in the collection &#39;docs&#39;. 1,000 points were read back, and none is missing or different.");
        page.ShouldContain("for this tool; not its SHA-256)");
        page.ShouldContain("vector-migration migrate a.faiss");
        page.ShouldContain("Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\"");
        page.ShouldNotContain("http://", Case.Sensitive, "a page that loads something would tell somebody of it");
        var report = RunReport.Read(folder);
        report.Perf.ShouldNotBeNull().Vectors.ShouldBe(1_000);
        report.Slices.Sum(static slice => slice.Vectors).ShouldBe(1_000);
        report.Latencies.Sum(static bar => bar.Batches).ShouldBe(report.Perf.Batches);
        report.Phases.Select(static phase => phase.Name).ShouldContain("verify");
        report.Summary.ShouldNotBeNull().Client.ShouldNotBeNull().PeakMemory.ShouldBeGreaterThan(0);
    }

    /// <summary>Of a sync, the points that are equal are those that were there already.</summary>
    [Theory]
    [InlineData(7, 7, false)]
    [InlineData(7, 0, true)]
    public void Equal_points_are_told_once(long already, long equal, bool isUnchanged)
    {
        using (RunLog log = new(folder, TimeSpan.FromSeconds(5)))
        {
            log.OnEvent(Batch(1, BatchStatus.Completed, Start));
            log.OnEvent(new RunEnded(Run, Start.AddSeconds(5), new MigrationResult
            {
                RunId = Run,
                Status = MigrationStatus.Completed,
                Path = "a.faiss",
                Endpoint = "e",
                Collection = "c",
                Counts = new MigrationCounts { Source = 17, Sent = 10, AlreadyThere = already, Equal = equal },
            }));
        }

        string page = ReportPage.Of([RunReport.Read(folder)]);
        page.Contains("7: equal points were in the collection already", StringComparison.Ordinal).ShouldBe(isUnchanged);
        page.Contains("7: not sent, because their points are equal", StringComparison.Ordinal).ShouldBe(!isUnchanged);
    }

    [Fact]
    public void Texts_of_a_run_are_never_markup()
    {
        using (RunLog log = new(folder, TimeSpan.Zero) { Command = Hostile })
        {
            log.OnEvent(new RunWarning(Run, Start, Hostile));
            log.OnEvent(new ServerUnreachable(Run, Start, Start, Start.AddMinutes(1), Hostile));
            log.OnEvent(new RunSteered(Run, Start, SteeringAction.Pace, Hostile, Hostile));
            log.OnEvent(new AttemptEnded(Run, Start, 1, 1, new FlowSample(WriteOutcome.Retry, 10, 100, TimeSpan.FromSeconds(1), false), Hostile, Hostile));
            log.OnEvent(new VectorSkipped(Run, Start, new SkippedVector(1, 2, Hostile)));
            log.OnEvent(Batch(1, BatchStatus.Failed, Start, Hostile));
            log.OnEvent(new RunEnded(Run, Start.AddSeconds(5), new MigrationResult
            {
                RunId = Run,
                Status = MigrationStatus.Failed,
                Path = "/data/" + Hostile,
                Endpoint = Hostile,
                Collection = Hostile,
                Error = new MigrationError(Hostile, ErrorKind.Server, Hostile, Hostile, Hostile),
                Warnings = [Hostile + "2"],
                JournalPath = Hostile,
            }));
        }

        string page = ReportPage.Of([RunReport.Read(folder), RunReport.Read(folder, Run)]);
        page.ShouldNotContain("<script");
        page.ShouldNotContain("\u202E");
        page.ShouldNotContain("\u0007");
        page.ShouldContain(WebUtility.HtmlEncode("<script>document.title='taken'</script>"));
        page.Split("&lt;script&gt;").Length.ShouldBeGreaterThan(20, "each of the fields is shown");
    }

    /// <summary>Who was not there sees why nothing was sent for a while.</summary>
    [Fact]
    public void What_other_sessions_asked_of_a_run_is_in_its_report()
    {
        using (RunLog log = new(folder, TimeSpan.FromSeconds(5)))
        {
            log.OnEvent(Batch(1, BatchStatus.Completed, Start));
            log.OnEvent(new RunSteered(Run, Start.AddSeconds(10), SteeringAction.Pause, "paused", "ann, process 7"));
            log.OnEvent(new RunSteered(Run, Start.AddSeconds(15), SteeringAction.Pace, "batches of 7", "ann, process 8"));
            log.OnEvent(new RunSteered(Run, Start.AddSeconds(40), SteeringAction.Resume, "resumed", "bob, process 9"));
            log.OnEvent(Batch(2, BatchStatus.Completed, Start.AddSeconds(41)));
        }

        var report = RunReport.Read(folder);
        report.Steered.Select(static steered => (steered.Action, steered.By)).ShouldBe(
            [("pause", "ann, process 7"), ("pace", "ann, process 8"), ("resume", "bob, process 9")]);
        report.Slices.Sum(static slice => slice.Paused.TotalSeconds).ShouldBe(30, 0.5);
        string page = ReportPage.Of([report]);
        page.ShouldContain("Steered from other sessions");
        page.ShouldContain("batches of 7");
        page.ShouldContain("Other sessions kept the run paused for 30.00 s in all.");
        page.ShouldNotContain("The server limited the rate", Case.Sensitive, "the server asked for nothing");
    }

    /// <summary>A rate limit is the server's, a pause is not; each has its own time.</summary>
    [Fact]
    public void Waits_for_the_server_and_pauses_are_told_apart()
    {
        using (RunLog log = new(folder, TimeSpan.FromSeconds(5)))
        {
            log.OnEvent(Batch(1, BatchStatus.Completed, Start));
            log.OnEvent(new PoolPaused(Run, Start.AddSeconds(2), TimeSpan.FromSeconds(3), "429"));
            log.OnEvent(new RunSteered(Run, Start.AddSeconds(10), SteeringAction.Pause, "paused", "ann, process 7"));
            log.OnEvent(Batch(2, BatchStatus.Completed, Start.AddSeconds(50)));
        }

        var report = RunReport.Read(folder);
        report.RateLimited.TotalSeconds.ShouldBe(3, 0.001);
        report.Paused.TotalSeconds.ShouldBeGreaterThanOrEqualTo(40, "it was still paused at the end of its log");
        ReportPage.Of([report]).ShouldContain("The server limited the rate. The upload was held to that limit for 3.00 s in all.");
    }

    /// <summary>At a limited rate each batch waits a little: together that is most of the run, and a line for each would be too many.</summary>
    [Fact]
    public void Waits_of_batches_for_a_limit_are_put_together()
    {
        string path;
        using (RunLog log = new(folder, TimeSpan.FromSeconds(5)))
        {
            log.OnEvent(Batch(1, BatchStatus.Completed, Start));
            path = Path.Combine(log.RunDirectory!, RunFolder.LogName);
            for (int i = 0; i < 20; i++)
            {
                DateTimeOffset from = Start.AddSeconds(2 + (0.75 * i));
                log.OnEvent(new RateKept(Run, from.AddSeconds(0.5), from, TimeSpan.FromSeconds(0.5)));
            }

            log.OnEvent(new RateKept(Run, Start.AddSeconds(33), Start.AddSeconds(30), TimeSpan.FromSeconds(3)));
            log.OnEvent(new PoolPaused(Run, Start.AddSeconds(31), TimeSpan.FromSeconds(4), "429"));
            log.OnEvent(new PoolPaused(Run, Start.AddSeconds(31), TimeSpan.FromSeconds(4), "429"));
            log.OnEvent(Batch(2, BatchStatus.Completed, Start.AddSeconds(50)));
        }

        File.ReadLines(path).Count(static line => line.Contains("\"event\":\"rate-held\"", StringComparison.Ordinal)).ShouldBe(3, "15 s are told of twice");
        var report = RunReport.Read(folder);
        report.RateLimited.TotalSeconds.ShouldBe(15, 0.001, "10 s, and 5 s that three waits share");
        report.Slices.Sum(static slice => slice.Paused.TotalSeconds).ShouldBeGreaterThan(15);
    }

    /// <summary>The log is not closed here, as that of a run that is killed.</summary>
    [Fact]
    public void A_wait_for_a_limit_is_in_the_log_while_it_lasts_and_counts_once()
    {
        using RunLog log = new(folder, TimeSpan.FromSeconds(5));
        log.OnEvent(Batch(1, BatchStatus.Completed, Start));
        for (int i = 0; i < 60; i++)
        {
            // Two batches wait at the same time, for three seconds each, all the time.
            DateTimeOffset from = Start.AddSeconds(2 + (1.5 * i));
            log.OnEvent(new RateKept(Run, from.AddSeconds(3), from, TimeSpan.FromSeconds(3)));
        }

        RunReport.Read(folder).RateLimited.TotalSeconds.ShouldBeInRange(81, 91.5);
        log.OnEvent(new PhaseStarted(Run, Start.AddSeconds(95), "verify", 0));
        RunReport.Read(folder).RateLimited.TotalSeconds.ShouldBe(91.5, 0.01, "nothing is told of twice");
    }

    [Fact]
    public void A_killed_run_tells_its_source_and_its_plan_and_what_to_do()
    {
        string[] runs = [Killed("20261120T100000000Z-" + Run), Killed("20261120T110000000Z-11111111-2222-3333-4444-666666666666")];
        RunReport report = RunReport.Read(runs[1]) with { IsUnderWay = false };
        report.OtherRuns.ShouldHaveSingleItem().Sent.ShouldBe(100);
        string page = ReportPage.Of([report]);
        foreach (string told in (string[])["<title>a.faiss → k9</title>", "/data/a.faiss", "IDMap(Flat), 16 components, L2", "Euclid", "20,000 vectors",
            "batches of 100, 1 in parallel", "/l/k9.a.journal", "Qdrant 1.16.3, by gRPC", "Run the same command again. It resumes from its journal.",
            "The journal records which points this migration wrote."])
        {
            page.ShouldContain(told);
        }

        page.ShouldNotContain("still under way", Case.Sensitive, "the verdict says that it was killed");
        page.ShouldNotContain("vectors →");
        ReportPage.Of([report with { IsUnderWay = true }]).ShouldContain("Wait until the run has ended.");
        ReportPage.Of([report with { IsUnderWay = null }]).ShouldContain("Check whether the run is still under way. If it is not, run the same command again.");
    }

    [Theory]
    [InlineData(400)]
    [InlineData(15_000)]
    [InlineData(100_000)]
    public void Labels_of_an_axis_end_within_the_drawing(int seconds)
    {
        using (RunLog log = new(folder, TimeSpan.FromSeconds(5)))
        {
            log.OnEvent(Batch(1, BatchStatus.Completed, Start));
            log.OnEvent(Batch(2, BatchStatus.Completed, Start.AddSeconds(seconds - 1)));
        }

        MatchCollection labels = Regex.Matches(
            ReportPage.Of([RunReport.Read(folder)]), "<text x=\"([0-9.]+)\" y=\"[0-9.]+\" text-anchor=\"(middle|end)\">([^<]+)<");
        labels.Count.ShouldBeGreaterThan(20);
        foreach (Match label in labels)
        {
            double x = double.Parse(label.Groups[1].Value, CultureInfo.InvariantCulture);
            (x + (label.Groups[2].Value == "end" ? 0 : label.Groups[3].Length * 3.5)).ShouldBeLessThanOrEqualTo(760, label.Value);
        }
    }

    [Fact]
    public void Warnings_of_what_works_beside_a_run_are_in_its_log_and_result()
    {
        MigrationResult result = new()
        {
            RunId = Run,
            Status = MigrationStatus.Completed,
            Path = "a.faiss",
            Endpoint = "e",
            Collection = "c",
            Warnings = ["own"],
        };
        using RunLog log = new(folder, TimeSpan.FromSeconds(5));
        log.Note("no telemetry");
        Directory.EnumerateDirectories(Path.Combine(folder, "runs")).ShouldBeEmpty("a warning does not begin a run");
        log.OnEvent(Batch(1, BatchStatus.Completed, Start));
        log.OnEvent(new RunEnded(Run, Start.AddSeconds(5), result));
        log.Note("the script failed");
        log.Note("the script failed");
        log.WithLosses(result).Warnings.ShouldBe(["own", "no telemetry", "the script failed"]);
        var report = RunReport.Read(folder);
        report.Warnings.ShouldBe(["no telemetry", "the script failed", "own"], ignoreOrder: true);
        report.Summary.ShouldNotBeNull().Warnings.ShouldBe(["own", "no telemetry"]);
        log.Dispose();
        log.Note("too late");
        log.WithLosses(result).Warnings.ShouldContain("too late");
    }

    [Fact]
    public void A_run_that_was_killed_has_a_report_that_says_so()
    {
        string path;
        using (RunLog log = new(folder, TimeSpan.FromSeconds(5)))
        {
            log.OnEvent(Batch(1, BatchStatus.Completed, Start));
            path = Path.Combine(log.RunDirectory!, RunFolder.LogName);
            log.OnEvent(Batch(2, BatchStatus.Completed, Start.AddSeconds(2)));
        }

        File.AppendAllText(path, "{\"at\":\"2026-11-2");
        var report = RunReport.Read(path);
        report.TornLines.ShouldBe(1);
        report.Summary.ShouldBeNull();
        string page = ReportPage.Of([report]);
        page.ShouldContain("The log has no end of this run: it is under way, or it was killed. 20 vectors were acknowledged");
        page.ShouldContain("run the same command again");
    }

    [Theory]
    [InlineData(MigrationStatus.Completed, VerificationMode.Full, true, "good")]
    [InlineData(MigrationStatus.Completed, VerificationMode.Count, true, "notice")]
    [InlineData(MigrationStatus.Completed, VerificationMode.None, false, "notice")]
    [InlineData(MigrationStatus.Completed, VerificationMode.Full, false, "bad")]
    [InlineData(MigrationStatus.Incomplete, VerificationMode.Full, false, "bad")]
    [InlineData(MigrationStatus.Interrupted, VerificationMode.None, false, "notice")]
    [InlineData(MigrationStatus.Refused, VerificationMode.None, false, "bad")]
    [InlineData(MigrationStatus.Failed, VerificationMode.None, false, "bad")]
    public void Only_what_was_read_back_whole_is_good(MigrationStatus status, VerificationMode mode, bool passed, string style) =>
        Verdict.Of(new RunReport
        {
            RunId = Run,
            LogPath = "migration.log",
            StartedAt = Start,
            EndedAt = Start,
            Summary = new RunSummary
            {
                Format = RunSummary.FormatName,
                Status = status,
                Counts = new MigrationCounts { Source = 10, Sent = 10 },
                Verification = new RunSummaryProof { Mode = mode, Passed = passed, Expected = 10, Compared = 10 },
            },
        }).Style.ShouldBe(style);

    [Fact]
    public void A_run_of_days_is_held_in_few_stretches_and_loses_nothing()
    {
        ReportTimeline timeline = new(Start.UtcDateTime);
        for (int second = 0; second < 100_000; second++)
        {
            timeline.At(Start.UtcDateTime.AddSeconds(second)).Vectors += 3;
        }

        timeline.Pause(Start.UtcDateTime.AddSeconds(500), TimeSpan.FromSeconds(1_000));
        timeline.Slices.Count.ShouldBeLessThanOrEqualTo(ReportTimeline.Most);
        timeline.Slices.Sum(static slice => slice.Vectors).ShouldBe(300_000);
        timeline.Slices.Sum(static slice => slice.Paused.TotalSeconds).ShouldBe(1_000, 0.001);
        (timeline.Slices.Count * timeline.Width.TotalSeconds).ShouldBeGreaterThanOrEqualTo(100_000);
    }

    [Fact]
    public void Another_file_is_not_replaced()
    {
        using (RunLog log = new(folder, TimeSpan.FromSeconds(5)))
        {
            log.OnEvent(Batch(1, BatchStatus.Completed, Start));
        }

        RunReport[] reports = [RunReport.Read(folder)];
        string notes = Path.Combine(folder, "notes.html");
        File.WriteAllText(notes, "<html>mine</html>");
        Should.Throw<MigrationException>(() => ReportFile.Write(reports, notes)).ErrorId.ShouldBe("ReportUnwritable");
        File.ReadAllText(notes).ShouldBe("<html>mine</html>");
        string own = Path.Combine(folder, "own.html");
        ReportFile.Write(reports, own);
        ReportFile.Write(reports, own);
        Should.Throw<MigrationException>(() => ReportFile.Write(reports, Path.Combine(folder, "none", "a.html"))).ErrorId.ShouldBe("ReportUnwritable");
        Should.Throw<MigrationException>(() => RunReport.Read(Path.Combine(folder, "none"))).ErrorId.ShouldBe("RunNotFound");
        Should.Throw<MigrationException>(() => RunReport.Read(notes)).ErrorId.ShouldBe("NotARun");
    }

    [Fact]
    public void A_command_is_kept_without_secrets()
    {
        CommandText.OfCommandLine(["migrate", "my index.faiss", "--url", "https://user:word@host:6334", "--limit", "5"])
            .ShouldBe("vector-migration migrate 'my index.faiss' --url https://***@host:6334 --limit 5");
        CommandText.OfCmdlet("Invoke-VectorMigration",
        [
            ("Path", "a.faiss"), ("ApiKey", "word"), ("PayloadKey", "id"), ("Restart", null), ("BatchDelay", TimeSpan.FromSeconds(1.5)),
            ("PayloadIndex", new[] { "lang:keyword", "year:integer" }), ("Uri", new Uri("http://user:word@host:6334")),
        ]).ShouldBe("Invoke-VectorMigration -Path a.faiss -ApiKey *** -PayloadKey id -Restart -BatchDelay 1.5 -PayloadIndex lang:keyword,year:integer "
            + "-Uri http://***@host:6334");
    }

    /// <summary>The folder of a run that was killed after a hundred vectors.</summary>
    private string Killed(string name)
    {
        string run = Directory.CreateDirectory(Path.Combine(folder, "runs", name)).FullName;
        string id = name[(name.IndexOf('-', StringComparison.Ordinal) + 1)..];
        File.WriteAllText(Path.Combine(run, RunFolder.LogName), $$"""
            {"at":"2026-11-20T10:00:00Z","event":"run-started","run":"{{id}}","index":"/data/a.faiss","kind":"IDMap(Flat)","metric":"L2",
             "fidelity":"Exact","endpoint":"http://h:6334","server":"1.16.3","protocol":"gRPC","collection":"k9","creates":true,"dimension":16,
             "distance":"Euclid","offset":0,"count":20000,"idMapping":"Keep","flow":"batches of 100, 1 in parallel",
             "payload":null,"journal":"/l/k9.a.journal"}
            {"at":"2026-11-20T10:00:01Z","event":"batch","run":"{{id}}","batch":1,"collection":"k9","status":"Completed","first":0,"last":99,
             "count":100,"bytes":7911,"startedAt":"2026-11-20T10:00:00Z","seconds":0.5,"attempts":1,"rateLimited":0,"ids":["0-99"]}

            """.ReplaceLineEndings("\n").Replace("\n ", string.Empty, StringComparison.Ordinal));
        return run;
    }

    private static BatchEnded Batch(long number, BatchStatus status, DateTimeOffset start, string? error = null) => new(Run, start.AddSeconds(1),
        new QdrantBatchResult
        {
            RunId = Run,
            Number = number,
            Collection = error ?? "docs",
            FirstOrdinal = 10 * number,
            LastOrdinal = (10 * number) + 9,
            Count = 10,
            Bytes = 100,
            StartedAt = start,
            Duration = TimeSpan.FromSeconds(1),
            Attempts = 1,
            Status = status,
            Error = error,
            ErrorId = error,
        });
}
