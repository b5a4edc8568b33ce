using System.Management.Automation;

namespace VectorMigration.Commands;

/// <summary>Get-QdrantConnection: the connection that this session uses.</summary>
[Cmdlet(VerbsCommon.Get, "QdrantConnection", HelpUri = ProjectAddress.Help)]
[OutputType(typeof(QdrantConnection))]
public sealed class GetQdrantConnectionCommand : MigrationCommand
{
    /// <inheritdoc/>
    protected override void OnEnd()
    {
        SessionMemory session = SessionMemory.Current;
        if (session.Connection is { IsOpen: true } connection)
        {
            WriteObject(connection);
            return;
        }

        WriteVerbose(session.HasFailedToConnect ? "This session has no connection, because the last Connect-Qdrant failed."
            : $"This session has no connection; cmdlets use {ConnectedCommand.UrlVariable}, or {QdrantEndpoint.Default}.");
    }
}
