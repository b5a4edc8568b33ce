using System.Diagnostics;
using System.Text.Json;
using VectorMigration.TestSupport;

namespace VectorMigration.EndToEnd.Tests;

/// <summary>Adaptive flow control with the real server: what it came to is told, and a write limit is kept.</summary>
[Collection(SharedServer.Name)]
public sealed class FlowTests(QdrantServerFixture fixture) : ServerTests(fixture)
{
    [Fact]
    public async Task What_was_found_and_why_stands_in_the_result_and_in_the_verbose_stream()
    {
        string path = IndexFiles.Flat(Path.Combine(Folder, "flow.faiss"), 96, IndexFiles.Random(20_000, 96, 5));
        ToolResult run = (await MigrateAsync(path, "--json", "--verbose", "--verify", "count")).ShouldSucceed();

        JsonElement flow = run.Json().GetProperty("flow");
        flow.GetProperty("adaptive").GetBoolean().ShouldBeTrue();
        flow.GetProperty("batchSize").GetInt32().ShouldBeGreaterThan(100);
        flow.GetProperty("reason").GetString().ShouldNotBeNullOrEmpty();
        run.Error.ShouldContain("initial setting for 96 components, round trip");
        (await Witness.CountAsync(Collection)).ShouldBe(20_000);
    }

    [Fact]
    public async Task What_is_given_is_held()
    {
        string path = IndexFiles.Flat(Path.Combine(Folder, "given.faiss"), 8, IndexFiles.Random(1_000, 8, 5));
        JsonElement result = (await MigrateAsync(path, "--json", "--batch-size", "50", "--verify", "count")).ShouldSucceed().Json();

        result.GetProperty("plan").GetProperty("flow").GetString().ShouldBe("batches of 50, adaptive parallelism");
        result.GetProperty("perf").GetProperty("batches").GetInt64().ShouldBe(20);
        result.GetProperty("flow").GetProperty("batchSize").GetInt32().ShouldBe(50);
    }

    [Fact]
    public async Task A_write_limit_is_kept_from_the_start()
    {
        await Witness.CreateAsync(Collection, """{"vectors":{"size":8,"distance":"Euclid"},"strict_mode_config":{"enabled":true,"write_rate_limit":6000}}""");
        string path = IndexFiles.Flat(Path.Combine(Folder, "limited.faiss"), 8, IndexFiles.Random(7_000, 8, 5));
        long started = Stopwatch.GetTimestamp();
        JsonElement result = (await MigrateAsync(path, "--json", "--verify", "none")).ShouldSucceed().Json();

        // Requests that wait on the way arrive closer together than they were sent, so that on a busy machine one may come too early.
        result.GetProperty("perf").GetProperty("rateLimited").GetInt64().ShouldBeLessThanOrEqualTo(2);
        result.GetProperty("flow").GetProperty("reason").GetString()!.ShouldContain("6,000 points per minute");
        // The bucket holds one minute's points; the rest has to come in at the limit's rate.
        Stopwatch.GetElapsedTime(started).TotalSeconds.ShouldBeGreaterThan(9);
        (await Witness.CountAsync(Collection)).ShouldBe(7_000);
    }

    [Fact]
    public async Task A_limit_below_the_batch_size_splits_nothing()
    {
        await Witness.CreateAsync(Collection, """{"vectors":{"size":8,"distance":"Euclid"},"strict_mode_config":{"enabled":true,"write_rate_limit":120}}""");
        string path = IndexFiles.Flat(Path.Combine(Folder, "small.faiss"), 8, IndexFiles.Random(110, 8, 5));
        JsonElement result = (await MigrateAsync(path, "--json", "--verify", "none")).ShouldSucceed().Json();

        result.GetProperty("perf").GetProperty("attempts").GetInt64().ShouldBe(result.GetProperty("perf").GetProperty("batches").GetInt64());
        result.GetProperty("flow").GetProperty("batchSize").GetInt32().ShouldBeLessThanOrEqualTo(6);
    }
}
