using System.Net;
using System.Net.Sockets;
using System.Text;
using VectorMigration.TestSupport;

namespace VectorMigration.Qdrant.Tests;

/// <summary>gRPC with TLS through an HTTP proxy: a tunnel made by CONNECT.</summary>
public sealed class ProxyTests
{
    [Fact]
    public async Task Tls_goes_through_the_tunnel_of_a_proxy()
    {
        using Certificates certificates = new();
        await using QdrantServer server = await QdrantServer.StartAsync(
            new QdrantServerOptions { TlsCertificatePath = certificates.Certificate, TlsKeyPath = certificates.Key });
        await using TunnelProxy proxy = new("HTTP/1.1 200 Connection established\r\n\r\n");
        using QdrantConnection connection = new(new QdrantConnectionOptions
        {
            Uri = server.GrpcUri,
            CaCertificatePath = certificates.Authority,
            Proxy = proxy.Uri,
            Connections = 1
        });
        (await connection.GetStore(QdrantStore.Open).GetServerAsync(default)).Version.ShouldBe("1.16.3");
        proxy.Requests.ShouldHaveSingleItem().ShouldStartWith($"CONNECT 127.0.0.1:{server.GrpcPort} ");
    }

    [Fact]
    public async Task A_proxy_that_refuses_is_named_as_the_cause()
    {
        await using TunnelProxy proxy = new("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
        using QdrantConnection connection = new(new QdrantConnectionOptions { Uri = new Uri("https://127.0.0.1:6334"), Proxy = proxy.Uri, Connections = 1 });
        MigrationException refused = await Should.ThrowAsync<MigrationException>(() => connection.GetStore(QdrantStore.Open).GetServerAsync(default));
        refused.ErrorId.ShouldBe("ProxyFailed");
        refused.Message.ShouldContain("403");
    }

    [Theory]
    [InlineData(QdrantProtocol.Grpc)]
    [InlineData(QdrantProtocol.Rest)]
    [InlineData(QdrantProtocol.Auto)]
    public async Task User_and_password_of_a_proxy_are_never_shown(QdrantProtocol protocol)
    {
        await using TunnelProxy proxy = new("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
        using QdrantConnection connection = new(new QdrantConnectionOptions
        {
            Uri = new Uri("https://127.0.0.1:6334"),
            Proxy = new UriBuilder(proxy.Uri) { UserName = "clerk", Password = "pr0xy-passw0rd" }.Uri,
            Connections = 1,
            Protocol = protocol,
        });
        MigrationException refused = await Should.ThrowAsync<MigrationException>(() => connection.GetStore(QdrantStore.Open).GetServerAsync(default));
        refused.ErrorId.ShouldBe("ProxyFailed");
        refused.Message.ShouldContain(proxy.Uri.Authority);
        (refused.ToString() + refused.RecommendedAction + refused.Target + connection + connection.Options.Proxy).ShouldNotContain("passw0rd");
    }

    /// <summary>A proxy that answers every CONNECT with one text and, where that says 200, passes bytes on.</summary>
    private sealed class TunnelProxy : IAsyncDisposable
    {
        private readonly TcpListener listener = new(IPAddress.Loopback, 0);
        private readonly CancellationTokenSource stop = new();
        private readonly Task running;

        public TunnelProxy(string answer)
        {
            listener.Start();
            running = AcceptAsync(answer);
        }

        public Uri Uri => new($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}");

        public List<string> Requests { get; } = [];

        public async ValueTask DisposeAsync()
        {
            await stop.CancelAsync();
            listener.Stop();
            await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            stop.Dispose();
        }

        private async Task AcceptAsync(string answer)
        {
            List<Task> tunnels = [];
            while (!stop.IsCancellationRequested)
            {
                TcpClient client = await listener.AcceptTcpClientAsync(stop.Token);
                tunnels.Add(ServeAsync(client, answer));
            }

            await Task.WhenAll(tunnels);
        }

        private async Task ServeAsync(TcpClient client, string answer)
        {
            using (client)
            {
                NetworkStream near = client.GetStream();
                string request = await ReadHeadAsync(near);
                Requests.Add(request);
                await near.WriteAsync(Encoding.ASCII.GetBytes(answer), stop.Token);
                if (!answer.Contains(" 200 ", StringComparison.Ordinal))
                {
                    return;
                }

                using TcpClient target = new();
                await target.ConnectAsync(IPEndPoint.Parse(request.Split(' ')[1]), stop.Token);
                NetworkStream far = target.GetStream();
                await Task.WhenAny(near.CopyToAsync(far, stop.Token), far.CopyToAsync(near, stop.Token));
            }
        }

        private async Task<string> ReadHeadAsync(NetworkStream stream)
        {
            StringBuilder head = new();
            byte[] one = new byte[1];
            while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal) && await stream.ReadAsync(one, stop.Token) == 1)
            {
                head.Append((char)one[0]);
            }

            return head.ToString();
        }
    }
}
