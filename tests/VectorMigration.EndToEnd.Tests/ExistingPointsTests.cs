using System.Text.Json;
using VectorMigration.TestSupport;

namespace VectorMigration.EndToEnd.Tests;

/// <summary>Several files in one collection, and several vectors of one point, on the real server: nobody's points are written over.</summary>
[Collection(SharedServer.Name)]
public class ExistingPointsTests(QdrantServerFixture fixture) : ServerTests(fixture)
{
    [Fact]
    public async Task Files_that_all_count_from_zero_are_refused_or_lie_side_by_side()
    {
        string[] shards = [.. Enumerable.Range(0, 3).Select(k => IndexFiles.Flat(At($"shard_0{k}.faiss"), 8, IndexFiles.Random(50, 8, seed: k)))];
        (await MigrateAsync(shards[0])).ShouldSucceed();
        foreach (string[] more in (string[][])[[], ["--dry-run"], ["--restart"], ["--log-dir", At("other")]])
        {
            ToolResult refused = (await MigrateAsync(shards[1], more)).ShouldEndWith(2, "50 ids are already used", "0, 1, 2, 3");
            refused.Error.ShouldNotContain("which is safe");
            refused.Error.ShouldContain("--id-offset");
        }

        (await MigrateAsync(shards[1], "--id-offset", "50")).ShouldSucceed();
        (await MigrateAsync(shards[2], "--id-offset", "100")).ShouldSucceed();
        (await Witness.CountAsync(Collection)).ShouldBe(150);
        for (int k = 0; k < 3; k++)
        {
            (await VerifyAsync(shards[k], "--id-offset", $"{k * 50}")).ShouldSucceed();
        }

        // Each part has its journal in the one folder of logs.
        JsonElement again = (await MigrateAsync(shards[1], "--id-offset", "50", "--json")).ShouldSucceed().Json();
        again.GetProperty("counts").GetProperty("skipped").GetInt64().ShouldBe(50);
        again.GetProperty("counts").GetProperty("sent").GetInt64().ShouldBe(0);
    }

    [Fact]
    public async Task Of_two_parts_with_the_same_ids_that_are_started_at_once_one_arrives_whole()
    {
        string[] shards = [.. Enumerable.Range(0, 2).Select(k => IndexFiles.Flat(At($"shard_0{k}.faiss"), 64, IndexFiles.Random(20_000, 64, seed: k)))];
        ToolResult[] both = await Task.WhenAll(shards.Select(shard => MigrateAsync(shard, "--batch-size", "500", "--parallel", "1")));
        int winner = Array.FindIndex(both, static result => result.ExitCode == 0);
        winner.ShouldBeGreaterThanOrEqualTo(0, both[0].Error + both[1].Error);
        both[1 - winner].ExitCode.ShouldBe(2, both[1 - winner].Output);
        both[1 - winner].Error.ShouldMatch("[Aa]nother migration is writing|ids are already used");
        (await Witness.CountAsync(Collection)).ShouldBe(20_000);
        (await VerifyAsync(shards[winner])).ShouldSucceed();

        // With ids of their own they may run at once.
        await Witness.DropAsync(Collection);
        string[] logs = [At("logs0"), At("logs1")];
        ToolResult[] parts = await Task.WhenAll(shards.Select((shard, k) => MigrateAsync(shard, "--id-offset", $"{k * 20_000}", "--log-dir", logs[k])));
        parts.ShouldAllBe(static part => part.ExitCode == 0, parts[0].Error + parts[1].Error);
        (await Witness.CountAsync(Collection)).ShouldBe(40_000);
    }

    [Fact]
    public async Task A_merge_that_is_killed_goes_on_and_takes_nothing_away()
    {
        float[] bodies = IndexFiles.Random(20_000, 64, seed: 2);
        string title = IndexFiles.Flat(At("title.faiss"), 4, IndexFiles.Random(20_000, 4, seed: 1));
        string body = IndexFiles.Flat(At("body.faiss"), 64, bodies);
        await Witness.CreateAsync(Collection, """{"vectors":{"title":{"size":4,"distance":"Euclid"},"body":{"size":64,"distance":"Euclid"}}}""");
        await File.WriteAllLinesAsync(At("title.jsonl"), Enumerable.Range(0, 20_000).Select(static i => $$"""{"n":{{i}}}"""));
        (await MigrateAsync(title, "--vector-name", "title", "--payload", At("title.jsonl"))).ShouldSucceed();
        string[] merge = ["--vector-name", "body", "--on-existing", "merge"];
        string journal = At("body.journal");
        using (Tool killed = Tool.Start(Folder, null, ["migrate", body, "--url", Url, "--collection", Collection, .. Way, .. merge, "--journal", journal,
            "--batch-size", "50", "--batch-delay", "0.01"]))
        {
            while (!File.Exists(journal) || !(await File.ReadAllTextAsync(journal)).Contains("acked", StringComparison.Ordinal))
            {
                killed.HasExited.ShouldBeFalse();
                await Task.Delay(10);
            }
        }

        JsonElement counts = (await MigrateAsync(body, [.. merge, "--journal", journal, "--json"])).ShouldSucceed().Json().GetProperty("counts");
        long sent = counts.GetProperty("sent").GetInt64();
        (sent + counts.GetProperty("skipped").GetInt64() + counts.GetProperty("alreadyThere").GetInt64()).ShouldBe(20_000);
        sent.ShouldBeLessThan(20_000);
        (await VerifyAsync(title, "--vector-name", "title", "--payload", At("title.jsonl"))).ShouldSucceed();
        (await VerifyAsync(body, "--vector-name", "body")).ShouldSucceed();
    }

    [Fact]
    public async Task Named_parts_have_UUIDs_of_their_own_and_are_repaired_each()
    {
        string[] shards = [.. Enumerable.Range(0, 2).Select(k => IndexFiles.Flat(At($"shard_0{k}.faiss"), 8, IndexFiles.Random(50, 8, seed: k)))];
        string[][] parts = [.. shards.Select(shard => (string[])["--id-mapping", "uuid5", "--id-namespace", Path.GetFileNameWithoutExtension(shard)])];
        for (int k = 0; k < 2; k++)
        {
            (await MigrateAsync(shards[k], parts[k])).ShouldSucceed();
        }

        (await Witness.CountAsync(Collection)).ShouldBe(100);
        await Witness.DeleteAsync(Collection, new IdMap(IdMapping.Uuid5, 0, "shard_01").Map(7).ToString());
        (await VerifyAsync(shards[1], parts[1])).ExitCode.ShouldBe(4);
        (await VerifyAsync(shards[1], [.. parts[1], "--repair"])).ShouldSucceed();
        (await VerifyAsync(shards[0], [.. parts[0], "--recall", "5"])).ShouldSucceed();
        (await Witness.CountAsync(Collection)).ShouldBe(100);
    }

    [Fact]
    public async Task A_second_named_vector_is_refused_and_merges_where_that_is_asked_for()
    {
        string title = IndexFiles.Flat(At("title.faiss"), 4, IndexFiles.Random(100, 4, seed: 1));
        float[] bodies = IndexFiles.Random(120, 6, seed: 2);
        string body = IndexFiles.Flat(At("body.faiss"), 6, bodies);
        await Witness.CreateAsync(Collection, """{"vectors":{"title":{"size":4,"distance":"Euclid"},"body":{"size":6,"distance":"Euclid"}}}""");
        await File.WriteAllLinesAsync(At("title.jsonl"), Enumerable.Range(0, 100).Select(static i => $$"""{"n":{{i}}}"""));
        (await MigrateAsync(title, "--vector-name", "title", "--payload", At("title.jsonl"))).ShouldSucceed();
        foreach (string[] more in (string[][])[["--dry-run"], []])
        {
            (await MigrateAsync(body, ["--vector-name", "body", .. more])).ShouldEndWith(2, "100 ids are already used");
        }

        // Interrupted after some, gone on with by the same command: each vector name has its own journal.
        (await MigrateAsync(body, "--vector-name", "body", "--on-existing", "merge", "--limit", "30")).ShouldSucceed();
        ToolResult merged = await MigrateAsync(body, "--vector-name", "body", "--on-existing", "merge", "--json");
        merged.ExitCode.ShouldBe(4, merged.Error);
        JsonElement counts = merged.Json().GetProperty("counts");
        counts.GetProperty("sent").GetInt64().ShouldBe(70);
        counts.GetProperty("skipped").GetInt64().ShouldBe(30);
        counts.GetProperty("leftThere").GetInt64().ShouldBe(20);
        (await Witness.CountAsync(Collection)).ShouldBe(100);
        JsonElement point = await Witness.ReadAsync(Collection, 42);
        point.GetProperty("payload").GetProperty("n").GetInt32().ShouldBe(42);
        point.GetProperty("vector").GetProperty("body")[0].GetSingle().ShouldBe(bodies[42 * 6]);
        (await VerifyAsync(title, "--vector-name", "title", "--payload", At("title.jsonl"))).ShouldSucceed();
        (await MigrateAsync(body, "--vector-name", "body", "--on-existing", "merge", "--add-absent")).ShouldSucceed();
        (await Witness.CountAsync(Collection)).ShouldBe(120);
        (await VerifyAsync(body, "--vector-name", "body")).ShouldSucceed();

        // Sent anew, the first one takes nothing away of the second.
        (await MigrateAsync(title, "--vector-name", "title", "--payload", At("title.jsonl"), "--restart")).ShouldSucceed();
        (await VerifyAsync(body, "--vector-name", "body")).ShouldSucceed();
        await File.WriteAllLinesAsync(At("body.jsonl"), Enumerable.Range(0, 120).Select(static i => $$"""{"n":{{i}}}"""));
        (await MigrateAsync(body, "--vector-name", "body", "--on-existing", "merge", "--payload", At("body.jsonl")))
            .ShouldEndWith(2, "Merge leaves payloads unchanged").Error.ShouldContain("--merge-payload");
    }

    [Fact]
    public async Task A_merge_sets_fields_of_payloads_where_that_is_asked_for_and_leaves_the_others()
    {
        string title = IndexFiles.Flat(At("title.faiss"), 4, IndexFiles.Random(100, 4, seed: 1));
        string body = IndexFiles.Flat(At("body.faiss"), 6, IndexFiles.Random(100, 6, seed: 2));
        await Witness.CreateAsync(Collection, """{"vectors":{"title":{"size":4,"distance":"Euclid"},"body":{"size":6,"distance":"Euclid"}}}""");
        await File.WriteAllLinesAsync(At("title.jsonl"), Enumerable.Range(0, 100).Select(static i => $$"""{"n":{{i}},"both":"title"}"""));
        await File.WriteAllLinesAsync(At("body.jsonl"), Enumerable.Range(0, 100).Select(static i => $$"""{"text":"body {{i}}","both":"body"}"""));
        (await MigrateAsync(title, "--vector-name", "title", "--payload", At("title.jsonl"))).ShouldSucceed();
        string[] merge = ["--vector-name", "body", "--payload", At("body.jsonl"), "--on-existing", "merge", "--merge-payload"];
        (await MigrateAsync(body, [.. merge, "--limit", "40"])).ShouldSucceed();

        // What a killed run has written before its journal knew counts as its own.
        (await MigrateAsync(body, [.. merge, "--journal", At("anew.journal")])).ShouldSucceed();
        JsonElement point = await Witness.ReadAsync(Collection, 42);
        point.GetProperty("payload").GetProperty("n").GetInt32().ShouldBe(42);
        point.GetProperty("payload").GetProperty("text").GetString().ShouldBe("body 42");
        point.GetProperty("payload").GetProperty("both").GetString().ShouldBe("body");
        point.GetProperty("vector").EnumerateObject().Count().ShouldBe(2);
        (await VerifyAsync(title, "--vector-name", "title")).ShouldSucceed();
        (await MigrateAsync(body, "--merge-payload")).ShouldEndWith(2, "works only with --on-existing merge").Error.ShouldContain("--on-existing merge");
    }

    [Fact]
    public async Task A_merged_payload_is_verified_and_repaired_beside_the_fields_of_others()
    {
        string title = IndexFiles.Flat(At("title.faiss"), 4, IndexFiles.Random(100, 4, seed: 1));
        string body = IndexFiles.Flat(At("body.faiss"), 6, IndexFiles.Random(100, 6, seed: 2));
        await Witness.CreateAsync(Collection, """{"vectors":{"title":{"size":4,"distance":"Euclid"},"body":{"size":6,"distance":"Euclid"}}}""");
        await File.WriteAllLinesAsync(At("title.jsonl"), Enumerable.Range(0, 100).Select(static i => $$"""{"n":{{i}}}"""));
        await File.WriteAllLinesAsync(At("body.jsonl"), Enumerable.Range(0, 100).Select(static i => $$"""{"text":"body {{i}}"}"""));
        (await MigrateAsync(title, "--vector-name", "title", "--payload", At("title.jsonl"))).ShouldSucceed();
        string[] merged = ["--vector-name", "body", "--payload", At("body.jsonl")];
        (await MigrateAsync(body, [.. merged, "--on-existing", "merge", "--merge-payload", "--journal", At("body.journal")])).ShouldSucceed();

        // Without the option the field of the title is a difference; with it a point is right if it holds the fields of the body.
        (await VerifyAsync(body, merged)).ExitCode.ShouldBe(4);
        (await VerifyAsync(body, [.. merged, "--merge-payload"])).ShouldSucceed();
        await Witness.SetPayloadAsync(Collection, 42, """{"text":"wrong"}""");
        ToolResult differs = await VerifyAsync(body, [.. merged, "--merge-payload"]);
        differs.ExitCode.ShouldBe(4);
        differs.Output.ShouldContain("payload differs");
        (await VerifyAsync(body, [.. merged, "--merge-payload", "--repair", "--journal", At("body.journal")])).ShouldSucceed();
        JsonElement point = await Witness.ReadAsync(Collection, 42);
        point.GetProperty("payload").GetProperty("text").GetString().ShouldBe("body 42");
        point.GetProperty("payload").GetProperty("n").GetInt32().ShouldBe(42);
        point.GetProperty("vector").EnumerateObject().Count().ShouldBe(2);
        (await VerifyAsync(title, "--vector-name", "title")).ShouldSucceed();
    }

    [Fact]
    public async Task A_payload_that_was_there_stays()
    {
        string index = IndexFiles.Flat(At("index.faiss"), 4, IndexFiles.Random(100, 4, seed: 1));
        await Witness.CreateAsync(Collection, """{"vectors":{"size":4,"distance":"Euclid"}}""");
        await Witness.UpsertAsync(Collection, """{"points":[{"id":3,"vector":[1,2,3,4],"payload":{"keep":"me"}}]}""");
        (await MigrateAsync(index)).ShouldEndWith(2, "1 id is already used");
        ToolResult skipped = await MigrateAsync(index, "--on-existing", "skip");
        skipped.ShouldEndWith(4, "skipped because", "not changed");
        skipped.Error.ShouldContain("no action is needed");
        (await Witness.ReadAsync(Collection, 3)).GetProperty("payload").GetRawText().ShouldBe("""{"keep":"me"}""");
        (await Witness.CountAsync(Collection)).ShouldBe(100);
        (await VerifyAsync(index, "--repair")).ExitCode.ShouldBe(4);
        (await Witness.ReadAsync(Collection, 3)).GetProperty("payload").GetRawText().ShouldBe("""{"keep":"me"}""");
    }

    [Fact]
    public async Task The_advice_for_a_collection_of_named_vectors_is_the_name_that_fits()
    {
        string index = IndexFiles.Flat(At("index.faiss"), 4, IndexFiles.Random(10, 4, seed: 1));
        await Witness.CreateAsync(Collection, """{"vectors":{"text-dense":{"size":4,"distance":"Euclid"},"image":{"size":9,"distance":"Dot"}}}""");
        ToolResult refused = (await MigrateAsync(index)).ShouldEndWith(2, "does not fit");
        refused.Error.ShouldContain("--vector-name text-dense");
        refused.Error.ShouldNotContain("ecreate");
    }

    /// <summary>Frameworks call every index by one name.</summary>
    [Fact]
    public async Task Indexes_of_one_name_in_two_folders_do_not_bring_each_other_up_to_date()
    {
        foreach (string folder in (string[])["a", "b", "c"])
        {
            Directory.CreateDirectory(At(folder));
        }

        string first = IndexFiles.Flat(At("a/index.faiss"), 4, IndexFiles.Random(200, 4, seed: 1));
        string second = IndexFiles.Flat(At("b/index.faiss"), 4, IndexFiles.Random(100, 4, seed: 2));
        (await MigrateAsync(first, "--log-dir", At("logs"))).ShouldSucceed();
        string[][] ways = [[], ["--on-changed", "sync"], ["--on-changed", "sync", "--prune", "--yes"], ["--on-changed", "restart"]];
        foreach (string[] way in ways)
        {
            (await MigrateAsync(second, ["--log-dir", At("logs"), .. way])).ExitCode.ShouldBe(2, string.Join(' ', way));
        }

        string journal = Directory.GetFiles(At("logs"), "*.index.journal").ShouldHaveSingleItem();
        foreach (string[] way in ways)
        {
            ToolResult refused = (await MigrateAsync(second, ["--log-dir", At("logs"), "--journal", journal, .. way]))
                .ShouldEndWith(2, "is another file with other contents");
            refused.Error.ShouldContain("--force");
        }

        (await VerifyAsync(first, "--log-dir", At("logs"))).ShouldSucceed();
        (await MigrateAsync(second, "--log-dir", At("logs"), "--id-offset", "1000")).ShouldSucceed();
        (await Witness.CountAsync(Collection)).ShouldBe(300);

        // The same index, moved and grown, when that is said.
        File.Delete(first);
        string moved = IndexFiles.Flat(At("c/index.faiss"), 4, IndexFiles.Random(210, 4, seed: 1));
        (await MigrateAsync(moved, "--log-dir", At("logs"), "--journal", journal, "--on-changed", "sync")).ShouldEndWith(2, "is another file");
        (await MigrateAsync(moved, "--log-dir", At("logs"), "--journal", journal, "--on-changed", "sync", "--force")).ShouldSucceed();
        (await Witness.CountAsync(Collection)).ShouldBe(310);
    }
}
