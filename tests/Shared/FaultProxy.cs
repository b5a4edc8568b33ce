using System.Net;
using System.Net.Sockets;

namespace VectorMigration.TestSupport;

/// <summary>What a <see cref="FaultProxy"/> does to a connection.</summary>
public enum ConnectionFault
{
    /// <summary>Both ends are reset (RST).</summary>
    Reset,

    /// <summary>Half of what came is passed on, then both ends are closed.</summary>
    Truncate,

    /// <summary>This direction ends (FIN), the other one stays open.</summary>
    Halve,

    /// <summary>This direction stands still for <see cref="FaultProxy.StallTime"/>, then goes on.</summary>
    Stall,

    /// <summary>Every piece in this direction comes up to 100 ms late.</summary>
    Delay,
}

/// <summary>
/// Stands before a real server and injects faults into the bytes of its connections, at random places of a seeded sequence: in the midst of a
/// request or of an answer. After so many faults it only passes on.
/// </summary>
public sealed class FaultProxy : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource end = new();
    private readonly int serverPort;
    private readonly ConnectionFault fault;
    private readonly bool inAnswers;
    private readonly Random random;
    private readonly Task accepting;
    private readonly List<Task> connections = [];
    private int left;

    /// <summary>Starts a proxy.</summary>
    /// <param name="serverPort">Port of the server on loopback.</param>
    /// <param name="fault">What it does.</param>
    /// <param name="inAnswers">To what the server says; otherwise to what it is told.</param>
    /// <param name="times">How often.</param>
    /// <param name="seed">Places of the faults.</param>
    public FaultProxy(int serverPort, ConnectionFault fault, bool inAnswers, int times, int seed)
    {
        this.serverPort = serverPort;
        this.fault = fault;
        this.inAnswers = inAnswers;
        left = times;
        random = new Random(seed);
        listener.Start();
        accepting = AcceptAsync();
    }

    /// <summary>How long a stalled direction stands.</summary>
    public static TimeSpan StallTime => TimeSpan.FromSeconds(4);

    /// <summary>Where it listens.</summary>
    public Uri Uri => new($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}");

    /// <summary>Faults injected so far.</summary>
    public int Injected { get; private set; }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await end.CancelAsync();
        listener.Stop();
        await accepting;
        Task[] open;
        lock (connections)
        {
            open = [.. connections];
        }

        await Task.WhenAll(open);
        end.Dispose();
        listener.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                TcpClient client = await listener.AcceptTcpClientAsync(end.Token);
                lock (connections)
                {
                    connections.Add(Task.Run(() => ServeAsync(client)));
                }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The proxy ends.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using TcpClient near = client;
        using TcpClient far = new() { NoDelay = true };
        near.NoDelay = true;
        using CancellationTokenSource broken = CancellationTokenSource.CreateLinkedTokenSource(end.Token);
        try
        {
            await far.ConnectAsync(IPAddress.Loopback, serverPort, broken.Token);
            Task requests = PumpAsync(near.Client, far.Client, faulty: !inAnswers, broken);
            Task answers = PumpAsync(far.Client, near.Client, faulty: inAnswers, broken);
            await Task.WhenAll(requests, answers);
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // One side has gone; the other goes with it.
        }
    }

    private async Task PumpAsync(Socket from, Socket to, bool faulty, CancellationTokenSource broken)
    {
        byte[] buffer = new byte[16 << 10];
        long passed = 0;
        long? at = faulty ? NextPlace() : null;
        try
        {
            while (await from.ReceiveAsync(buffer, broken.Token) is int read and > 0)
            {
                if (at is long place && passed + read > place && Take())
                {
                    at = NextPlace() + passed;
                    if (!await InjectAsync(from, to, buffer.AsMemory(0, read), broken))
                    {
                        return;
                    }
                }

                await SendAllAsync(to, buffer.AsMemory(0, read), broken.Token);
                passed += read;
            }

            to.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            await broken.CancelAsync();
        }
    }

    /// <summary>True when the pump goes on.</summary>
    private async Task<bool> InjectAsync(Socket from, Socket to, ReadOnlyMemory<byte> piece, CancellationTokenSource broken)
    {
        switch (fault)
        {
            case ConnectionFault.Reset:
                from.LingerState = new LingerOption(true, 0);
                to.LingerState = new LingerOption(true, 0);
                from.Close();
                to.Close();
                await broken.CancelAsync();
                return false;
            case ConnectionFault.Truncate:
                await SendAllAsync(to, piece[..(piece.Length / 2)], broken.Token);
                to.Shutdown(SocketShutdown.Both);
                from.Shutdown(SocketShutdown.Both);
                await broken.CancelAsync();
                return false;
            case ConnectionFault.Halve:
                to.Shutdown(SocketShutdown.Send);
                return false;
            case ConnectionFault.Stall:
                await Task.Delay(StallTime, broken.Token);
                return true;
            default:
                int late;
                lock (random)
                {
                    late = random.Next(1, 100);
                }

                await Task.Delay(late, broken.Token);
                return true;
        }
    }

    private long NextPlace()
    {
        lock (random)
        {
            // Answers are small; requests are batches.
            return inAnswers ? random.Next(200, 2_000) : random.Next(2_000, 60_000);
        }
    }

    private bool Take()
    {
        lock (random)
        {
            if (left == 0)
            {
                return false;
            }

            left--;
            Injected++;
            return true;
        }
    }

    private static async Task SendAllAsync(Socket to, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[await to.SendAsync(bytes, cancellationToken)..];
        }
    }
}
