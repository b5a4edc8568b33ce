using System.Management.Automation;

namespace VectorMigration.Commands;

/// <summary>Stop-QdrantLocal: ends local servers that this session has started.</summary>
[Cmdlet(VerbsLifecycle.Stop, "QdrantLocal", DefaultParameterSetName = AllSet, SupportsShouldProcess = true, HelpUri = ProjectAddress.Help)]
[OutputType(typeof(void))]
public sealed class StopQdrantLocalCommand : MigrationCommand
{
    private const string AllSet = "All";
    private const string ObjectSet = "InputObject";
    private const string IdSet = "Id";

    /// <summary>Servers of Start-QdrantLocal.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = ObjectSet, ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    public QdrantLocalServer[] InputObject { get; set; } = [];

    /// <summary>Process ids of servers that this session has started.</summary>
    [Parameter(Mandatory = true, ParameterSetName = IdSet)]
    [Alias("ProcessId")]
    [ValidateNotNullOrEmpty]
    public int[] Id { get; set; } = [];

    /// <inheritdoc/>
    protected override void OnRecord()
    {
        SessionMemory session = SessionMemory.Current;
        foreach (QdrantLocalServer server in Chosen(session))
        {
            if (ShouldProcess(server.ToString(), server.IsTemporary ? "Stop the server and remove its storage" : "Stop the server"))
            {
                Stop(server, session);
            }
        }
    }

    private List<QdrantLocalServer> Chosen(SessionMemory session) => ParameterSetName switch
    {
        ObjectSet => [.. InputObject],
        IdSet => [.. Id.Select(id => Find(session, id)).OfType<QdrantLocalServer>()],
        _ => [.. session.LocalServers],
    };

    private QdrantLocalServer? Find(SessionMemory session, int id)
    {
        QdrantLocalServer? server = session.LocalServers.Find(candidate => candidate.ProcessId == id);
        if (server is null)
        {
            WriteError(CommandErrors.LocalServerMissing(id));
        }

        return server;
    }

    private void Stop(QdrantLocalServer server, SessionMemory session)
    {
        server.Stop();
        if (server.LeftFolder is string folder)
        {
            WriteWarning($"The server has ended, but another program has a file in '{folder}' open. A later session that uses Start-QdrantLocal removes the "
                + "folder.");
        }

        session.LocalServers.Remove(server);
        if (ReferenceEquals(session.Connection, server.Connection))
        {
            session.Connection = null;
        }
    }
}
