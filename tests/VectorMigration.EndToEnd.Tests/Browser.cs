using System.Diagnostics;
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace VectorMigration.EndToEnd.Tests;

/// <summary>Runs where Chromium is; where it is not, the test is told as skipped, with how to get it.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class BrowserFactAttribute : FactAttribute
{
    public BrowserFactAttribute()
    {
        if (Browser.Program is null)
        {
            Skip = "NOT RUN: Chromium is not installed (apt-get install chromium). That texts are escaped is also shown in RunReportTests.";
        }
    }
}

/// <summary>A real Chromium without a screen, led over its DevTools protocol.</summary>
internal sealed class Browser : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private readonly Process process;
    private readonly ClientWebSocket socket;
    private readonly CancellationTokenSource end = new(Limit);
    private readonly List<string> requests = [];
    private int number;

    private Browser(Process process, ClientWebSocket socket) => (this.process, this.socket) = (process, socket);

    public static string? Program { get; } = (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(Path.PathSeparator)
        .SelectMany(static folder => (string[])[Path.Combine(folder, "chromium"), Path.Combine(folder, "chromium-browser")]).FirstOrDefault(File.Exists);

    /// <summary>Addresses that pages asked for.</summary>
    public IReadOnlyList<string> Requests => requests;

    /// <summary>Starts it with a profile of its own.</summary>
    public static async Task<Browser> StartAsync(string profile)
    {
        ProcessStartInfo start = new(Program!,
            ["--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-dev-shm-usage",
            "--remote-debugging-port=0", $"--user-data-dir={profile}", "about:blank"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        Process process = Process.Start(start)!;
        process.OutputDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        try
        {
            return await ConnectAsync(process);
        }
        catch
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    private static async Task<Browser> ConnectAsync(Process process)
    {
        string? address = null;
        while (address is null && await process.StandardError.ReadLineAsync() is string line)
        {
            address = line.StartsWith("DevTools listening on ", StringComparison.Ordinal) ? line["DevTools listening on ".Length..] : null;
        }

        _ = process.StandardError.ReadToEndAsync();
        Uri browser = new(address ?? throw new InvalidOperationException("Chromium did not start."));
        using HttpClient http = new();
        string pages = await http.GetStringAsync(new Uri($"http://{browser.Authority}/json/list"));
        string page = JsonNode.Parse(pages)!.AsArray().First(static one => (string?)one!["type"] == "page")!["webSocketDebuggerUrl"]!.GetValue<string>();
        ClientWebSocket socket = new();
        using CancellationTokenSource limit = new(Limit);
        await socket.ConnectAsync(new Uri(page), limit.Token);
        Browser started = new(process, socket);
        await started.CallAsync("Network.enable", []);
        await started.CallAsync("Page.enable", []);
        return started;
    }

    /// <summary>Opens a file at a width, in light or dark.</summary>
    public async Task OpenAsync(string path, int width, string scheme)
    {
        await CallAsync("Emulation.setDeviceMetricsOverride",
            new JsonObject { ["width"] = width, ["height"] = 900, ["deviceScaleFactor"] = 1, ["mobile"] = false });
        await CallAsync("Emulation.setEmulatedMedia", new JsonObject
        {
            ["features"] = new JsonArray(new JsonObject { ["name"] = "prefers-color-scheme", ["value"] = scheme }),
        });
        await CallAsync("Page.navigate", new JsonObject { ["url"] = new Uri(path).AbsoluteUri });
        while (await EvaluateAsync("document.readyState === 'complete' && location.protocol === 'file:'") is not JsonValue loaded || !loaded.GetValue<bool>())
        {
            await Task.Delay(20, end.Token);
        }
    }

    /// <summary>What an expression comes to in the page.</summary>
    public async Task<JsonNode?> EvaluateAsync(string expression)
    {
        JsonNode answer = await CallAsync("Runtime.evaluate", new JsonObject { ["expression"] = expression, ["returnByValue"] = true });
        return answer["exceptionDetails"] is JsonNode failure ? throw new InvalidOperationException(failure.ToJsonString()) : answer["result"]!["value"];
    }

    public async ValueTask DisposeAsync()
    {
        socket.Dispose();
        end.Dispose();
        process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
        process.Dispose();
    }

    private async Task<JsonNode> CallAsync(string method, JsonObject parameters)
    {
        int id = ++number;
        JsonObject call = new() { ["id"] = id, ["method"] = method, ["params"] = parameters };
        await socket.SendAsync(JsonSerializer.SerializeToUtf8Bytes(call), WebSocketMessageType.Text, endOfMessage: true, end.Token);
        while (true)
        {
            JsonNode message = await ReceiveAsync();
            if ((string?)message["method"] == "Network.requestWillBeSent")
            {
                requests.Add((string)message["params"]!["request"]!["url"]!);
            }

            if ((int?)message["id"] == id)
            {
                return message["result"] ?? throw new InvalidOperationException(message.ToJsonString());
            }
        }
    }

    private async Task<JsonNode> ReceiveAsync()
    {
        using MemoryStream message = new();
        byte[] buffer = new byte[64 << 10];
        WebSocketReceiveResult part;
        do
        {
            part = await socket.ReceiveAsync(buffer, end.Token);
            message.Write(buffer, 0, part.Count);
        }
        while (!part.EndOfMessage);
        return JsonNode.Parse(message.ToArray())!;
    }
}
