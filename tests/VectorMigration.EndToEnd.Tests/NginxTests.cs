using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using VectorMigration.TestSupport;
using Xunit.Abstractions;

namespace VectorMigration.EndToEnd.Tests;

/// <summary>Runs where nginx is; where it is not, the test is told as skipped, with how to get it.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NginxTheoryAttribute : TheoryAttribute
{
    public NginxTheoryAttribute()
    {
        if (Nginx.Program is null)
        {
            Skip = "NOT RUN: nginx is not installed (apt-get install nginx-light). What it shows against a stand-in is in LimitedRateTests.";
        }
    }
}

/// <summary>The whole tool behind nginx's limit_req without a burst, by which a run at its own pace once never sent anything.</summary>
[Collection(SharedServer.Name)]
public sealed class NginxTests(QdrantServerFixture fixture, ITestOutputHelper output) : ServerTests(fixture)
{
    [NginxTheory]
    [InlineData(429, null)]
    [InlineData(429, 1)]
    [InlineData(503, null)]
    [InlineData(Nginx.ResourceExhausted, null)]
    public async Task A_run_at_its_own_pace_sends_everything_and_proves_it(int status, int? retryAfter)
    {
        const int count = 20_000;
        string index = IndexFiles.Flat(At("limited.faiss"), 64, IndexFiles.Random(count, 64, seed: 3));
        using Nginx nginx = Nginx.Start(At("nginx"), Server.GrpcPort, status, retryAfter);
        // So many requests that they cannot all pass unhindered; how many go at once is the run's own choice.
        ToolResult run = await Tool.RunAsync(Folder, "migrate", index, "--url", nginx.Url, "--collection", Collection, "--batch-size", "50");
        run.ShouldSucceed();
        (await Witness.CountAsync(Collection)).ShouldBe(count);
        string[] log = nginx.AccessLog();
        log.Count(static line => line.Contains("Points/Upsert", StringComparison.Ordinal) && line.Contains(Nginx.Refused, StringComparison.Ordinal))
            .ShouldBeGreaterThan(0, "otherwise nothing was limited");
        double share = Nginx.ShareOfAllowed(log);
        output.WriteLine($"{share:P0} of the {Nginx.PerSecond} requests a second got through while vectors were sent");
        share.ShouldBeGreaterThan(0.6, "four fifths on a quiet machine; the rest is for one that is not");
        (await Tool.RunAsync(Folder, "verify", index, "--url", nginx.Url, "--collection", Collection, "--parallel", "8")).ShouldSucceed();
    }
}

/// <summary>An nginx that passes gRPC on, 20 requests a second and not one more.</summary>
internal sealed class Nginx : IDisposable
{
    private readonly Process process;
    private readonly string folder;

    private Nginx(Process process, string folder, string url)
    {
        this.process = process;
        this.folder = folder;
        Url = url;
    }

    /// <summary>Where it is; null where it is not.</summary>
    public static string? Program { get; } = ((string[])["/usr/sbin/nginx", "/usr/local/sbin/nginx", "/usr/bin/nginx"]).FirstOrDefault(File.Exists);

    public string Url { get; }

    /// <summary>Refuses as a gRPC server does: status 200, and RESOURCE_EXHAUSTED in grpc-status.</summary>
    public const int ResourceExhausted = 8;

    /// <summary>In the log: a request that was not let through.</summary>
    public const string Refused = " REJECTED ";

    /// <summary>Requests a second that are let through.</summary>
    public const int PerSecond = 20;

    /// <summary>What got through between the first vectors and the last, by what may: 1 is all of it.</summary>
    public static double ShareOfAllowed(string[] log)
    {
        int first = Array.FindIndex(log, static line => line.Contains("Points/Upsert", StringComparison.Ordinal));
        int last = Array.FindLastIndex(log, static line => line.Contains("Points/Upsert", StringComparison.Ordinal));
        string[] sending = log[first..last];
        int passed = sending.Count(static line => !line.Contains(Refused, StringComparison.Ordinal));
        return passed / (PerSecond * (Seconds(log[last]) - Seconds(log[first])));

        static double Seconds(string line) => double.Parse(line.Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);
    }

    public static Nginx Start(string folder, int grpcPort, int status, int? retryAfter)
    {
        Directory.CreateDirectory(folder);
        int port = FreePort();
        (int refusal, string page) = status != ResourceExhausted ? (status, string.Empty)
            : (429, "error_page 429 = /exhausted; location = /exhausted { internal; default_type application/grpc; "
                + $"add_header grpc-status {ResourceExhausted} always; add_header grpc-message 'Too many requests' always; return 200 ''; }}");
        string header = retryAfter is int seconds ? $"add_header Retry-After {seconds} always;" : string.Empty;
        File.WriteAllText(Path.Combine(folder, "nginx.conf"), $$"""
            daemon off; master_process off; pid {{folder}}/pid; error_log {{folder}}/error.log;
            events {}
            http {
              log_format timed '$msec "$request" $status $limit_req_status ';
              access_log {{folder}}/access.log timed;
              client_body_temp_path {{folder}}/body; proxy_temp_path {{folder}}/p; fastcgi_temp_path {{folder}}/f;
              uwsgi_temp_path {{folder}}/u; scgi_temp_path {{folder}}/s;
              client_max_body_size 0; grpc_buffer_size 64k;
              limit_req_zone $binary_remote_addr zone=all:1m rate={{PerSecond}}r/s;
              limit_req_status {{refusal}};
              server {
                listen 127.0.0.1:{{port}} http2;
                {{page}}
                location / { limit_req zone=all; {{header}} grpc_pass grpc://127.0.0.1:{{grpcPort}}; }
              }
            }
            """);
        return Launch(folder, "127.0.0.1", port, $"http://127.0.0.1:{port}");
    }

    /// <summary>Starts an nginx of other settings, which are those of its <c>http</c> block; its files are in a folder of its own.</summary>
    public static Nginx StartWith(string folder, string http, string address, int port, string url)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "nginx.conf"), $$"""
            daemon off; master_process off; pid {{folder}}/pid; error_log {{folder}}/error.log;
            events {}
            http {
              access_log {{folder}}/access.log;
              client_body_temp_path {{folder}}/body; proxy_temp_path {{folder}}/p; fastcgi_temp_path {{folder}}/f;
              uwsgi_temp_path {{folder}}/u; scgi_temp_path {{folder}}/s;
              {{http}}
            }
            """);
        return Launch(folder, address, port, url);
    }

    /// <summary>A port that nobody has.</summary>
    public static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static Nginx Launch(string folder, string address, int port, string url)
    {
        ProcessStartInfo start = new(Program!, ["-p", folder, "-c", Path.Combine(folder, "nginx.conf")]) { RedirectStandardError = true };
        Process process = Process.Start(start)!;
        Nginx nginx = new(process, folder, url);
        nginx.AwaitListening(address, port);
        return nginx;
    }

    public string[] AccessLog() => File.ReadAllLines(Path.Combine(folder, "access.log"));

    public void Dispose()
    {
        if (!process.HasExited)
        {
            process.Kill();
            process.WaitForExit();
        }

        process.Dispose();
    }

    private void AwaitListening(string address, int port)
    {
        for (int i = 0; i < 400; i++)
        {
            if (process.HasExited)
            {
                throw new InvalidOperationException($"nginx ended: {process.StandardError.ReadToEnd()}");
            }

            try
            {
                using TcpClient client = new();
                client.Connect(IPAddress.Parse(address), port);
                return;
            }
            catch (SocketException)
            {
                Thread.Sleep(25);
            }
        }

        throw new TimeoutException("nginx does not listen.");
    }
}
