using System.Text.Json;

namespace VectorMigration.Tests;

public sealed class RunLogTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("runlog").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task EveryVectorIsAccountedFor()
    {
        var source = new MemorySource(1_000, id: i => i < 500 ? i : 2L * i);
        source.Vector(321)[0] = float.NaN;
        using (var log = new RunLog(folder, TimeSpan.FromSeconds(5)))
        {
            var options = new MigrationOptions { Collection = "c", SkipInvalid = true };
            await new Migration(source, null, new MemoryStore(), new FixedRetryPolicy(), options, log).RunAsync(default);
        }

        JsonElement[] lines = [.. File.ReadLines(Path.Combine(folder, "migration.log")).Select(line => JsonDocument.Parse(line).RootElement)];
        lines[0].GetProperty("event").GetString().ShouldBe("run-started");
        lines[^1].GetProperty("event").GetString().ShouldBe("run-ended");
        lines[^1].GetProperty("exitCode").GetInt32().ShouldBe(4);
        IEnumerable<ulong> sent = lines.Where(l => l.GetProperty("event").GetString() == "batch")
            .SelectMany(l => l.GetProperty("ids").EnumerateArray()).SelectMany(range => Expand(range.GetString()!));
        IEnumerable<ulong> left = lines.Where(l => l.GetProperty("event").GetString() == "left-out").Select(l => l.GetProperty("faissId").GetUInt64());
        sent.Concat(left).Order().ShouldBe(Enumerable.Range(0, 1_000).Select(i => i < 500 ? (ulong)i : 2UL * (ulong)i));
        left.ShouldBe([321UL]);
        new FileInfo(Path.Combine(folder, "perf_slow.log")).Length.ShouldBe(0);
    }

    [Fact]
    public async Task SlowBatchesAreWrittenBesides()
    {
        using (var log = new RunLog(folder, TimeSpan.Zero))
        {
            await new Migration(new MemorySource(250), null, new MemoryStore(), new FixedRetryPolicy(), new MigrationOptions { Collection = "c", Upload = new UploadOptions { BatchSize = 100 } }, log).RunAsync(default);
        }

        File.ReadLines(Path.Combine(folder, "perf_slow.log")).Count().ShouldBe(3);
    }

    [Fact]
    public void AFolderThatCannotBeMadeIsSaid()
    {
        string file = Path.Combine(folder, "file");
        File.WriteAllText(file, string.Empty);
        MigrationException e = Should.Throw<MigrationException>(() => new RunLog(Path.Combine(file, "logs"), TimeSpan.FromSeconds(5)));
        e.ErrorId.ShouldBe("LogUnwritable");
    }

    private static IEnumerable<ulong> Expand(string range)
    {
        ulong[] ends = [.. range.Split('-').Select(ulong.Parse)];
        for (ulong id = ends[0]; id <= ends[^1]; id++)
        {
            yield return id;
        }
    }
}
