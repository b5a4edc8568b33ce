using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;

namespace VectorMigration.Qdrant;

/// <summary>Looks at the ports of a server: gRPC by a health check, REST by reading resources, TLS by what is shown in its handshake.</summary>
public sealed class ServerProbe : IServerProbe
{
    private const int LargestAnswer = 4 << 20;
    private readonly QdrantConnectionOptions options;
    private readonly string? apiKey;
    private readonly SemaphoreSlim gate = new(1);
    private HttpMessageInvoker? rest;
    private Uri? restAddress;
    private PortFindings? restFindings;

    private ServerProbe(QdrantConnectionOptions options, string? apiKey)
    {
        // Of several nodes the first is looked at: what another answers says nothing of its ports.
        this.options = options with { OtherUris = [] };
        this.apiKey = apiKey;
        KeyExpiresAt = ExpiryOf(apiKey);
    }

    /// <inheritdoc/>
    public DateTimeOffset? KeyExpiresAt { get; }

    /// <summary>Makes the probe of a connection; nothing is sent yet.</summary>
    public static IServerProbe Open(QdrantConnection connection)
    {
        ArgumentNullException.ThrowIfNull(connection);
        return connection.Open(static (options, apiKey) => new ServerProbe(options, apiKey));
    }

    /// <inheritdoc/>
    public async Task<PortFindings> LookAsync(QdrantProtocol protocol, CancellationToken cancellationToken)
    {
        try
        {
            return protocol == QdrantProtocol.Rest
                ? await FindRestAsync(cancellationToken).ConfigureAwait(false)
                : await LookAtGrpcAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (MigrationException unusable)
        {
            // The CA file, or a proxy before plaintext: nothing could be sent.
            return new PortFindings(protocol == QdrantProtocol.Rest ? RestEndpoints.Of(options.Uri) : options.Uri, null, unusable);
        }
    }

    /// <inheritdoc/>
    public async Task<CertificateFindings?> ReadCertificateAsync(CancellationToken cancellationToken)
    {
        if (options.Uri.Scheme != Uri.UriSchemeHttps)
        {
            return null;
        }

        // The gRPC port may speak HTTP/2 alone and the REST port may be the only one that is open.
        return await ShownAsync(options.Uri, HttpVersion.Version20, cancellationToken).ConfigureAwait(false)
            ?? await ShownAsync(RestEndpoints.Of(options.Uri), HttpVersion.Version11, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task<RestFindings?> ReadAsync(string path, bool withKey, CancellationToken cancellationToken)
    {
        if ((await LookAsync(QdrantProtocol.Rest, cancellationToken).ConfigureAwait(false)).Fault is not null)
        {
            return null;
        }

        try
        {
            return await GetAsync(rest!, new Uri(restAddress!, path), withKey, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception lost) when (IsOfNetwork(lost, cancellationToken))
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        rest?.Dispose();
        gate.Dispose();
    }

    /// <summary>The time at which a JWT expires; null for any other key.</summary>
    internal static DateTimeOffset? ExpiryOf(string? apiKey)
    {
        if (apiKey?.Split('.') is not [_, string claims, _])
        {
            return null;
        }

        try
        {
            string padded = claims.Replace('-', '+').Replace('_', '/').PadRight((claims.Length + 3) / 4 * 4, '=');
            using JsonDocument json = JsonDocument.Parse(Convert.FromBase64String(padded));
            return json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("exp", out JsonElement expiry)
                && expiry.TryGetInt64(out long seconds) ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null;
        }
        catch (Exception other) when (other is FormatException or JsonException or InvalidOperationException or ArgumentOutOfRangeException)
        {
            // A key with dots in it that is no token.
            return null;
        }
    }

    private async Task<PortFindings> LookAtGrpcAsync(CancellationToken cancellationToken)
    {
        QdrantConnectionOptions alone = options with { Protocol = QdrantProtocol.Grpc, Connections = 1 };
        using GrpcTransport transport = new(alone, null);
        GrpcAnswer<Protocol.HealthCheckReply> answer = await transport.CallAsync(
            call => transport.Clients.Qdrant.HealthCheckAsync(new Protocol.HealthCheckRequest(), call), options.Timeout, cancellationToken)
                .ConfigureAwait(false);
        return answer.Message is { } reply
            ? new PortFindings(options.Uri, reply.Version, null)
            : new PortFindings(options.Uri, null, QdrantErrors.From(answer.Reply, transport.Address, "ask the server for its version", null));
    }

    /// <summary>The REST interface at the first of its addresses that answers; looked for once.</summary>
    private async Task<PortFindings> FindRestAsync(CancellationToken cancellationToken)
    {
        await gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (restFindings is not null)
            {
                return restFindings;
            }

            PortFindings? first = null;
            foreach (Uri address in RestEndpoints.Candidates(options.Uri))
            {
                HttpMessageInvoker invoker = new(Handler(address), disposeHandler: true);
                PortFindings found = await LookAtRestAsync(invoker, address, cancellationToken).ConfigureAwait(false);
                first ??= found;
                if (found.Fault is null)
                {
                    (rest, restAddress) = (invoker, address);
                    return restFindings = found;
                }

                invoker.Dispose();
            }

            return restFindings = first!;
        }
        finally
        {
            gate.Release();
        }
    }

    private async Task<PortFindings> LookAtRestAsync(HttpMessageInvoker invoker, Uri address, CancellationToken cancellationToken)
    {
        GrpcReply reply;
        try
        {
            RestFindings answer = await GetAsync(invoker, new Uri(address, "/"), withKey: false, cancellationToken).ConfigureAwait(false);
            if (VersionOf(answer.Body) is string version)
            {
                return new PortFindings(address, version, null);
            }

            reply = GrpcReply.Failed(TransportFault.NotRest, $"HTTP {answer.Status} without Qdrant's version");
        }
        catch (Exception lost) when (IsOfNetwork(lost, cancellationToken))
        {
            reply = lost is OperationCanceledException
                ? GrpcReply.Failed(TransportFault.NoServer, FormattableString.Invariant($"no answer within {options.Timeout.TotalSeconds:0.###} s"), lost)
                : GrpcReply.Failed(GrpcFailure.FaultOf(lost), GrpcFailure.Words(lost), lost);
        }

        return new PortFindings(
            address, null, QdrantErrors.From(reply, address.GetLeftPart(UriPartial.Authority), "ask the REST interface for its version", null));
    }

    private static string? VersionOf(string body)
    {
        try
        {
            using JsonDocument json = JsonDocument.Parse(body);
            return RestAnswers.Text(json.RootElement, "title")?.StartsWith("qdrant", StringComparison.Ordinal) == true
                ? RestAnswers.Text(json.RootElement, "version") : null;
        }
        catch (Exception other) when (other is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private async Task<RestFindings> GetAsync(HttpMessageInvoker invoker, Uri uri, bool withKey, CancellationToken cancellationToken)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(options.Timeout);
        using HttpRequestMessage request = new(HttpMethod.Get, uri)
        {
            Version = HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        request.Headers.TryAddWithoutValidation("user-agent", Lanes.UserAgent);
        if (withKey && apiKey is not null)
        {
            request.Headers.TryAddWithoutValidation("api-key", apiKey);
        }

        long started = TimeProvider.System.GetTimestamp();
        using HttpResponseMessage response = await invoker.SendAsync(request, limit.Token).ConfigureAwait(false);
        TimeSpan taken = TimeProvider.System.GetElapsedTime(started);
        using Stream body = await response.Content.ReadAsStreamAsync(limit.Token).ConfigureAwait(false);
        return new RestFindings((int)response.StatusCode, await ReadTextAsync(body, limit.Token).ConfigureAwait(false))
        {
            Date = response.Headers.Date,
            AskedAt = DateTimeOffset.UtcNow - (taken / 2),
            Duration = taken,
        };
    }

    private static async Task<string> ReadTextAsync(Stream body, CancellationToken cancellationToken)
    {
        using MemoryStream text = new();
        byte[] block = new byte[1 << 14];
        while (text.Length < LargestAnswer && await body.ReadAsync(block, cancellationToken).ConfigureAwait(false) is > 0 and int read)
        {
            text.Write(block, 0, read);
        }

        return System.Text.Encoding.UTF8.GetString(text.GetBuffer(), 0, (int)text.Length);
    }

    private SocketsHttpHandler Handler(Uri address) =>
        TransportHandlers.Create(options with { Uri = address }, TransportHandlers.LoadTrusted(options));

    /// <summary>The certificate that is shown at an address; null where there is no handshake.</summary>
    private async Task<CertificateFindings?> ShownAsync(Uri address, Version version, CancellationToken cancellationToken)
    {
        CertificateFindings? shown = null;
        using SocketsHttpHandler handler = TransportHandlers.Create(
            options with { Uri = address, SkipCertificateCheck = false }, TransportHandlers.LoadTrusted(options));
        handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
        {
            if (certificate is not null)
            {
                using X509Certificate2 copy = X509CertificateLoader.LoadCertificate(certificate.GetRawCertData());
                shown = ShownCertificate.Describe(copy, chain, errors);
            }

            // Nothing is sent over a connection that nobody vouches for: the look ends with the handshake.
            return false;
        };
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(options.Timeout);
        using HttpMessageInvoker invoker = new(handler, disposeHandler: false);
        using HttpRequestMessage request = new(HttpMethod.Get, new Uri(address, "/"))
        {
            Version = version,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        try
        {
            using HttpResponseMessage response = await invoker.SendAsync(request, limit.Token).ConfigureAwait(false);
        }
        catch (Exception ended) when (IsOfNetwork(ended, cancellationToken))
        {
            // As intended where a certificate was shown; otherwise the look at the ports says what is wrong.
        }

        return shown;
    }

    private static bool IsOfNetwork(Exception failure, CancellationToken cancellationToken) =>
        failure is HttpRequestException or IOException || (failure is OperationCanceledException && !cancellationToken.IsCancellationRequested);
}
