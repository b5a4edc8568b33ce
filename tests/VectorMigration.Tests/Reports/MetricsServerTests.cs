using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Time.Testing;

namespace VectorMigration.Tests;

/// <summary>The small server of metrics: what it answers, to whom, and what it bounds.</summary>
public sealed class MetricsServerTests
{
    private const string Metrics = "vectormigration_run_active{collection=\"é\"} 1\n";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task It_serves_the_metrics_of_the_moment_at_a_port_of_its_own()
    {
        int read = 0;
        using MetricsServer server = MetricsServer.Start(new IPEndPoint(IPAddress.Loopback, 0), () => $"{Metrics}{++read}\n");
        server.At.Port.ShouldBeGreaterThan(0);
        using HttpClient client = new(new SocketsHttpHandler { UseProxy = false });
        using HttpResponseMessage first = await client.GetAsync(new Uri(server.Url));
        first.StatusCode.ShouldBe(HttpStatusCode.OK);
        first.Content.Headers.ContentType!.ToString().ShouldBe("text/plain; version=0.0.4; charset=utf-8");
        (await first.Content.ReadAsStringAsync()).ShouldBe(Metrics + "1\n");
        (await client.GetStringAsync(new Uri($"http://localhost:{server.At.Port}/metrics"))).ShouldBe(Metrics + "2\n");
        server.Dispose();
        await Should.ThrowAsync<HttpRequestException>(() => client.GetAsync(new Uri(server.Url)));
    }

    [Theory]
    [InlineData("GET /metrics HTTP/1.1\r\nHost: 127.0.0.1:1\r\n\r\n", "200 OK")]
    [InlineData("GET /metrics HTTP/1.0\r\nHOST:  localhost \r\nContent-Length: 0\r\n\r\n", "200 OK")]
    [InlineData("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", "404 Not Found")]
    [InlineData("GET /metrics?x=1&y= HTTP/1.1\r\nHost: localhost\r\n\r\n", "200 OK")]
    [InlineData("GET /other?/metrics HTTP/1.1\r\nHost: localhost\r\n\r\n", "404 Not Found")]
    [InlineData("GET /metrics/../etc/passwd HTTP/1.1\r\nHost: localhost\r\n\r\n", "404 Not Found")]
    [InlineData("GET http://localhost/metrics HTTP/1.1\r\nHost: localhost\r\n\r\n", "404 Not Found")]
    [InlineData("POST /metrics HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n", "405 Method Not Allowed")]
    [InlineData("DELETE /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n", "405 Method Not Allowed")]
    [InlineData("GET /metrics HTTP/1.1\r\nHost: evil.example\r\n\r\n", "421 Misdirected Request")]
    [InlineData("GET /metrics HTTP/1.1\r\nHost: 127.0.0.1.evil.example:9464\r\n\r\n", "421 Misdirected Request")]
    [InlineData("GET /metrics HTTP/1.1\r\nHost: 10.0.0.1\r\n\r\n", "421 Misdirected Request")]
    [InlineData("GET /metrics HTTP/1.1\r\nHost: \r\n\r\n", "421 Misdirected Request")]
    [InlineData("GET /metrics HTTP/1.1\r\n\r\n", "400 Bad Request")]
    [InlineData("GET /metrics HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n", "400 Bad Request")]
    [InlineData("GET /metrics HTTP/1.1\r\nHost : localhost\r\n\r\n", "400 Bad Request")]
    [InlineData("GET /metrics HTTP/1.1\r\nHost: localhost\r\n folded\r\n\r\n", "400 Bad Request")]
    [InlineData("GET /metrics HTTP/1.1\r\nHost: localhost\r\nA: b\nHost: evil.example\r\n\r\n", "400 Bad Request")]
    [InlineData("GET /metrics HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhello", "400 Bad Request")]
    [InlineData("GET /metrics HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n", "400 Bad Request")]
    [InlineData("GET /metrics HTTP/2\r\nHost: localhost\r\n\r\n", "400 Bad Request")]
    [InlineData("GET /metrics\r\n\r\n", "400 Bad Request")]
    [InlineData("\u0016\u0003\u0001\r\n\r\n", "400 Bad Request")]
    public async Task It_answers_one_request_and_no_other(string request, string status)
    {
        using MetricsServer server = MetricsServer.Start(new IPEndPoint(IPAddress.Loopback, 0), static () => Metrics);
        string answer = await AskAsync(server, request);
        answer.ShouldStartWith($"HTTP/1.1 {status}\r\n");
        answer.Contains("run_active", StringComparison.Ordinal).ShouldBe(status == "200 OK");
        answer.Contains("Allow: GET\r\n", StringComparison.Ordinal).ShouldBe(status.StartsWith("405", StringComparison.Ordinal));
        answer.ShouldContain("\r\nConnection: close\r\n");
        answer.ShouldNotContain("evil");
    }

    [Fact]
    public async Task Headers_are_bounded()
    {
        using MetricsServer server = MetricsServer.Start(new IPEndPoint(IPAddress.Loopback, 0), static () => Metrics);
        string endless = "GET /metrics HTTP/1.1\r\nHost: localhost\r\nX: " + new string('x', MetricsServer.MostHeadBytes);
        (await AskAsync(server, endless)).ShouldStartWith("HTTP/1.1 431 ");
        // It serves on.
        (await AskAsync(server, "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n")).ShouldStartWith("HTTP/1.1 200 ");
    }

    [Fact]
    public async Task Connections_are_bounded_in_number_and_time()
    {
        FakeTimeProvider clock = new();
        using MetricsServer server = MetricsServer.Start(new IPEndPoint(IPAddress.Loopback, 0), static () => Metrics, clock);
        List<Socket> silent = [];
        for (int i = 0; i < MetricsServer.MostConnections; i++)
        {
            silent.Add(new Socket(SocketType.Stream, ProtocolType.Tcp));
            await silent[i].ConnectAsync(server.At);
        }

        using Socket one = new(SocketType.Stream, ProtocolType.Tcp);
        await one.ConnectAsync(server.At);
        (await ReadAsync(one)).ShouldBeEmpty("it is one too many");
        // Those that say nothing are ended, and then others are served.
        foreach (Socket socket in silent)
        {
            Task<string> ended = ReadAsync(socket);
            while (!ended.IsCompleted)
            {
                clock.Advance(MetricsServer.MostTime);
                await Task.WhenAny(ended, Task.Delay(10));
            }

            (await ended).ShouldBeEmpty();
            socket.Dispose();
        }

        (await AskAsync(server, "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n")).ShouldStartWith("HTTP/1.1 200 ");
    }

    [Theory]
    [InlineData("127.0.0.1:9464", "127.0.0.1:9464")]
    [InlineData("localhost:0", "127.0.0.1:0")]
    [InlineData("9464", "127.0.0.1:9464")]
    [InlineData("[::1]:9464", "[::1]:9464")]
    [InlineData("0.0.0.0:9464", "0.0.0.0:9464")]
    [InlineData("10.1.2.3:65535", "10.1.2.3:65535")]
    public void Addresses_are_read(string text, string read) => MetricsEndpoint.Parse(text).ToString().ShouldBe(read);

    [Theory]
    [InlineData("")]
    [InlineData(":9464")]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.1:")]
    [InlineData("127.0.0.1:65536")]
    [InlineData("127.0.0.1:-1")]
    [InlineData("127.0.0.1:http")]
    [InlineData("127.1:9464")]
    [InlineData("2130706433:9464")]
    [InlineData("::1:9464")]
    [InlineData("[127.0.0.1]:9464")]
    [InlineData("metrics.example:9464")]
    [InlineData("http://127.0.0.1:9464")]
    [InlineData("127.0.0.1:9464/metrics")]
    public void Other_texts_are_refused(string text)
    {
        MigrationException refused = Should.Throw<MigrationException>(() => MetricsEndpoint.Parse(text));
        refused.ErrorId.ShouldBe("MetricsAddressInvalid");
        refused.Message.ShouldContain($"'{text}'");
        refused.RecommendedAction.ShouldContain("-MetricsListen 127.0.0.1:9464");
    }

    [Fact]
    public void A_port_in_use_is_refused_by_a_plan_and_by_a_run()
    {
        using MetricsServer server = MetricsServer.Start(new IPEndPoint(IPAddress.Loopback, 0), static () => Metrics);
        MigrationOptions options = new() { Collection = "c", MetricsListen = server.At.ToString() };
        MigrationException planned = PlaceCheck.Reasons(options).ShouldHaveSingleItem();
        MigrationException run = Should.Throw<MigrationException>(
            () => new ProgressTeller(new ProgressTelling { Collection = "c", MetricsListen = options.MetricsListen }));
        foreach (MigrationException refused in (MigrationException[])[planned, run])
        {
            refused.ErrorId.ShouldBe("MetricsAddressUnavailable");
            refused.Message.ShouldBe($"Metrics cannot be served at {server.At}: The port is in use.");
        }

        // Nothing is left behind that says that a run is active.
        string file = Path.Combine(Directory.CreateTempSubdirectory("metrics").FullName, "vm.prom");
        Should.Throw<MigrationException>(
            () => new ProgressTeller(new ProgressTelling { Collection = "c", MetricsListen = options.MetricsListen, MetricsPath = file }));
        File.Exists(file).ShouldBeFalse();
        Directory.Delete(Path.GetDirectoryName(file)!);
        PlaceCheck.Reasons(options with { MetricsListen = "192.0.2.1:0" }).ShouldHaveSingleItem().Message.ShouldContain("does not have the address");
    }

    /// <summary>Where others may ask, they name this machine; a web page that points its own name here gets nothing.</summary>
    [Theory]
    [InlineData("0.0.0.0", "10.1.2.3:9464", true)]
    [InlineData("0.0.0.0", "[fe80::1]:9464", true)]
    [InlineData("0.0.0.0", "evil.example", false)]
    [InlineData("0.0.0.0", "2130706433", false)]
    [InlineData("127.0.0.1", "[::1]:9464", true)]
    [InlineData("127.0.0.1", "127.9.9.9", true)]
    [InlineData("127.0.0.1", "[::1", false)]
    [InlineData("127.0.0.1", "localhost:9464:9464", false)]
    public void Names_of_this_machine_are_known(string bound, string host, bool served) =>
        MetricsHost.Serves(host, IPAddress.Parse(bound)).ShouldBe(served);

    [Fact]
    public void The_name_of_this_machine_is_served_beyond_it()
    {
        MetricsHost.Serves(Dns.GetHostName() + ":9464", IPAddress.Any).ShouldBeTrue();
        MetricsHost.Serves(Dns.GetHostName() + "x", IPAddress.Any).ShouldBeFalse();
    }

    [Fact]
    public async Task A_run_serves_its_numbers_as_long_as_it_lasts()
    {
        List<string> told = [];
        ProgressTelling telling = new() { Collection = "served", MetricsListen = "127.0.0.1:0", Tell = line => told.Add(((ProgressLine)line).Text) };
        using HttpClient client = new(new SocketsHttpHandler { UseProxy = false });
        Uri url;
        using (ProgressTeller teller = new(telling))
        {
            url = new Uri(told.ShouldHaveSingleItem()["metrics: ".Length..]);
            await new Migration(new MemorySource(300), null, new MemoryStore(), new FixedRetryPolicy(), new MigrationOptions { Collection = "c" }, teller)
                .RunAsync(default);
            (await client.GetStringAsync(url)).ShouldContain("vectormigration_vectors_acknowledged_total{collection=\"served\"} 300\n");
        }

        await Should.ThrowAsync<HttpRequestException>(() => client.GetAsync(url));
    }

    private static async Task<string> AskAsync(MetricsServer server, string request)
    {
        using Socket socket = new(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(server.At);
        await socket.SendAsync(Encoding.Latin1.GetBytes(request));
        return await ReadAsync(socket);
    }

    private static async Task<string> ReadAsync(Socket socket)
    {
        using CancellationTokenSource limit = new(Limit);
        byte[] buffer = new byte[4_096];
        StringBuilder text = new();
        try
        {
            while (await socket.ReceiveAsync(buffer, limit.Token) is > 0 and int read)
            {
                text.Append(Encoding.UTF8.GetString(buffer, 0, read));
            }
        }
        catch (SocketException)
        {
            // The server ended the connection.
        }

        return text.ToString();
    }
}
