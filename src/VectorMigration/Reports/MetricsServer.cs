using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using VectorMigration.Errors;
using VectorMigration.Runs;

namespace VectorMigration.Reports;

/// <summary>
/// Serves metrics over HTTP while a run lasts: <c>GET /metrics</c>, and nothing else. A server of its own on a TCP socket, because HttpListener needs
/// rights that ordinary users of Windows do not have, and bounds neither the headers nor the connections.
/// One request a connection. Requests are bounded in size and time, connections in number.
/// </summary>
internal sealed class MetricsServer : IDisposable
{
    /// <summary>Most connections at once; others are closed.</summary>
    public const int MostConnections = 8;

    /// <summary>Most bytes of a request.</summary>
    public const int MostHeadBytes = 8_192;

    /// <summary>Longest time of a connection.</summary>
    public static readonly TimeSpan MostTime = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);
    private readonly TcpListener listener;
    private readonly Func<string> read;
    private readonly TimeProvider time;
    private readonly CancellationTokenSource stop = new();
    private readonly Task accepting;
    private int open;

    private MetricsServer(TcpListener listener, Func<string> read, TimeProvider time)
    {
        (this.listener, this.read, this.time) = (listener, read, time);
        accepting = Task.Run(AcceptAsync);
    }

    /// <summary>Where it listens, with the port that was chosen where 0 was asked for.</summary>
    public IPEndPoint At => (IPEndPoint)listener.LocalEndpoint;

    /// <summary>The address to scrape.</summary>
    public string Url => $"http://{At}/metrics";

    /// <summary>Starts to serve.</summary>
    /// <param name="at">Address and port; port 0 takes a free one.</param>
    /// <param name="read">The text of the metrics.</param>
    /// <param name="time">Clock; null for that of the system.</param>
    /// <exception cref="MigrationException">Nothing can be served there.</exception>
    public static MetricsServer Start(IPEndPoint at, Func<string> read, TimeProvider? time = null) =>
        new(MetricsEndpoint.Listen(at), read, time ?? TimeProvider.System);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (stop.IsCancellationRequested)
        {
            return;
        }

        listener.Stop();
        // Who has asked gets an answer.
        SpinWait.SpinUntil(() => Volatile.Read(ref open) == 0, Grace);
        stop.Cancel();
        accepting.Wait(Grace);
    }

    private async Task AcceptAsync()
    {
        while (!stop.IsCancellationRequested)
        {
            Socket client;
            try
            {
                client = await listener.AcceptSocketAsync(stop.Token).ConfigureAwait(false);
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionReset or SocketError.TooManyOpenSockets)
            {
                // A client that is gone, or too many files: the next one may be served.
                await Task.Delay(TimeSpan.FromMilliseconds(100)).ConfigureAwait(false);
                continue;
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException or OperationCanceledException)
            {
                return;
            }

            if (Interlocked.Increment(ref open) > MostConnections)
            {
                Interlocked.Decrement(ref open);
                client.Dispose();
                continue;
            }

            _ = Task.Run(() => ServeAsync(client));
        }
    }

    private async Task ServeAsync(Socket client)
    {
        byte[] head = ArrayPool<byte>.Shared.Rent(MostHeadBytes);
        try
        {
            using CancellationTokenSource late = new(MostTime, time);
            using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(stop.Token, late.Token);
            int length = await ReadAsync(client, head, limit.Token).ConfigureAwait(false);
            if (length != 0)
            {
                await client.SendAsync(Answer(length < 0 ? null : Encoding.Latin1.GetString(head, 0, length)), limit.Token).ConfigureAwait(false);
                client.Shutdown(SocketShutdown.Send);
                // What the client still sends is taken, so that it reads the answer before the connection ends.
                int rest = MostHeadBytes;
                while (rest > 0 && await client.ReceiveAsync(head.AsMemory(0, MostHeadBytes), limit.Token).ConfigureAwait(false) is > 0 and int more)
                {
                    rest -= more;
                }
            }
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The client is gone or too slow.
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(head);
            client.Dispose();
            Interlocked.Decrement(ref open);
        }
    }

    /// <summary>Reads up to the end of the headers: their length, 0 where the client went before, -1 where they are too long.</summary>
    private static async Task<int> ReadAsync(Socket client, byte[] head, CancellationToken cancellationToken)
    {
        int length = 0;
        while (length < MostHeadBytes)
        {
            int more = await client.ReceiveAsync(head.AsMemory(length, MostHeadBytes - length), cancellationToken).ConfigureAwait(false);
            if (more == 0)
            {
                return 0;
            }

            length += more;
            int end = head.AsSpan(0, length).IndexOf("\r\n\r\n"u8);
            if (end >= 0)
            {
                return end;
            }
        }

        return -1;
    }

    private byte[] Answer(string? head)
    {
        string status = head is null ? "431 Request Header Fields Too Large" : MetricsRequest.Judge(head, At.Address);
        string body = status == MetricsRequest.Granted ? read() : status + "\n";
        byte[] content = Encoding.UTF8.GetBytes(body);
        string headers = string.Create(CultureInfo.InvariantCulture,
            $"HTTP/1.1 {status}\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\nContent-Length: {content.Length}\r\n"
            + $"{(status.StartsWith("405", StringComparison.Ordinal) ? "Allow: GET\r\n" : string.Empty)}"
            + $"Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\n");
        return [.. Encoding.ASCII.GetBytes(headers), .. content];
    }
}
