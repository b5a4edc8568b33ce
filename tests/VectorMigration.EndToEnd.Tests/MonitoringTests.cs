using System.Text.Json;
using System.Text.RegularExpressions;
using VectorMigration.TestSupport;

namespace VectorMigration.EndToEnd.Tests;

/// <summary>What monitoring makes of a run: Prometheus' own tools read what is written, and the rules and the dashboard that are delivered.</summary>
[Collection(SharedServer.Name)]
public sealed partial class MonitoringTests(QdrantServerFixture fixture) : ServerTests(fixture)
{
    private static string Monitoring => Path.Combine(QdrantServer.RepositoryRoot(), "docs", "monitoring");

    [PromtoolFact]
    public async Task Promtool_accepts_the_file_of_a_real_run()
    {
        string index = IndexFiles.Flat(At("flat.faiss"), 16, IndexFiles.Random(20_000, 16, seed: 4));
        string file = At("run.prom");
        (await MigrateAsync(index, "--batch-size", "100", "--metrics-file", file)).ShouldSucceed();
        string text = await File.ReadAllTextAsync(file);
        (int code, string said) = await Promtool.RunAsync(text, "check", "metrics");
        said.ShouldBeEmpty();
        code.ShouldBe(0);
        Value(text, "vectors_acknowledged_total").ShouldBe(20_000);
        Value(text, "vectors_verified_total", "result=\"equal\"").ShouldBe(20_000);
        Value(text, "verification_passed").ShouldBe(1);
        Value(text, "last_exit_code").ShouldBe(0);
        Value(text, "batch_duration_seconds_count").ShouldBe(200);
        Value(text, "in_flight").ShouldBe(0);
        Value(text, "log_free_bytes").ShouldBeGreaterThan(0);
        Value(text, "target_points").ShouldBe(20_000, "the server is asked once more at the end");
        Value(text, "target_update_queue_length").ShouldBe(0);

        // It would say what is wrong.
        (await Promtool.RunAsync(text + "# TYPE vectormigration_wrong counter\nvectormigration_wrong 1\n", "check", "metrics")).ExitCode.ShouldBe(3);
    }

    [PromtoolFact]
    public async Task A_verification_leaves_its_numbers_too()
    {
        string index = IndexFiles.Flat(At("flat.faiss"), 8, IndexFiles.Random(500, 8, seed: 4));
        (await MigrateAsync(index)).ShouldSucceed();
        await Witness.DeleteAsync(Collection, 3, 4);
        await Witness.SetVectorAsync(Collection, 7, new float[8]);
        (await VerifyAsync(index, "--metrics-file", At("verify.prom"))).ExitCode.ShouldBe(4);
        string text = await File.ReadAllTextAsync(At("verify.prom"));
        (await Promtool.RunAsync(text, "check", "metrics")).ShouldBe((0, string.Empty));
        Value(text, "vectors_verified_total", "result=\"missing\"").ShouldBe(2);
        Value(text, "vectors_verified_total", "result=\"different\"").ShouldBe(1);
        Value(text, "verification_passed").ShouldBe(0);
        Value(text, "last_exit_code").ShouldBe(4);
        Value(text, "last_success_timestamp_seconds").ShouldBe(0);
    }

    [Fact]
    public async Task A_run_that_keeps_to_a_limit_says_for_how_long_it_waited()
    {
        await Witness.CreateAsync(Collection, """{"vectors":{"size":8,"distance":"Euclid"},"strict_mode_config":{"enabled":true,"write_rate_limit":6000}}""");
        string index = IndexFiles.Flat(At("limited.faiss"), 8, IndexFiles.Random(7_000, 8, 5));
        (await MigrateAsync(index, "--verify", "none", "--metrics-file", At("run.prom"))).ShouldSucceed();
        // The bucket holds one minute's points; the rest has to come in at the limit's rate, which takes 10 seconds.
        Value(await File.ReadAllTextAsync(At("run.prom")), "rate_limit_wait_seconds_total").ShouldBeInRange(5, 60);
    }

    [PromtoolFact]
    public async Task The_rules_are_valid_and_fire_when_they_should_and_never_in_a_good_run()
    {
        (int code, string said) = await Promtool.RunAsync(string.Empty, "check", "rules", Path.Combine(Monitoring, "rules.yml"));
        code.ShouldBe(0, said);
        foreach (string tests in (string[])["rules.test.yml", "recorded.test.yml"])
        {
            (code, said) = await Promtool.RunAsync(string.Empty, "test", "rules", Path.Combine(Monitoring, tests));
            code.ShouldBe(0, said);
        }

        // They would fail: without the condition of half of the time, a short pause is a throttled run.
        string rules = File.ReadAllText(Path.Combine(Monitoring, "rules.yml"));
        File.WriteAllText(At("rules.yml"), rules.Replace("[10m]) > 0.5", "[10m]) >= 0", StringComparison.Ordinal));
        File.Copy(Path.Combine(Monitoring, "rules.test.yml"), At("rules.test.yml"));
        (code, said) = await Promtool.RunAsync(string.Empty, "test", "rules", At("rules.test.yml"));
        code.ShouldNotBe(0);
        said.ShouldContain("count(ALERTS");
    }

    /// <summary>The names of the program's own metrics are checked in MonitoringFilesTests.</summary>
    [Fact]
    public async Task The_dashboard_names_metrics_that_the_server_has()
    {
        string index = IndexFiles.Flat(At("flat.faiss"), 8, IndexFiles.Random(500, 8, seed: 4));
        (await MigrateAsync(index)).ShouldSucceed();
        using HttpClient client = new(new SocketsHttpHandler { UseProxy = false });
        string server = await client.GetStringAsync(new Uri(Server.RestUri, "/metrics"));
        string[] named = [.. ServerMetric().Matches(File.ReadAllText(Path.Combine(Monitoring, "dashboard.json"))).Select(static one => one.Value).Distinct()];
        named.Length.ShouldBeGreaterThan(3);
        foreach (string name in named)
        {
            server.Split('\n').ShouldContain(line => line.StartsWith(name + "{", StringComparison.Ordinal)
                || line.StartsWith(name + " ", StringComparison.Ordinal), name);
        }

        // As in the panel that compares the time of writes on both sides.
        server.ShouldContain("endpoint=\"/qdrant.Points/Upsert\"");
        server.ShouldContain($"id=\"{Collection}\"");
    }

    [Fact]
    public async Task An_address_that_cannot_be_used_is_refused_before_the_run()
    {
        string index = IndexFiles.Flat(At("flat.faiss"), 8, IndexFiles.Random(5, 8, seed: 4));
        foreach (string[] more in (string[][])[[], ["--dry-run"]])
        {
            ToolResult invalid = await MigrateAsync(index, ["--metrics-listen", "metrics.example:80", .. more]);
            invalid.ShouldEndWith(2, "'metrics.example:80' is not an address that metrics can be served at").Error
                .ShouldContain("--metrics-listen 127.0.0.1:9464");
            ToolResult taken = await MigrateAsync(index, ["--metrics-listen", $"127.0.0.1:{Server.RestPort}", "--json", .. more]);
            taken.ExitCode.ShouldBe(2);
            JsonElement error = taken.Json().GetProperty("error");
            error.GetProperty("errorId").GetString().ShouldBe("MetricsAddressUnavailable");
            error.GetProperty("message").GetString()!.ShouldContain("The port is in use.");
        }
    }

    private static double Value(string text, string name, string label = "") => double.Parse(
        text.Split('\n').Single(line => line.StartsWith($"vectormigration_{name}{{", StringComparison.Ordinal)
            && line.Contains(label, StringComparison.Ordinal))
            .Split(' ')[^1], System.Globalization.CultureInfo.InvariantCulture);

    [GeneratedRegex(@"\b(collection|collections|grpc|rest|memory|process|app)_[a-z_]+\b(?=[{\[ ""]|\\"")")]
    private static partial Regex ServerMetric();
}
