using System.Management.Automation;
using System.Security;

namespace VectorMigration.Commands;

/// <summary>Connect-Qdrant: reaches a server, learns its version, and makes it the session's.</summary>
[Cmdlet(VerbsCommunications.Connect, "Qdrant", DefaultParameterSetName = EnvironmentSet)]
[OutputType(typeof(QdrantConnection))]
public sealed class ConnectQdrantCommand : MigrationCommand
{
    private const string EnvironmentSet = "KeyFromEnvironment";
    private const string KeySet = "Key";
    private const string KeyFileSet = "KeyFile";
    private QdrantConnection? unfinished;

    /// <summary>The endpoint: host, host:port, or http(s)://host:port.</summary>
    [Parameter(Position = 0)]
    [EndpointTransformation]
    public Uri? Uri { get; set; }

    /// <summary>gRPC, REST, or whichever of them the server answers.</summary>
    [Parameter]
    public QdrantProtocol Protocol { get; set; }

    /// <summary>API key.</summary>
    [Parameter(Mandatory = true, ParameterSetName = KeySet)]
    [AllowNull]
    public SecureString? ApiKey { get; set; }

    /// <summary>File that holds the API key and nothing else.</summary>
    [Parameter(Mandatory = true, ParameterSetName = KeyFileSet)]
    [AllowNull]
    [AllowEmptyString]
    public string? ApiKeyPath { get; set; }

    /// <summary>PEM file with the certificates to trust instead of the system's.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? CaCertificatePath { get; set; }

    /// <summary>Do not verify the server's certificate.</summary>
    [Parameter]
    public SwitchParameter SkipCertificateCheck { get; set; }

    /// <summary>Send the key over plaintext to a host that is not this machine.</summary>
    [Parameter]
    public SwitchParameter AllowPlaintextKey { get; set; }

    /// <summary>HTTP proxy.</summary>
    [Parameter]
    public Uri? Proxy { get; set; }

    /// <summary>Deadline of control and read calls, and of each attempt to upload where the upload says none.</summary>
    private TimeoutParameters Deadline { get; } = new();

    // Also a missing address or key reaches the cmdlet and is refused there: had the binder refused it, later cmdlets would use another server.
    /// <inheritdoc/>
    protected override void OnBegin() => SessionMemory.Current.StartConnecting();

    /// <inheritdoc/>
    protected override void OnEnd()
    {
        if (SkipCertificateCheck)
        {
            WriteWarning("The server's TLS certificate is not verified. Anyone could answer in its place.");
        }

        unfinished = new QdrantConnection(Options(), Key());
        IVectorStore store = Parts.OpenStore(unfinished);
        ServerInfo server = Wait(store.GetServerAsync(StopToken));
        unfinished.Remember(server);
        WriteVerbose($"{unfinished} is {server.Title} {server.Version}.");
        foreach (string warning in server.Warnings)
        {
            WriteWarning(warning);
        }

        Remember(store);

        QdrantConnection connection = unfinished;
        unfinished = null;
        SessionMemory.Current.Connection = connection;
        WriteObject(connection);
    }

    /// <inheritdoc/>
    protected override void Abandon() => unfinished?.Dispose();

    private QdrantConnectionOptions Options()
    {
        QdrantConnectionOptions options = new()
        {
            Uri = Uri is not null ? EndpointTransformationAttribute.Endpoint(Uri)
                : MyInvocation.BoundParameters.ContainsKey(nameof(Uri)) ? QdrantEndpoint.Parse(string.Empty)
                : ConnectedCommand.EnvironmentEndpoint() ?? QdrantEndpoint.Default,
            Protocol = Protocol,
            Proxy = Proxy,
            CaCertificatePath = CaCertificatePath is null ? null : IndexPaths.ResolveOne(this, CaCertificatePath, literal: false),
            SkipCertificateCheck = SkipCertificateCheck,
            AllowPlaintextKey = AllowPlaintextKey,
        };
        return Deadline.Given is TimeSpan time ? options with { Timeout = time } : options;
    }

    private string? Key() => ParameterSetName switch
    {
        KeySet => CommandKeys.FromSecure(ApiKey ?? throw CommandErrors.NoKey("-ApiKey")),
        KeyFileSet when string.IsNullOrEmpty(ApiKeyPath) => throw CommandErrors.NoKey("-ApiKeyPath"),
        KeyFileSet => ApiKeyFile.Require(IndexPaths.ResolveOne(this, ApiKeyPath!, literal: false), WriteWarning),
        _ => ApiKeyFile.FromEnvironment(),
    };

    // The server tells its version to anybody; only this call shows whether the key is good.
    private void Remember(IVectorStore store)
    {
        try
        {
            SessionMemory.Current.RememberAll(unfinished!.Uri, Wait(store.ListCollectionsAsync(StopToken)));
        }
        catch (MigrationException error) when (error.ErrorId is not (ErrorIds.MissingApiKey or ErrorIds.WrongApiKey))
        {
            // A key that may not list collections may still be good for one of them.
            WriteDebug($"Tab completion of collections is not available: {error.Message}");
        }
    }
}
