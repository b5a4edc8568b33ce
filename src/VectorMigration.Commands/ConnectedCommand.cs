namespace VectorMigration.Commands;

/// <summary>
/// A cmdlet that speaks to Qdrant. The connection is, in this order: <c>-Connection</c>, <c>-Uri</c>, the session's
/// <c>Connect-Qdrant</c>, <c>QDRANT_URL</c>, <c>http://127.0.0.1:6334</c>. After a Connect-Qdrant that failed, the last two are not used.
/// </summary>
public abstract class ConnectedCommand : MigrationCommand
{
    /// <summary>Environment variable that names the endpoint.</summary>
    internal const string UrlVariable = "QDRANT_URL";

    private QdrantConnection? owned;
    private QdrantConnection? used;

    /// <summary>The group of parameters that names the server.</summary>
    private protected abstract EndpointParameters Where();

    /// <summary>Finds the connection and says in the verbose stream where it comes from.</summary>
    /// <exception cref="MigrationException">The endpoint cannot be read.</exception>
    protected QdrantConnection FindConnection()
    {
        (used, string origin) = Find();
        WriteVerbose($"Qdrant at {used} (from {origin}).");
        return used;
    }

    /// <summary>The endpoints that QDRANT_URL names, or null.</summary>
    /// <exception cref="MigrationException">It names none.</exception>
    internal static IReadOnlyList<Uri>? EnvironmentEndpoints() =>
        Environment.GetEnvironmentVariable(UrlVariable) is { } text && !string.IsNullOrWhiteSpace(text) ? QdrantEndpoint.ParseAll(text) : null;

    /// <summary>A collection of the server in use is there: it can be completed from now on.</summary>
    private protected void Remember(string collection)
    {
        if (used is not null)
        {
            SessionMemory.Current.Remember(used.Uri, collection);
        }
    }

    /// <inheritdoc/>
    protected override void Abandon() => owned?.Dispose();

    private (QdrantConnection Connection, string Origin) Find()
    {
        EndpointParameters where = Where();
        if (where.Connection is not null)
        {
            return (where.Connection, "-Connection");
        }

        if (where.Uri is not null)
        {
            return (Own(EndpointTransformationAttribute.Endpoints(where.Uri)), "-Uri");
        }

        if (SessionMemory.Current.Connection is { } session)
        {
            return (session, "Connect-Qdrant");
        }

        if (SessionMemory.Current.HasFailedToConnect)
        {
            throw CommandErrors.NotConnected();
        }

        return EnvironmentEndpoints() is { } variable ? (Own(variable), UrlVariable) : (Own([QdrantEndpoint.Default]), "the default");
    }

    // One for all objects of a pipeline.
    private QdrantConnection Own(IReadOnlyList<Uri> endpoints) => owned is not null && owned.Uris.SequenceEqual(endpoints) ? owned
        : owned = new QdrantConnection(
            new QdrantConnectionOptions { Uri = endpoints[0], OtherUris = [.. endpoints.Skip(1)] }, ApiKeyFile.RequireEnvironment());
}
