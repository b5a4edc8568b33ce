namespace VectorMigration.EndToEnd.Tests;

/// <summary>A server that accepts connections and answers nothing: every phase ends at the limit that was given, whatever the time limit of a call.</summary>
public sealed class FrozenServerTests() : MidwayTests(2_000, dimension: 16, seed: 79)
{
    private string[] Run => ["migrate", Index, "--url", Url, "--collection", "frozen", "--batch-size", "50", "--batch-delay", "0.1", "--timeout", "150"];

    [Fact]
    public async Task An_upload_ends_at_the_limit_in_one_sentence_and_the_same_command_resumes()
    {
        using Tool tool = Tool.Start(Folder, null, [.. Run, "--give-up-after", "6"]);
        await BatchesAsync(tool, 5);
        Server.Pause();
        try
        {
            ToolResult run = (await tool.EndAsync()).ShouldEndWith(3, "stopped: the server has not answered for 6 s.");
            run.Error.ShouldContain("It resumes where this run stopped");
            run.Error.ShouldNotContain("HTTP/2");
        }
        finally
        {
            Server.Resume();
        }

        (await Tool.RunAsync(Folder, Run)).ShouldSucceed().Error.ShouldContain("resuming: ");
    }

    [Theory]
    [InlineData("migrate")]
    [InlineData("migrate", "--dry-run")]
    [InlineData("verify")]
    public async Task Planning_ends_at_the_limit_and_advises_nothing_about_batches(params string[] command)
    {
        (await Tool.RunAsync(Folder, [.. Run, "--verify", "none"])).ShouldSucceed();
        Server.Pause();
        try
        {
            ToolResult run = await Tool.RunAsync(Folder,
                [.. command, Index, "--url", Url, "--collection", "frozen", "--timeout", "150", "--give-up-after", "5"]);
            run.ShouldEndWith(2, "the server has not answered for 5 s.").Error.ShouldContain("Check that the server is running and reachable.");
            run.Error.ShouldNotContain("--batch-size");
        }
        finally
        {
            Server.Resume();
        }
    }

    [Fact]
    public async Task A_call_that_ends_by_its_own_time_limit_advises_nothing_about_batches_either()
    {
        Server.Pause();
        try
        {
            ToolResult run = await Tool.RunAsync(Folder, "migrate", Index, "--url", Url, "--collection", "frozen", "--timeout", "2");
            run.ShouldEndWith(2, "no answer within").Error.ShouldContain("If it is only slow, raise --timeout.");
            run.Error.ShouldNotContain("--batch-size");
        }
        finally
        {
            Server.Resume();
        }
    }
}
