using System.Security.Authentication;

namespace VectorMigration.Qdrant;

/// <summary>
/// gRPC, as long as it is answered. If the first calls find no gRPC at all (the port is closed, something there speaks HTTP/1 only or breaks HTTP/2) and
/// Qdrant's REST interface answers at the same host with the same scheme, REST from then on: what was chosen once is kept for the connection.
/// </summary>
internal sealed class AutoLanes : CallHandler
{
    private static readonly TimeSpan LongestProbe = TimeSpan.FromSeconds(3);
    private readonly QdrantConnectionOptions options;
    private readonly string? apiKey;
    private readonly Lanes grpc;
    private readonly SemaphoreSlim gate = new(1);
    private CallHandler? chosen;
    private string? fallback;

    /// <summary>Makes the lanes; nothing is sent yet.</summary>
    public AutoLanes(QdrantConnectionOptions options, string? apiKey, LargeBodies large)
        : base(large)
    {
        this.options = options;
        this.apiKey = apiKey;
        grpc = new Lanes(options, apiKey, Large);
    }

    /// <inheritdoc/>
    public override int Count => Current.Count;

    /// <inheritdoc/>
    public override int Busy => Current.Busy;

    /// <inheritdoc/>
    public override HttpMessageInvoker? Plain => Current.Plain;

    /// <inheritdoc/>
    public override QdrantProtocol Protocol => Volatile.Read(ref chosen)?.Protocol ?? QdrantProtocol.Auto;

    /// <inheritdoc/>
    public override Uri Address => Current.Address;

    /// <inheritdoc/>
    public override long LargestRequest => Current.LargestRequest;

    /// <inheritdoc/>
    public override string? Fallback => Volatile.Read(ref fallback);

    private CallHandler Current => Volatile.Read(ref chosen) ?? grpc;

    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref chosen) is { } settled)
        {
            return await settled.ForwardAsync(request, cancellationToken).ConfigureAwait(false);
        }

        string? large = LargeBodies.NameOf(request);
        try
        {
            HttpResponseMessage response = await grpc.ForwardAsync(request, cancellationToken).ConfigureAwait(false);
            Interlocked.CompareExchange(ref chosen, grpc, null);
            return response;
        }
        catch (Exception failure) when (Absence(failure) is not null && !cancellationToken.IsCancellationRequested)
        {
            if (await FindRestAsync(Absence(failure)!, cancellationToken).ConfigureAwait(false) is not { } rest)
            {
                throw;
            }

            LargeBodies.Name(request, large);
            return await rest.ForwardAsync(request, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            grpc.Dispose();
            Volatile.Read(ref chosen)?.Dispose();
            gate.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <summary>What shows that gRPC is not answered there, for people; null for a failure that gRPC can have as well.</summary>
    private static string? Absence(Exception failure)
    {
        if (failure is ForeignAnswerException { Reply: { } reply })
        {
            // 502: a proxy reaches no gRPC behind it. What asks for a key may be the REST interface.
            return reply.Fault == TransportFault.NotGrpc || reply.HttpStatus is 401 or 403 or 502 ? reply.Message : null;
        }

        if (failure is not HttpRequestException broken || GrpcFailure.IsReset(failure))
        {
            return null;
        }

        return broken.HttpRequestError switch
        {
            HttpRequestError.NameResolutionError => null,
            HttpRequestError.ConnectionError => "no connection",
            HttpRequestError.ProxyTunnelError => "the proxy refuses the port",
            HttpRequestError.SecureConnectionError => "no TLS connection for HTTP/2",
            _ when broken.InnerException is AuthenticationException => "no TLS connection for HTTP/2",
            _ => "the answer is not HTTP/2",
        };
    }

    private async Task<CallHandler?> FindRestAsync(string absence, CancellationToken cancellationToken)
    {
        await gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (chosen is not null)
            {
                return chosen is RestLanes ? chosen : null;
            }

            foreach (Uri address in RestEndpoints.Candidates(options.Uri))
            {
                RestLanes rest = new(options, apiKey, address, Large);
                if (await AnswersAsync(rest, cancellationToken).ConfigureAwait(false)
                    && Interlocked.CompareExchange(ref chosen, rest, null) is null)
                {
                    Volatile.Write(ref fallback, Advice(options.Uri, address, absence));
                    return rest;
                }

                rest.Dispose();
            }

            return null;
        }
        finally
        {
            gate.Release();
        }
    }

    private static async Task<bool> AnswersAsync(RestLanes rest, CancellationToken cancellationToken)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(LongestProbe);
        try
        {
            return await rest.ProbeAsync(limit.Token).ConfigureAwait(false) is null;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <summary>Why REST is used, and what would bring gRPC: on this machine it is Qdrant's own setting, elsewhere mostly a firewall.</summary>
    internal static string Advice(Uri grpc, Uri rest, string absence)
    {
        string host = grpc.Host;

        // Nobody else is in between on one machine, unless a tunnel or a proxy listens here.
        string ask = grpc.IsLoopback
            ? grpc.Port != rest.Port
                ? $"Start Qdrant with its gRPC port (service.grpc_port in its configuration). For a container, publish port {grpc.Port} too."
                : $"Use Qdrant's gRPC port: service.grpc_port in its configuration, {QdrantEndpoint.GrpcPort} by default."
            : grpc.Port != rest.Port
            ? $"Ask the network team to open TCP port {grpc.Port} to {host}, or to forward HTTP/2 on port {rest.Port}."
            : $"Ask the network team to forward HTTP/2 to Qdrant's gRPC port on port {grpc.Port} of {host}, or to open TCP port "
                + $"{QdrantEndpoint.GrpcPort}.";
        return $"gRPC does not answer at {grpc.GetLeftPart(UriPartial.Authority)} ({absence}). REST at {rest.GetLeftPart(UriPartial.Authority)} is used "
            + $"instead, which is slower. {ask}";
    }
}
