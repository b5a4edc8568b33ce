namespace VectorMigration.EndToEnd.Tests;

/// <summary>What a shell is offered for options whose values are in a file or in a folder of logs.</summary>
[Collection(SharedServer.Name)]
public sealed class CompletionTests(TestSupport.QdrantServerFixture fixture) : ServerTests(fixture)
{
    [Fact]
    public async Task The_key_is_one_of_the_fields_of_the_payload_file()
    {
        await File.WriteAllTextAsync(At("rows.jsonl"), """{"id":1,"metadata":{"source":"a"},"text":"b"}""" + "\n");
        (await OfferedAsync($"migrate x.faiss --collection c --payload {At("rows.jsonl")} --payload-key "))
            .ShouldBe(["id", "metadata", "metadata.source", "text"]);
        (await OfferedAsync($"verify x.faiss --collection c --payload {At("rows.jsonl")} --payload-key me")).ShouldBe(["metadata", "metadata.source"]);
        (await OfferedAsync($"migrate x.faiss --collection c --payload {At("none.jsonl")} --payload-key ")).ShouldBeEmpty();
    }

    [Fact]
    public async Task The_run_is_one_of_the_log_folder()
    {
        string index = IndexFiles.Flat(At("flat.faiss"), 4, IndexFiles.Random(5, 4, seed: 1));
        string[] runs = new string[2];
        for (int i = 0; i < runs.Length; i++)
        {
            runs[i] = (await MigrateAsync(index, "--log-dir", At("told"), "--json")).ShouldSucceed().Json().GetProperty("runId").GetString()!;
        }

        (await OfferedAsync($"report {At("told")} --run-id ")).Order().ShouldBe(runs.Order());
    }

    [Theory]
    [InlineData("--protocol", "auto", "grpc", "rest")]
    [InlineData("--verify", "count", "full", "none", "sample")]
    [InlineData("--on-surplus-payload", "fail", "ignore")]
    public async Task A_choice_is_offered_in_one_spelling(string option, params string[] values) =>
        (await OfferedAsync($"migrate x.faiss --collection c {option} ")).Order(StringComparer.Ordinal).ShouldBe(values);

    private async Task<string[]> OfferedAsync(string line)
    {
        ToolResult offered = (await Tool.RunAsync(Folder, $"[suggest:{line.Length}]", line)).ShouldSucceed();
        return offered.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
    }
}
