using System.Diagnostics;
using System.Globalization;
using Grpc.Core;
using Grpc.Net.Client;

namespace VectorMigration.Qdrant;

/// <summary>
/// One gRPC channel over <see cref="Lanes"/>. Answers and failures are replies, never exceptions: only the caller's own cancellation throws.
/// </summary>
internal sealed class GrpcTransport : IDisposable
{
    /// <summary>Answers beyond this size are refused; the channel's own limit of 4 MB is what our read-back answers have.</summary>
    public const int DefaultLargestAnswer = 256 * 1024 * 1024;

    private static readonly TimeSpan LongestWarming = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan SignOfLife = TimeSpan.FromSeconds(1.5);

    // A deadline is a point in time, and the header has eight digits for it.
    private static readonly TimeSpan LongestTimeout = TimeSpan.FromDays(365);
    private readonly CallHandler lanes;
    private readonly GrpcChannel channel;
    private readonly GrpcChannel reading;
    private readonly Uri endpoint;
    private volatile bool everAnswered;
    private volatile bool disposed;

    /// <summary>Makes channel and lanes; nothing is sent yet.</summary>
    /// <exception cref="MigrationException">The key cannot be a header, the CA file cannot be read, or a proxy stands before a plaintext endpoint.</exception>
    public GrpcTransport(QdrantConnectionOptions options, string? apiKey, int largestAnswer = DefaultLargestAnswer)
    {
        if (apiKey is not null && !apiKey.All(static c => c is > ' ' and <= '~'))
        {
            throw QdrantErrors.UnusableKey();
        }

        endpoint = options.Uri;
        lanes = CallHandler.Open(options, apiKey);
        channel = Open(largestAnswer, ownsLanes: true);
        LargestAnswer = largestAnswer;
        reading = Open(LargestReadAnswer, ownsLanes: false);
        Invoker = channel.CreateCallInvoker();
        ReadInvoker = reading.CreateCallInvoker();
        Clients = new Protocol.QdrantGrpcClient(Invoker);
    }

    /// <summary>For the calls that write and read their bytes themselves.</summary>
    public CallInvoker Invoker { get; }

    /// <summary>For reads of several points: over the same lanes, but an answer that is larger than it was meant to be is refused before it is held.</summary>
    public CallInvoker ReadInvoker { get; }

    /// <summary>Messages of many megabytes, which go past the client.</summary>
    public LargeBodies Large => lanes.Large;

    /// <summary>Bytes of the largest answer for one point.</summary>
    public int LargestAnswer { get; }

    /// <summary>Bytes of the largest answer for several points.</summary>
    public int LargestReadAnswer => Math.Min(LargestAnswer, ReadSize.LargestAnswer);

    /// <summary>The generated clients, for all other calls.</summary>
    public Protocol.QdrantGrpcClient Clients { get; }

    /// <summary>How far apart calls start, whatever they are, where the server or a proxy before it refuses what comes too fast.</summary>
    public RequestPace Pace { get; } = new(TimeProvider.System);

    /// <summary>Notices a server that does not answer.</summary>
    public OutageWatch Outages { get; } = new(TimeProvider.System);

    /// <summary>Calls whose answers have not ended.</summary>
    public int Busy => lanes.Busy;

    /// <summary>What calls are sent as; <see cref="QdrantProtocol.Auto"/> before the first answer.</summary>
    public QdrantProtocol Protocol => lanes.Protocol;

    /// <summary>Why REST is used though nobody asked for it, and what to do about it; null otherwise.</summary>
    public string? Fallback => lanes.Fallback;

    /// <summary>The addresses in use, without secrets.</summary>
    public string Address => lanes.Authority;

    /// <summary>Nodes that calls are spread over.</summary>
    public int Nodes => lanes.Nodes;

    /// <summary>Bytes of the largest request for several points.</summary>
    public long LargestRequest => lanes.LargestRequest;

    /// <summary>True once the other side has answered in gRPC.</summary>
    public bool EverAnswered => everAnswered;

    /// <summary>One attempt of one call.</summary>
    /// <param name="start">Starts it with the options of this attempt.</param>
    /// <param name="timeout">Deadline, told to the server and kept here.</param>
    /// <param name="cancellationToken">Abandons the call.</param>
    public ValueTask<GrpcAnswer<T>> CallAsync<T>(Func<CallOptions, AsyncUnaryCall<T>> start, TimeSpan timeout, CancellationToken cancellationToken)
        where T : class =>
        CallAsync(start, null, timeout, cancellationToken);

    /// <summary>Opens connections by calls that need no key and change nothing. Never throws.</summary>
    /// <param name="calls">Calls that will be under way at once.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public Task WarmAsync(int calls, CancellationToken cancellationToken) =>
        Task.WhenAll(Enumerable.Range(0, Math.Clamp(calls, 0, lanes.Count)).Select(lane => OpenAsync(lane, cancellationToken)));

    /// <summary>A node that was left is taken again only once it knows this collection; null for any.</summary>
    public void WatchCollection(string? name) => lanes.WatchCollection(name);

    /// <summary>One attempt of one call at one node, however that is.</summary>
    /// <param name="node">From 0 to <see cref="Nodes"/>.</param>
    /// <param name="start">Starts it with the options of this attempt.</param>
    /// <param name="timeout">Deadline.</param>
    /// <param name="cancellationToken">Abandons the call.</param>
    public ValueTask<GrpcAnswer<T>> CallNodeAsync<T>(
        int node, Func<CallOptions, AsyncUnaryCall<T>> start, TimeSpan timeout, CancellationToken cancellationToken)
        where T : class =>
        CallAsync(start, new Metadata { { Lanes.LaneHeader, node.ToString(CultureInfo.InvariantCulture) } }, timeout, cancellationToken);

    /// <summary>Makes a call that any server answers at once and that needs no key. Never throws.</summary>
    public async Task AskForLifeAsync()
    {
        try
        {
            await CallAsync(options => Clients.Qdrant.HealthCheckAsync(new Protocol.HealthCheckRequest(), options), SignOfLife, CancellationToken.None)
                .ConfigureAwait(false);
        }
        catch (Exception ended) when (ended is OperationCanceledException or ObjectDisposedException)
        {
            // The connection is closed; nobody waits for this.
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        disposed = true;
        reading.Dispose();
        channel.Dispose();
    }

    private GrpcChannel Open(int largestAnswer, bool ownsLanes) => GrpcChannel.ForAddress(endpoint, new GrpcChannelOptions
    {
        HttpHandler = lanes,
        DisposeHttpClient = ownsLanes,
        MaxReceiveMessageSize = largestAnswer,
        MaxSendMessageSize = null,

        // gzip is offered otherwise, and Qdrant compresses then. Retries need a service config; there is none, the engine alone retries.
        CompressionProviders = [],

        // With it on, an expired deadline would look like a cancellation.
        ThrowOperationCanceledOnCancellation = false,
    });

    /// <summary>Starts a call when its turn has come, and notes whether it came too fast.</summary>
    private async ValueTask<GrpcAnswer<T>> CallAsync<T>(
        Func<CallOptions, AsyncUnaryCall<T>> start, Metadata? headers, TimeSpan timeout, CancellationToken cancellationToken)
        where T : class
    {
        long asked = Stopwatch.GetTimestamp();
        PacedStart paced = await Pace.StartAsync(cancellationToken).ConfigureAwait(false);
        TimeSpan waited = Stopwatch.GetElapsedTime(asked);
        LinkedListNode<DateTimeOffset> watched = Outages.Start();
        GrpcReply? reply = null;
        try
        {
            GrpcAnswer<T> answer = await AttemptAsync(start, headers, timeout, cancellationToken).ConfigureAwait(false);
            reply = answer.Reply;
            return answer with { Waited = waited };
        }
        finally
        {
            Note(paced, reply);
            Note(watched, reply);
        }
    }

    private void Note(LinkedListNode<DateTimeOffset> watched, GrpcReply? reply)
    {
        if (reply is null)
        {
            Outages.Abandoned(watched);
        }
        else if (reply.Fault == TransportFault.Silent || (!reply.IsOk
            && QdrantAnswers.Find(reply) is { Outcome: WriteOutcome.Retry, RateLimited: false, Paced: false, Kind: ErrorKind.Connection or ErrorKind.Timeout }))
        {
            Outages.Failed(watched, reply.Message);
        }
        else
        {
            Outages.Answered(watched);
        }
    }

    private void Note(PacedStart paced, GrpcReply? reply)
    {
        if (reply is { IsOk: true })
        {
            Pace.Passed(paced);
        }
        else if (reply is { Fault: TransportFault.None } && QdrantAnswers.Find(reply).Paced)
        {
            Pace.Refused(paced, reply.RetryAfter);
        }
        else if (reply is { Fault: TransportFault.None, HttpStatus: 0 })
        {
            // The server itself refused: the call reached it.
            Pace.Passed(paced);
        }
        else
        {
            Pace.Ended(paced);
        }
    }

    private async ValueTask<GrpcAnswer<T>> AttemptAsync<T>(
        Func<CallOptions, AsyncUnaryCall<T>> start, Metadata? headers, TimeSpan timeout, CancellationToken cancellationToken)
        where T : class
    {
        cancellationToken.ThrowIfCancellationRequested();
        CancellationToken lost = Outages.Lost;
        using CancellationTokenSource? ending = lost.CanBeCanceled ? CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lost) : null;
        CallOptions options = new(
            headers, DateTime.UtcNow + (timeout < LongestTimeout ? timeout : LongestTimeout), ending?.Token ?? cancellationToken);
        using AsyncUnaryCall<T> call = start(options);

        // A status is an ordinary answer: throwing the exception that carries it would be most of what a short run spends on one.
        Task<T> answering = call.ResponseAsync;
        await ((Task)answering).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (answering.IsCompletedSuccessfully)
        {
            everAnswered = true;
            return new GrpcAnswer<T>(GrpcReply.Ok, await answering.ConfigureAwait(false));
        }

        // Either may be noticed first. A cancellation is the caller's only if the caller's token is cancelled.
        cancellationToken.ThrowIfCancellationRequested();
        ObjectDisposedException.ThrowIf(disposed, this);
        if (lost.IsCancellationRequested)
        {
            return new GrpcAnswer<T>(GrpcReply.Failed(TransportFault.Silent, GrpcFailure.NoAnswer(Outages.GaveUpAfter)), null);
        }

        if (answering.Exception?.InnerException is not RpcException failure)
        {
            // The client documents no other exception: do not hide it.
            await answering.ConfigureAwait(false);
            throw new InvalidOperationException("A call failed without a status.");
        }

        Metadata? sent = failure.Status.DebugException is null ? await HeadersAsync(call).ConfigureAwait(false) : null;
        GrpcReply reply = GrpcFailure.Describe(failure, sent, timeout);
        everAnswered |= reply.Fault == TransportFault.None && reply.HttpStatus == 0;
        return new GrpcAnswer<T>(await ExplainAsync(reply, cancellationToken).ConfigureAwait(false), null);
    }

    /// <summary>Something may stand in the headers that belongs to a status in the trailers.</summary>
    private static async ValueTask<Metadata?> HeadersAsync<T>(AsyncUnaryCall<T> call)
    {
        Task<Metadata> coming = call.ResponseHeadersAsync;
        await ((Task)coming).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return coming.IsCompletedSuccessfully ? await coming.ConfigureAwait(false) : null;
    }

    private async Task OpenAsync(int lane, CancellationToken cancellationToken)
    {
        try
        {
            Metadata chosen = new() { { Lanes.LaneHeader, lane.ToString(CultureInfo.InvariantCulture) } };
            await CallAsync(
                options => Clients.Qdrant.HealthCheckAsync(new Protocol.HealthCheckRequest(), options), chosen, LongestWarming, cancellationToken)
                    .ConfigureAwait(false);
        }
        catch (Exception ended) when (ended is OperationCanceledException or ObjectDisposedException)
        {
            // The call has ended; nobody waits for this.
        }
    }

    private async ValueTask<GrpcReply> ExplainAsync(GrpcReply reply, CancellationToken cancellationToken)
    {
        // Once a server has spoken gRPC here, a broken connection is only a broken connection.
        bool unclear = !everAnswered && !reply.IsOk && reply.Fault switch
        {
            TransportFault.NotGrpc => true,

            // What offers no HTTP/2 ends the handshake.
            TransportFault.TlsFailed => true,
            TransportFault.ConnectionLost => reply.Cause is not null && !GrpcFailure.IsReset(reply.Cause),
            // Qdrant's REST port asks for a key too.
            TransportFault.None => reply.HttpStatus is 401 or 403,
            _ => false,
        };
        return unclear && lanes.Plain is { } plain
            ? await EndpointProbe.ExplainAsync(plain, endpoint, reply, cancellationToken).ConfigureAwait(false)
            : reply;
    }
}
