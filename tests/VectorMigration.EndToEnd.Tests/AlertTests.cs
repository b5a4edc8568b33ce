using System.Text.Json;
using VectorMigration.TestSupport;

namespace VectorMigration.EndToEnd.Tests;

/// <summary>A real Prometheus scrapes a real run whose server is killed, and a real Alertmanager calls somebody.</summary>
public sealed class AlertTests() : MidwayTests(2_000, dimension: 16, seed: 79)
{
    [PrometheusFact]
    public async Task Somebody_is_called_when_the_server_is_gone_and_again_when_it_is_back()
    {
        string rules = await File.ReadAllTextAsync(Path.Combine(QdrantServer.RepositoryRoot(), "docs", "monitoring", "rules.yml"));
        // What takes a minute in operation takes a second here.
        string soon = rules.Replace("for: 1m", "for: 1s", StringComparison.Ordinal);
        soon.ShouldNotBe(rules);
        int port = Nginx.FreePort();
        await using MonitoringStack monitoring = await MonitoringStack.StartAsync(Path.Combine(Folder, "monitoring"), soon, port);
        using Tool tool = Tool.Start(Folder, null, "migrate", Index, "--url", Url, "--collection", "watched", "--batch-size", "50",
            "--batch-delay", "0.3", "--metrics-listen", $"127.0.0.1:{port}");
        await BatchesAsync(tool, 5);
        Server.Kill();
        JsonElement alert = await monitoring.AlertAsync("VectorMigrationServerUnreachable", "firing");
        alert.GetProperty("labels").GetProperty("collection").GetString().ShouldBe("watched");
        alert.GetProperty("labels").GetProperty("severity").GetString().ShouldBe("critical");
        alert.GetProperty("annotations").GetProperty("summary").GetString().ShouldBe("Qdrant does not answer the migration to watched.");
        (await monitoring.QueryAsync("vectormigration_vectors_acknowledged_total")).ShouldHaveSingleItem().ShouldBeGreaterThan(0);
        (await monitoring.QueryAsync("vectormigration_phase{phase=\"upload\"}")).ShouldBe([1]);

        await Server.RestartAsync();
        await monitoring.AlertAsync("VectorMigrationServerUnreachable", "resolved");
        ToolResult run = (await tool.EndAsync()).ShouldSucceed();
        run.Error.ShouldContain($"metrics: http://127.0.0.1:{port}/metrics");
        monitoring.AlertNames().ShouldBe(["VectorMigrationServerUnreachable"]);
    }

    [Fact]
    public async Task The_address_of_a_free_port_is_told_in_the_heartbeat()
    {
        string heartbeat = Path.Combine(Folder, "beat.json");
        using Tool tool = Tool.Start(Folder, null, "migrate", Index, "--url", Url, "--collection", "told", "--batch-size", "50",
            "--batch-delay", "0.1", "--metrics-listen", "0", "--heartbeat", heartbeat);
        await BatchesAsync(tool, 2);
        using JsonDocument beat = JsonDocument.Parse(await File.ReadAllTextAsync(heartbeat));
        Uri url = new(beat.RootElement.GetProperty("metricsUrl").GetString()!);
        url.Host.ShouldBe("127.0.0.1");
        using HttpClient client = new(new SocketsHttpHandler { UseProxy = false });
        string text = await client.GetStringAsync(url);
        text.ShouldContain("vectormigration_run_active{collection=\"told\"} 1\n");
        text.ShouldContain("vectormigration_vectors_planned{collection=\"told\"} 2000\n");
        (await tool.EndAsync()).ShouldSucceed();
        File.ReadAllText(heartbeat).ShouldNotContain("metricsUrl", Case.Sensitive, "nothing is served any more");
        await Should.ThrowAsync<HttpRequestException>(() => client.GetAsync(url));
    }
}
