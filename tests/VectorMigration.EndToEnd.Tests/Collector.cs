using System.Diagnostics;
using System.Text.Json;
using VectorMigration.TestSupport;

namespace VectorMigration.EndToEnd.Tests;

/// <summary>What a collector was sent: by which way, of which kind, with which headers, and the decoded message.</summary>
internal sealed record Sent(string Way, string Kind, Dictionary<string, JsonElement> Headers, JsonElement Body);

/// <summary>An OpenTelemetry collector in a node process that decodes by OpenTelemetry's own package and keeps what it is sent.</summary>
internal sealed class Collector : IAsyncDisposable
{
    private readonly Process process;

    private Collector(Process process, JsonElement ports)
    {
        this.process = process;
        Http = new Uri($"http://127.0.0.1:{ports.GetProperty("http").GetInt32()}");
        Grpc = new Uri($"http://127.0.0.1:{ports.GetProperty("grpc").GetInt32()}");
    }

    /// <summary>Address for OTLP over HTTP.</summary>
    public Uri Http { get; }

    /// <summary>Address for OTLP over gRPC.</summary>
    public Uri Grpc { get; }

    /// <summary>Starts one.</summary>
    /// <param name="status">What every request over HTTP is answered with.</param>
    public static async Task<Collector> StartAsync(int status = 200)
    {
        string packages = await OfficialClient.InstallAsync("collector");
        string script = Path.Combine(QdrantServer.RepositoryRoot(), "tools", "collector", "collector.mjs");
        ProcessStartInfo start = new("node", [script, packages, $"{status}"]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        Process process = Process.Start(start)!;
        string? ports = await process.StandardOutput.ReadLineAsync();
        return new Collector(process, JsonSerializer.Deserialize<JsonElement>(ports ?? throw new InvalidOperationException("The collector did not start.")));
    }

    /// <summary>Ends it, and tells all that it was sent.</summary>
    public async Task<Sent[]> EndAsync()
    {
        process.StandardInput.Close();
        string said = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return [.. said.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(static line => JsonSerializer.Deserialize<Sent>(line, JsonSerializerOptions.Web)!)];
    }

    public ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            process.Kill();
        }

        process.Dispose();
        return ValueTask.CompletedTask;
    }
}
