using VectorMigration.Errors;

namespace VectorMigration.Store;

/// <summary>How a server is reached.</summary>
public sealed record QdrantConnectionOptions
{
    /// <summary>The gRPC endpoint, as <see cref="QdrantEndpoint.Parse"/> gives it.</summary>
    public required Uri Uri { get; init; }

    /// <summary>The gRPC endpoints of the other nodes of the same cluster, with the same scheme; none for one server.</summary>
    public IReadOnlyList<Uri> OtherUris { get; init; } = [];

    /// <summary>All endpoints, in the order in which they were named.</summary>
    public IReadOnlyList<Uri> Uris => [Uri, .. OtherUris];

    /// <summary>What calls are sent as.</summary>
    public QdrantProtocol Protocol { get; init; }

    /// <summary>Time to connect, and deadline of control-plane and read calls.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Time for the first connection.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>HTTP proxy, with user and password if it asks for them; null leaves it to HTTPS_PROXY, HTTP_PROXY and NO_PROXY.</summary>
    public Uri? Proxy { get; init; }

    /// <summary>PEM file with the certificates to trust instead of the system's.</summary>
    public string? CaCertificatePath { get; init; }

    /// <summary>Do not verify the server's certificate. Only for a test server on a network you own.</summary>
    public bool SkipCertificateCheck { get; init; }

    /// <summary>Send an API key over plaintext HTTP to a host that is not loopback. Only inside a network that nobody else hears.</summary>
    public bool AllowPlaintextKey { get; init; }

    /// <summary>
    /// Most HTTP/2 connections; opened only as calls are under way at once. Each has a flow-control window of its own, so few of them cap
    /// throughput over distance.
    /// </summary>
    public int Connections { get; init; } = 32;

    /// <summary>Interval of HTTP/2 keep-alive pings.</summary>
    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromSeconds(25);

    /// <inheritdoc/>
    public override string ToString() => string.Join(',', Uris);
}

/// <summary>
/// A connection to Qdrant: settings, key and the one transport they share. Thread-safe, usable as <c>$using:</c> in parallel pipelines.
/// The key is never shown: not by <see cref="ToString"/>, not as a property.
/// </summary>
public sealed class QdrantConnection : IDisposable
{
    private readonly string? apiKey;
    private readonly QdrantConnectionOptions secret;
    private readonly Lock gate = new();
    private IVectorStore? store;
    private bool disposed;

    /// <summary>Makes a connection; nothing is sent yet.</summary>
    /// <exception cref="MigrationException">A key would travel in plaintext to a host that is not loopback.</exception>
    public QdrantConnection(QdrantConnectionOptions options, string? apiKey = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        secret = options;
        Options = options.Proxy is null ? options : options with { Proxy = new UriBuilder(options.Proxy) { UserName = null, Password = null }.Uri };
        Protocol = options.Protocol;
        this.apiKey = string.IsNullOrEmpty(apiKey) ? null : apiKey;
        QdrantEndpoint.RequireOneScheme(options.Uris);
        Uri? heard = options.Uris.FirstOrDefault(static uri => uri.Scheme == Uri.UriSchemeHttp && !uri.IsLoopback);
        if (this.apiKey is not null && heard is not null && !options.AllowPlaintextKey)
        {
            throw new MigrationException(
                ErrorIds.PlaintextKeyRefused,
                ErrorKind.InvalidArgument,
                $"The API key would be sent unencrypted to {heard.Host}, which is another machine.",
                "Use an https:// endpoint. Only in a network that you trust, use -AllowPlaintextKey.",
                heard.Host);
        }
    }

    /// <summary>How the server is reached; user and password of a proxy are left out.</summary>
    public QdrantConnectionOptions Options { get; }

    /// <summary>The gRPC endpoint; of several, the first.</summary>
    public Uri Uri => Options.Uri;

    /// <summary>All endpoints.</summary>
    public IReadOnlyList<Uri> Uris => Options.Uris;

    /// <summary>True when a key is sent.</summary>
    public bool HasApiKey => apiKey is not null;

    /// <summary>Version of the server, once it has been asked; empty before.</summary>
    public string ServerVersion { get; private set; } = string.Empty;

    /// <summary>What the server is reached by, once it has been asked; before that, what was asked for.</summary>
    public QdrantProtocol Protocol { get; private set; }

    /// <summary>False once it has been closed.</summary>
    public bool IsOpen
    {
        get
        {
            lock (gate)
            {
                return !disposed;
            }
        }
    }

    /// <summary>The one store of this connection, opened on first use.</summary>
    /// <exception cref="MigrationException">The connection has been closed.</exception>
    internal IVectorStore GetStore(Func<QdrantConnection, IVectorStore> open)
    {
        lock (gate)
        {
            return disposed
                ? throw new MigrationException(ErrorIds.ConnectionClosed, ErrorKind.InvalidArgument, $"The connection to {this} has been closed.",
                    "Connect again with Connect-Qdrant.", ToString())
                : store ??= open(this);
        }
    }

    /// <summary>Remembers what a server said of itself.</summary>
    public void Remember(ServerInfo server)
    {
        ArgumentNullException.ThrowIfNull(server);
        ServerVersion = server.Version;
        Protocol = server.Protocol;
    }

    /// <summary>Opens a transport, which alone is told the key; who opens it closes it.</summary>
    /// <param name="open">Takes the settings and the key, or null.</param>
    public T Open<T>(Func<QdrantConnectionOptions, string?, T> open)
    {
        ArgumentNullException.ThrowIfNull(open);
        return open(secret, apiKey);
    }

    /// <summary>Closes the transport.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            disposed = true;
            store?.Dispose();
            store = null;
        }
    }

    /// <summary>The endpoints without secrets, separated by commas.</summary>
    public override string ToString() => string.Join(',', Uris.Select(static uri => uri.GetLeftPart(UriPartial.Authority)));
}
