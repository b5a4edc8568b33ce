using System.Globalization;
using System.Net;

namespace VectorMigration.Qdrant;

/// <summary>
/// The HTTP handler of the gRPC channel: several lanes, each one HTTP/2 connection of its own, because one connection's flow-control window caps
/// throughput over distance. A call takes the least busy lane and holds it until the body of its answer has ended. The type matters: Grpc.Net.Client
/// gives a bare <see cref="SocketsHttpHandler"/> a connect callback and a reconnect backoff of its own, under the engine's; another handler it leaves alone.
/// </summary>
internal sealed class Lanes : CallHandler
{
    /// <summary>
    /// Names a lane instead of the least busy one; it never leaves the machine. Such a call does not count: what comes next is to wait for the
    /// connection that it opens, not to open another.
    /// </summary>
    public const string LaneHeader = "lane";

    /// <summary>How this tool names itself.</summary>
    public const string UserAgent = "vector-migration";
    private readonly Lane[] lanes;
    private readonly string? apiKey;

    /// <summary>Makes the lanes; nothing is sent yet.</summary>
    public Lanes(QdrantConnectionOptions options, string? apiKey, LargeBodies large)
        : base(large)
    {
        this.apiKey = apiKey;
        Address = options.Uri;
        System.Security.Cryptography.X509Certificates.X509Certificate2Collection? trusted = TransportHandlers.LoadTrusted(options);
        lanes = new Lane[Math.Max(1, options.Connections)];
        for (int i = 0; i < lanes.Length; i++)
        {
            lanes[i] = new Lane(TransportHandlers.Create(options, trusted));
        }
    }

    /// <inheritdoc/>
    public override int Count => lanes.Length;

    /// <inheritdoc/>
    public override int Busy => lanes.Sum(static lane => lane.Busy);

    /// <inheritdoc/>
    public override HttpMessageInvoker Plain => lanes[0].Invoker;

    /// <inheritdoc/>
    public override QdrantProtocol Protocol => QdrantProtocol.Grpc;

    /// <inheritdoc/>
    public override Uri Address { get; }

    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Lane? chosen = TakeChosen(request);
        LargeBody? large = Large.Take(request);
        if (large?.Request is { } content)
        {
            request.Content?.Dispose();
            request.Content = content;
        }

        Lane lane = chosen ?? LeastBusy();
        HttpResponseMessage? response = null;
        try
        {
            Prepare(request);
            response = await lane.Invoker.SendAsync(request, cancellationToken).ConfigureAwait(false);
            if (ForeignAnswerException.Find(response) is { } foreign)
            {
                throw foreign;
            }

            response.Content = new LaneContent(response.Content, chosen is null ? lane : null, large);
            return response;
        }
        catch (Exception failure)
        {
            response?.Dispose();
            if (chosen is null)
            {
                lane.Leave();
            }

            if (ConnectTimeout(failure, cancellationToken) is { } timeout)
            {
                throw timeout;
            }

            throw;
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            foreach (Lane lane in lanes)
            {
                lane.Invoker.Dispose();
            }
        }

        base.Dispose(disposing);
    }

    private void Prepare(HttpRequestMessage request)
    {
        request.VersionPolicy = HttpVersionPolicy.RequestVersionExact;
        request.Version = HttpVersion.Version20;
        request.Headers.Remove("user-agent");
        request.Headers.TryAddWithoutValidation("user-agent", UserAgent);

        // The client sends this header even without any compression. Vectors do not compress; the server would only waste time.
        request.Headers.Remove("grpc-accept-encoding");
        if (apiKey is not null)
        {
            // The request may have been on its way to another node that was not there.
            request.Headers.Remove("api-key");
            request.Headers.TryAddWithoutValidation("api-key", apiKey);
        }
    }

    private Lane? TakeChosen(HttpRequestMessage request)
    {
        if (!request.Headers.NonValidated.TryGetValues(LaneHeader, out System.Net.Http.Headers.HeaderStringValues values))
        {
            return null;
        }

        request.Headers.Remove(LaneHeader);
        return lanes[int.Parse(values.ToString(), CultureInfo.InvariantCulture)];
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

    /// <summary>One connection and how many calls are on it.</summary>
    private sealed class Lane(SocketsHttpHandler handler)
    {
        private int busy;

        public HttpMessageInvoker Invoker { get; } = new(handler, disposeHandler: true);

        public int Busy => Volatile.Read(ref busy);

        public void Enter() => Interlocked.Increment(ref busy);

        public void Leave() => Interlocked.Decrement(ref busy);
    }

    /// <summary>The body of an answer; the lane is free when it is disposed of, which the client does at the end of the call.</summary>
    private sealed class LaneContent : HttpContent
    {
        private readonly HttpContent body;
        private readonly LargeBody? large;
        private Lane? lane;

        public LaneContent(HttpContent body, Lane? lane, LargeBody? large)
        {
            this.body = body;
            this.lane = lane;
            this.large = large;
            Headers.ContentType = body.Headers.ContentType;
        }

        protected override Task<Stream> CreateContentReadStreamAsync() => CreateContentReadStreamAsync(CancellationToken.None);

        protected override Task<Stream> CreateContentReadStreamAsync(CancellationToken cancellationToken) =>
            large is null ? body.ReadAsStreamAsync(cancellationToken) : OpenLargeAsync(large, cancellationToken);

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => body.CopyToAsync(stream, context);

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                body.Dispose();
                Interlocked.Exchange(ref lane, null)?.Leave();
            }

            base.Dispose(disposing);
        }

        private async Task<Stream> OpenLargeAsync(LargeBody taker, CancellationToken cancellationToken) =>
            taker.Answer(await body.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false));
    }
}
