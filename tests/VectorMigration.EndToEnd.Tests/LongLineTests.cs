using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using VectorMigration.Line;

namespace VectorMigration.EndToEnd.Tests;

/// <summary>The long line of the benchmarks: every byte, in order, never sooner than the line allows.</summary>
public sealed class LongLineTests
{
    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(20, 5, 0)]
    [InlineData(5, 0, 40_000_000)]
    public async Task Every_byte_comes_back_in_order(int delay, int jitter, long bytesPerSecond)
    {
        using Echo echo = new();
        await using LongLine line = LongLine.Open("127.0.0.1", echo.Port, new LineOptions
        {
            Delay = TimeSpan.FromMilliseconds(delay),
            Jitter = TimeSpan.FromMilliseconds(jitter),
            BytesPerSecond = bytesPerSecond,
            Window = 256 << 10,
        });
        byte[] sent = new byte[3_000_001];
        new Random(7).NextBytes(sent);
        long started = Stopwatch.GetTimestamp();

        byte[][] received = await Task.WhenAll(ExchangeAsync(line.Port, sent), ExchangeAsync(line.Port, sent));

        received[0].AsSpan().SequenceEqual(sent).ShouldBeTrue();
        received[1].AsSpan().SequenceEqual(sent).ShouldBeTrue();
        // Never sooner: a round trip, and both connections share the width.
        double least = (2 * delay / 1000.0) + (bytesPerSecond == 0 ? 0 : 2.0 * sent.Length / bytesPerSecond);
        Stopwatch.GetElapsedTime(started).TotalSeconds.ShouldBeGreaterThanOrEqualTo(least - 0.003);
        line.Accepted.ShouldBe(2);
    }

    [Fact]
    public async Task A_line_may_become_longer_while_it_runs()
    {
        using Echo echo = new();
        await using LongLine line = LongLine.Open("127.0.0.1", echo.Port, new LineOptions());
        (await ExchangeAsync(line.Port, [1, 2, 3])).ShouldBe([1, 2, 3]);
        line.Options = line.Options with { Delay = TimeSpan.FromMilliseconds(60), Handshake = true };
        long started = Stopwatch.GetTimestamp();

        (await ExchangeAsync(line.Port, [4])).ShouldBe([4]);

        // A round trip for the handshake and one for the byte.
        Stopwatch.GetElapsedTime(started).TotalMilliseconds.ShouldBeGreaterThanOrEqualTo(237);
    }

    [Fact]
    public async Task A_connection_ends_when_nobody_is_behind_the_line()
    {
        using Echo echo = new();
        int gone = echo.Port;
        echo.Dispose();
        await using LongLine line = LongLine.Open("127.0.0.1", gone, new LineOptions());

        Exception? broken = await Record.ExceptionAsync(async () => (await ExchangeAsync(line.Port, [1])).ShouldNotBeEmpty());

        broken.ShouldNotBeNull();
    }

    private static async Task<byte[]> ExchangeAsync(int port, byte[] bytes)
    {
        using TcpClient client = new();
        await client.ConnectAsync(IPAddress.Loopback, port);
        using MemoryStream received = new();
        Task reading = client.GetStream().CopyToAsync(received);
        await client.GetStream().WriteAsync(bytes);
        client.Client.Shutdown(SocketShutdown.Send);
        await reading;
        return received.ToArray();
    }

    /// <summary>Sends back whatever comes, until the sender has ended.</summary>
    private sealed class Echo : IDisposable
    {
        private readonly TcpListener listener = new(IPAddress.Loopback, 0);

        public Echo()
        {
            listener.Start();
            Port = ((IPEndPoint)listener.LocalEndpoint).Port;
            _ = AcceptAsync();
        }

        public int Port { get; }

        public void Dispose() => listener.Dispose();

        private async Task AcceptAsync()
        {
            try
            {
                while (true)
                {
                    TcpClient client = await listener.AcceptTcpClientAsync();
                    _ = EchoAsync(client);
                }
            }
            catch (Exception closed) when (closed is SocketException or ObjectDisposedException)
            {
                // The test is over.
            }
        }

        private static async Task EchoAsync(TcpClient client)
        {
            using (client)
            {
                await client.GetStream().CopyToAsync(client.GetStream());
                client.Client.Shutdown(SocketShutdown.Send);
            }
        }
    }
}
