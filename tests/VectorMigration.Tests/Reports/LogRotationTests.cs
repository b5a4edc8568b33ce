using System.Text.Json;

namespace VectorMigration.Tests;

/// <summary>Which logs are removed, and which never are.</summary>
public sealed class LogRotationTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 11, 27, 10, 0, 0, TimeSpan.Zero);
    private readonly string folder = Directory.CreateTempSubdirectory("rotation").FullName;
    private readonly FolderLog shared;

    public LogRotationTests() => shared = new FolderLog(folder);

    private string Journal => Path.Combine(folder, "c.journal");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Old_runs_are_removed_and_young_ones_stay()
    {
        RunFolder old = Make(91, MigrationStatus.Completed);
        RunFolder young = Make(89, MigrationStatus.Completed);
        Apply(new LogRetention());
        Left().ShouldBe([young.Path]);
        Apply(new LogRetention { Age = null });
        Left().ShouldBe([young.Path]);
        old.Path.ShouldNotBe(young.Path);
    }

    [Fact]
    public void The_oldest_are_removed_until_the_rest_takes_what_it_may()
    {
        RunFolder[] runs = [.. Enumerable.Range(1, 5).Select(days => Make(days, MigrationStatus.Completed, bytes: 10_000))];
        Apply(new LogRetention { Age = null, Bytes = 25_000 });
        Left().ShouldBe([runs[1].Path, runs[0].Path]);
    }

    [Theory]
    [InlineData(MigrationStatus.Interrupted)]
    [InlineData(MigrationStatus.Incomplete)]
    [InlineData(null)]
    public void A_run_that_can_be_resumed_keeps_its_logs(MigrationStatus? status)
    {
        File.WriteAllText(Journal, "journal");
        RunFolder open = Make(400, status, Journal, bytes: 10_000);
        Apply(new LogRetention { Bytes = 1 });
        Left().ShouldBe([open.Path]);

        // Its journal lies on a disk that is not mounted at present.
        RunFolder away = Make(401, status, Path.Combine(folder, "away", "c.journal"));
        Apply(new LogRetention { Bytes = 1 });
        Left().ShouldBe([away.Path, open.Path]);
    }

    [Fact]
    public void A_run_that_a_later_one_has_completed_or_whose_journal_is_gone_can_not_be_resumed()
    {
        File.WriteAllText(Journal, "journal");
        Make(400, MigrationStatus.Interrupted, Journal);
        Make(390, MigrationStatus.Interrupted, Path.Combine(folder, "gone.journal"));
        RunFolder last = Make(1, MigrationStatus.Completed, Journal);
        Apply(new LogRetention());
        Left().ShouldBe([last.Path]);
    }

    [Fact]
    public void A_run_that_is_under_way_keeps_its_logs()
    {
        RunFolder old = Make(400, null);
        using (var open = new LineFile(Path.Combine(old.Path, RunFolder.SlowName)))
        {
            Apply(new LogRetention());
            Left().ShouldBe([old.Path]);
        }

        Apply(new LogRetention());
        Left().ShouldBeEmpty();
    }

    [Theory]
    [InlineData("Completed", false)]
    [InlineData("Interrupted", true)]
    [InlineData(null, true)]
    public void A_log_that_was_put_aside_stays_while_a_run_of_an_earlier_version_in_it_is_open(string? status, bool stays)
    {
        string path = Path.Combine(folder, "migration-20200101T000000000Z.log");
        Guid run = Guid.NewGuid();
        string end = status is null ? "" : $"{{\"event\":\"run-ended\",\"run\":\"{run}\",\"status\":\"{status}\"}}\n";
        File.WriteAllText(path, $"{{\"event\":\"run-started\",\"run\":\"{run}\"}}\n{{\"event\":\"batch\",\"run\":\"{run}\"}}\n{end}");
        File.SetLastWriteTimeUtc(path, Now.UtcDateTime.AddDays(-100));
        Apply(new LogRetention());
        File.Exists(path).ShouldBe(stays);
    }

    [Fact]
    public void What_is_no_folder_of_a_run_is_left_alone()
    {
        string other = Directory.CreateDirectory(Path.Combine(folder, "runs", "20200101T000000Z-mine")).FullName;
        string old = Path.Combine(folder, "runs", $"20200101T000000Z-{Guid.NewGuid()}.json");
        File.WriteAllText(old, "{}");
        Apply(new LogRetention { Bytes = 0 });
        Directory.Exists(other).ShouldBeTrue();
        File.Exists(old).ShouldBeTrue();
    }

    [Fact]
    public async Task A_run_applies_it_when_it_begins()
    {
        Make(400, MigrationStatus.Completed);
        using var store = new MemoryStore();
        using (var log = new RunLog(folder, TimeSpan.FromSeconds(5)))
        {
            await new Migration(new MemorySource(10), null, store, new FixedRetryPolicy(), new MigrationOptions { Collection = "c" }, log).RunAsync(default);
        }

        Left().ShouldHaveSingleItem();
        (LogRetention.Of(null, null), LogRetention.Of(0, 0)).ShouldBe((new LogRetention(), new LogRetention { Age = null, Bytes = null }));
    }

    [Fact]
    public void What_somebody_else_has_put_into_the_folder_of_a_run_stays()
    {
        RunFolder old = Make(400, MigrationStatus.Completed);
        RunFolder empty = Make(401, MigrationStatus.Completed);
        string notes = Path.Combine(old.Path, "notes.txt");
        File.WriteAllText(notes, "mine");
        File.WriteAllText(Path.Combine(old.Path, ProgressTeller.HeartbeatName), "{}");
        Directory.CreateDirectory(Path.Combine(old.Path, "own"));
        Apply(new LogRetention());
        Directory.EnumerateFileSystemEntries(old.Path).Order().ShouldBe([notes, Path.Combine(old.Path, "own")]);
        Directory.Exists(empty.Path).ShouldBeFalse();

        // Neither are they counted as logs.
        File.WriteAllText(notes, new string(' ', 50_000));
        RunFolder young = Make(1, MigrationStatus.Completed);
        Apply(new LogRetention { Age = null, Bytes = 40_000 });
        File.Exists(young.Log).ShouldBeTrue();
    }

    private RunFolder Make(int daysAgo, MigrationStatus? status, string? journal = null, int bytes = 0)
    {
        RunFolder run = RunFolder.Of(folder, Now.AddDays(-daysAgo), Guid.NewGuid());
        Directory.CreateDirectory(run.Path);
        string told = journal is null ? "" : $",\"journal\":{JsonSerializer.Serialize(journal)}";
        File.WriteAllText(run.Log, $"{{\"event\":\"run-started\",\"run\":\"{run.RunId}\"{told}}}\n{new string(' ', bytes)}");
        if (status is MigrationStatus ended)
        {
            RunSummaries.Write(run, new RunSummary { Format = RunSummary.FormatName, RunId = run.RunId, Status = ended, Journal = journal });
        }

        return run;
    }

    private void Apply(LogRetention retention) => new LogRotation(folder, shared).Apply(retention, RunFolder.Of(folder, Now, Guid.NewGuid()), Now);

    private string[] Left() => [.. RunFolder.All(folder).Select(static run => run.Path)];
}
