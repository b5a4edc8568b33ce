using System.Management.Automation;

namespace VectorMigration.Commands;

/// <summary>Disconnect-Qdrant: closes a connection, by default the session's.</summary>
[Cmdlet(VerbsCommunications.Disconnect, "Qdrant", HelpUri = ProjectAddress.Help)]
[OutputType(typeof(void))]
public sealed class DisconnectQdrantCommand : MigrationCommand
{
    /// <summary>The connection to close; the session's when left out.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true)]
    [ValidateNotNull]
    public QdrantConnection? Connection { get; set; }

    /// <inheritdoc/>
    protected override void OnRecord()
    {
        SessionMemory session = SessionMemory.Current;
        QdrantConnection? closing = Connection ?? session.Connection;
        if (closing is null)
        {
            // Also after a Connect-Qdrant that failed: from here on the session may look for a server again.
            session.Connection = null;
            WriteVerbose("This session has no connection.");
            return;
        }

        closing.Dispose();
        if (ReferenceEquals(session.Connection, closing))
        {
            session.Connection = null;
        }

        WriteVerbose($"The connection to {closing} is closed.");
    }
}
