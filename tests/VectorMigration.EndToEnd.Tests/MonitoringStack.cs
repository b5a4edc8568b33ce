using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Text.Json;

namespace VectorMigration.EndToEnd.Tests;

/// <summary>Runs where Prometheus and Alertmanager are; where one is not, the test is told as skipped, with how to get it.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PrometheusFactAttribute : FactAttribute
{
    public PrometheusFactAttribute()
    {
        if (MonitoringStack.Prometheus is null || MonitoringStack.Alertmanager is null)
        {
            Skip = "NOT RUN: Prometheus and Alertmanager are not both installed (apt-get install prometheus prometheus-alertmanager).";
        }
    }
}

/// <summary>A real Prometheus that scrapes every second, a real Alertmanager, and who is called by it. All on loopback; they end with the test, or by
/// themselves after some minutes.</summary>
internal sealed class MonitoringStack : IAsyncDisposable
{
    private const string LongestLife = "240";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);
    private readonly HttpListener webhook = new();
    private readonly HttpClient client = new(new SocketsHttpHandler { UseProxy = false });
    private readonly ConcurrentQueue<JsonElement> calls = new();
    private readonly List<Process> processes = [];
    private readonly ConcurrentQueue<string> said = new();
    private readonly string folder;

    private MonitoringStack(string folder) => this.folder = folder;

    /// <summary>Where they are; null where one is not.</summary>
    public static string? Prometheus { get; } = Promtool.Find("prometheus");

    /// <inheritdoc cref="Prometheus"/>
    public static string? Alertmanager { get; } = Promtool.Find("prometheus-alertmanager") ?? Promtool.Find("alertmanager");

    /// <summary>Port of Prometheus.</summary>
    public int Port { get; } = Nginx.FreePort();

    /// <summary>Starts both.</summary>
    /// <param name="folder">Folder of their own.</param>
    /// <param name="rules">Text of the rules.</param>
    /// <param name="metricsPort">Port that is scraped.</param>
    public static async Task<MonitoringStack> StartAsync(string folder, string rules, int metricsPort)
    {
        Directory.CreateDirectory(folder);
        MonitoringStack stack = new(folder);
        try
        {
            await stack.StartAsync(rules, metricsPort);
            return stack;
        }
        catch
        {
            await stack.DisposeAsync();
            throw;
        }
    }

    /// <summary>The first call for an alert.</summary>
    /// <param name="name">Name of the alert.</param>
    /// <param name="status"><c>firing</c> or <c>resolved</c>.</param>
    public async Task<JsonElement> AlertAsync(string name, string status)
    {
        long started = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(started) < Limit)
        {
            foreach (JsonElement alert in calls.SelectMany(static call => call.GetProperty("alerts").EnumerateArray()))
            {
                if (alert.GetProperty("status").GetString() == status && alert.GetProperty("labels").GetProperty("alertname").GetString() == name)
                {
                    return alert;
                }
            }

            await Task.Delay(100);
        }

        throw new TimeoutException($"Nobody was told that {name} is {status}. {string.Join('\n', said)}");
    }

    /// <summary>The names of all alerts that anybody was told of.</summary>
    public string[] AlertNames() => [.. calls.SelectMany(static call => call.GetProperty("alerts").EnumerateArray())
        .Select(static alert => alert.GetProperty("labels").GetProperty("alertname").GetString()!).Distinct()];

    /// <summary>The values of an expression at present.</summary>
    public async Task<double[]> QueryAsync(string expression)
    {
        using JsonDocument answer = JsonDocument.Parse(
            await client.GetStringAsync(new Uri($"http://127.0.0.1:{Port}/api/v1/query?query={Uri.EscapeDataString(expression)}")));
        return [.. answer.RootElement.GetProperty("data").GetProperty("result").EnumerateArray().Select(static one =>
            double.Parse(one.GetProperty("value")[1].GetString()!, System.Globalization.CultureInfo.InvariantCulture))];
    }

    public async ValueTask DisposeAsync()
    {
        foreach (Process process in processes)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
            process.Dispose();
        }

        webhook.Close();
        client.Dispose();
    }

    private async Task StartAsync(string rules, int metricsPort)
    {
        int webhookPort = Nginx.FreePort();
        int alertPort = Nginx.FreePort();
        webhook.Prefixes.Add($"http://127.0.0.1:{webhookPort}/");
        webhook.Start();
        _ = ListenAsync();
        Write("alertmanager.yml", $$"""
            route: { receiver: test, group_by: [alertname], group_wait: 0s, group_interval: 1s, repeat_interval: 1h }
            receivers:
              - name: test
                webhook_configs:
                  - url: http://127.0.0.1:{{webhookPort}}/
                    send_resolved: true
            """);
        Write("rules.yml", rules);
        Write("prometheus.yml", $$"""
            global: { scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s }
            rule_files: [rules.yml]
            alerting:
              alertmanagers:
                - static_configs: [ { targets: ["127.0.0.1:{{alertPort}}"] } ]
            scrape_configs:
              - job_name: vectormigration
                static_configs: [ { targets: ["127.0.0.1:{{metricsPort}}"] } ]
            """);
        Run(Alertmanager!, $"--config.file={At("alertmanager.yml")}", $"--storage.path={At("alerts")}", $"--web.listen-address=127.0.0.1:{alertPort}",
            "--cluster.listen-address=");
        Run(Prometheus!, $"--config.file={At("prometheus.yml")}", $"--storage.tsdb.path={At("series")}", $"--web.listen-address=127.0.0.1:{Port}");
        await ReadyAsync(alertPort);
        await ReadyAsync(Port);
    }

    private string At(string name) => Path.Combine(folder, name);

    private void Write(string name, string text) => File.WriteAllText(At(name), text + "\n");

    private void Run(string program, params string[] arguments)
    {
        // It ends by itself where this process is killed before it can end it.
        Process process = Process.Start(new ProcessStartInfo("timeout", ["--kill-after=5", LongestLife, program, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        process.OutputDataReceived += (_, line) => said.Enqueue(line.Data ?? string.Empty);
        process.ErrorDataReceived += (_, line) => said.Enqueue(line.Data ?? string.Empty);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        processes.Add(process);
    }

    private async Task ReadyAsync(int port)
    {
        long started = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(started) < Limit && processes.TrueForAll(static process => !process.HasExited))
        {
            try
            {
                using HttpResponseMessage answer = await client.GetAsync(new Uri($"http://127.0.0.1:{port}/-/ready"));
                if (answer.IsSuccessStatusCode)
                {
                    return;
                }
            }
            catch (HttpRequestException)
            {
                // It does not listen yet.
            }

            await Task.Delay(50);
        }

        throw new TimeoutException($"Nothing is ready at port {port}. {string.Join('\n', said)}");
    }

    private async Task ListenAsync()
    {
        try
        {
            while (true)
            {
                HttpListenerContext call = await webhook.GetContextAsync();
                using (JsonDocument body = await JsonDocument.ParseAsync(call.Request.InputStream))
                {
                    calls.Enqueue(body.RootElement.Clone());
                }

                call.Response.Close();
            }
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
        {
            // The test has ended.
        }
    }
}
