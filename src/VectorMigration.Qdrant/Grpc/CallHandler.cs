namespace VectorMigration.Qdrant;

/// <summary>
/// What carries the calls of gRPC's client to the server: <see cref="Lanes"/> as gRPC, <see cref="RestLanes"/> as requests of Qdrant's REST interface,
/// <see cref="AutoLanes"/> as what the server answers to. The client and everything above it are the same for all.
/// </summary>
internal abstract class CallHandler(LargeBodies large) : HttpMessageHandler
{
    /// <summary>Messages that go past gRPC's client.</summary>
    public LargeBodies Large { get; } = large;

    /// <summary>Most connections.</summary>
    public abstract int Count { get; }

    /// <summary>Calls whose answers have not ended.</summary>
    public abstract int Busy { get; }

    /// <summary>Sends past gRPC, for the probe of what answers: no key, no counting. Null where there is nothing to find out.</summary>
    public abstract HttpMessageInvoker? Plain { get; }

    /// <summary>What calls are sent as; <see cref="QdrantProtocol.Auto"/> as long as that is not known.</summary>
    public abstract QdrantProtocol Protocol { get; }

    /// <summary>The address in use.</summary>
    public abstract Uri Address { get; }

    /// <summary>The addresses in use, for people: without secrets, several separated by commas.</summary>
    public virtual string Authority => Address.GetLeftPart(UriPartial.Authority);

    /// <summary>Nodes that calls are spread over.</summary>
    public virtual int Nodes => 1;

    /// <summary>Bytes of vectors and payloads, as messages, that one request for several points may hold.</summary>
    public virtual long LargestRequest => long.MaxValue;

    /// <summary>Why REST is used though nobody asked for it, and what to do about it; null otherwise.</summary>
    public virtual string? Fallback => null;

    /// <summary>The handler that a connection asks for.</summary>
    public static CallHandler Open(QdrantConnectionOptions options, string? apiKey) =>
        options.OtherUris.Count > 0 ? new NodeLanes(options, apiKey, TimeProvider.System) : Open(options, apiKey, new LargeBodies());

    /// <summary>A node that was left is taken again only once it knows this collection; null for any.</summary>
    public virtual void WatchCollection(string? name)
    {
        // One server is asked whatever it knows.
    }

    /// <summary>Sends a request of gRPC's client.</summary>
    public Task<HttpResponseMessage> ForwardAsync(HttpRequestMessage request, CancellationToken cancellationToken) => SendAsync(request, cancellationToken);

    /// <summary>The handler of one address.</summary>
    protected static CallHandler Open(QdrantConnectionOptions options, string? apiKey, LargeBodies large) => options.Protocol switch
    {
        QdrantProtocol.Grpc => new Lanes(options, apiKey, large),
        QdrantProtocol.Rest => new RestLanes(options, apiKey, RestEndpoints.Of(options.Uri), large),
        _ => new AutoLanes(options, apiKey, large),
    };

    /// <summary>
    /// A handler gives up connecting with a cancellation that wraps a TimeoutException; gRPC's client would take it for one of the caller's.
    /// </summary>
    protected static HttpRequestException? ConnectTimeout(Exception failure, CancellationToken cancellationToken) =>
        failure is OperationCanceledException { InnerException: TimeoutException } && !cancellationToken.IsCancellationRequested
            ? new HttpRequestException(HttpRequestError.ConnectionError, "connecting took too long", failure)
            : null;
}
