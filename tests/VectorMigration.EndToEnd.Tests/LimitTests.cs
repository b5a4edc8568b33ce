using System.Text.Json;
using VectorMigration.TestSupport;

namespace VectorMigration.EndToEnd.Tests;

/// <summary>Payloads, limits and collections that a proof or a run once stumbled over.</summary>
[Collection(SharedServer.Name)]
public sealed class LimitTests(QdrantServerFixture fixture) : ServerTests(fixture)
{
    /// <summary>Memory is held by the program that servers get; a runtime that compiles has its own.</summary>
    [NativeTheory]
    [InlineData(200, 600_000, "x")]
    [InlineData(12, 6_000_000, "x")]
    [InlineData(3, 40_000_000, "x")]
    [InlineData(3, 20_000_000, @"a\n")]
    public async Task Heavy_payloads_are_sent_and_proved_in_less_than_150_MB(int count, int weight, string part)
    {
        string index = IndexFiles.Flat(At("heavy.faiss"), 4, IndexFiles.Random(count, 4, seed: 1));
        string text = string.Concat(Enumerable.Repeat(part, weight / part.Length));
        await File.WriteAllLinesAsync(At("heavy.jsonl"), Enumerable.Range(0, count).Select(i => $$"""{"n":{{i}},"text":"{{text}}"}"""));
        (ToolResult run, long peak) = await Tool.RunMeasuredAsync(
            Folder, "migrate", index, "--payload", At("heavy.jsonl"), "--url", Server.GrpcUri.GetLeftPart(UriPartial.Authority),
            "--collection", Collection);
        run.ShouldSucceed();
        peak.ShouldBeInRange(1, 150_000_000);
    }

    [Fact]
    public async Task Payloads_that_are_together_larger_than_any_answer_are_proved()
    {
        const int count = 60;
        string index = IndexFiles.Flat(At("big.faiss"), 4, IndexFiles.Random(count, 4, seed: 5));
        string text = new('x', 600_000);
        await File.WriteAllLinesAsync(At("big.jsonl"), Enumerable.Range(0, count).Select(i => $$"""{"t":"{{text}}","i":{{i}}}"""));
        JsonElement result = (await MigrateAsync(index, "--payload", At("big.jsonl"), "--json")).ShouldSucceed().Json();
        result.GetProperty("verification").GetProperty("compared").GetInt64().ShouldBe(count);
        (await VerifyAsync(index, "--payload", At("big.jsonl"), "--sample", "20")).ShouldSucceed();
    }

    [Fact]
    public async Task A_read_limit_below_the_read_back_is_kept_to_and_the_proof_passes()
    {
        const int count = 700;
        await Witness.CreateAsync(Collection, """{"vectors":{"size":4,"distance":"Euclid"},"strict_mode_config":{"enabled":true,"read_rate_limit":600}}""");
        string index = IndexFiles.Flat(At("read.faiss"), 4, IndexFiles.Random(count, 4, seed: 6));
        JsonElement result = (await MigrateAsync(index, "--json")).ShouldSucceed().Json();
        result.GetProperty("verification").GetProperty("compared").GetInt64().ShouldBe(count);
    }

    [Fact]
    public async Task A_read_limit_that_lets_nothing_through_in_time_is_named_and_can_be_gone_on_with()
    {
        await Witness.CreateAsync(Collection, """{"vectors":{"size":4,"distance":"Euclid"},"strict_mode_config":{"enabled":true,"read_rate_limit":2}}""");
        string index = IndexFiles.Flat(At("slow.faiss"), 4, IndexFiles.Random(100, 4, seed: 7));
        ToolResult run = await MigrateAsync(index, "--no-progress-timeout", "2");
        run.ShouldEndWith(3, "Read rate limit exceeded");
        run.Error.ShouldContain("read_rate_limit");
        run.Error.ShouldContain("--no-progress-timeout");
        run.Error.ShouldNotContain("write_rate_limit");
    }

    [Fact]
    public async Task An_index_that_is_never_built_is_not_told_as_built()
    {
        await Witness.CreateAsync(
            Collection, """{"vectors":{"size":4,"distance":"Euclid"},"hnsw_config":{"m":0},"optimizers_config":{"indexing_threshold":1}}""");
        string index = IndexFiles.Flat(At("none.faiss"), 4, IndexFiles.Random(2_000, 4, seed: 8));
        ToolResult run = (await MigrateAsync(index, "--wait-indexed")).ShouldSucceed();
        run.Error.ShouldContain("No graph is built");
        (run.Output + run.Error).ShouldNotContain("2,000 of 2,000 vectors are indexed");
    }
}

/// <summary>Custom sharding wants a cluster.</summary>
public sealed class CustomShardingTests : IAsyncLifetime
{
    private readonly string folder = Directory.CreateTempSubdirectory("vm-shards-").FullName;
    private QdrantServer? server;

    public async Task InitializeAsync()
    {
        server = await QdrantServer.StartAsync(new QdrantServerOptions { Cluster = true });
        using Witness witness = new(server);
        await witness.CreateAsync("custom", """{"vectors":{"size":8,"distance":"Euclid"},"sharding_method":"custom","shard_number":1}""");
        IndexFiles.Flat(Path.Combine(folder, "flat.faiss"), 8, IndexFiles.Random(50, 8, seed: 9));
    }

    public async Task DisposeAsync()
    {
        await server!.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [InlineData]
    [InlineData("--dry-run")]
    public async Task A_collection_with_custom_sharding_is_refused_before_the_first_vector(params string[] more)
    {
        string url = server!.GrpcUri.GetLeftPart(UriPartial.Authority);
        ToolResult run = await Tool.RunAsync(folder, ["migrate", "flat.faiss", "--url", url, "--collection", "custom", "--json", .. more]);
        run.ShouldEndWith(2, "custom sharding", "shard key");
        run.Json().GetProperty("error").GetProperty("errorId").GetString().ShouldBe("CustomSharding");
        run.Json().GetProperty("error").GetProperty("recommendedAction").GetString()!.ShouldContain("--shard-key");
    }

    [Theory]
    [InlineData("grpc")]
    [InlineData("rest")]
    public async Task A_shard_key_is_created_and_takes_all_points(string protocol)
    {
        ToolResult run = (await MigrateAsync(protocol, "custom", "--shard-key", "tenant a", "--write-ordering", "strong")).ShouldSucceed();
        run.Json().GetProperty("verification").GetProperty("passed").GetBoolean().ShouldBeTrue();
        (await KeysAsync("custom")).ShouldBe(["tenant a"]);
        run = await MigrateAsync(protocol, "custom", "--shard-key", "tenant b");
        run.ShouldEndWith(2, "shard key: tenant a in the journal, tenant b now");
    }

    [Theory]
    [InlineData("grpc")]
    [InlineData("rest")]
    public async Task Points_go_to_the_shards_that_a_field_of_their_payload_names_in_a_collection_that_the_run_creates(string protocol)
    {
        File.WriteAllLines(
            Path.Combine(folder, "tenants.jsonl"), Enumerable.Range(0, 50).Select(static i => i % 3 == 0 ? "{\"tenant\":7}" : $"{{\"tenant\":\"t{i % 3}\"}}"));
        ToolResult run = (await MigrateAsync(protocol, "fields", "--shard-key-field", "tenant", "--payload", "tenants.jsonl", "--batch-size", "20"))
            .ShouldSucceed();
        run.Json().GetProperty("verification").GetProperty("passed").GetBoolean().ShouldBeTrue();
        (await KeysAsync("fields")).ShouldBe(["7", "t1", "t2"]);
        using Witness witness = new(server!);
        (await witness.CountAsync("fields", "t1")).ShouldBe(17);
        (await witness.CountAsync("fields")).ShouldBe(50);
    }

    [Fact]
    public async Task A_payload_without_the_field_is_no_point_of_any_shard()
    {
        File.WriteAllLines(Path.Combine(folder, "some.jsonl"), Enumerable.Range(0, 50).Select(static i => i == 4 ? "{}" : "{\"tenant\":\"a\"}"));
        ToolResult run = await MigrateAsync("grpc", "some", "--shard-key-field", "tenant", "--payload", "some.jsonl");
        run.ShouldEndWith(4, "1 vector failed");
        RunLogs.Lines(Path.Combine(folder, "logs")).ShouldContain(
            static line => line.Contains("of the shard key; the first is that of point 4", StringComparison.Ordinal));
        using Witness witness = new(server!);
        (await witness.CountAsync("some")).ShouldBe(49);
    }

    [Fact]
    public async Task Two_kinds_of_shard_keys_and_a_key_for_automatic_sharding_are_refused()
    {
        (await MigrateAsync("grpc", "both", "--shard-key", "a", "--shard-key-field", "f")).ShouldEndWith(2, "exclude each other");
        using Witness witness = new(server!);
        await witness.CreateAsync("automatic", """{"vectors":{"size":8,"distance":"Euclid"}}""");
        (await MigrateAsync("grpc", "automatic", "--shard-key", "a")).ShouldEndWith(2, "automatic sharding");
    }

    private async Task<ToolResult> MigrateAsync(string protocol, string collection, params string[] more) => await Tool.RunAsync(
        folder,
        ["migrate", "flat.faiss", "--url", protocol == "rest" ? $"http://127.0.0.1:{server!.RestPort}" : server!.GrpcUri.ToString(), "--protocol", protocol,
            "--collection", collection, "--json", .. more]);

    private async Task<string[]> KeysAsync(string collection)
    {
        using HttpClient client = new();
        using JsonDocument answer = JsonDocument.Parse(await client.GetStringAsync(new Uri(server!.RestUri, $"/collections/{collection}/cluster")));
        return [.. answer.RootElement.GetProperty("result").GetProperty("local_shards").EnumerateArray()
            .Select(static shard => shard.GetProperty("shard_key").ToString()).Distinct().Order(StringComparer.Ordinal)];
    }
}

/// <summary>Runs where the native program is tested; elsewhere the test is told as skipped.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NativeTheoryAttribute : TheoryAttribute
{
    public NativeTheoryAttribute()
    {
        if (!Tool.IsNative)
        {
            Skip = "NOT RUN: it is of the native program (./build.sh release, with a C compiler), and the tool that needs a runtime is tested here.";
        }
    }
}
