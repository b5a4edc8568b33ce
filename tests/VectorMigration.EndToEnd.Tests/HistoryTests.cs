using System.Text.Json;
using VectorMigration.TestSupport;

namespace VectorMigration.EndToEnd.Tests;

/// <summary>Runs that are compared, and plans that tell everything, by the tool as a process.</summary>
[Collection(SharedServer.Name)]
public sealed class HistoryTests(QdrantServerFixture fixture) : ServerTests(fixture)
{
    [Fact]
    public async Task Two_runs_are_compared_by_their_summaries_and_logs()
    {
        string path = IndexFiles.Flat(At("flat.faiss"), 8, IndexFiles.Random(1_000, 8, seed: 11));
        (await MigrateAsync(path, "--limit", "200", "--batch-size", "50", "--batch-delay", "0.1", "--log-dir", At("slow"))).ShouldSucceed()
            .Output.ShouldContain("200 of 200 vectors (the index has 1,000)");
        // Without the first run's journal its points would be found equal, and not be sent again.
        (await MigrateAsync(path, "--log-dir", At("fast"), "--on-existing", "overwrite")).ShouldSucceed();
        string summary = Directory.GetFiles(At("fast/runs"), "summary.json", SearchOption.AllDirectories).ShouldHaveSingleItem();

        ToolResult people = (await Tool.RunAsync(Folder, "compare", summary, At("slow"))).ShouldSucceed();
        people.Output.ShouldContain("200 → 1,000 (5 ×)");
        people.Output.ShouldContain("100 % → 100 %");
        ToolResult folders = (await Tool.RunAsync(Folder, "compare", At("fast"), At("slow"))).ShouldSucceed();
        folders.Output.ShouldMatch(@"baseline +slow/runs/\S+\s+run +fast/runs/\S+\s");
        JsonElement json = (await Tool.RunAsync(Folder, "compare", At("fast/migration.log"), At("slow/migration.log"), "--json")).ShouldSucceed().Json();
        JsonElement comparison = json.GetProperty("comparison");
        comparison.GetProperty("vectorsRatio").GetDouble().ShouldBe(5);
        double before = comparison.GetProperty("baselineSecondsPerVector").GetDouble();
        double after = comparison.GetProperty("currentSecondsPerVector").GetDouble();
        comparison.GetProperty("changePercent").GetDouble().ShouldBe(100 * ((after / before) - 1), 1e-6);
        json.GetProperty("runId").GetGuid().ShouldBe(RunSummaries.Read(summary).RunId);
        comparison.GetProperty("notes").GetArrayLength().ShouldBe(0);

        string wide = IndexFiles.Flat(At("wide.faiss"), 16, IndexFiles.Random(100, 16, seed: 12));
        (await Tool.RunAsync(Folder, "migrate", wide, "--url", Url, "--collection", Collection + "-wide", "--log-dir", At("wide"))).ShouldSucceed();
        string noted = (await Tool.RunAsync(Folder, "compare", At("wide"), At("slow"))).ShouldSucceed().Output;
        noted.ShouldContain("The dimensions differ: 8 → 16.");
        noted.ShouldContain("The sources differ: ");
        people.Output.ShouldNotContain("differ");
    }

    [Fact]
    public async Task A_dry_run_says_that_a_deletion_has_to_be_confirmed_and_names_all_options_at_once()
    {
        string path = IndexFiles.Flat(At("flat.faiss"), 4, IndexFiles.Random(100, 4, seed: 5));
        (await MigrateAsync(path)).ShouldSucceed();
        (await MigrateAsync(path, "--recreate", "--dry-run")).ShouldSucceed().Output.ShouldContain("deletes the collection with 100 points");
        IndexFiles.Flat(path, 4, IndexFiles.Random(40, 4, seed: 5));
        string[] prune = ["--on-changed", "sync", "--prune"];

        ToolResult small = (await MigrateAsync(path, [.. prune, "--dry-run"])).ShouldEndWith(2, "less than half");
        small.Error.ShouldContain("add --force and --yes");
        (await MigrateAsync(path, [.. prune, "--force", "--dry-run"])).ShouldSucceed().Output
            .ShouldContain("deletes 60 points; without a terminal, it needs --yes");
        (await MigrateAsync(path, [.. prune, "--force"])).ShouldEndWith(2, "not confirmed");
        (await MigrateAsync(path, [.. prune, "--force", "--yes", "--dry-run"])).ShouldSucceed().Output.ShouldNotContain("confirm");
        (await Witness.CountAsync(Collection)).ShouldBe(100);
        (await MigrateAsync(path, [.. prune, "--force", "--yes"])).ShouldSucceed();
        (await Witness.CountAsync(Collection)).ShouldBe(40);
    }

    [Fact]
    public async Task One_folder_alone_is_answered_with_its_last_two_runs()
    {
        string path = IndexFiles.Flat(At("flat.faiss"), 8, IndexFiles.Random(100, 8, seed: 12));
        foreach (string limit in (string[])["20", "60", "100"])
        {
            (await MigrateAsync(path, "--limit", limit, "--log-dir", At("logs"))).ShouldSucceed();
        }

        string[] runs = [.. Directory.GetDirectories(At("logs/runs")).Order(StringComparer.Ordinal)];
        ToolResult refused = (await Tool.RunAsync(Folder, "compare", At("logs"))).ShouldEndWith(2, "then the baseline");
        string advice = refused.Error.Split('\n').Single(static line => line.StartsWith("next: ", StringComparison.Ordinal));
        string[] named = advice[advice.LastIndexOf(" compare ", StringComparison.Ordinal)..].Trim().Split(' ')[1..];
        named.Length.ShouldBe(2);
        named.ShouldBeSubsetOf(runs);
        (await Tool.RunAsync(Folder, ["compare", .. named])).ShouldSucceed();
        ToolResult same = (await Tool.RunAsync(Folder, "compare", At("logs"), At("logs/migration.log"))).ShouldEndWith(2, "Both paths name the same run");
        same.Error.ShouldContain($"compare {named[0]} {named[1]}");
        (await Tool.RunAsync(Folder, "compare", named[0], named[0])).ShouldEndWith(2, "Both paths name the same run");
    }

    [Fact]
    public async Task What_is_no_run_cannot_be_compared()
    {
        string path = IndexFiles.Flat(At("flat.faiss"), 4, IndexFiles.Random(10, 4, seed: 1));
        (await Tool.RunAsync(Folder, "compare", path, At("nowhere"))).ShouldEndWith(2, "flat.faiss", "neither");
        (await Tool.RunAsync(Folder, "compare", At("nowhere"), path)).ShouldEndWith(2, "nowhere");
        (await Tool.RunAsync(Folder, "compare", path)).ShouldEndWith(2, "then the baseline");
        JsonElement json = (await Tool.RunAsync(Folder, "compare", path, path, "--json")).ShouldEndWith(2).Json();
        json.GetProperty("error").GetProperty("errorId").GetString().ShouldBe("NotARun");
    }

    [Fact]
    public async Task A_dry_run_tells_every_reason_for_a_refusal_and_ends_with_2()
    {
        string path = IndexFiles.IdMap(At("odd.faiss"), 4, IndexFiles.Random(4, 4, seed: 3), [-1, 11, 11, 12]);
        await Witness.CreateAsync(Collection, """{"vectors":{"size":9,"distance":"Dot"}}""");
        ToolResult run = await MigrateAsync(path, "--dry-run", "--json", "--payload", At("nothing.jsonl"));
        run.ExitCode.ShouldBe(2);
        run.Errors.Length.ShouldBe(4, run.Error);
        JsonElement plan = run.Json().GetProperty("plan");
        string?[] reasons = [.. plan.GetProperty("refusals").EnumerateArray().Select(static refusal => refusal.GetProperty("errorId").GetString())];
        reasons.ShouldContain("NegativeIds");
        reasons.ShouldContain("DuplicateIds");
        reasons.ShouldContain("CollectionDiffers");
        plan.GetProperty("count").GetInt64().ShouldBe(4);
        Directory.Exists(At("logs")).ShouldBeFalse();
        (await Witness.CountAsync(Collection)).ShouldBe(0);
        (await MigrateAsync(path)).ShouldEndWith(2, "negative");
    }

    [Fact]
    public async Task A_dry_run_tells_the_time_by_an_earlier_run()
    {
        string path = IndexFiles.Flat(At("flat.faiss"), 8, IndexFiles.Random(1_000, 8, seed: 12));
        (await MigrateAsync(path, "--dry-run")).ShouldSucceed().Output.ShouldNotContain("expected");
        JsonElement first = (await MigrateAsync(path, "--limit", "500", "--json")).ShouldSucceed().Json();
        JsonElement expected = (await MigrateAsync(path, "--dry-run", "--json")).ShouldSucceed().Json().GetProperty("plan").GetProperty("expectation");
        expected.GetProperty("runId").GetGuid().ShouldBe(first.GetProperty("runId").GetGuid());
        // The first 500 are not sent again.
        expected.GetProperty("upload").GetDouble().ShouldBe(first.GetProperty("perf").GetProperty("duration").GetDouble(), 1e-3);
        (await MigrateAsync(path, "--dry-run")).ShouldSucceed().Output.ShouldContain("judging by the run of ");
    }
}
