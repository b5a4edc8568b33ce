using System.Globalization;
using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace VectorMigration.Qdrant;

/// <summary>
/// Unary gRPC calls over HTTP/2 (gRPC over HTTP/2, PROTOCOL-HTTP2). Several lanes, each one connection of its own, because one connection's
/// flow-control window caps throughput over distance; a call takes the least busy one. Answers and failures are replies, never exceptions:
/// only the caller's own cancellation throws.
/// </summary>
internal sealed class GrpcTransport : IDisposable
{
    /// <summary>Answers beyond this size are refused.</summary>
    public const int DefaultLargestAnswer = 256 * 1024 * 1024;

    private static readonly TimeSpan LongestWarming = TimeSpan.FromSeconds(5);
    private const string UserAgent = "vector-migration";
    private readonly Lane[] lanes;
    private readonly Uri endpoint;
    private readonly string? apiKey;
    private readonly int largestAnswer;
    private volatile bool everAnswered;

    /// <summary>Makes the lanes; nothing is sent yet.</summary>
    /// <exception cref="MigrationException">The key cannot be a header, the CA file cannot be read, or a proxy stands before a plaintext endpoint.</exception>
    public GrpcTransport(QdrantConnectionOptions options, string? apiKey, int largestAnswer = DefaultLargestAnswer)
    {
        if (apiKey is not null && !apiKey.All(static c => c is > ' ' and <= '~'))
        {
            throw QdrantErrors.UnusableKey();
        }

        endpoint = options.Uri;
        this.apiKey = apiKey;
        this.largestAnswer = largestAnswer;
        X509Certificate2Collection? trusted = TransportHandlers.LoadTrusted(options);
        lanes = new Lane[Math.Max(1, options.Connections)];
        for (int i = 0; i < lanes.Length; i++)
        {
            lanes[i] = new Lane(TransportHandlers.Create(options, trusted));
        }
    }

    /// <summary>True once the other side has answered in gRPC.</summary>
    public bool EverAnswered => everAnswered;

    /// <summary>One attempt of one call. Takes over the content.</summary>
    /// <param name="path">Path of the method: <c>/package.Service/Method</c>.</param>
    /// <param name="content">The request.</param>
    /// <param name="timeout">Deadline, told to the server and kept here.</param>
    /// <param name="cancellationToken">Abandons the call.</param>
    public async ValueTask<GrpcReply> CallAsync(string path, GrpcContent content, TimeSpan timeout, CancellationToken cancellationToken)
    {
        Lane lane = LeastBusy();
        try
        {
            return await CallAsync(lane, path, content, timeout, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            lane.Leave();
        }
    }

    /// <summary>Opens connections by calls that need no key and change nothing. Never throws.</summary>
    /// <param name="calls">Calls that will be under way at once.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public Task WarmAsync(int calls, CancellationToken cancellationToken) =>
        Task.WhenAll(lanes.Take(calls).Select(lane => OpenAsync(lane, cancellationToken)));

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Lane lane in lanes)
        {
            lane.Dispose();
        }
    }

    private async ValueTask<GrpcReply> CallAsync(Lane lane, string path, GrpcContent content, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using (content)
        using (CancellationTokenSource deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken))
        {
            try
            {
                cancellationToken.ThrowIfCancellationRequested();
                deadline.CancelAfter(timeout > TimeSpan.Zero ? timeout : TimeSpan.Zero);
                GrpcReply reply = await ExchangeAsync(lane, path, content, timeout, deadline.Token).ConfigureAwait(false);
                everAnswered |= reply.Fault == TransportFault.None && reply.HttpStatus == 0;
                return reply;
            }
            catch (Exception failure) when (GrpcFailure.IsTransport(failure))
            {
                // Which of the two the handler noticed first is chance; what the caller wanted counts.
                cancellationToken.ThrowIfCancellationRequested();
                GrpcReply reply = GrpcFailure.Describe(failure, deadline.IsCancellationRequested, timeout);
                return await ExplainAsync(lane, reply, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>The lane does not count as busy meanwhile: what comes next is to wait for this connection, not to open another.</summary>
    private async Task OpenAsync(Lane lane, CancellationToken cancellationToken)
    {
        try
        {
            using GrpcReply reply = await CallAsync(lane, "/qdrant.Qdrant/HealthCheck", GrpcContent.Rent(0), LongestWarming, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception ended) when (ended is OperationCanceledException or ObjectDisposedException)
        {
            // Nobody needs it any more.
        }
    }

    private async ValueTask<GrpcReply> ExchangeAsync(Lane lane, string path, GrpcContent content, TimeSpan timeout, CancellationToken deadline)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, new Uri(endpoint, path))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = content,
        };
        request.Headers.TryAddWithoutValidation("te", "trailers");
        request.Headers.TryAddWithoutValidation("user-agent", UserAgent);
        request.Headers.TryAddWithoutValidation("grpc-timeout", FormatTimeout(timeout));
        if (apiKey is not null)
        {
            request.Headers.TryAddWithoutValidation("api-key", apiKey);
        }

        using HttpResponseMessage response = await lane.Invoker.SendAsync(request, deadline).ConfigureAwait(false);
        GrpcReply reply = await GrpcAnswerReader.ReadAsync(response, largestAnswer, deadline).ConfigureAwait(false);
        return await ExplainAsync(lane, reply, deadline).ConfigureAwait(false);
    }

    private async ValueTask<GrpcReply> ExplainAsync(Lane lane, GrpcReply reply, CancellationToken cancellationToken)
    {
        // A server that once spoke gRPC here has not become another one; a broken connection is then just that.
        bool unclear = !everAnswered && !reply.IsOk && reply.Fault switch
        {
            TransportFault.NotGrpc => true,
            TransportFault.ConnectionLost => reply.Cause is not null && !GrpcFailure.IsReset(reply.Cause),
            // Qdrant's REST port asks for a key too.
            TransportFault.None => reply.HttpStatus is 401 or 403,
            _ => false,
        };
        return unclear ? await EndpointProbe.ExplainAsync(lane.Invoker, endpoint, reply, cancellationToken).ConfigureAwait(false) : reply;
    }

    /// <summary><c>grpc-timeout</c>: at most eight digits and a unit.</summary>
    internal static string FormatTimeout(TimeSpan timeout)
    {
        const long mostDigits = 99_999_999;
        long milliseconds = Math.Max(1, (long)timeout.TotalMilliseconds);
        return milliseconds <= mostDigits
            ? string.Create(CultureInfo.InvariantCulture, $"{milliseconds}m")
            : string.Create(CultureInfo.InvariantCulture, $"{Math.Min(mostDigits, milliseconds / 1_000)}S");
    }

    private Lane LeastBusy()
    {
        Lane best = lanes[0];
        for (int i = 1; i < lanes.Length; i++)
        {
            if (lanes[i].Busy < best.Busy)
            {
                best = lanes[i];
            }
        }

        best.Enter();
        return best;
    }

    private sealed class Lane(SocketsHttpHandler handler) : IDisposable
    {
        private int busy;

        public HttpMessageInvoker Invoker { get; } = new(handler, disposeHandler: true);

        public int Busy => Volatile.Read(ref busy);

        public void Enter() => Interlocked.Increment(ref busy);

        public void Leave() => Interlocked.Decrement(ref busy);

        public void Dispose() => Invoker.Dispose();
    }
}
