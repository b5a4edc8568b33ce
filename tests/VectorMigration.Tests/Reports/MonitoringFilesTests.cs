using System.Text.Json;
using System.Text.RegularExpressions;
using VectorMigration.Tests.Faiss;

namespace VectorMigration.Tests;

/// <summary>The rules, the dashboard and the page about metrics name what a run writes.</summary>
public sealed partial class MonitoringFilesTests
{
    private static readonly string Docs = Path.GetFullPath(Path.Combine(Fixture.Root, "..", "..", "docs"));

    [Theory]
    [InlineData("rules.yml")]
    [InlineData("rules.test.yml")]
    [InlineData("recorded.test.yml")]
    [InlineData("dashboard.json")]
    public void Every_metric_that_is_named_is_one_that_a_run_writes(string file)
    {
        HashSet<string> written = Written();
        string[] named = [.. Name().Matches(File.ReadAllText(Path.Combine(Docs, "monitoring", file))).Select(static name => name.Value).Distinct()];
        named.Length.ShouldBeGreaterThan(10);
        named.Where(name => !written.Contains(name)).ShouldBeEmpty();
    }

    [Fact]
    public void The_page_about_metrics_has_all_of_them()
    {
        string page = File.ReadAllText(Path.Combine(Docs, "metrics.md"));
        Written().Select(static name => Suffix().Replace(name["vectormigration_".Length..], string.Empty))
            .Where(name => !Regex.IsMatch(page, $@"`{name}(\{{\w+\}})?`")).ShouldBeEmpty();
    }

    [Fact]
    public void The_dashboard_is_one_that_Grafana_reads()
    {
        using JsonDocument dashboard = JsonDocument.Parse(File.ReadAllText(Path.Combine(Docs, "monitoring", "dashboard.json")));
        JsonElement[] panels = [.. dashboard.RootElement.GetProperty("panels").EnumerateArray()];
        panels.Select(static panel => panel.GetProperty("id").GetInt32()).ShouldBeUnique();
        foreach (JsonElement panel in panels.Where(static panel => panel.GetProperty("type").GetString() != "row"))
        {
            panel.GetProperty("title").GetString().ShouldNotBeNullOrEmpty();
            JsonElement place = panel.GetProperty("gridPos");
            (place.GetProperty("x").GetInt32() + place.GetProperty("w").GetInt32()).ShouldBeLessThanOrEqualTo(24);
            foreach (JsonElement target in panel.GetProperty("targets").EnumerateArray())
            {
                target.GetProperty("datasource").GetProperty("uid").GetString().ShouldBe("${datasource}", "no data source of whoever made it");
                target.GetProperty("expr").GetString().ShouldNotBeNullOrEmpty();
            }
        }
    }

    /// <summary>All that a run can write.</summary>
    private static HashSet<string> Written()
    {
        using RunMetrics metrics = new("c", null, TimeProvider.System, static () => 1);
        metrics.Saw(new CollectionDescription { Name = "c", Status = "green", Vectors = [] });
        FlowSample sample = new(WriteOutcome.Retry, 1, 1, TimeSpan.FromSeconds(1), RateLimited: true);
        metrics.OnEvent(new AttemptEnded(Guid.NewGuid(), DateTimeOffset.UnixEpoch, 1, 1, sample, "RateLimited", "too many"));
        metrics.End(0, new VerificationResult { Mode = VerificationMode.Full, Passed = true });
        return [.. metrics.ToText().Split('\n').Where(static line => line.StartsWith("vectormigration_", StringComparison.Ordinal))
            .Select(static line => line.Split('{')[0])];
    }

    [GeneratedRegex("vectormigration_[a-z_]+")]
    private static partial Regex Name();

    [GeneratedRegex("(?<=batch_duration_seconds)_(bucket|sum|count)$")]
    private static partial Regex Suffix();
}
