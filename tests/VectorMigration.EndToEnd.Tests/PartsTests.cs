using System.Text.Json;
using VectorMigration.TestSupport;

namespace VectorMigration.EndToEnd.Tests;

/// <summary>Many index files that go into one collection as one job.</summary>
[Collection(SharedServer.Name)]
public sealed class PartsTests(QdrantServerFixture fixture) : ServerTests(fixture)
{
    private const int Dimension = 8;
    private const int Count = 100;

    /// <summary>Ten files; their ids and components, in the order of the parts.</summary>
    private (long[] Ids, float[] Components) Write(int parts, bool mapped, int begin = 1)
    {
        List<long> ids = [];
        List<float> components = [];
        for (int n = begin; n < begin + parts; n++)
        {
            float[] own = IndexFiles.Random(Count, Dimension, seed: n);
            long[] given = [.. Enumerable.Range(0, Count).Select(i => mapped ? ((i * 10L) + n) : ((n - 1L) * Count) + i)];
            string path = At($"part-{n}.faiss");
            _ = mapped ? IndexFiles.IdMap(path, Dimension, own, given) : IndexFiles.Flat(path, Dimension, own);
            ids.AddRange(given);
            components.AddRange(own);
        }

        return ([.. ids], [.. components]);
    }

    private Task<ToolResult> RunAsync(params string[] arguments) =>
        Tool.RunAsync(Folder, ["migrate", .. arguments, "--url", Url, "--collection", Collection]);

    private async Task ShouldHoldAsync(long[] ids, float[] components)
    {
        Dictionary<string, WitnessedPoint> points = await Witness.ReadAllAsync(Collection);
        points.Count.ShouldBe(ids.Length);
        for (int i = 0; i < ids.Length; i++)
        {
            points[$"{ids[i]}"].Vector.ShouldBe(components[(i * Dimension)..((i + 1) * Dimension)]);
        }
    }

    [Fact]
    public async Task Ten_parts_with_ids_of_their_own_arrive_as_one_job()
    {
        (long[] ids, float[] components) = Write(10, mapped: true);
        JsonElement result = (await RunAsync("part-*.faiss", "--json")).ShouldSucceed().Json();
        result.GetProperty("status").GetString().ShouldBe("Completed");
        result.GetProperty("counts").GetProperty("source").GetInt64().ShouldBe(1_000);
        result.GetProperty("counts").GetProperty("sent").GetInt64().ShouldBe(1_000);
        JsonElement proof = result.GetProperty("verification");
        proof.GetProperty("passed").GetBoolean().ShouldBeTrue();
        proof.GetProperty("compared").GetInt64().ShouldBe(1_000);
        proof.GetProperty("extra").GetInt64().ShouldBe(0);
        JsonElement[] parts = [.. result.GetProperty("parts").EnumerateArray()];
        parts.Select(static part => Path.GetFileName(part.GetProperty("path").GetString())).ShouldBe(
            Enumerable.Range(1, 10).Select(static n => $"part-{n}.faiss"));
        parts.ShouldAllBe(static part => part.GetProperty("verified").GetBoolean() && part.GetProperty("counts").GetProperty("sent").GetInt64() == Count);
        File.Exists(result.GetProperty("reportPath").GetString()).ShouldBeTrue();
        await ShouldHoldAsync(ids, components);

        JsonElement again = (await RunAsync(Folder, "--json")).ShouldSucceed().Json();
        again.GetProperty("counts").GetProperty("sent").GetInt64().ShouldBe(0);
        again.GetProperty("counts").GetProperty("skipped").GetInt64().ShouldBe(1_000);

        Task<ToolResult> VerifyAll() => Tool.RunAsync(Folder, ["verify", "part-*.faiss", "--url", Url, "--collection", Collection]);
        (await VerifyAll()).ShouldSucceed().Output.ShouldContain("passed: 1,000 vectors read back");
        await Witness.DeleteAsync(Collection, 13UL);
        ToolResult lacking = await VerifyAll();
        lacking.ExitCode.ShouldBe(4);
        lacking.Error.ShouldContain("part 3 of 10: part-3.faiss: not passed: 99 of 100 compared, 1 missing");
    }

    [Fact]
    public async Task Ten_flat_parts_get_positions_by_running_sums_in_natural_order()
    {
        (long[] ids, float[] components) = Write(10, mapped: false);
        string[] shell = [.. Directory.GetFiles(Folder, "part-*.faiss").Order(StringComparer.Ordinal)];
        ToolResult plan = (await RunAsync([.. shell, "--dry-run"])).ShouldSucceed();
        plan.Output.ShouldContain("part-10.faiss: 100 vectors, positions from 900");
        (await Witness.ExistsAsync(Collection)).ShouldBeFalse();
        ToolResult run = (await RunAsync(shell)).ShouldSucceed();
        run.Output.ShouldContain("part-2.faiss");
        await ShouldHoldAsync(ids, components);
    }

    [Fact]
    public async Task One_list_with_the_texts_of_all_parts_is_refused_and_not_left_behind()
    {
        Write(3, mapped: false);
        await File.WriteAllTextAsync(At("texts.json"), JsonSerializer.Serialize(Enumerable.Range(0, 3 * Count).Select(static n => $"text {n}")));
        foreach (string[] more in (string[][])[[], ["--dry-run"]])
        {
            ToolResult refused = await RunAsync([.. more, "part-*.faiss"]);
            refused.ShouldEndWith(2, "texts.json has one entry for each vector of all 3 parts together (300)");
            refused.Error.ShouldContain("in the column payload of a manifest");
        }

        (await Witness.ExistsAsync(Collection)).ShouldBeFalse();
        (await RunAsync("part-*.faiss", "--no-store")).ShouldSucceed();
    }

    [Fact]
    public async Task Overlaps_are_refused_before_the_first_vector()
    {
        Write(2, mapped: true);
        IndexFiles.IdMap(At("part-3.faiss"), Dimension, IndexFiles.Random(3, Dimension, 9), [11, 5_000, 21]);
        ToolResult refused = (await RunAsync("part-*.faiss", "--json")).ShouldEndWith(2, "2 ids are in more than one part", "11 (parts 1 and 3)");
        refused.Json().GetProperty("status").GetString().ShouldBe("Refused");
        (await Witness.ExistsAsync(Collection)).ShouldBeFalse();
    }

    [Fact]
    public async Task A_damaged_part_fails_the_job_or_is_skipped_and_sent_once_it_is_repaired()
    {
        (long[] ids, float[] components) = Write(3, mapped: true);
        byte[] whole = await File.ReadAllBytesAsync(At("part-2.faiss"));
        await File.WriteAllBytesAsync(At("part-2.faiss"), whole[..(whole.Length / 2)]);
        (await RunAsync("part-*.faiss")).ShouldEndWith(2, "part-2.faiss");
        (await Witness.ExistsAsync(Collection)).ShouldBeFalse();
        JsonElement result = (await RunAsync("part-*.faiss", "--on-bad-part", "skip", "--json")).ShouldEndWith(4, "part-2.faiss").Json();
        result.GetProperty("parts")[1].GetProperty("skipped").GetBoolean().ShouldBeTrue();
        result.GetProperty("counts").GetProperty("sent").GetInt64().ShouldBe(200);
        await File.WriteAllBytesAsync(At("part-2.faiss"), whole);
        JsonElement repaired = (await RunAsync("part-*.faiss", "--json")).ShouldSucceed().Json();
        repaired.GetProperty("counts").GetProperty("sent").GetInt64().ShouldBe(100);
        await ShouldHoldAsync(ids, components);
    }

    [Fact]
    public async Task A_killed_job_goes_on_where_it_was_and_sends_nothing_twice()
    {
        (long[] ids, float[] components) = Write(4, mapped: false);
        string[] slow = ["migrate", "part-*.faiss", "--url", Url, "--collection", Collection, "--batch-size", "10", "--batch-delay", "0.2"];
        using (Tool tool = Tool.Start(Folder, null, slow))
        {
            using CancellationTokenSource limit = new(TimeSpan.FromMinutes(1));
            while (!(await Witness.ExistsAsync(Collection) && await Witness.CountAsync(Collection) >= 150))
            {
                tool.HasExited.ShouldBeFalse();
                await Task.Delay(20, limit.Token);
            }

            tool.Signal("KILL");
            await tool.EndAsync();
        }

        long acknowledged = RunLogs.Batches(At("logs")) * 10L;
        JsonElement result = (await RunAsync("part-*.faiss", "--json")).ShouldSucceed().Json();
        JsonElement counts = result.GetProperty("counts");
        long skipped = counts.GetProperty("skipped").GetInt64();
        (skipped + counts.GetProperty("sent").GetInt64() + counts.GetProperty("alreadyThere").GetInt64()).ShouldBe(400);
        skipped.ShouldBeGreaterThanOrEqualTo(Math.Min(acknowledged, 140));
        counts.GetProperty("sent").GetInt64().ShouldBeLessThanOrEqualTo(260);
        await ShouldHoldAsync(ids, components);
    }

    [Fact]
    public async Task Lines_of_progress_and_the_heartbeat_tell_of_the_part_and_of_the_job()
    {
        Write(2, mapped: false);
        ToolResult run = (await RunAsync(
            "part-*.faiss", "--batch-size", "20", "--batch-delay", "0.3", "--progress-interval", "0.1", "--heartbeat", "beat.json")).ShouldSucceed();
        run.Error.ShouldContain("part 1 of 2, sending: ");
        run.Error.ShouldMatch(@"part 2 of 2, sending: \d+ of 100 vectors \(\d+ %\); job: 1\d\d of 200 \(\d\d %\)");
        using JsonDocument beat = JsonDocument.Parse(await File.ReadAllTextAsync(At("beat.json")));
        beat.RootElement.GetProperty("part").GetInt32().ShouldBe(2);
        beat.RootElement.GetProperty("jobDone").GetInt64().ShouldBe(200);
        beat.RootElement.GetProperty("jobTotal").GetInt64().ShouldBe(200);
    }

    [Fact]
    public async Task A_later_run_may_be_longer_and_nothing_else()
    {
        Write(2, mapped: false);
        await File.WriteAllTextAsync(At("two.csv"), "path\npart-1.faiss\npart-2.faiss\n");
        (await RunAsync("--manifest", "two.csv")).ShouldSucceed();
        (long[] ids, float[] components) = Write(3, mapped: false);
        await File.WriteAllTextAsync(At("swapped.csv"), "path\npart-2.faiss\npart-1.faiss\n");
        (await RunAsync("--manifest", "swapped.csv")).ShouldEndWith(2, "is now part 2");
        await File.WriteAllTextAsync(At("one.json"), """[{"path":"part-1.faiss"}]""");
        (await RunAsync("--manifest", "one.json")).ShouldEndWith(2, "is missing");
        JsonElement longer = (await RunAsync("part-1.faiss", "part-2.faiss", "part-3.faiss", "--json")).ShouldSucceed().Json();
        longer.GetProperty("counts").GetProperty("sent").GetInt64().ShouldBe(100);
        await ShouldHoldAsync(ids, components);
    }

    [Fact]
    public async Task What_is_about_one_file_is_refused_for_several()
    {
        Write(2, mapped: true);
        (await RunAsync("part-*.faiss", "--journal", "j")).ShouldEndWith(2, "--journal does not apply to several index files");
        (await RunAsync("part-*.faiss", "--limit", "5")).ShouldEndWith(2, "--limit does not apply");
        (await RunAsync("part-*.faiss", "--payload", "p.jsonl")).ShouldEndWith(2, "--payload does not apply");
        (await RunAsync("part-1.faiss", "--manifest", "m.csv")).ShouldEndWith(2, "Omit <PATH>");
        (await RunAsync("part-1.faiss", "part-2.faiss", "--restrat")).ShouldEndWith(2, "There is no option '--restrat'. Did you mean --restart?");
        (await RunAsync()).ShouldEndWith(2, "The argument <PATH> is missing.");
        (await RunAsync("other-*.faiss")).ShouldEndWith(2, "No file matches 'other-*.faiss'");
    }

    [Fact]
    public async Task Each_part_takes_the_payload_file_that_the_manifest_names()
    {
        Write(3, mapped: false);
        List<string> rows = ["path,payload"];
        for (int n = 1; n <= 3; n++)
        {
            await File.WriteAllLinesAsync(At($"part-{n}.jsonl"), Enumerable.Range((n - 1) * Count, Count).Select(static i => $$"""{"text":"text {{i}}"}"""));
            rows.Add($"part-{n}.faiss,part-{n}.jsonl");
        }

        // Without a manifest they are left there, and the warning says what would take them.
        (await RunAsync("part-*.faiss", "--dry-run")).Error.ShouldContain("name it in the column payload of a manifest");
        await File.WriteAllLinesAsync(At("parts.csv"), rows);
        (await RunAsync("--manifest", "parts.csv", "--on-changed", "sync")).ShouldSucceed();
        Dictionary<string, WitnessedPoint> points = await Witness.ReadAllAsync(Collection);
        for (int i = 0; i < 3 * Count; i++)
        {
            points[$"{i}"].Payload.GetProperty("text").GetString().ShouldBe($"text {i}");
        }

        // Another file of the same length is no payload of this part any more, and only a sync says what differs.
        await File.WriteAllLinesAsync(At("part-2.jsonl"), Enumerable.Range(Count, Count).Select(static i => $$"""{"text":"other {{i}}"}"""));
        ToolResult changed = await RunAsync("--manifest", "parts.csv");
        changed.ExitCode.ShouldBe(1);
        changed.Error.ShouldContain("Part 2 of 3 (part-2.faiss): ");
        ToolResult verified = await Tool.RunAsync(Folder, ["verify", "--manifest", "parts.csv", "--url", Url, "--collection", Collection]);
        verified.ExitCode.ShouldBe(4);
        (await RunAsync("--manifest", "parts.csv", "--on-changed", "sync")).ShouldSucceed();
        (await Witness.ReadAllAsync(Collection))["150"].Payload.GetProperty("text").GetString().ShouldBe("other 150");

        await File.WriteAllLinesAsync(At("both.csv"), ["path,payload,store", "part-1.faiss,part-1.jsonl,part-1.jsonl"]);
        (await RunAsync("--manifest", "both.csv")).ShouldEndWith(2, "a store and a payload");
        await File.WriteAllLinesAsync(At("store.csv"), ["path,store", "part-1.faiss,part-1.jsonl", "part-2.faiss,part-2.jsonl"]);
        ToolResult store = await RunAsync("--manifest", "store.csv");
        store.ExitCode.ShouldBe(2);
        store.Error.ShouldContain("use the column payload of a manifest");
    }
}
