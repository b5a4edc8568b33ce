using System.Text.Json;

namespace VectorMigration.Tests;

public sealed class RunLogTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("runlog").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Every_vector_is_accounted_for()
    {
        var source = new MemorySource(1_000, id: i => i < 500 ? i : 2L * i);
        source.Vector(321)[0] = float.NaN;
        using (var log = new RunLog(folder, TimeSpan.FromSeconds(5)))
        {
            var options = new MigrationOptions { Collection = "c", SkipInvalid = true };
            await new Migration(source, null, new MemoryStore(), new FixedRetryPolicy(), options, log).RunAsync(default);
        }

        RunFolder run = RunFolder.All(folder).ShouldHaveSingleItem();
        JsonElement[] lines = [.. File.ReadLines(run.Log).Select(line => JsonDocument.Parse(line).RootElement)];
        lines[0].GetProperty("event").GetString().ShouldBe("run-started");
        lines[^1].GetProperty("event").GetString().ShouldBe("run-ended");
        lines[^1].GetProperty("exitCode").GetInt32().ShouldBe(4);
        ILookup<(long, long), string> apart = LoggedIds.Read(Path.Combine(run.Path, "ids.log.gz")).ToLookup(ids => (ids.Batch, ids.First), ids => ids.Text);
        IEnumerable<ulong> sent = lines.Where(l => l.GetProperty("event").GetString() == "batch")
            .SelectMany(l => l.TryGetProperty("ids", out JsonElement ranges) ? ranges.EnumerateArray().Select(range => range.GetString()!)
                : apart[(l.GetProperty("batch").GetInt64(), l.GetProperty("first").GetInt64())])
            .SelectMany(IdText.Read).Select(id => id.Number);
        IEnumerable<ulong> left = lines.Where(l => l.GetProperty("event").GetString() == "left-out").Select(l => l.GetProperty("faissId").GetUInt64());
        sent.Concat(left).Order().ShouldBe(Enumerable.Range(0, 1_000).Select(i => i < 500 ? (ulong)i : 2UL * (ulong)i));
        left.ShouldBe([321UL]);
        new FileInfo(Path.Combine(run.Path, "perf_slow.log")).Length.ShouldBe(0);
    }

    [Fact]
    public async Task Slow_batches_are_written_besides()
    {
        using (var log = new RunLog(folder, TimeSpan.Zero))
        {
            await new Migration(new MemorySource(250), null, new MemoryStore(), new FixedRetryPolicy(),
                new MigrationOptions { Collection = "c", Upload = new UploadOptions { BatchSize = 100 } }, log).RunAsync(default);
        }

        File.ReadLines(Path.Combine(RunFolder.All(folder)[0].Path, "perf_slow.log")).Count().ShouldBe(3);
    }

    /// <summary>Lines as earlier versions wrote them, by hand: the records write the same, and read them.</summary>
    [Fact]
    public void Lines_are_what_earlier_versions_wrote_and_theirs_are_read()
    {
        Guid run = Guid.Parse("11111111-2222-3333-4444-555555555555");
        string[] old =
        [
            """{"at":"2026-11-20T10:00:00Z","event":"run-started","run":"11111111-2222-3333-4444-555555555555","index":"a.faiss","kin"""
                + """d":"IDMap(Flat)","metric":"L2","fidelity":"Exact","endpoint":"http://127.0.0.1:6334","server":"1.16.3","collectio"""
                + """n":"c","creates":true,"dimension":4,"distance":"Euclid","offset":0,"count":6,"idMapping":"Keep","flow":"adaptive","paylo"""
                + """ad":null}""",
            """{"at":"2026-11-20T10:00:01.25Z","event":"batch","run":"11111111-2222-3333-4444-555555555555","batch":1,"collectio"""
                + """n":"c","status":"Completed","first":0,"last":3,"count":4,"bytes":96,"startedAt":"2026-11-20T10:00:01Z","seconds":0.25,"a"""
                + """ttempts":2,"rateLimited":1,"ids":["0-2","7"]}""",
            """{"at":"2026-11-20T10:00:02Z","event":"batch","run":"11111111-2222-3333-4444-555555555555","batch":2,"collection":"c","st"""
                + """atus":"Failed","first":4,"last":5,"count":2,"bytes":48,"startedAt":"2026-11-20T10:00:01Z","seconds":1,"attempts":1,"rate"""
                + """Limited":0,"ids":["8-9"],"errorId":"PointRefused","error":"no"}""",
        ];
        string path = Path.Combine(folder, "migration.log");
        File.WriteAllLines(path, old);
        MigrationPerf perf = RunRecord.Read(path).Perf;
        perf.Batches.ShouldBe(2);
        perf.Vectors.ShouldBe(4);
        perf.FailedVectors.ShouldBe(2);
        perf.Bytes.ShouldBe(96);

        BatchLogRecord[] read = [.. old[1..].Select(line => JsonSerializer.Deserialize(line, LogJson.Default.BatchLogRecord)!)];
        read.Select(record => JsonSerializer.Serialize(record, LogJson.Default.BatchLogRecord)).ShouldBe(old[1..]);
        PlanLogRecord plan = JsonSerializer.Deserialize(old[0], LogJson.Default.PlanLogRecord).ShouldNotBeNull();
        JsonSerializer.Serialize(plan, LogJson.Default.PlanLogRecord).ShouldBe(old[0]);
        read[0].ToResult().Attempts.ShouldBe(2);
        read[1].ToResult().ErrorId.ShouldBe("PointRefused");
        read[0].Run.ShouldBe(run);
    }

    [Fact]
    public void A_folder_that_cannot_be_made_is_said()
    {
        string file = Path.Combine(folder, "file");
        File.WriteAllText(file, string.Empty);
        MigrationException e = Should.Throw<MigrationException>(() => new RunLog(Path.Combine(file, "logs"), TimeSpan.FromSeconds(5)));
        e.ErrorId.ShouldBe("LogUnwritable");
    }
}
