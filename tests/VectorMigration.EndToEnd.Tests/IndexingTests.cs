using System.Text.Json;

namespace VectorMigration.EndToEnd.Tests;

/// <summary>What the server is told about indexing, what a crash in between leaves of it, and the wait for the index.</summary>
public sealed class IndexingTests() : MidwayTests(vectors: 2_000, dimension: 64, seed: 5)
{
    private const string Collection = "indexed";
    private const string Mark = "vector_migration_indexing_threshold";

    private string[] Deferred => ["migrate", Index, "--url", Url, "--collection", Collection, "--indexing", "deferred", "--indexing-threshold", "100"];

    [Fact]
    public async Task Deferred_indexing_is_restored_and_waited_for()
    {
        JsonElement indexing = (await Tool.RunAsync(Folder, [.. Deferred, "--wait-indexed", "--json"])).ShouldSucceed().Json().GetProperty("indexing");
        indexing.GetProperty("status").GetString().ShouldBe("Complete");
        indexing.GetProperty("vectors").GetInt64().ShouldBe(2_000);
        indexing.GetProperty("indexed").GetInt64().ShouldBeGreaterThan(0);
        JsonElement now = await DescribeAsync();
        now.GetProperty("status").GetString().ShouldBe("green");
        now.GetProperty("indexed_vectors_count").GetInt64().ShouldBe(indexing.GetProperty("indexed").GetInt64());
        ShouldBe(now, threshold: 100, marked: false);
    }

    [Fact]
    public async Task The_new_collection_is_divided_as_asked_and_the_sheet_tells_the_index()
    {
        ToolResult run = await Tool.RunAsync(
            Folder, "migrate", Index, "--url", Url, "--collection", Collection, "--shard-number", "2", "--default-segment-number", "3", "--max-segment-size",
                "40000", "--wait-indexed");
        run.ShouldSucceed().Output.ShouldContain("0 of 2,000 vectors are indexed. The rest are in segments below the indexing threshold");
        JsonElement config = (await DescribeAsync()).GetProperty("config");
        config.GetProperty("params").GetProperty("shard_number").GetInt32().ShouldBe(2);
        config.GetProperty("optimizer_config").GetProperty("default_segment_number").GetInt32().ShouldBe(3);
        config.GetProperty("optimizer_config").GetProperty("max_segment_size").GetInt32().ShouldBe(40_000);
    }

    [Fact]
    public async Task A_run_killed_while_indexing_is_put_off_is_mended_by_the_next()
    {
        using (Tool tool = Tool.Start(Folder, null, [.. Deferred, "--batch-size", "20", "--batch-delay", "0.05"]))
        {
            await BatchesAsync(tool, 5);
            tool.Signal("KILL");
            (await tool.EndAsync()).ExitCode.ShouldBe(137);
        }

        ShouldBe(await DescribeAsync(), threshold: 0, marked: true);
        (await Tool.RunAsync(Folder, "verify", Index, "--url", Url, "--collection", Collection)).Error.ShouldContain("has deferred the indexing of 'indexed'");
        ToolResult plan = await Tool.RunAsync(Folder, [.. Deferred, "--dry-run", "--json"]);
        plan.ShouldSucceed().Output.ShouldContain("This run resumes it after the upload");

        JsonElement result = (await Tool.RunAsync(Folder, [.. Deferred, "--wait-indexed", "--json"])).ShouldSucceed().Json();
        result.GetProperty("counts").GetProperty("skipped").GetInt64().ShouldBeGreaterThan(0);
        result.GetProperty("indexing").GetProperty("indexed").GetInt64().ShouldBeGreaterThan(0);
        ShouldBe(await DescribeAsync(), threshold: 100, marked: false);
    }

    [Fact]
    public async Task What_a_kill_has_left_is_mended_although_nothing_is_left_to_send()
    {
        (await Tool.RunAsync(Folder, Deferred)).ShouldSucceed();
        // As a kill between the last acknowledgement and the restoring leaves it.
        using Witness witness = new(Server);
        await witness.ChangeAsync(Collection, $$$"""{"optimizers_config":{"indexing_threshold":0},"metadata":{"{{{Mark}}}":"100"}}""");
        JsonElement counts = (await Tool.RunAsync(Folder, [.. Deferred, "--json"])).ShouldSucceed().Json().GetProperty("counts");
        counts.GetProperty("sent").GetInt64().ShouldBe(0);
        ShouldBe(await DescribeAsync(), threshold: 100, marked: false);
    }

    [Fact]
    public async Task A_stopped_run_takes_the_indexing_up_by_itself()
    {
        using Tool tool = Tool.Start(Folder, null, [.. Deferred, "--batch-size", "20", "--batch-delay", "0.05"]);
        await BatchesAsync(tool, 5);
        ShouldBe(await DescribeAsync(), threshold: 0, marked: true);
        tool.Signal("INT");
        (await tool.EndAsync()).ShouldEndWith(3, "Stopped on request");
        ShouldBe(await DescribeAsync(), threshold: 100, marked: true);
        (await Tool.RunAsync(Folder, Deferred)).ShouldSucceed();
        ShouldBe(await DescribeAsync(), threshold: 100, marked: false);
    }

    [Fact]
    public async Task The_wait_ends_in_time_and_a_server_that_was_killed_while_indexing_is_woken()
    {
        IndexFiles.Flat(Index, 256, IndexFiles.Random(20_000, 256, seed: 6));
        string[] run = ["migrate", Index, "--url", Url, "--collection", Collection, "--indexing-threshold", "500", "--verify", "none", "--wait-indexed"];
        ToolResult late = await Tool.RunAsync(Folder, [.. run, "--wait-indexed-timeout", "1"]);
        late.ShouldEndWith(3, "All vectors are in the collection 'indexed', but its index is not complete");
        late.Error.ShouldContain("Run the same command again to keep waiting");

        await Server.RestartAsync();
        (await DescribeAsync()).GetProperty("status").GetString().ShouldBe("grey");
        JsonElement result = (await Tool.RunAsync(Folder, [.. run, "--json"])).ShouldSucceed().Json();
        result.GetProperty("counts").GetProperty("sent").GetInt64().ShouldBe(0);
        result.GetProperty("indexing").GetProperty("status").GetString().ShouldBe("Complete");
        result.GetProperty("indexing").GetProperty("indexed").GetInt64().ShouldBeGreaterThan(10_000);
    }

    [Fact]
    public async Task A_limit_for_a_wait_that_nobody_asked_for_is_a_usage_error() =>
        (await Tool.RunAsync(Folder, [.. Deferred, "--wait-indexed-timeout", "5"])).ShouldEndWith(2, "but --wait-indexed is missing");

    private async Task<JsonElement> DescribeAsync()
    {
        using Witness witness = new(Server);
        return await witness.DescribeAsync(Collection);
    }

    private static void ShouldBe(JsonElement collection, int threshold, bool marked)
    {
        JsonElement config = collection.GetProperty("config");
        config.GetProperty("optimizer_config").GetProperty("indexing_threshold").GetInt32().ShouldBe(threshold);
        config.GetProperty("metadata").TryGetProperty(Mark, out JsonElement remembered).ShouldBe(marked);
        if (marked)
        {
            remembered.GetString().ShouldBe("100");
        }
    }
}
