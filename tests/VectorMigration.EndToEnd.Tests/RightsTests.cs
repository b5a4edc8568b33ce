using VectorMigration.TestSupport;

namespace VectorMigration.EndToEnd.Tests;

/// <summary>An API key that may only read: a dry run finds out without writing, and a run says what the key lacks.</summary>
public sealed class RightsTests : IAsyncLifetime, IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("vm-rights-").FullName;
    private QdrantServer server = null!;

    public async Task InitializeAsync()
    {
        server = await QdrantServer.StartAsync(new QdrantServerOptions { ApiKey = "all", ReadOnlyApiKey = "reads" });
        IndexFiles.Flat(Index, 8, IndexFiles.Random(40, 8, 3));
    }

    public async Task DisposeAsync() => await server.DisposeAsync();

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private string Index => Path.Combine(folder, "a.faiss");

    [Theory]
    [InlineData("grpc")]
    [InlineData("rest")]
    public async Task A_dry_run_finds_out_that_the_key_may_only_read_and_changes_nothing(string protocol)
    {
        string url = (protocol == "rest" ? server.RestUri : server.GrpcUri).ToString();
        string[] dry = ["--dry-run", "--url", url, "--protocol", protocol];
        (await RunAsync("reads", dry)).ShouldEndWith(2, "Could not create the collection 'rights'", "the API key does not have the rights for this");
        (await RunAsync("all", dry)).ShouldSucceed();
        (await RunAsync("all", "--limit", "20")).ShouldSucceed();
        (await RunAsync("reads", dry)).ShouldEndWith(2, "Could not write to the collection 'rights'", "the API key does not have the rights for this");
        (await RunAsync("all", dry)).ShouldSucceed();
        using Witness witness = new(server, "all");
        (await witness.CountAsync("rights")).ShouldBe(20);
    }

    [Fact]
    public async Task A_run_that_may_not_write_fails_and_the_same_command_with_another_key_resumes()
    {
        (await RunAsync("all", "--limit", "20")).ShouldSucceed();
        ToolResult refused = await RunAsync("reads");
        refused.ShouldEndWith(1, "The upload to collection 'rights' stopped: the API key does not have the rights for this.");
        refused.Error.ShouldContain("Use an API key with write access.");
        (await RunAsync("all")).ShouldSucceed().Error.ShouldContain("resuming: 20 of 40");
    }

    private Task<ToolResult> RunAsync(string key, params string[] more) =>
        Tool.RunAsync(folder, new Dictionary<string, string> { ["QDRANT_API_KEY"] = key, ["QDRANT_URL"] = server.GrpcUri.ToString() },
            ["migrate", Index, "--collection", "rights", .. more]);
}
