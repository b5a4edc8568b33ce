using System.Text.Json;

namespace VectorMigration.Tests;

/// <summary>Ids in logs: complete, and short.</summary>
public sealed class LoggedIdsTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("loggedids").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("")]
    [InlineData("17")]
    [InlineData("1000 1005 1006 1099")]
    [InlineData("0 1 2 3 4 5 6 7 8 9 10")]
    [InlineData("9 8 7 7 7 6")]
    [InlineData("5 18446744073709551615 0 18446744073709551614 18446744073709551615")]
    [InlineData("1 1000001 1000002 2000002 3000003000 3000003001")]
    [InlineData("3f2504e0-4f89-11d3-9a0c-0305e82c3301 4 5 90 3f2504e0-4f89-11d3-9a0c-0305e82c3302")]
    public void Every_id_is_read_back(string text)
    {
        PointId[] ids = [.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(PointId.Parse)];
        IdText.Read(IdText.Of(ids)).ShouldBe(ids);
        IdRanges.Of(ids).SelectMany(IdText.Read).ShouldBe(ids);
    }

    [Fact]
    public void Ids_by_their_distances_are_what_the_documentation_shows() =>
        IdText.Of([.. new ulong[] { 1000, 1005, 1006, 1099 }.Select(PointId.FromNumber)]).ShouldBe("1000+2:050193");

    [Theory]
    [InlineData("1+")]
    [InlineData("1+2:0")]
    [InlineData("1+9:0")]
    [InlineData("x")]
    public void What_is_no_text_of_ids_is_refused(string text) => Should.Throw<FormatException>(() => IdText.Read(text).ToArray());

    /// <summary>The measure that was asked for: random gaps under 100, at most one byte a vector, every id there.</summary>
    [Theory]
    [InlineData(500)]
    [InlineData(2_000)]
    public async Task Random_gaps_under_100_take_at_most_a_byte_a_vector(int batchSize)
    {
        const int count = 100_000;
        var dice = new Random(20261127);
        long[] ids = new long[count];
        for (int i = 1; i < count; i++)
        {
            ids[i] = ids[i - 1] + dice.Next(1, 100);
        }

        RunFolder run = await RunAsync(new MemorySource(count, id: i => ids[i]), batchSize);
        double bytes = (double)new FileInfo(Path.Combine(run.Path, RunFolder.IdsName)).Length / count;
        bytes.ShouldBeLessThanOrEqualTo(batchSize == 500 ? 0.97 : 0.9);
        Logged(run).Order().ShouldBe(ids.Select(static id => PointId.FromNumber((ulong)id)));
    }

    [Fact]
    public async Task Ids_without_gaps_stay_ranges_in_the_line_of_their_batch()
    {
        RunFolder run = await RunAsync(new MemorySource(1_000), 250);
        File.Exists(Path.Combine(run.Path, RunFolder.IdsName)).ShouldBeFalse();
        Logged(run).Count().ShouldBe(1_000);
    }

    /// <summary>A killed run leaves a file that is cut anywhere: what it wrote before the last batch is read.</summary>
    [Fact]
    public void A_file_that_is_cut_is_read_up_to_its_last_whole_batch()
    {
        byte[][] members = [.. Enumerable.Range(0, 3).Select(batch => new LoggedIds(batch, 100 * batch, $"{batch}+2:010203").ToMember())];
        byte[] all = [.. members.SelectMany(static member => member)];
        string path = Path.Combine(folder, "ids");
        for (int length = members[0].Length + members[1].Length; length < all.Length; length++)
        {
            File.WriteAllBytes(path, all[..length]);
            LoggedIds.Read(path).Take(2).Select(static ids => ids.Text).ShouldBe(["0+2:010203", "1+2:010203"]);
        }
    }

    private static IEnumerable<PointId> Logged(RunFolder run)
    {
        string apart = Path.Combine(run.Path, RunFolder.IdsName);
        LoggedIds[] told = File.Exists(apart) ? [.. LoggedIds.Read(apart)] : [];
        foreach (string line in File.ReadLines(run.Log))
        {
            JsonElement json = JsonDocument.Parse(line).RootElement;
            if (json.GetProperty("event").GetString() == "batch")
            {
                (long batch, long first) = (json.GetProperty("batch").GetInt64(), json.GetProperty("first").GetInt64());
                IEnumerable<PointId> ids = json.TryGetProperty("ids", out JsonElement ranges)
                    ? ranges.EnumerateArray().SelectMany(static range => IdText.Read(range.GetString()!))
                    : told.Single(one => one.Batch == batch && one.First == first).ToIds();
                foreach (PointId id in ids)
                {
                    yield return id;
                }
            }
        }
    }

    private async Task<RunFolder> RunAsync(MemorySource source, int batchSize)
    {
        using var store = new MemoryStore();
        using var log = new RunLog(folder, TimeSpan.FromSeconds(5));
        var options = new MigrationOptions { Collection = "c", Verification = VerificationMode.Count, Upload = new UploadOptions { BatchSize = batchSize } };
        (await new Migration(source, null, store, new FixedRetryPolicy(), options, log).RunAsync(default)).Status.ShouldBe(MigrationStatus.Completed);
        return RunFolder.All(folder).ShouldHaveSingleItem();
    }
}
