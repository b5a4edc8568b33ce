using System.Text.Json;

namespace VectorMigration.Tests;

/// <summary>What a run leaves behind, read back.</summary>
public sealed class RunHistoryTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("history").FullName;
    private readonly MemoryStore store = new();

    public void Dispose()
    {
        store.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_run_leaves_a_summary_that_reads_back_as_it_was()
    {
        MigrationResult result = await RunAsync(new MigrationOptions { Collection = "c" }, 250);
        string file = Summaries().ShouldHaveSingleItem();
        Path.GetFileName(Path.GetDirectoryName(file)!).ShouldMatch($@"^\d{{8}}T\d{{9}}Z-{result.RunId}$");
        RunSummary summary = RunSummaries.Read(file);
        summary.RunId.ShouldBe(result.RunId);
        summary.Status.ShouldBe(MigrationStatus.Completed);
        summary.Counts.ShouldBe(result.Counts);
        summary.Perf.ShouldBe(result.Perf);
        summary.Plan.ShouldNotBeNull().Count.ShouldBe(250);
        summary.Plan!.Flow.ShouldBe(result.Plan!.Flow);
        summary.Verification.ShouldNotBeNull().Compared.ShouldBe(250);
        summary.Version.ShouldNotBeEmpty();
    }

    [Fact]
    public async Task A_refused_run_is_kept_with_its_reason()
    {
        MigrationResult result = await RunAsync(new MigrationOptions { Collection = "c", Offset = 999 }, 10);
        RunSummary summary = RunSummaries.Latest(folder).ShouldHaveSingleItem();
        summary.ExitCode.ShouldBe(2);
        (summary.ErrorId, summary.ErrorKind).ShouldBe((result.Error!.ErrorId, result.Error.Kind));
        Should.Throw<MigrationException>(() => RunRecord.Read(Summaries()[0])).ErrorId.ShouldBe("NothingSent");
    }

    /// <summary>The stub answers as the table of answers does for a full disk: the kind is the same wherever the error is told.</summary>
    [Fact]
    public async Task A_full_disk_in_the_midst_of_a_run_is_a_lack_of_resources_everywhere()
    {
        int calls = 0;
        store.Answer = _ => ++calls <= 2 ? WriteAnswer.Ok(1) : WriteAnswer.Stop(
            ErrorIds.DiskFull, ErrorKind.ResourceUnavailable, "No space left on device", resumable: true, "Make room.");
        MigrationResult result = await RunAsync(new MigrationOptions { Collection = "c", Upload = new UploadOptions { BatchSize = 50, ThrottleLimit = 1 } },
            300);
        result.Status.ShouldBe(MigrationStatus.Interrupted);
        (result.Error!.ErrorId, result.Error.Kind).ShouldBe(("DiskFull", ErrorKind.ResourceUnavailable));
        RunSummaries.Latest(folder).ShouldHaveSingleItem().ErrorKind.ShouldBe(ErrorKind.ResourceUnavailable);
        (await File.ReadAllTextAsync(Summaries()[0])).ShouldContain("\"errorKind\": \"ResourceUnavailable\"");
        string[] told = [.. File.ReadLines(RunFolder.All(folder)[0].Log)
            .Where(static line => line.Contains("\"errorId\":\"DiskFull\"", StringComparison.Ordinal)
            && !line.Contains("\"attempt\"", StringComparison.Ordinal))];
        told.Length.ShouldBe(2, "the batch and the run");
        told.ShouldAllBe(static line => line.Contains("\"errorKind\":\"ResourceUnavailable\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_summary_from_before_kinds_were_told_is_read()
    {
        await RunAsync(new MigrationOptions { Collection = "c", Offset = 999 }, 10);
        string path = Summaries()[0];
        string text = await File.ReadAllTextAsync(path);
        string before = string.Join('\n', text.Split('\n').Where(static line => !line.Contains("errorKind", StringComparison.Ordinal)));
        before.ShouldNotBe(text);
        await File.WriteAllTextAsync(path, before);
        RunSummary summary = RunSummaries.Latest(folder).ShouldHaveSingleItem();
        (summary.ErrorId, summary.ErrorKind).ShouldBe(("OffsetBeyondEnd", null));
    }

    [Fact]
    public async Task Log_and_summary_tell_the_same_figures()
    {
        store.Answer = batch => batch.FirstOrdinal == 100 ? WriteAnswer.Reject("BadVector", ErrorKind.InvalidData, null, "no", "mend it")
            : WriteAnswer.Ok(1_000);
        MigrationResult result = await RunAsync(new MigrationOptions
        {
            Collection = "c",
            Verification = VerificationMode.None,
            Upload = new UploadOptions { BatchSize = 50, ThrottleLimit = 2 }
        }, 300);
        MigrationPerf log = RunRecord.Read(folder).Perf;
        MigrationPerf kept = RunRecord.Read(Summaries()[0]).Perf;
        kept.ShouldBe(result.Perf);
        log.ShouldBe(kept);
        log.FailedVectors.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task The_last_run_of_a_log_is_taken_or_the_one_that_is_asked_for()
    {
        MigrationResult first = await RunAsync(new MigrationOptions { Collection = "c" }, 120);
        MigrationResult second = await RunAsync(new MigrationOptions { Collection = "c" }, 340);
        RunRecord.Read(folder).RunId.ShouldBe(second.RunId);
        RunRecord.Read(folder).Perf.Vectors.ShouldBe(340);
        RunRecord.Read(Path.Combine(folder, "migration.log"), first.RunId).Perf.Vectors.ShouldBe(120);
        Should.Throw<MigrationException>(() => RunRecord.Read(folder, Guid.NewGuid())).ErrorId.ShouldBe("RunNotFound");
    }

    [Fact]
    public async Task Torn_lines_are_skipped_and_counted()
    {
        await RunAsync(new MigrationOptions { Collection = "c" }, 120);
        string log = RunFolder.All(folder)[0].Log;
        await File.AppendAllTextAsync(log, "{\"at\":\"2026-01-01T00:00:00Z\",\"event\":\"ba");
        (RunRecord.Read(log).Perf.Vectors, RunRecord.Read(log).TornLines).ShouldBe((120, 1));
        await File.AppendAllTextAsync(log, "\n{\"event\":\"batch\"}\nrubbish\n");
        RunRecord read = RunRecord.Read(folder);
        (read.Perf.Vectors, read.TornLines).ShouldBe((120, 3));
        HistoryErrors.TornWarning(read).ShouldContain("3 damaged lines");
    }

    /// <summary>As .NET's FileMode.Append left it, where four runs of an earlier version shared a folder: pieces over each other.</summary>
    [Fact]
    public async Task A_log_that_runs_of_earlier_versions_wrote_over_each_other_is_read()
    {
        Guid run = Guid.NewGuid();
        string whole = Old(run, 1, 0, 40) + Old(run, 2, 40, 60);
        string log = Path.Combine(folder, "migration.log");
        await File.WriteAllTextAsync(log, whole[60..150] + "\n" + whole + whole[..90] + Old(Guid.NewGuid(), 1, 0, 7)[30..] + Old(run, 3, 100, 20));
        foreach (string path in (string[])[log, folder])
        {
            RunRecord read = RunRecord.Read(path);
            (read.RunId, read.Perf.Vectors, read.TornLines).ShouldBe((run, 120, 2));
        }
    }

    [Fact]
    public async Task A_folder_a_run_and_a_log_tell_the_same_run()
    {
        MigrationResult first = await RunAsync(new MigrationOptions { Collection = "c" }, 120);
        MigrationResult second = await RunAsync(new MigrationOptions { Collection = "c" }, 340);
        RunFolder run = RunFolder.All(folder).Single(one => one.RunId == first.RunId);
        foreach (string path in (string[])[run.Path, run.Path + Path.DirectorySeparatorChar, run.Log, run.Summary])
        {
            RunRecord.Read(path).ShouldBe(RunRecord.Read(path) with { RunId = first.RunId });
            RunRecord.Read(path).Perf.Vectors.ShouldBe(120, path);
        }

        // The log of the folder is put aside, or its lines are lost: the folders of runs tell the rest.
        File.Delete(Path.Combine(folder, "migration.log"));
        RunRecord.Read(Path.Combine(folder, "runs"), second.RunId).Perf.Vectors.ShouldBe(340);
        RunRecord.Read(folder, first.RunId).Perf.Vectors.ShouldBe(120);
        Should.Throw<MigrationException>(() => RunRecord.Read(folder, Guid.NewGuid())).ErrorId.ShouldBe("RunNotFound");
    }

    /// <summary>A summary as earlier versions left it, beside those of others.</summary>
    [Fact]
    public async Task Summaries_of_earlier_versions_are_read_beside_those_of_today()
    {
        MigrationResult result = await RunAsync(new MigrationOptions { Collection = "c" }, 120);
        string old = Path.Combine(folder, "runs", $"20200101T000000Z-{Guid.NewGuid()}.json");
        await File.WriteAllTextAsync(old, (await File.ReadAllTextAsync(Summaries()[0])).Replace("\"c\"", "\"old\"", StringComparison.Ordinal));
        RunSummaries.Latest(folder).Select(static run => run.Collection).ShouldBe(["c", "old"]);
        RunRecord.Read(old).Perf.ShouldBe(result.Perf);
    }

    [Theory]
    [InlineData("", "NothingSent")]
    [InlineData("IxFI\0\0\0\0", "NotARun")]
    [InlineData("{}", "NotARun")]
    [InlineData("[]", "NotARun")]
    [InlineData("null", "NotARun")]
    [InlineData("{\"word\":\"the\"}\n{\"word\":\"of\"}\n", "NotARun")]
    [InlineData("{\"format\":\"vector-migration-run/2\"}", "NotARun")]
    [InlineData("{\"format\":\"vector-migration-run/1\",\"duration\":1e300}", "NotARun")]
    [InlineData("{\"format\":\"vector-migration-run/1\",\"status\":\"Sideways\"}", "NotARun")]
    [InlineData("{\"format\":\"vector-migration-run/1\"}", "NothingSent")]
    [InlineData("{\"event\":\"batch\"}\n", "DamagedLog")]
    [InlineData("{\"event\":\"run-started\"}\n", "NothingSent")]
    [InlineData("{\"event\":\"batch\",\"run\":\"11111111-1111-1111-1111-111111111111\",\"status\":\"Completed\",\"seconds\":-1,\"count\":1,\"bytes\":1}\n",
        "DamagedLog")]
    public async Task What_is_no_run_is_said_so(string content, string errorId)
    {
        string file = Path.Combine(folder, "file");
        await File.WriteAllTextAsync(file, content);
        MigrationException e = Should.Throw<MigrationException>(() => RunRecord.Read(file));
        e.ErrorId.ShouldBe(errorId);
        e.Message.ShouldContain(file);
        Should.Throw<MigrationException>(() => RunRecord.Read(Path.Combine(folder, "nowhere"))).ErrorId.ShouldBe("RunNotFound");
    }

    [Fact]
    public void Long_lines_are_read_whole()
    {
        using var stream = new MemoryStream([.. Enumerable.Repeat((byte)'a', 200_000), (byte)'\n', (byte)'b', (byte)'\n', (byte)'c']);
        var lines = new LogLines(stream);
        lines.TryRead(out ReadOnlyMemory<byte> line).ShouldBeTrue();
        line.Length.ShouldBe(200_000);
        lines.TryRead(out line).ShouldBeTrue();
        line.ToArray().ShouldBe("b"u8.ToArray());
        lines.TryRead(out _).ShouldBeFalse();
        (lines.Number, lines.Torn).ShouldBe((2, 1));
    }

    [Fact]
    public void Comparisons_are_those_that_operators_wrote()
    {
        var baseline = new MigrationPerf
        {
            Vectors = 200,
            Duration = TimeSpan.FromSeconds(50),
            SecondsPerVector = 0.25,
            VectorsPerSecond = 4,
            SuccessRate = 100
        };
        var current = new MigrationPerf
        {
            Vectors = 1_000,
            Duration = TimeSpan.FromSeconds(200),
            SecondsPerVector = 0.2,
            VectorsPerSecond = 5,
            SuccessRate = 99.5
        };
        var comparison = new MigrationPerfComparison(baseline, current);
        comparison.VectorsRatio.ShouldBe(5);
        comparison.DurationRatio.ShouldBe(4);
        comparison.ChangePercent.ShouldNotBeNull().ShouldBe(-20, 1e-9);
        comparison.SpeedRatio.ShouldBe(1.25);
        (comparison.DurationChange, comparison.SpeedChange).ShouldBe(("4 times as long", "25 % faster"));
        comparison.ToString().ShouldContain("in 200.00 s (4 times as long)");
        MigrationPerfComparison back = new(current, baseline);
        (back.DurationChange, back.SpeedChange).ShouldBe(("75 % shorter", "20 % slower"));
        new MigrationPerfComparison(baseline, baseline).DurationChange.ShouldBe("the same");
        comparison.Change.ShouldBe("-20 %, faster");
        comparison.CurrentSuccessRate.ShouldBe(99.5);
        new MigrationPerfComparison(current, baseline).Change.ShouldBe("+25 %, slower");
        new MigrationPerfComparison(baseline, baseline).Change.ShouldBe("0 %, the same");
        new MigrationPerfComparison(baseline, baseline with { SecondsPerVector = 0.00005 }).Change.ShouldBe("-99.98 %, faster");
        var nothing = new MigrationPerfComparison(new MigrationPerf(), current);
        nothing.VectorsRatio.ShouldBeNull();
        nothing.ChangePercent.ShouldBeNull();
        nothing.DurationChange.ShouldBeNull();
        nothing.Change.ShouldBe("unknown");
    }

    [Fact]
    public async Task What_two_runs_sent_differently_is_noted()
    {
        MigrationResult first = await RunAsync(new MigrationOptions { Collection = "c" }, 120);
        MigrationResult second = await RunAsync(new MigrationOptions { Collection = "c" }, 340);
        RunSubject known = RunSubject.Of(RunSummaries.Read(Summaries()[0])).ShouldNotBeNull();
        RunRecord.Read(folder, first.RunId).Subject.ShouldBe(known);
        RunRecord.Read(RunFolder.All(folder)[1].Log).Subject.ShouldNotBeNull().Dimension.ShouldBe(second.Plan!.Index.Dimension);
        RunRecord.Read(Summaries()[0]).Subject.ShouldBe(known);
        RunSubject.Of(first).ShouldBe(known);

        RunSubject.Differences(known, known).ShouldBeEmpty();
        RunSubject.Differences(known, null).ShouldBeEmpty();
        RunSubject.Differences(known, known with { Fingerprint = "other" }).ShouldHaveSingleItem().ShouldContain("changed between the runs");
        string[] notes = [.. RunSubject.Differences(known with { Dimension = 768 },
            known with { Dimension = 1_536, Kind = "IndexIVFFlat", Source = "/other.faiss", HasPayload = true })];
        notes.Length.ShouldBe(4);
        notes[0].ShouldContain("768 → 1,536");
        notes[1].ShouldContain($"{known.Kind} → IndexIVFFlat");
        notes[2].ShouldContain("→ /other.faiss");
        notes[3].ShouldBe("Only the run sent payloads.");
    }

    [Fact]
    public async Task Summaries_hold_one_object_with_seconds_and_words()
    {
        await RunAsync(new MigrationOptions { Collection = "wörter" }, 10);
        string text = await File.ReadAllTextAsync(Summaries()[0]);
        text.ShouldContain("wörter");
        JsonElement json = JsonDocument.Parse(text).RootElement;
        json.GetProperty("format").GetString().ShouldBe(RunSummary.FormatName);
        json.GetProperty("status").GetString().ShouldBe("Completed");
        json.GetProperty("perf").GetProperty("duration").ValueKind.ShouldBe(JsonValueKind.Number);
        text.Length.ShouldBeLessThan(4_096);
    }

    private static string Old(Guid run, int batch, int first, int count)
    {
        FormattableString begin = $"\"event\":\"batch\",\"run\":\"{run}\",\"batch\":{batch},\"collection\":\"c\",\"status\":\"Completed\",\"first\":{first},";
        FormattableString size = $"\"last\":{first + count - 1},\"count\":{count},\"bytes\":96,\"startedAt\":\"2026-11-20T10:00:01Z\",\"seconds\":0.25,";
        return "{\"at\":\"2026-11-20T10:00:01Z\"," + FormattableString.Invariant(begin) + FormattableString.Invariant(size)
            + "\"attempts\":1,\"rateLimited\":0,\"ids\":[]}\n";
    }

    private string[] Summaries() => Directory.GetFiles(Path.Combine(folder, "runs"), "summary.json", SearchOption.AllDirectories);

    private async Task<MigrationResult> RunAsync(MigrationOptions options, int count)
    {
        using var log = new RunLog(folder, TimeSpan.FromSeconds(5));
        MigrationOptions again = options with { OnExisting = ExistingPoints.Overwrite };
        return await new Migration(new MemorySource(count), null, store, new FixedRetryPolicy(), again, log).RunAsync(default);
    }
}
