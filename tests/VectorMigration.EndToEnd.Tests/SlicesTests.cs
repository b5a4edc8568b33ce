using System.Text.Json;
using System.Text.Json.Nodes;
using VectorMigration.TestSupport;

namespace VectorMigration.EndToEnd.Tests;

/// <summary>A job in slices: planned once, moved by several workers without a coordinator, and joined.</summary>
[Collection(SharedServer.Name)]
public sealed class SlicesTests(QdrantServerFixture fixture) : SliceWorkers(fixture)
{
    [Fact]
    public async Task Eight_slices_two_at_once_with_one_killed_are_joined_and_verified()
    {
        (long[] ids, float[] components) = Write();
        await PlanAsync();
        await KillMidwayAsync(30, Slice(5));

        // The collection is there already, yet two slices begin at once; each worker has a log folder of its own.
        for (int number = 1; number < Slices; number += 2)
        {
            Task<ToolResult> first = Tool.RunAsync(Folder, Slice(number));
            Task<ToolResult>[] both = number == 7 ? [first] : [first, Tool.RunAsync(Folder, Slice(number + 1, logs: "logs2"))];
            foreach (ToolResult one in await Task.WhenAll(both))
            {
                one.ShouldSucceed().Json().GetProperty("verification").ValueKind.ShouldBe(JsonValueKind.Null);
            }
        }

        ToolResult unfinished = await JoinAsync(more: ["--log-dir", "logs", "--log-dir", "logs2"]);
        unfinished.ShouldEndWith(3, "1 slice has not begun: 8/8");
        unfinished.Error.ShouldContain("plan.json --slice 8/8");
        unfinished.Json().GetProperty("error").GetProperty("errorId").GetString().ShouldBe("SlicesUnfinished");
        (await Tool.RunAsync(Folder, Slice(8))).ShouldSucceed();

        ToolResult again = (await Tool.RunAsync(Folder, Slice(8))).ShouldSucceed();
        again.Json().GetProperty("counts").GetProperty("sent").GetInt64().ShouldBe(0);
        again.Json().GetProperty("counts").GetProperty("skipped").GetInt64().ShouldBe(150);

        JsonElement total = (await JoinAsync(more: ["--log-dir", "logs", "--log-dir", "logs2"])).ShouldSucceed().Json();
        total.GetProperty("status").GetString().ShouldBe("Completed");
        JsonElement counts = total.GetProperty("counts");
        counts.GetProperty("source").GetInt64().ShouldBe(3 * Count);
        long sent = counts.GetProperty("sent").GetInt64();
        (sent + counts.GetProperty("skipped").GetInt64() + counts.GetProperty("alreadyThere").GetInt64()).ShouldBe(3 * Count);
        sent.ShouldBeLessThanOrEqualTo((3 * Count) - 20);
        JsonElement proof = total.GetProperty("verification");
        proof.GetProperty("passed").GetBoolean().ShouldBeTrue();
        proof.GetProperty("compared").GetInt64().ShouldBe(3 * Count);
        proof.GetProperty("extra").GetInt64().ShouldBe(0);
        File.Exists(total.GetProperty("reportPath").GetString()).ShouldBeTrue();
        Directory.GetFiles(At("logs"), "*.join.json").ShouldHaveSingleItem();
        await ShouldHoldAsync(ids, components);

        // A sample of all parts is one sample, and is told as one.
        ToolResult sampled = await JoinAsync(more: ["--log-dir", "logs", "--log-dir", "logs2", "--verify", "sample", "--sample", "7", "--seed", "3"]);
        JsonElement sample = sampled.ShouldSucceed().Json().GetProperty("verification").GetProperty("sample");
        sample.GetProperty("size").GetInt64().ShouldBe(7);
        sample.GetProperty("population").GetInt64().ShouldBe(3 * Count);
        sample.GetProperty("seed").GetInt32().ShouldBe(3);

        await Witness.DeleteAsync(Collection, 13UL);
        (await JoinAsync(more: ["--log-dir", "logs", "--log-dir", "logs2"])).ShouldEndWith(4, "1 missing");
    }

    [Fact]
    public async Task Another_number_of_workers_takes_what_is_left_and_nothing_twice()
    {
        (long[] ids, float[] components) = Write();
        await PlanAsync();
        (await Tool.RunAsync(Folder, Slice(1))).ShouldSucceed();
        await KillMidwayAsync(40, Slice(4));

        JsonElement cut = (await Tool.RunAsync(Folder, ["plan", "--from", "plan.json", "--slices", "3", "--out", "rest.json", "--json"]))
            .ShouldSucceed().Json().GetProperty("plan");
        long acknowledged = cut.GetProperty("acknowledged").GetInt64();
        acknowledged.ShouldBeInRange(150 + 30, 300);
        (await Tool.RunAsync(Folder, Slice(2, plan: "rest.json"))).ShouldEndWith(2, "has 3 slices");
        long sent = 0;
        for (int number = 1; number <= 3; number++)
        {
            JsonElement counts = (await Tool.RunAsync(Folder, Slice(number, of: 3, plan: "rest.json", logs: "other"))).ShouldSucceed().Json()
                .GetProperty("counts");
            sent += counts.GetProperty("sent").GetInt64() + counts.GetProperty("alreadyThere").GetInt64();
        }

        sent.ShouldBe((3 * Count) - acknowledged);
        (await JoinAsync("rest.json")).ShouldEndWith(3, "3 slices have not begun");
        JsonElement total = (await JoinAsync("rest.json", "--log-dir", "other")).ShouldSucceed().Json();
        total.GetProperty("verification").GetProperty("compared").GetInt64().ShouldBe(3 * Count);
        total.GetProperty("counts").GetProperty("skipped").GetInt64().ShouldBe(acknowledged);
        await ShouldHoldAsync(ids, components);
    }

    [Fact]
    public async Task Slices_leave_the_indexing_to_the_join()
    {
        Write();
        await PlanAsync(2);
        string[] deferred = ["--indexing", "deferred", "--indexing-threshold", "700"];
        ToolResult[] both = await Task.WhenAll(
            Tool.RunAsync(Folder, Slice(1, 2, more: deferred)), Tool.RunAsync(Folder, Slice(2, 2, more: deferred)));
        both.ShouldAllBe(static one => one.ExitCode == 0);
        (await ThresholdAsync()).ShouldBe(0);
        (await Tool.RunAsync(Folder, Slice(1, 2, more: deferred))).ShouldSucceed();
        (await ThresholdAsync()).ShouldBe(0);
        JsonElement total = (await JoinAsync()).ShouldSucceed().Json();
        total.GetProperty("indexing").GetProperty("status").GetString().ShouldBe("Complete");
        (await ThresholdAsync()).ShouldBe(700);
        (await Tool.RunAsync(Folder, Slice(2, 2, more: deferred))).ShouldSucceed();
        (await ThresholdAsync()).ShouldBe(700);
    }

    [Fact]
    public async Task What_is_no_slice_and_what_is_no_plan_is_refused_before_anything_is_sent()
    {
        Write();
        await PlanAsync();
        Task<ToolResult> Refused(string slice, string plan = "plan.json") =>
            Tool.RunAsync(Folder, ["migrate", "--plan", plan, "--slice", slice, "--url", Url]);
        foreach (string slice in (string[])["0/8", "9/8", "x", "-1/8", "1", "1/8/2", "1/0", "1 /8", "99999999999/99999999999"])
        {
            (await Refused(slice)).ShouldEndWith(2, $"'{slice}' is not a slice");
        }

        (await Refused("1/7")).ShouldEndWith(2, "Slice 1/7 was asked for", "has 8 slices");
        (await Tool.RunAsync(Folder, ["migrate", "--plan", "plan.json", "--url", Url])).ShouldEndWith(2, "--plan needs --slice I/N");
        (await Tool.RunAsync(Folder, ["migrate", "part-1.faiss", "--collection", Collection, "--slice", "1/8"])).ShouldEndWith(2, "--slice needs --plan F");
        foreach (string[] more in (string[][])[["--collection", "x"], ["--id-offset", "5"], ["--payload", "x"]])
        {
            (await Tool.RunAsync(Folder, [.. Slice(1), .. more])).ShouldEndWith(2, $"--plan contains what {more[0]} says");
        }

        foreach (string[] more in (string[][])[["--recreate", "--yes"], ["--on-changed", "sync"], ["--wait-indexed"], ["--journal", "x"]])
        {
            (await Tool.RunAsync(Folder, [.. Slice(1), .. more])).ShouldEndWith(2, "does not apply to slices");
        }

        string text = await File.ReadAllTextAsync(At("plan.json"));
        (await Refused("1/8", "absent.json")).ShouldEndWith(2, "absent.json");
        async Task Spoilt(string content, string expected)
        {
            await File.WriteAllTextAsync(At("spoilt.json"), content);
            (await Refused("1/8", "spoilt.json")).ShouldEndWith(2, expected);
        }

        await Spoilt(text.Replace("\"formatVersion\": 1", "\"formatVersion\": 2", StringComparison.Ordinal), "format version 2");
        await Spoilt(text[..(text.Length / 2)], "cannot be used");
        await Spoilt("[]", "no plan of slices");
        await Spoilt("{}", "no plan of slices");
        await Spoilt(Changed(text, static plan => plan["hooks"] = "rm"), "hooks");
        foreach ((string path, string fault) in ((string, string)[])[("../part-1.faiss", "leaves its folder"), (@"\\host\share\part-1.faiss", "network share"),
            ("//host/share/part-1.faiss", "network share"), ("https://host/part-1.faiss", "is an address"), ("a\nb", "control character"), ("", "is empty")])
        {
            await Spoilt(Changed(text, plan => plan["parts"]![0]!["path"] = path), fault);
        }

        await Spoilt(Changed(text, static plan => plan["slices"]![1]!["ranges"]![0]!["offset"] = 149), "two slices have the same vector");
        await Spoilt(Changed(text, static plan => plan["slices"]![7]!["ranges"]![0]!["count"] = 151), "does not have");
        await Spoilt(Changed(text, static plan => plan["slices"]![7]!["ranges"]![0]!["part"] = 4), "part 4, which does not exist");

        (await Tool.RunAsync(Folder, ["plan", "part-*.faiss", "--collection", Collection, "--slices", "2", "--out", "plan.json"]))
            .ShouldEndWith(2, "is not replaced");
        await PlanAsync(1, "one.json");
        (await Tool.RunAsync(Folder, ["plan", "part-1.faiss", "--slices", "2", "--out", "new.json"])).ShouldEndWith(2, "--collection is missing");
        (await Tool.RunAsync(Folder, ["plan", "--from", "plan.json", "--slices", "0", "--out", "new.json"])).ShouldEndWith(2, "--slices");
        File.Exists(At("new.json")).ShouldBeFalse();

        byte[] bytes = await File.ReadAllBytesAsync(At("part-1.faiss"));
        bytes[^200] ^= 1;
        await File.WriteAllBytesAsync(At("part-1.faiss"), bytes);
        (await Refused("1/8")).ShouldEndWith(2, "part-1.faiss' has another content than when the plan");
        (await Refused("8/8")).ShouldSucceed();
        (await JoinAsync()).ShouldEndWith(3, "7 slices have not begun");
        (await Witness.CountAsync(Collection)).ShouldBe(150);
    }

    private static string Changed(string plan, Action<JsonNode> change)
    {
        JsonNode node = JsonNode.Parse(plan)!;
        change(node);
        return node.ToJsonString();
    }

    [Fact]
    public async Task A_plan_keeps_payload_rules_and_moves_with_its_folder()
    {
        Directory.CreateDirectory(At("job"));
        IndexFiles.Flat(At("job/a.faiss"), Dimension, IndexFiles.Random(5, Dimension, seed: 1));
        await File.WriteAllLinesAsync(At("job/a.jsonl"), Enumerable.Range(0, 5).Select(static i => $"{{\"n\":{i},\"drop\":1}}"));
        (await Tool.RunAsync(Folder, ["plan", "job/a.faiss", "--payload", "job/a.jsonl", "--exclude-payload-field", "drop", "--rename-payload", "n=number",
            "--id-offset", "100", "--collection", Collection, "--slices", "8", "--out", "job/plan.json"])).ShouldSucceed();
        Directory.Move(At("job"), At("moved"));
        for (int number = 1; number <= 8; number++)
        {
            (await Tool.RunAsync(Folder, Slice(number, plan: "moved/plan.json"))).ShouldSucceed();
        }

        (await JoinAsync("moved/plan.json")).ShouldSucceed();
        Dictionary<string, WitnessedPoint> points = await Witness.ReadAllAsync(Collection);
        points.Count.ShouldBe(5);
        points["103"].Payload.ToString().ShouldBe("""{"number":3}""");
    }
}
