using System.Management.Automation;

namespace VectorMigration.Commands;

/// <summary>Connect-Qdrant: reaches a server, learns its version, and makes it the session's.</summary>
[Cmdlet(VerbsCommunications.Connect, "Qdrant", DefaultParameterSetName = ParameterSets.EnvironmentKey, HelpUri = ProjectAddress.Help)]
[OutputType(typeof(QdrantConnection))]
public sealed class ConnectQdrantCommand : MigrationCommand
{
    private QdrantConnection? unfinished;

    /// <summary>The endpoint: host, host:port, or http(s)://host:port; several for the nodes of one cluster.</summary>
    [Parameter(Position = 0)]
    [EndpointTransformation]
    public Uri[]? Uri { get; set; }

    /// <summary>How it is reached, and by which key.</summary>
    private ReachParameters Reach { get; } = new();

    /// <summary>Deadline of control and read calls, and of each attempt to upload where the upload says none.</summary>
    private TimeoutParameters Deadline { get; } = new();

    // Also a missing address or key reaches the cmdlet and is refused there: had the binder refused it, later cmdlets would use another server.
    /// <inheritdoc/>
    protected override void OnBegin() => SessionMemory.Current.StartConnecting();

    /// <inheritdoc/>
    protected override void OnEnd()
    {
        if (Reach.SkipCertificateCheck)
        {
            WriteWarning("The server's TLS certificate is not verified. Anyone could answer in its place.");
        }

        unfinished = new QdrantConnection(Reach.Options(this, Endpoints(), Deadline.Given), Reach.Key(this, ParameterSetName, WriteWarning));
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

    private IReadOnlyList<Uri> Endpoints() => Uri is not null ? EndpointTransformationAttribute.Endpoints(Uri)
        : MyInvocation.BoundParameters.ContainsKey(nameof(Uri)) ? [QdrantEndpoint.Parse(string.Empty)]
        : ConnectedCommand.EnvironmentEndpoints() ?? [QdrantEndpoint.Default];

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
