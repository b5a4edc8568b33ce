using VectorMigration.TestSupport;
using Xunit.Abstractions;

namespace VectorMigration.EndToEnd.Tests;

/// <summary>
/// A line to the server as companies have it: nginx with TLS before both interfaces of a real server, and what such a proxy does to a connection. Each
/// run ends whole: nothing is lost, nothing is there twice, nothing is wrong.
/// </summary>
[Collection(SharedServer.Name)]
public sealed class LineTests(QdrantServerFixture fixture, ITestOutputHelper output) : ServerTests(fixture)
{
    private const int Count = 6_000;
    private const int Dimension = 96;
    private readonly Certificates certificates = new();

    public static TheoryData<string, string, string> Faults => new()
    {
        { "TLS 1.2", "ssl_protocols TLSv1.2;", "" },
        { "TLS 1.3", "ssl_protocols TLSv1.3;", "" },
        { "GOAWAY after 10 requests", "keepalive_requests 10;", "" },
        { "idle timeout of 1 s", "keepalive_timeout 1s;", "" },
        { "read timeout of 2 s", "", "grpc_read_timeout 2s; proxy_read_timeout 2s;" },
        { "body limit of 1 MB", "client_max_body_size 1m;", "" },
        { "429 of the proxy", "limit_req_status 429;", "limit_req zone=all;" },
        { "503 of the proxy", "limit_req_status 503;", "limit_req zone=all;" },
    };

    [NginxTheory]
    [MemberData(nameof(Faults))]
    public Task Nothing_is_lost_by_gRPC(string fault, string server, string location) => MoveAsync("grpc", fault, server, location);

    [NginxTheory]
    [MemberData(nameof(Faults))]
    public Task Nothing_is_lost_by_REST(string fault, string server, string location) => MoveAsync("rest", fault, server, location);

    [NginxTheory]
    [InlineData("grpc")]
    [InlineData("rest")]
    public async Task A_proxy_that_is_started_again_costs_a_wait_and_no_vector(string protocol)
    {
        string index = NewIndex();
        int port = Nginx.FreePort();
        Nginx nginx = Start(port, "", "limit_rate 200k; limit_req zone=all burst=1000;");
        try
        {
            Task<ToolResult> running = RunAsync(nginx, "migrate", index, "--protocol", protocol, "--batch-size", "100", "--parallel", "2");
            await BegunAsync(running);
            nginx.Dispose();
            await Task.Delay(1_500);
            nginx = Start(port, "", "");
            (await running).ShouldSucceed();
            await ProveAsync(nginx, index, protocol, "the proxy is stopped for 1.5 s and started again");
        }
        finally
        {
            nginx.Dispose();
        }
    }

    [NginxTheory]
    [InlineData("")]
    [InlineData("http2")]
    public async Task Where_a_proxy_passes_REST_alone_it_is_found_and_the_network_team_is_named(string http2)
    {
        string index = NewIndex();
        int port = Nginx.FreePort();
        using Nginx nginx = Nginx.StartWith(
            At("nginx"),
            $"server {{ listen 127.0.0.1:{port} ssl {http2}; {Tls} location / {{ proxy_pass http://127.0.0.1:{Server.RestPort}; }} }}",
            "127.0.0.1",
            port,
            $"https://127.0.0.1:{port}");
        ToolResult run = (await RunAsync(nginx, "migrate", index)).ShouldSucceed();
        ShouldWarn(run, nginx.Url);
        run.Output.ShouldContain("REST");
        ToolResult proof = (await RunAsync(nginx, "verify", index)).ShouldSucceed();
        ShouldWarn(proof, nginx.Url);
        ToolResult refused = await RunAsync(nginx, "verify", index, "--protocol", "grpc");
        refused.ShouldEndWith(2, "REST");
        (await Witness.CountAsync(Collection)).ShouldBe(Count);
    }

    /// <summary>An address of this machine alone, where the ports of Qdrant are free: 6334 is closed, 6333 is open.</summary>
    [NginxTheory]
    [InlineData($"http://{Certificates.OtherAddress}:6333")]
    [InlineData($"http://{Certificates.OtherAddress}:6334")]
    [InlineData(Certificates.OtherAddress)]
    [InlineData($"https://{Certificates.OtherAddress}:6333")]
    [InlineData($"https://{Certificates.OtherAddress}:6334")]
    public async Task Where_6334_is_closed_and_6333_is_open_REST_is_used(string url)
    {
        string index = NewIndex();
        (string ssl, string tls) = url.StartsWith("https", StringComparison.Ordinal) ? ("ssl", Tls) : (string.Empty, string.Empty);
        using Nginx nginx = Nginx.StartWith(
            At("nginx"),
            $$"""
            client_max_body_size 32m;
            server { listen {{Certificates.OtherAddress}}:6333 {{ssl}}; {{tls}} location / { proxy_pass http://127.0.0.1:{{Server.RestPort}}; } }
            """,
            Certificates.OtherAddress,
            6333,
            url);
        ToolResult run = (await RunAsync(nginx, "migrate", index)).ShouldSucceed();
        run.Error.ShouldContain("publish port 6334 too");
        (await Witness.CountAsync(Collection)).ShouldBe(Count);
    }

    [NginxTheory]
    [InlineData("grpc")]
    [InlineData("rest")]
    public async Task An_authority_that_nobody_named_is_refused(string protocol)
    {
        using Nginx nginx = Start(Nginx.FreePort(), "", "");
        ToolResult run = await Tool.RunAsync(
            Folder, "migrate", NewIndex(), "--url", nginx.Url, "--collection", Collection, "--protocol", protocol);
        run.ShouldEndWith(2, "certificate");
    }

    [TinyproxyTheory]
    [InlineData("grpc")]
    [InlineData("rest")]
    public async Task A_forward_proxy_with_user_and_password_is_passed_and_they_are_never_shown(string protocol)
    {
        const string password = "pr0xy-passw0rd";
        string index = NewIndex();
        int port = Nginx.FreePort();
        using Nginx nginx = Start(port, "", "");
        using Tinyproxy proxy = Tinyproxy.Start(At("tinyproxy"), "clerk", password);
        string url = $"https://{System.Net.Dns.GetHostName()}:{port}";
        foreach ((string user, bool isRight) in (IEnumerable<(string, bool)>)[($"clerk:{password}", true), ($"clerk:{password}-wrong", false)])
        {
            Dictionary<string, string> environment = new() { ["HTTPS_PROXY"] = $"http://{user}@127.0.0.1:{proxy.Port}" };
            ToolResult run = await Tool.RunAsync(
                Folder,
                environment,
                "migrate", index, "--url", url, "--ca-certificate", certificates.Authority, "--collection", Collection, "--protocol", protocol, "--verbose",
                "--log-dir", At("logs"), "--json");
            string shown = run.Output + run.Error + string.Concat(
                Directory.EnumerateFiles(Folder, "*", SearchOption.AllDirectories)
                    .Where(static path => !path.EndsWith("tinyproxy.conf", StringComparison.Ordinal) && !path.EndsWith(".faiss", StringComparison.Ordinal))
                    .Select(File.ReadAllText));
            shown.ShouldNotContain(password);
            if (isRight)
            {
                run.ShouldSucceed();
                proxy.Log().ShouldContain($"CONNECT {System.Net.Dns.GetHostName()}:{port}");
                (await Witness.CountAsync(Collection)).ShouldBe(Count);
            }
            else
            {
                run.ShouldEndWith(2, "status code '40");
            }
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            certificates.Dispose();
        }

        base.Dispose(disposing);
    }

    private string Tls => $"ssl_certificate {certificates.Certificate}; ssl_certificate_key {certificates.Key};";

    private static void ShouldWarn(ToolResult run, string url)
    {
        string[] warnings = [.. run.Error.Split('\n').Where(static line => line.Contains("gRPC does not answer", StringComparison.Ordinal))];
        warnings.ShouldHaveSingleItem().ShouldContain(url);
        warnings[0].ShouldContain("gRPC port");
    }

    private async Task MoveAsync(string protocol, string fault, string server, string location)
    {
        string index = NewIndex();
        using Nginx nginx = Start(Nginx.FreePort(), server, location);
        string[] pace = fault.Split(' ')[0] switch
        {
            "body" => ["--batch-size", "4000"],

            // So slow that the server freezes in the middle of it.
            "read" => ["--batch-size", "200", "--parallel", "1", "--batch-delay", "0.2"],
            _ => ["--batch-size", "200"],
        };
        Task<ToolResult> running = RunAsync(nginx, "migrate", index, ["--protocol", protocol, .. pace]);
        if (fault.StartsWith("read timeout", StringComparison.Ordinal))
        {
            await BegunAsync(running);
            Server.Pause();
            await Task.Delay(3_500);
            Server.Resume();
        }

        (await running).ShouldSucceed();

        // Over gRPC it is not certain that the proxy gives up on a frozen server; what is certain is that the run ends whole.
        if (Refusal(fault) is string status && (protocol == "rest" || status != "504"))
        {
            nginx.AccessLog().ShouldContain(line => line.Contains($"\" {status} ", StringComparison.Ordinal), "otherwise the proxy has refused nothing");
        }

        await ProveAsync(nginx, index, protocol, fault);
    }

    /// <summary>The status that a proxy with this fault must have answered.</summary>
    private static string? Refusal(string fault) => fault.Split(' ')[0] switch
    {
        "429" => "429",
        "503" => "503",
        "body" => "413",
        "read" => "504",
        _ => null,
    };

    private async Task ProveAsync(Nginx nginx, string index, string protocol, string fault)
    {
        ToolResult proof = (await RunAsync(nginx, "verify", index, "--protocol", protocol, "--json")).ShouldSucceed();
        proof.Output.ShouldContain("\"passed\":true", Case.Insensitive);
        long there = await Witness.CountAsync(Collection);
        there.ShouldBe(Count);
        output.WriteLine($"{protocol}, {fault}: lost {Count - there}, doubled {Math.Max(0, there - Count)}, wrong 0");
    }

    /// <summary>Waits until the first vectors are there, or the run has ended.</summary>
    private async Task BegunAsync(Task running)
    {
        using HttpClient client = new();
        while (!running.IsCompleted)
        {
            using HttpResponseMessage answer = await client.GetAsync(new Uri(Server.RestUri, $"/collections/{Collection}"));
            if (answer.IsSuccessStatusCode && await Witness.CountAsync(Collection) > 0)
            {
                return;
            }

            await Task.Delay(5);
        }
    }

    private Task<ToolResult> RunAsync(Nginx nginx, string command, string index, params string[] more) => Tool.RunAsync(
        Folder, [command, index, "--url", nginx.Url, "--collection", Collection, "--ca-certificate", certificates.Authority, .. more]);

    private string NewIndex() => IndexFiles.Flat(At("line.faiss"), Dimension, IndexFiles.Random(Count, Dimension, seed: 16));

    /// <summary>TLS before both interfaces: calls of gRPC by their paths, all others to REST.</summary>
    private Nginx Start(int port, string server, string location)
    {
        string folder = At("nginx" + Guid.NewGuid().ToString("N"));
        string size = server.Contains("client_max_body_size", StringComparison.Ordinal) ? string.Empty : "client_max_body_size 32m;";
        return Nginx.StartWith(
            folder,
            $$"""
            limit_req_zone $server_port zone=all:1m rate=40r/s;
            server {
              listen 0.0.0.0:{{port}} ssl http2; {{Tls}} {{size}} {{server}}
              location /qdrant. { {{location}} grpc_pass grpc://127.0.0.1:{{Server.GrpcPort}}; }
              location / { {{location}} proxy_http_version 1.1; proxy_pass http://127.0.0.1:{{Server.RestPort}}; }
            }
            """,
            "127.0.0.1",
            port,
            $"https://127.0.0.1:{port}");
    }
}
