using System.Text.Json;
using VectorMigration.TestSupport;

namespace VectorMigration.EndToEnd.Tests;

/// <summary>Slices that run at the wrong time, twice, in the wrong folder, or beside somebody else's points.</summary>
[Collection(SharedServer.Name)]
public sealed class SliceFaultTests(QdrantServerFixture fixture) : SliceWorkers(fixture)
{
    private static readonly string[] Slowly = ["--batch-size", "10", "--batch-delay", "0.2", "--parallel", "1"];
    private static readonly string[] Deferred = ["--indexing", "deferred", "--indexing-threshold", "700"];

    private async Task<Tool> BegunAsync(params string[] arguments)
    {
        long before = await Witness.ExistsAsync(Collection) ? await Witness.CountAsync(Collection) : 0;
        Tool tool = Tool.Start(Folder, null, [.. arguments, .. Slowly]);
        using CancellationTokenSource limit = new(TimeSpan.FromMinutes(1));
        while (!await Witness.ExistsAsync(Collection) || await Witness.CountAsync(Collection) == before)
        {
            tool.HasExited.ShouldBeFalse();
            await Task.Delay(20, limit.Token);
        }

        return tool;
    }

    private async Task RunAllAsync(int slices, string plan = "plan.json", string logs = "logs", params string[] more)
    {
        ToolResult[] all = await Task.WhenAll(Enumerable.Range(1, slices).Select(number => Tool.RunAsync(Folder, Slice(number, slices, plan, logs, more))));
        all.ShouldAllBe(static one => one.ExitCode == 0);
    }

    private static long Sent(ToolResult result) => result.Json().GetProperty("counts").GetProperty("sent").GetInt64();

    [Fact]
    public async Task A_slice_that_is_started_twice_with_one_log_folder_is_refused_the_second_time_and_still_ends()
    {
        (long[] ids, float[] components) = Write();
        await PlanAsync(2);
        using Tool first = await BegunAsync(Slice(1, 2));
        ToolResult second = await Tool.RunAsync(Folder, Slice(1, 2));
        second.ExitCode.ShouldBe(3, "whoever starts slices tries it again");
        second.Error.ShouldContain("another run");
        (await first.EndAsync()).ExitCode.ShouldBe(0);
        (await Tool.RunAsync(Folder, Slice(2, 2))).ShouldSucceed();
        (await JoinAsync()).ShouldSucceed();
        await ShouldHoldAsync(ids, components);
    }

    [Fact]
    public async Task A_slice_that_runs_twice_with_two_log_folders_sends_the_same_points()
    {
        (long[] ids, float[] components) = Write();
        await PlanAsync(2);
        ToolResult[] all = await Task.WhenAll(((string[][])[Slice(1, 2), Slice(1, 2, logs: "logs2"), Slice(2, 2)]).Select(one => Tool.RunAsync(Folder, one)));
        all.ShouldAllBe(static one => one.ExitCode == 0);
        (await JoinAsync(more: ["--log-dir", "logs", "--log-dir", "logs2"])).ShouldSucceed();
        await ShouldHoldAsync(ids, components);
    }

    [Fact]
    public async Task A_join_beside_a_slice_changes_nothing_and_one_without_a_log_folder_names_it()
    {
        Write();
        await PlanAsync(2);
        (await Tool.RunAsync(Folder, Slice(1, 2, logs: "logs1", more: Deferred))).ShouldSucceed();
        using Tool slow = await BegunAsync(Slice(2, 2, logs: "logs2", more: Deferred));
        (await JoinAsync(more: ["--log-dir", "logs1", "--log-dir", "logs2"])).ShouldEndWith(3, "1 slice has begun and not ended: 2/2");
        (await ThresholdAsync()).ShouldBe(0);
        (await slow.EndAsync()).ExitCode.ShouldBe(0);
        (await JoinAsync(more: ["--log-dir", "logs1", "--log-dir", "logs3"]))
            .ShouldEndWith(3, "1 slice has not begun: 2/2", "1 log folder does not exist", "logs3");
        Directory.Exists(At("logs3")).ShouldBeFalse();

        // As often as one likes.
        for (int i = 0; i < 2; i++)
        {
            JsonElement total = (await JoinAsync(more: ["--log-dir", "logs1", "--log-dir", "logs2"])).ShouldSucceed().Json();
            total.GetProperty("counts").GetProperty("sent").GetInt64().ShouldBe(3 * Count);
            (await ThresholdAsync()).ShouldBe(700);
        }
    }

    [Fact]
    public async Task A_slice_that_is_restarted_after_the_join_leaves_a_mark_that_the_next_join_finds()
    {
        Write();
        await PlanAsync(2);
        await RunAllAsync(2, more: Deferred);
        (await JoinAsync()).ShouldSucceed();
        (await ThresholdAsync()).ShouldBe(700);
        ToolResult again = await Tool.RunAsync(Folder, Slice(2, 2, more: [.. Deferred, "--restart"]));
        Sent(again.ShouldSucceed()).ShouldBe(3 * Count / 2);

        // The collection has points, so that nothing is put off; somebody may have done so meanwhile.
        (await JoinAsync()).ShouldSucceed();
        (await ThresholdAsync()).ShouldBe(700);
        string record = Directory.GetFiles(At("logs"), "*slice-1-of-2*.slice.json").ShouldHaveSingleItem();
        using (Tool killed = Tool.Start(Folder, null, [.. Slice(1, 2, more: ["--restart"]), .. Slowly]))
        {
            using CancellationTokenSource limit = new(TimeSpan.FromMinutes(1));
            while ((await File.ReadAllTextAsync(record, limit.Token)).Contains("Completed", StringComparison.Ordinal))
            {
                await Task.Delay(20, limit.Token);
            }

            killed.Signal("KILL");
            await killed.EndAsync();
        }

        (await JoinAsync()).ShouldEndWith(3, "1 slice has begun and not ended: 1/2");
        (await Tool.RunAsync(Folder, Slice(1, 2))).ShouldSucceed();
        (await JoinAsync()).ShouldSucceed().Json().GetProperty("verification").GetProperty("compared").GetInt64().ShouldBe(3 * Count);
    }

    [Fact]
    public async Task A_plan_from_the_wrong_log_folder_leaves_nothing_out_and_one_after_a_deletion_is_refused()
    {
        (long[] ids, float[] components) = Write();
        await PlanAsync(2);
        (await Tool.RunAsync(Folder, Slice(1, 2))).ShouldSucceed();
        string[] from = ["plan", "--from", "plan.json", "--slices", "2", "--json"];
        ToolResult wrong = (await Tool.RunAsync(Folder, [.. from, "--log-dir", "elsewhere", "--out", "all.json"])).ShouldSucceed();
        wrong.Error.ShouldContain("1 log folder does not exist");
        wrong.Error.ShouldContain("Journals of 0 of 2 slices were found");
        wrong.Json().GetProperty("plan").GetProperty("acknowledged").GetInt64().ShouldBe(0);
        await RunAllAsync(2, "all.json", "all");
        (await JoinAsync("all.json", "--log-dir", "all")).ShouldSucceed();
        await ShouldHoldAsync(ids, components);

        (await Tool.RunAsync(Folder, [.. from, "--out", "plan.json", "--force"])).ShouldEndWith(2, "from which it is made");
        (await Tool.RunAsync(Folder, [.. from, "--out", "rest.json"])).ShouldSucceed()
            .Json().GetProperty("plan").GetProperty("acknowledged").GetInt64().ShouldBe(3 * Count / 2);
        await Witness.DropAsync(Collection);
        (await Tool.RunAsync(Folder, Slice(1, 2, "rest.json", "rest"))).ShouldEndWith(2, "leaves out vectors").Error.ShouldContain("Make a new plan");
        (await Witness.ExistsAsync(Collection)).ShouldBeFalse();
        await RunAllAsync(2, "all.json", "anew");
        (await Tool.RunAsync(Folder, Slice(1, 2, "rest.json", "rest"))).ShouldEndWith(2, "another one of the same name was created");
        (await JoinAsync("plan.json", "--log-dir", "logs", "--log-dir", "anew")).ExitCode.ShouldBe(3);
        (await JoinAsync("all.json", "--log-dir", "all", "--log-dir", "anew")).ShouldEndWith(2, "do not belong to one collection");
    }

    [Fact]
    public async Task Points_of_others_stop_the_range_that_has_their_ids_unless_they_are_to_be_kept()
    {
        Write();
        await PlanAsync(2);
        (await Tool.RunAsync(Folder, Slice(1, 2))).ShouldSucceed();
        await Witness.UpsertAsync(Collection, """{"points":[{"id":3,"vector":[1,2,3,4,5,6,7,8],"payload":{"mine":true}}]}""");

        // The id is one of the second range.
        (await Tool.RunAsync(Folder, Slice(2, 2))).ShouldEndWith(1, "part-3.faiss", "did not write: 3. Nothing was sent");
        (await Witness.CountAsync(Collection)).ShouldBe((2 * Count) + 1);
        (await Tool.RunAsync(Folder, Slice(2, 2, more: ["--on-existing", "skip"]))).ExitCode.ShouldBe(4);
        (await Witness.ReadAsync(Collection, 3)).GetProperty("payload").GetProperty("mine").GetBoolean().ShouldBeTrue();
        (await JoinAsync()).ShouldEndWith(4, "different");
        (await Tool.RunAsync(Folder, Slice(2, 2, more: ["--on-existing", "overwrite"]))).ShouldSucceed();
        (await JoinAsync()).ShouldSucceed();
    }

    [Fact]
    public async Task Stores_and_payload_files_of_a_manifest_go_with_their_parts()
    {
        string fixtures = Path.Combine(QdrantServer.RepositoryRoot(), "tests", "fixtures", "stores", "json", "langchain_js");
        Directory.CreateDirectory(At("store"));
        foreach (string file in Directory.GetFiles(fixtures))
        {
            File.Copy(file, At(Path.Combine("store", Path.GetFileName(file))));
        }

        JsonElement store = (await Tool.RunAsync(Folder, ["inspect", "store", "--json"])).ShouldSucceed().Json();
        int dimension = store.GetProperty("dimension").GetInt32();
        long stored = store.GetProperty("count").GetInt64();
        IndexFiles.Flat(At("b.faiss"), dimension, IndexFiles.Random(20, dimension, seed: 1));
        await File.WriteAllLinesAsync(At("b.jsonl"), Enumerable.Range(0, 20).Select(static i => $"{{\"n\":{i}}}"));
        await File.WriteAllLinesAsync(At("parts.csv"), ["path,payload,idOffset", "store,,", "b.faiss,b.jsonl,1000"]);
        Dictionary<string, string> secret = new() { ["QDRANT_API_KEY"] = "secret-of-the-cloud", ["QDRANT_URL"] = "https://somewhere.example:6334" };
        (await Tool.RunAsync(Folder, secret, ["plan", "--manifest", "parts.csv", "--collection", Collection, "--slices", "3", "--out", "plan.json"]))
            .ShouldSucceed();
        string plan = await File.ReadAllTextAsync(At("plan.json"));
        plan.ShouldNotContain("secret");
        plan.ShouldNotContain("somewhere");
        plan.ShouldNotContain(Folder);
        await RunAllAsync(3);
        JsonElement total = (await JoinAsync()).ShouldSucceed().Json();
        total.GetProperty("verification").GetProperty("compared").GetInt64().ShouldBe(stored + 20);
        Dictionary<string, WitnessedPoint> points = await Witness.ReadAllAsync(Collection);
        points.Count.ShouldBe((int)stored + 20);
        points["1007"].Payload.ToString().ShouldBe("""{"n":7}""");
        points["0"].Payload.ToString().ShouldNotBe("{}");

        await File.AppendAllTextAsync(At("b.jsonl"), "{\"n\":20}\n");
        (await Tool.RunAsync(Folder, Slice(3, 3))).ShouldEndWith(2, "b.faiss");
    }
}
