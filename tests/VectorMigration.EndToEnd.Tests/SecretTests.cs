using System.Runtime.Versioning;
using System.Text.Json;
using VectorMigration.TestSupport;

namespace VectorMigration.EndToEnd.Tests;

/// <summary>Keys: where they may come from, and that they appear nowhere.</summary>
[SupportedOSPlatform("linux")]
public sealed class SecretTests : IAsyncLifetime
{
    private const string Key = "k3y-that-must-not-be-seen-91af";
    private const string WrongKey = "wr0ng-k3y-that-must-not-be-seen";
    private readonly string folder = Directory.CreateTempSubdirectory("vm-key-").FullName;
    private QdrantServer? server;

    private string Url => server!.GrpcUri.GetLeftPart(UriPartial.Authority);

    private string Index => Path.Combine(folder, "flat.faiss");

    private string[] Run => ["migrate", Index, "--url", Url, "--collection", "kept", "--verbose"];

    public async Task InitializeAsync()
    {
        server = await QdrantServer.StartAsync(new QdrantServerOptions { ApiKey = Key });
        IndexFiles.Flat(Index, 4, IndexFiles.Random(50, 4, seed: 6));
    }

    public async Task DisposeAsync()
    {
        await server!.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_key_from_the_environment_is_used_and_not_shown()
    {
        ToolResult run = await Tool.RunAsync(folder, new Dictionary<string, string> { ["QDRANT_API_KEY"] = Key }, Run);
        run.ShouldSucceed().Error.ShouldContain("key from QDRANT_API_KEY");
        ShouldHide(run, Key);
    }

    [Fact]
    public async Task A_key_from_a_file_is_trimmed_and_wins_over_the_environment()
    {
        string file = Path.Combine(folder, "key");
        await File.WriteAllTextAsync(file, $"  {Key}\r\n");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        ToolResult run = await Tool.RunAsync(folder, new Dictionary<string, string> { ["QDRANT_API_KEY"] = WrongKey }, [.. Run, "--api-key-file", file]);
        run.ShouldSucceed().Error.ShouldNotContain("warning:");
        ShouldHide(run, Key);
    }

    [Fact]
    public async Task A_key_file_that_others_can_read_is_warned_of()
    {
        string file = Path.Combine(folder, "key");
        await File.WriteAllTextAsync(file, Key);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
        ToolResult run = await Tool.RunAsync(folder, [.. Run, "--api-key-file", file]);
        run.ShouldSucceed().Error.ShouldContain("warning: Other users of this machine can read the API key file");
        ShouldHide(run, Key);
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("two\nlines", "spaces")]
    public async Task A_key_file_without_a_key_is_refused(string content, string fault)
    {
        string file = Path.Combine(folder, "key");
        await File.WriteAllTextAsync(file, content);
        (await Tool.RunAsync(folder, [.. Run, "--api-key-file", file])).ShouldEndWith(2, fault);
    }

    [Fact]
    public async Task A_wrong_key_and_a_missing_key_are_told_apart_from_other_errors()
    {
        ToolResult wrong = await Tool.RunAsync(folder, new Dictionary<string, string> { ["QDRANT_API_KEY"] = WrongKey }, [.. Run, "--json"]);
        wrong.ShouldEndWith(2).Json().GetProperty("error").GetProperty("errorId").GetString().ShouldBe("WrongApiKey");
        ShouldHide(wrong, WrongKey);
        JsonElement missing = (await Tool.RunAsync(folder, [.. Run, "--json"])).ShouldEndWith(2).Json();
        missing.GetProperty("error").GetProperty("errorId").GetString().ShouldBe("MissingApiKey");
    }

    [Fact]
    public async Task A_wrong_key_and_a_missing_key_end_a_tuning_before_anything_is_tried()
    {
        string[] tune = ["tune", Index, "--url", Url, "--collection", "kept", "--budget", "5", "--verbose"];
        Dictionary<string, string> wrong = new() { ["QDRANT_API_KEY"] = WrongKey };
        foreach (ToolResult run in (ToolResult[])[await Tool.RunAsync(folder, wrong, tune), await Tool.RunAsync(folder, wrong, [.. tune, "--json"])])
        {
            run.ShouldEndWith(2, "key");
            run.Error.ShouldNotContain("trial");
            ShouldHide(run, WrongKey);
        }

        ErrorId(await Tool.RunAsync(folder, wrong, [.. tune, "--json"])).ShouldBe("WrongApiKey");
        ErrorId(await Tool.RunAsync(folder, [.. tune, "--json"])).ShouldBe("MissingApiKey");
        Directory.GetFileSystemEntries(folder).ShouldBe([Index]);

        static string? ErrorId(ToolResult run) => run.ShouldEndWith(2).Json().GetProperty("error").GetProperty("errorId").GetString();
    }

    [Fact]
    public async Task A_key_as_an_argument_is_refused_and_not_repeated()
    {
        foreach (string[] given in (string[][])[["--api-key", Key], ["--api-key=" + Key]])
        {
            ToolResult run = (await Tool.RunAsync(folder, [.. Run, .. given])).ShouldEndWith(2, "must not be an argument");
            ShouldHide(run, Key);
        }

        ToolResult inAddress = await Tool.RunAsync(folder, "migrate", Index, "--collection", "kept", "--url", $"http://user:{Key}@127.0.0.1:6334", "--json");
        inAddress.ShouldEndWith(2);
        ShouldHide(inAddress, Key);
    }

    [Fact]
    public async Task A_key_does_not_travel_in_plaintext_to_another_machine()
    {
        ToolResult run = await Tool.RunAsync(folder, new Dictionary<string, string> { ["QDRANT_API_KEY"] = Key }, "migrate", Index, "--url",
            "http://qdrant.invalid:6334", "--collection", "kept");
        run.ShouldEndWith(2, "unencrypted");
        run.Error.ShouldContain("--allow-plaintext-key");
        ShouldHide(run, Key);
    }

    private void ShouldHide(ToolResult run, string secret)
    {
        run.Output.ShouldNotContain(secret);
        run.Error.ShouldNotContain(secret);
        foreach (string file in Directory.GetFiles(folder, "*.log", SearchOption.AllDirectories))
        {
            File.ReadAllText(file).ShouldNotContain(secret);
        }
    }
}
