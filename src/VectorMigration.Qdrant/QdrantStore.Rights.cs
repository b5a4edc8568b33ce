namespace VectorMigration.Qdrant;

/// <summary>What the API key may do.</summary>
public sealed partial class QdrantStore
{
    /// <inheritdoc/>
    public async Task<MigrationException?> FindMissingRightsAsync(string name, bool creates, CancellationToken cancellationToken)
    {
        CollectionNames.Require(name);

        // Neither can change anything: a change of aliases without an action, and a deletion of no point. Both need the rights of what is to follow.
        Protocol.ChangeAliases nothing = new();
        Protocol.DeletePoints none = new()
        {
            CollectionName = name,
            Wait = true,
            Points = new Protocol.PointsSelector { Points = new Protocol.PointsIdsList() },
        };
        GrpcReply reply = creates
            ? (await calls.SendAsync(options => clients.Collections.UpdateAliasesAsync(nothing, options), cancellationToken).ConfigureAwait(false)).Reply
            : (await calls.SendAsync(options => clients.Points.DeleteAsync(none, options), cancellationToken).ConfigureAwait(false)).Reply;
        if (reply.IsOk)
        {
            return null;
        }

        MigrationException error = QdrantErrors.From(reply, calls.Endpoint,
            creates ? $"create the collection '{name}'" : $"write to the collection '{name}'", name);
        return error.Kind == ErrorKind.Authentication ? error : reply.Fault == TransportFault.None ? null : throw error;
    }
}
