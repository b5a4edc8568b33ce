using VectorMigration.TestSupport;

namespace VectorMigration.EndToEnd.Tests;

/// <summary>Repairs and restarts on a real server that would have written other points than the migration did, or taken something away.</summary>
[Collection(SharedServer.Name)]
public sealed class HarmlessRepairTests(QdrantServerFixture fixture) : ServerTests(fixture)
{
    [Fact]
    public async Task A_repair_with_other_id_options_or_another_payload_writes_nothing()
    {
        string path = IndexFiles.Flat(At("flat.faiss"), 4, IndexFiles.Random(50, 4, seed: 5));
        string payload = await RowsAsync("rows.jsonl", "a");
        string other = await RowsAsync("other.jsonl", "b");
        (await MigrateAsync(path, "--payload", payload, "--id-offset", "1000")).ShouldSucceed();
        string[] logs = ["--repair", "--log-dir", Path.Combine(Folder, "logs")];
        (await VerifyAsync(path, ["--payload", payload, .. logs])).ShouldEndWith(2, "id offset: 1000 in the journal, 0 now");
        ToolResult bare = await VerifyAsync(path, "--payload", payload);
        bare.ExitCode.ShouldBe(4);
        bare.Error.ShouldContain("id offset: 1000 in the journal, 0 now");
        bare.Error.ShouldNotContain("add --repair");
        (await VerifyAsync(path, ["--payload", payload, "--id-mapping", "uuid5", .. logs])).ShouldEndWith(2, "id mapping: keep in the journal, uuid5 now");
        (await VerifyAsync(path, ["--payload", other, "--id-offset", "1000", .. logs])).ShouldEndWith(2, "another payload")
            .Error.ShouldContain("--on-changed sync");
        (await VerifyAsync(path, "--payload", payload, "--repair", "--journal", At("none.journal"))).ShouldEndWith(2, "0 of 50 vectors")
            .Error.ShouldContain("--id-offset");
        (await Witness.CountAsync(Collection)).ShouldBe(50);
        (await Witness.ReadAsync(Collection, 1_003)).GetProperty("payload").GetProperty("t").GetString().ShouldBe("a3");
        (await VerifyAsync(path, ["--payload", payload, "--id-offset", "1000", .. logs])).ShouldSucceed();
    }

    [Fact]
    public async Task A_verification_without_the_payloads_of_the_migration_says_so()
    {
        string path = IndexFiles.Flat(At("flat.faiss"), 4, IndexFiles.Random(50, 4, seed: 5));
        (await MigrateAsync(path, "--payload", await RowsAsync("rows.jsonl", "a"))).ShouldSucceed();
        ToolResult bare = (await VerifyAsync(path, "--log-dir", Path.Combine(Folder, "logs"))).ShouldSucceed();
        bare.Output.ShouldContain("payloads were NOT compared");
        bare.Output.ShouldNotContain("although the migration sent payloads");
        bare.Error.ShouldContain("Payloads were not compared");
        (await VerifyAsync(path, "--log-dir", Path.Combine(Folder, "logs"), "--json")).Json().GetProperty("verification")
            .GetProperty("payloadsNotCompared").GetBoolean().ShouldBeTrue();
    }

    [Fact]
    public async Task The_journal_of_another_index_is_called_that()
    {
        string path = IndexFiles.Flat(At("flat.faiss"), 4, IndexFiles.Random(50, 4, seed: 5));
        string wrong = IndexFiles.Flat(At("wrong.faiss"), 4, IndexFiles.Random(50, 4, seed: 6));
        (await MigrateAsync(path, "--payload", await RowsAsync("rows.jsonl", "a"), "--journal", At("c.journal"))).ShouldSucceed();
        ToolResult refused = (await VerifyAsync(wrong, "--no-store", "--repair", "--journal", At("c.journal"))).ShouldEndWith(2, "belongs to another index");
        refused.Error.ShouldContain("name " + path);
        refused.Error.ShouldNotContain("Specify the payload");
        ToolResult compared = await VerifyAsync(wrong, "--no-store", "--journal", At("c.journal"));
        compared.ExitCode.ShouldBe(4);
        compared.Error.ShouldContain("belongs to another index");
    }

    [Fact]
    public async Task A_payload_that_was_named_and_is_equal_is_not_called_in_question()
    {
        string path = IndexFiles.Flat(At("flat.faiss"), 4, IndexFiles.Random(50, 4, seed: 5));
        string payload = await RowsAsync("rows.jsonl", "a");
        (await MigrateAsync(path, "--payload", payload)).ShouldSucceed();
        string changed = IndexFiles.Flat(At("changed.faiss"), 4, IndexFiles.Random(50, 4, seed: 6));
        ToolResult different = await VerifyAsync(changed, "--payload", payload);
        different.ExitCode.ShouldBe(4);
        different.Output.ShouldContain("50 different");
        different.Output.ShouldContain("compared with " + payload);
        different.Output.ShouldNotContain("If the migration sent other payloads");
    }

    [Fact]
    public async Task A_restart_keeps_added_payloads_and_counts_what_stays_under_other_ids()
    {
        string path = IndexFiles.Flat(At("flat.faiss"), 4, IndexFiles.Random(50, 4, seed: 5));
        (await MigrateAsync(path)).ShouldSucceed();
        await Witness.SetPayloadAsync(Collection, 7, """{"own":1}""");
        (await MigrateAsync(path, "--restart")).ShouldSucceed();
        (await Witness.ReadAsync(Collection, 7)).GetProperty("payload").GetProperty("own").GetInt32().ShouldBe(1);

        ToolResult moved = (await MigrateAsync(path, "--restart", "--id-mapping", "uuid5", "--json")).ShouldSucceed();
        moved.Json().GetProperty("counts").GetProperty("leftBehind").GetInt64().ShouldBe(50);
        moved.Error.ShouldContain("id mapping: keep in the journal, uuid5 now");
        (await Witness.CountAsync(Collection)).ShouldBe(100);
    }

    [Fact]
    public async Task A_merge_and_an_overwrite_count_what_they_replace()
    {
        await Witness.CreateAsync(Collection, """{"vectors":{"title":{"size":4,"distance":"Euclid"},"body":{"size":6,"distance":"Euclid"}}}""");
        string title = IndexFiles.Flat(At("title.faiss"), 4, IndexFiles.Random(50, 4, seed: 1));
        string bodies = IndexFiles.Flat(At("body.faiss"), 6, IndexFiles.Random(50, 6, seed: 2));
        (await MigrateAsync(title, "--vector-name", "title", "--payload", await RowsAsync("title.jsonl", "title "))).ShouldSucceed();
        string[] merge = ["--vector-name", "body", "--payload", await RowsAsync("body.jsonl", "body "), "--on-existing", "merge", "--merge-payload"];
        ToolResult merged = await MigrateAsync(bodies, [.. merge, "--journal", At("body.journal")]);
        merged.Error.ShouldContain("50 fields of 50 points have other values and are replaced by --merge-payload");

        ToolResult over = await MigrateAsync(
            title, "--vector-name", "title", "--no-store", "--on-existing", "overwrite", "--journal", At("over.journal"), "--dry-run");
        (over.Output + over.Error).ShouldContain("replaces 50 existing points whole: the other vectors (body)");
    }

    private async Task<string> RowsAsync(string name, string text)
    {
        await File.WriteAllLinesAsync(At(name), Enumerable.Range(0, 50).Select(row => $$"""{"t":"{{text}}{{row}}"}"""));
        return At(name);
    }
}
