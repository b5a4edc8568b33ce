using VectorMigration.TestSupport;

namespace VectorMigration.EndToEnd.Tests;

/// <summary>Which journal, which payload file and which ids belong to a part: what was sent is neither deleted nor given another text.</summary>
[Collection(SharedServer.Name)]
public sealed class JobJournalTests(QdrantServerFixture fixture) : ServerTests(fixture)
{
    private const int Dimension = 8;
    private const int Count = 5;

    private string[] ToServer => ["--url", Url, "--collection", Collection];

    private string Flat(string name, int seed, int count = Count)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(At(name))!);
        return IndexFiles.Flat(At(name), Dimension, IndexFiles.Random(count, Dimension, seed));
    }

    private string Mapped(string name, int first)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(At(name))!);
        long[] ids = [.. Enumerable.Range(first, Count).Select(static id => (long)id)];
        return IndexFiles.IdMap(At(name), Dimension, IndexFiles.Random(Count, Dimension, first), ids);
    }

    private Task<ToolResult> RunAsync(string command, params string[] arguments) => Tool.RunAsync(Folder, [command, .. arguments, .. ToServer]);

    [Fact]
    public async Task One_payload_file_for_parts_of_equal_FAISS_ids_is_refused()
    {
        Flat("part-1.faiss", 1);
        Flat("part-2.faiss", 2);
        await File.WriteAllLinesAsync(At("all.jsonl"), Enumerable.Range(0, 2 * Count).Select(static i => $$"""{"id":{{i}},"text":"text {{i}}"}"""));
        await File.WriteAllLinesAsync(At("own.jsonl"), Enumerable.Range(0, Count).Select(static i => $$"""{"id":{{i}},"text":"text {{i}}"}"""));
        await File.WriteAllLinesAsync(At("all.csv"), ["path,payload", "part-1.faiss,all.jsonl", "part-2.faiss,all.jsonl"]);
        await File.WriteAllLinesAsync(At("own.csv"), ["path,payload", "part-1.faiss,own.jsonl", "part-2.faiss,own.jsonl"]);

        (await RunAsync("migrate", "--manifest", "all.csv", "--payload-key", "id", "--on-surplus-payload", "ignore"))
            .ShouldEndWith(2, "among the ids that its points get with --id-offset 5: 5, 6, 7");
        (await RunAsync("migrate", "part-2.faiss", "--id-offset", "5", "--payload", "all.jsonl", "--payload-key", "id", "--on-surplus-payload", "ignore"))
            .ShouldEndWith(2, "Payloads are joined by FAISS id, before the id offset");
        (await RunAsync("migrate", "--manifest", "own.csv", "--payload-key", "id")).ShouldEndWith(2, "have the same payload file", "0 to 4 and 0 to 4");
        (await RunAsync("migrate", "--manifest", "own.csv")).ShouldEndWith(2, "its first entry belongs to the first vector of both");
        (await Witness.ExistsAsync(Collection)).ShouldBeFalse();

        // Keys that are far from the ids of the points belong to other indexes, as was said.
        await File.AppendAllTextAsync(At("own.jsonl"), """{"id":900,"text":"elsewhere"}""" + "\n");
        (await RunAsync("migrate", "part-2.faiss", "--id-offset", "5", "--payload", "own.jsonl", "--payload-key", "id", "--on-surplus-payload", "ignore"))
            .ShouldSucceed();
    }

    [Fact]
    public async Task Parts_of_FAISS_ids_of_their_own_may_share_a_payload_file()
    {
        Mapped("part-1.faiss", 0);
        Mapped("part-2.faiss", Count);
        await File.WriteAllLinesAsync(At("all.jsonl"), Enumerable.Range(0, 2 * Count).Select(static i => $$"""{"id":{{i}},"text":"text {{i}}"}"""));
        await File.WriteAllLinesAsync(At("all.csv"), ["path,payload", "part-1.faiss,all.jsonl", "part-2.faiss,all.jsonl"]);
        (await RunAsync("migrate", "--manifest", "all.csv", "--payload-key", "id", "--on-surplus-payload", "ignore")).ShouldSucceed();
        Dictionary<string, WitnessedPoint> points = await Witness.ReadAllAsync(Collection);
        points.Count.ShouldBe(2 * Count);
        foreach ((string id, WitnessedPoint point) in points)
        {
            point.Payload.GetProperty("text").GetString().ShouldBe($"text {id}");
        }
    }

    [Fact]
    public async Task A_repair_of_one_part_finds_the_journal_of_the_job_and_sends_no_point_without_its_payload()
    {
        Flat("a/part-1.faiss", 1);
        Flat("b/part-1.faiss", 2);
        foreach (string part in (string[])["a", "b"])
        {
            await File.WriteAllLinesAsync(At($"{part}.jsonl"), Enumerable.Range(0, Count).Select(i => $$"""{"text":"{{part}}{{i}}"}"""));
        }

        await File.WriteAllLinesAsync(At("parts.csv"), ["path,payload", "a/part-1.faiss,a.jsonl", "b/part-1.faiss,b.jsonl"]);
        (await RunAsync("migrate", "--manifest", "parts.csv")).ShouldSucceed();
        await Witness.DeleteAsync(Collection, 7UL);
        string[] repair = [Path.Combine("b", "part-1.faiss"), "--id-offset", "5", "--repair"];
        (await RunAsync("verify", repair)).ShouldEndWith(2, "belongs to vectors with payloads").Error.ShouldContain("Nothing was sent");
        (await RunAsync("verify", [.. repair, "--payload", "b.jsonl"])).ShouldSucceed();
        (await Witness.ReadAllAsync(Collection))["7"].Payload.GetProperty("text").GetString().ShouldBe("b2");
    }

    [Fact]
    public async Task Indexes_that_change_places_keep_their_journals_and_nothing_is_pruned()
    {
        Mapped("a/i.faiss", 0);
        Mapped("b/i.faiss", Count);
        string[] indexes = [Path.Combine("a", "i.faiss"), Path.Combine("b", "i.faiss")];
        foreach (string index in indexes)
        {
            (await RunAsync("migrate", index)).ShouldSucceed();
        }

        Directory.Move(At("a"), At("c"));
        Directory.Move(At("b"), At("a"));
        Directory.Move(At("c"), At("b"));
        foreach (string index in indexes.Reverse())
        {
            ToolResult run = (await RunAsync("migrate", index, "--on-changed", "sync", "--prune", "--yes")).ShouldSucceed();
            run.Output.ShouldNotContain("pruned");
        }

        (await Witness.CountAsync(Collection)).ShouldBe(2 * Count);
    }

    [Fact]
    public async Task A_restart_that_is_refused_leaves_the_record_of_the_job_and_names_no_journal()
    {
        Flat("part-1.faiss", 1);
        Flat("part-2.faiss", 2);
        (await RunAsync("migrate", "part-1.faiss", "part-2.faiss")).ShouldSucceed();
        byte[] whole = await File.ReadAllBytesAsync(At("part-1.faiss"));
        string record = await File.ReadAllTextAsync(At($"logs/{Collection}.parts.json"));
        Flat("part-1.faiss", 3, Count + 2);
        ToolResult refused = await RunAsync("migrate", "part-1.faiss", "part-2.faiss", "--restart");
        refused.ShouldEndWith(2, "Nothing was sent").Error.ShouldNotContain("--journal");
        (await File.ReadAllTextAsync(At($"logs/{Collection}.parts.json"))).ShouldBe(record);
        await File.WriteAllBytesAsync(At("part-1.faiss"), whole);
        (await RunAsync("verify", "part-1.faiss", "part-2.faiss")).ShouldSucceed();
    }

    [Fact]
    public async Task Another_id_offset_than_that_of_the_earlier_run_is_refused()
    {
        Flat("part-1.faiss", 1);
        Flat("part-2.faiss", 2);
        (await RunAsync("migrate", "part-1.faiss", "part-2.faiss", "--id-offset", "100")).ShouldSucceed();
        (await RunAsync("migrate", "part-1.faiss", "part-2.faiss")).ShouldSucceed();
        foreach (string command in (string[])["migrate", "verify"])
        {
            (await RunAsync(command, "part-1.faiss", "part-2.faiss", "--id-offset", "200")).ShouldEndWith(2, "--id-offset is 200", "with the id offset 100");
        }
    }

    [Fact]
    public async Task The_end_of_a_part_is_no_success_of_the_job()
    {
        Flat("part-1.faiss", 1);
        float[] broken = IndexFiles.Random(Count, Dimension, 2);
        broken[^1] = float.NaN;
        IndexFiles.Flat(At("part-2.faiss"), Dimension, broken);
        (await RunAsync("migrate", "part-1.faiss", "part-2.faiss", "--metrics-file", "m.prom")).ExitCode.ShouldNotBe(0);
        (await File.ReadAllTextAsync(At("m.prom"))).ShouldMatch(@"vectormigration_last_success_timestamp_seconds\{[^}]*\} 0\n");
    }

    [Fact]
    public async Task A_control_character_in_a_manifest_is_told_with_its_line()
    {
        await File.WriteAllTextAsync(At("parts.csv"), "path,idOffset\npart-1.faiss\0,0\n");
        (await RunAsync("migrate", "--manifest", "parts.csv")).ShouldEndWith(2, "line 2 has a control character in the column path");
    }
}
