using System.Text.Json;

namespace VectorMigration.Tests;

/// <summary>Runs that share a log folder, and a log that cannot be written.</summary>
public sealed class SharedLogTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("sharedlog").FullName;
    private readonly MemoryStore store = new();

    public void Dispose()
    {
        store.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Four_runs_at_once_leave_whole_logs()
    {
        MigrationResult[] results = await Task.WhenAll(Enumerable.Range(0, 4).Select(i => Task.Run(() => RunAsync($"c{i}", 1_000 + i))));
        JsonElement[] told = Lines(Path.Combine(folder, "migration.log"));
        told.Length.ShouldBe(8);
        foreach (MigrationResult result in results)
        {
            JsonElement[] own = [.. told.Where(line => line.GetProperty("run").GetGuid() == result.RunId)];
            own.Select(static line => line.GetProperty("event").GetString()).ShouldBe(["run-started", "run-ended"]);
            string log = Path.Combine(folder, own[0].GetProperty("log").GetString()!);
            own[1].GetProperty("log").GetString().ShouldBe(own[0].GetProperty("log").GetString());
            Lines(log).ShouldAllBe(line => line.GetProperty("run").GetGuid() == result.RunId);
            RunRecord read = RunRecord.Read(folder, result.RunId);
            (read.Path, read.Perf.Vectors, read.TornLines).ShouldBe((Path.GetFullPath(log), result.Counts.Sent, 0));
        }
    }

    [Fact]
    public void A_line_of_a_killed_run_stays_a_line_of_its_own()
    {
        var log = new FolderLog(folder);
        File.WriteAllText(log.Path, "{\"at\":\"20");
        log.Append("{}\n"u8, DateTimeOffset.UnixEpoch);
        log.Append("[]\n"u8, DateTimeOffset.UnixEpoch);
        File.ReadAllText(log.Path).ShouldBe("{\"at\":\"20\n{}\n[]\n");
    }

    [Fact]
    public void A_log_that_has_grown_is_put_aside()
    {
        var log = new FolderLog(folder);
        using (FileStream large = File.Create(log.Path))
        {
            large.SetLength(FolderLog.MostBytes + 1);
        }

        log.Append("{}\n"u8, new DateTimeOffset(2026, 11, 27, 8, 0, 0, TimeSpan.Zero));
        File.ReadAllText(log.Path).ShouldBe("{}\n");
        FolderLog.Archives(folder).ShouldBe([Path.Combine(folder, "migration-20261127T080000000Z.log")]);
    }

    /// <summary>The folder of the run is taken away from it: what it writes from then on is lost, and the run goes on.</summary>
    [Fact]
    public async Task Lines_that_cannot_be_written_are_lost_told_once_and_counted()
    {
        var told = new Recorder();
        using var log = new RunLog(folder, TimeSpan.FromSeconds(5)) { Losses = told };

        // A file where the folder of all runs was: no run can have a folder.
        Directory.Delete(Path.Combine(folder, "runs"));
        await File.WriteAllTextAsync(Path.Combine(folder, "runs"), string.Empty);
        var options = new MigrationOptions { Collection = "c", Upload = new UploadOptions { BatchSize = 100 } };
        var migration = new Migration(new MemorySource(1_000), null, store, new FixedRetryPolicy(), options, log);
        MigrationResult result = log.WithLosses(await migration.RunAsync(default));
        result.Status.ShouldBe(MigrationStatus.Completed);
        result.Counts.Sent.ShouldBe(1_000);
        result.LostLogLines.ShouldBeGreaterThan(10);
        string warning = told.Events.ShouldHaveSingleItem().ShouldBeOfType<RunWarning>().Message;
        warning.ShouldContain(Path.Combine(folder, "runs"));
        result.Warnings.ShouldContain(warning);

        // The log of all runs lies elsewhere and tells how many.
        JsonElement end = Lines(Path.Combine(folder, "migration.log"))[^1];
        end.GetProperty("event").GetString().ShouldBe("run-ended");
        end.GetProperty("lostLogLines").GetInt64().ShouldBe(result.LostLogLines);
    }

    private static JsonElement[] Lines(string path) => [.. File.ReadLines(path).Select(static line => JsonDocument.Parse(line).RootElement)];

    private async Task<MigrationResult> RunAsync(string collection, int count)
    {
        using var own = new MemoryStore();
        using var log = new RunLog(folder, TimeSpan.FromSeconds(5));
        var options = new MigrationOptions { Collection = collection, Upload = new UploadOptions { BatchSize = 10 } };
        return await new Migration(new MemorySource(count), null, own, new FixedRetryPolicy(), options, log).RunAsync(default);
    }
}
