using System.Net.Http.Json;
using System.Text.Json;
using VectorMigration.Line;
using VectorMigration.TestSupport;

namespace VectorMigration.EndToEnd.Tests;

/// <summary><c>tune</c> against a real server: what it finds, and that it leaves nothing, however it ends.</summary>
public sealed class TuneTests : IAsyncLifetime, IDisposable
{
    private const int Vectors = 20_000;
    private const int Dimension = 32;
    private readonly string folder = Directory.CreateTempSubdirectory("vm-tune-").FullName;
    private readonly HttpClient rest = new(new SocketsHttpHandler { UseProxy = false });
    private QdrantServer? server;

    private QdrantServer Server => server!;

    private string Url => Server.GrpcUri.GetLeftPart(UriPartial.Authority);

    private string Index => Path.Combine(folder, "flat.faiss");

    public async Task InitializeAsync()
    {
        server = await QdrantServer.StartAsync();
        IndexFiles.Flat(Index, Dimension, IndexFiles.Random(Vectors, Dimension, seed: 5));
    }

    public async Task DisposeAsync()
    {
        await Server.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    public void Dispose() => rest.Dispose();

    [Fact]
    public async Task It_tells_values_their_reason_and_predictions_within_its_time()
    {
        JsonElement json = (await Tool.RunAsync(folder, "tune", Index, "--url", Url, "--collection", "c", "--budget", "12", "--json")).ShouldSucceed().Json();
        json.GetProperty("status").GetString().ShouldBe("Completed");
        json.GetProperty("exitCode").GetInt32().ShouldBe(0);
        JsonElement tuning = json.GetProperty("tuning");
        tuning.GetProperty("duration").GetDouble().ShouldBeLessThan(14);
        tuning.GetProperty("points").GetArrayLength().ShouldBeGreaterThan(0);
        tuning.GetProperty("reason").GetString()!.ShouldContain("vectors/s");
        JsonElement[] predictions = [.. tuning.GetProperty("predictions").EnumerateArray()];
        predictions.Select(static prediction => prediction.GetProperty("vectors").GetInt64()).ShouldBe([1_000, 10_000, Vectors]);
        predictions.ShouldAllBe(static prediction => prediction.GetProperty("low").GetDouble() < prediction.GetProperty("high").GetDouble());
        (await CollectionsAsync()).ShouldBeEmpty();
        Directory.GetFileSystemEntries(folder).ShouldBe([Index]);
    }

    [Fact]
    public async Task Its_sheet_gives_the_options_to_take()
    {
        ToolResult run = (await Tool.RunAsync(folder, "tune", Index, "--url", Url, "--collection", "c", "--batch-size", "100,400", "--parallel", "1,4",
            "--batch-delay", "0", "--sizes", "500", "--budget", "10", "--verbose")).ShouldSucceed();
        run.Output.ShouldMatch(@"recommended +--batch-size (100|400) --parallel [14]");
        run.Output.ShouldContain("500");
        run.Error.ShouldContain("verbose: trial 1, ");
    }

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public async Task A_signal_ends_with_3_and_removes_the_scratch_collection(string signal)
    {
        using Tool tool = Tool.Start(folder, null, "tune", Index, "--url", Url, "--collection", "c", "--budget", "60");
        await ScratchAsync();
        await Task.Delay(1_000);
        tool.Signal(signal);
        (await tool.EndAsync()).ShouldEndWith(3, "Interrupted");
        (await CollectionsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_server_that_stalls_does_not_hold_it_beyond_its_time_and_the_rest_is_named()
    {
        using Tool tool = Tool.Start(folder, null, "tune", Index, "--url", Url, "--collection", "c", "--budget", "8", "--json");
        string scratch = await ScratchAsync();
        await Task.Delay(1_500);
        Server.Pause();
        DateTime paused = DateTime.UtcNow;
        ToolResult run = await tool.EndAsync();
        (DateTime.UtcNow - paused).TotalSeconds.ShouldBeLessThan(20);
        run.Error.ShouldContain($"warning: The scratch collection '{scratch}'");
        run.ExitCode.ShouldBeOneOf(0, 1);
        Server.Resume();
    }

    [Fact]
    public async Task A_server_that_dies_ends_it_with_1()
    {
        using Tool tool = Tool.Start(folder, null, "tune", Index, "--url", Url, "--collection", "c", "--budget", "10", "--timeout", "2");
        string scratch = await ScratchAsync();
        await Task.Delay(1_500);
        Server.Kill();
        ToolResult run = await tool.EndAsync();
        run.ExitCode.ShouldBeOneOf(0, 1);
        run.Error.ShouldContain($"Remove-QdrantCollection '{scratch}'");
        run.Error.ShouldNotContain("   at ");
    }

    [Fact]
    public async Task Regions_are_compared_in_one_table_and_a_slow_line_is_told_apart_from_a_slow_server()
    {
        await using LongLine line = LongLine.Open(
            "127.0.0.1", Server.GrpcUri.Port, new LineOptions { Delay = TimeSpan.FromMilliseconds(40), BytesPerSecond = 2_000_000 });
        ToolResult run = await Tool.RunAsync(folder, "tune", Index, "--collection", "c", "--budget", "24", "--json", "--region", $"near={Url}",
            "--region", $"far=http://127.0.0.1:{line.Port}", "--region", "gone=http://127.0.0.1:1");
        run.ExitCode.ShouldBe(4);
        JsonElement[] regions = [.. run.Json().GetProperty("regions").EnumerateArray()];
        regions.Select(static row => row.GetProperty("region").GetString()).ShouldBe(["near", "far", "gone"]);
        regions[1].GetProperty("roundTrip").GetDouble().ShouldBeGreaterThanOrEqualTo(0.07);
        double slow = regions[1].GetProperty("lineBytesPerSecond").GetDouble();
        slow.ShouldBeInRange(1, 2_000_000);
        regions[0].GetProperty("lineBytesPerSecond").GetDouble().ShouldBeGreaterThan(slow);
        regions[1].GetProperty("total").GetDouble().ShouldBeGreaterThan(regions[0].GetProperty("total").GetDouble());
        regions[2].GetProperty("error").GetProperty("errorId").GetString().ShouldBe("NoServer");
        run.Error.ShouldContain("gone: ");
        (await CollectionsAsync()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("--region cannot be combined with --url", "--url", "http://127.0.0.1:1", "--region", "a=http://127.0.0.1:1")]
    [InlineData("--region-key-file names 'b', but --region names no such region", "--region", "a=http://127.0.0.1:1", "--region-key-file", "b=key")]
    [InlineData("--region names the region 'a' twice", "--region", "a=http://127.0.0.1:1", "--region", "A=http://127.0.0.1:2")]
    [InlineData("--region is 'http://127.0.0.1:1'; expected N=U", "--region", "http://127.0.0.1:1")]
    [InlineData("--budget is 5 s for 2 regions", "--budget", "5", "--region", "a=http://127.0.0.1:1", "--region", "b=http://127.0.0.1:2")]
    public async Task Regions_that_cannot_be_compared_are_refused(string message, params string[] options) =>
        (await Tool.RunAsync(folder, ["tune", Index, "--collection", "c", .. options])).ShouldEndWith(2, message);

    [Fact]
    public async Task What_cannot_be_tried_is_refused_with_2()
    {
        (await Tool.RunAsync(folder, "tune", Index, "--url", "http://127.0.0.1:1", "--collection", "c")).ShouldEndWith(2);
        (await Tool.RunAsync(folder, "tune", Path.Combine(folder, "none.faiss"), "--url", Url, "--collection", "c")).ShouldEndWith(2);
        (await Tool.RunAsync(folder, "tune", Index, "--url", Url, "--collection", "c", "--batch-size", "100,0")).ShouldEndWith(2, "--batch-size is '100,0'");
        (await CollectionsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_write_limit_of_the_collection_is_kept_to()
    {
        using HttpResponseMessage made = await rest.PutAsJsonAsync(
            new Uri(Server.RestUri, "/collections/limited"),
            new { vectors = new { size = Dimension, distance = "Euclid" }, strict_mode_config = new { enabled = true, write_rate_limit = 6_000 } });
        made.EnsureSuccessStatusCode();
        JsonElement tuning = (await Tool.RunAsync(folder, "tune", Index, "--url", Url, "--collection", "limited", "--budget", "8", "--json")).ShouldSucceed()
            .Json().GetProperty("tuning");
        tuning.GetProperty("pointsPerMinute").GetDouble().ShouldBe(6_000);
        tuning.GetProperty("throttleLimit").GetInt32().ShouldBe(1);
        tuning.GetProperty("batchDelay").GetDouble().ShouldBeGreaterThan(0);
        tuning.GetProperty("predictions").EnumerateArray().Last().GetProperty("upload").GetDouble().ShouldBeInRange(180, 240);
        (await CollectionsAsync()).ShouldBe(["limited"]);
    }

    private async Task<string> ScratchAsync()
    {
        using CancellationTokenSource limit = new(TimeSpan.FromMinutes(1));
        while (true)
        {
            if ((await CollectionsAsync()).FirstOrDefault(static name => name.StartsWith("c-tuning-", StringComparison.Ordinal)) is string scratch)
            {
                return scratch;
            }

            await Task.Delay(20, limit.Token);
        }
    }

    private async Task<string[]> CollectionsAsync()
    {
        JsonElement answer = await rest.GetFromJsonAsync<JsonElement>(new Uri(Server.RestUri, "/collections"));
        return [.. answer.GetProperty("result").GetProperty("collections").EnumerateArray()
            .Select(static collection => collection.GetProperty("name").GetString()!)];
    }
}
