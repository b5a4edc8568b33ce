using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace VectorMigration.Line;

/// <summary>
/// A long line on this machine: a TCP proxy on loopback that delays, caps and jitters what goes through it, without touching a byte.
/// Options may change while it runs; what is under way already keeps its time of arrival.
/// </summary>
public sealed class LongLine : IAsyncDisposable
{
    private readonly Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly CancellationTokenSource ended = new();
    private readonly ConcurrentDictionary<Task, bool> connections = new();
    private readonly DnsEndPoint target;
    private readonly LineDirection there;
    private readonly LineDirection back;
    private readonly Task accepting;
    private volatile LineOptions options;
    private long accepted;

    private LongLine(string host, int port, LineOptions options, int listenPort)
    {
        target = new DnsEndPoint(host, port);
        this.options = options;
        there = new LineDirection(options.Seed);
        back = new LineDirection(options.Seed + 1);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, listenPort));
        listener.Listen(512);
        Port = ((IPEndPoint)listener.LocalEndPoint!).Port;
        accepting = AcceptAsync();
    }

    /// <summary>Port on 127.0.0.1.</summary>
    public int Port { get; }

    /// <summary>Connections accepted so far.</summary>
    public long Accepted => Interlocked.Read(ref accepted);

    /// <summary>What the line is like; may be set at any time.</summary>
    public LineOptions Options
    {
        get => options;
        set => options = value;
    }

    /// <summary>Opens a line to <paramref name="host"/>:<paramref name="port"/>; <paramref name="listenPort"/> 0 takes a free one.</summary>
    /// <exception cref="SocketException">The port cannot be had.</exception>
    public static LongLine Open(string host, int port, LineOptions options, int listenPort = 0) => new(host, port, options, listenPort);

    /// <summary>Breaks all connections and stops listening.</summary>
    public async ValueTask DisposeAsync()
    {
        await ended.CancelAsync().ConfigureAwait(false);
        listener.Dispose();
        await accepting.ConfigureAwait(false);
        await Task.WhenAll(connections.Keys).ConfigureAwait(false);
        ended.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            Socket client;
            try
            {
                client = await listener.AcceptAsync(ended.Token).ConfigureAwait(false);
            }
            catch (Exception closed) when (closed is OperationCanceledException or ObjectDisposedException or SocketException)
            {
                return;
            }

            Interlocked.Increment(ref accepted);
            Task carrying = CarryAsync(client, Stopwatch.GetTimestamp());
            connections.TryAdd(carrying, true);
            _ = carrying.ContinueWith(done => connections.TryRemove(done, out _), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default);
        }
    }

    private async Task CarryAsync(Socket client, long opened)
    {
        using Socket server = new(SocketType.Stream, ProtocolType.Tcp);
        using (client)
        {
            try
            {
                client.NoDelay = true;
                server.NoDelay = true;
                await server.ConnectAsync(target, ended.Token).ConfigureAwait(false);
                await Task.WhenAll(
                    new LinePipe(client, server, there, () => options, opened).RunAsync(ended.Token),
                    new LinePipe(server, client, back, () => options, opened).RunAsync(ended.Token)).ConfigureAwait(false);
            }
            catch (Exception over) when (over is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                // Nobody listens behind the line, or it was closed: the client sees its connection end.
                client.Close(0);
            }
        }
    }
}
