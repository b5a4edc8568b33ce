using VectorMigration.TestSupport;

namespace VectorMigration.EndToEnd.Tests;

/// <summary>What a first-time operator stumbled over: texts that went in circles, said a thing twice, or named what this surface does not have.</summary>
[Collection(SharedServer.Name)]
public sealed class OperatorTextTests(QdrantServerFixture fixture) : ServerTests(fixture)
{
    private string Index => IndexFiles.Flat(At("a.faiss"), 4, IndexFiles.Random(40, 4, 5));

    /// <summary>40 vectors, of which one has NaN.</summary>
    private string Poisoned
    {
        get
        {
            float[] components = IndexFiles.Random(40, 4, 5);
            components[9] = float.NaN;
            return IndexFiles.Flat(At("poisoned.faiss"), 4, components);
        }
    }

    [Theory]
    [InlineData("--limit needs a value.", "migrate", "INDEX", "--collection", "c", "--limit")]
    [InlineData("--timeout is given twice. It takes one value.", "migrate", "INDEX", "--collection", "c", "--timeout", "5", "--timeout", "6")]
    [InlineData("The argument <PATH> is missing.", "migrate", "--collection", "c")]
    [InlineData("--collection is missing.", "verify", "INDEX")]
    [InlineData("--force has no effect here", "migrate", "INDEX", "--collection", "c", "--force")]
    public async Task A_wrong_command_line_is_told_in_the_words_of_the_tool(string said, params string[] command) =>
        (await Tool.RunAsync(Folder, [.. command.Select(word => word == "INDEX" ? Index : word)])).ShouldEndWith(2, said);

    [Fact]
    public async Task The_REST_port_of_this_machine_is_answered_with_the_port_that_is_meant()
    {
        string rest = Server.RestUri.ToString();
        ToolResult run = await Tool.RunAsync(Folder, "migrate", Index, "--collection", Collection, "--url", rest);
        run.ShouldSucceed().Error.ShouldContain("Use Qdrant's gRPC port: service.grpc_port");
        run.Error.ShouldNotContain("network team");
        ToolResult refused = await Tool.RunAsync(Folder, "migrate", Index, "--collection", Collection, "--url", rest, "--protocol", "grpc");
        refused.ShouldEndWith(2, "Qdrant's REST interface answered").Error.ShouldContain("--protocol auto or rest.");
    }

    [Fact]
    public async Task A_verification_without_some_vectors_says_why_it_is_incomplete()
    {
        (await MigrateAsync(Poisoned, "--skip-invalid")).ExitCode.ShouldBe(4);
        ToolResult run = await VerifyAsync(Poisoned, "--skip-invalid");
        run.ExitCode.ShouldBe(4);
        string said = run.Output.ReplaceLineEndings(" ");
        said.ShouldMatch(@"passed: 39 vectors read back");
        said.ShouldMatch(@"incomplete \(exit code 4\)\. 1 vector of the index was\s+not compared: NaN or infinite components");
    }

    [Fact]
    public async Task A_dry_run_says_that_components_are_not_checked_and_a_scan_says_each_thing_once()
    {
        (await MigrateAsync(Poisoned, "--dry-run")).ShouldSucceed().Output.ReplaceLineEndings(" ")
            .ShouldMatch(@"not checked\s+NaN and infinite components: .* vector-migration inspect\s+--scan");
        ToolResult scan = await Tool.RunAsync(Folder, "inspect", Poisoned, "--scan");
        scan.ShouldSucceed().Output.ShouldContain("1: NaN at position 2");
        scan.Error.ShouldNotContain("1 vector");
        scan.Error.ShouldContain("skip them with vector-migration migrate --skip-invalid.");
    }

    [Fact]
    public async Task A_comparison_proposes_only_runs_that_sent_vectors()
    {
        string[] into = ["--log-dir", At("kept")];
        (await MigrateAsync(Index, [.. into, "--limit", "20"])).ShouldSucceed();
        (await MigrateAsync(Index, into)).ShouldSucceed();
        (await MigrateAsync(Poisoned, [.. into, "--on-existing", "overwrite"])).ExitCode.ShouldBe(1);
        string advice = (await Tool.RunAsync(Folder, "compare", At("kept"))).ShouldEndWith(2).Error;
        string[] proposed = [.. advice.Split([' ', '\n']).Where(static word => word.Contains("/runs/", StringComparison.Ordinal))];
        proposed.Length.ShouldBe(2);
        ToolResult compared = (await Tool.RunAsync(Folder, "compare", proposed[0], proposed[1])).ShouldSucceed();
        compared.Output.ShouldNotContain("longer");
    }

    [Fact]
    public async Task Another_handling_of_missing_payloads_is_a_change_that_a_sync_takes()
    {
        string payload = At("half.jsonl");
        await File.WriteAllLinesAsync(payload, Enumerable.Range(0, 30).Select(static id => $$"""{"id":{{id}},"text":"t{{id}}"}"""));
        string[] keyed = ["--payload", payload, "--payload-key", "id"];
        (await MigrateAsync(Index)).ShouldSucceed();
        (await MigrateAsync(Index, [.. keyed, "--on-missing-payload", "empty"]))
            .ShouldEndWith(2, "payload options have changed", "payload key: none in the journal, id now")
            .Error.ShouldContain("--on-changed sync");
        (await MigrateAsync(Index, [.. keyed, "--on-missing-payload", "empty", "--on-changed", "sync"])).ShouldSucceed();
        (await MigrateAsync(Index, [.. keyed, "--on-missing-payload", "skip"]))
            .ShouldEndWith(2, "vectors without a payload: empty in the journal, skip now");
    }

    [Fact]
    public async Task A_new_journal_over_equal_points_is_told()
    {
        (await MigrateAsync(Index)).ShouldSucceed().Error.ShouldNotContain("is new");
        ToolResult elsewhere = await MigrateAsync(Index, "--log-dir", At("elsewhere"));
        elsewhere.ShouldSucceed().Error.ShouldContain("40 equal points are already in the collection, but the journal ");
        elsewhere.Error.ShouldContain("name the journal of the earlier runs with --journal.");
    }
}
