using System.Management.Automation;

namespace VectorMigration.Commands;

/// <summary>
/// A cmdlet that speaks to Qdrant. The connection is, in this order: <c>-Connection</c>, <c>-Uri</c>, the session's
/// <c>Connect-Qdrant</c>, <c>QDRANT_URL</c>, <c>http://127.0.0.1:6334</c>.
/// </summary>
public abstract class ConnectedCommand : MigrationCommand
{
    /// <summary>Environment variable that names the endpoint.</summary>
    internal const string UrlVariable = "QDRANT_URL";

    private QdrantConnection? owned;
    private QdrantConnection? used;

    /// <summary>A connection of Connect-Qdrant.</summary>
    [Parameter]
    [ValidateNotNull]
    public virtual QdrantConnection? Connection { get; set; }

    /// <summary>The gRPC endpoint: host, host:port, or http(s)://host:port; the key comes from QDRANT_API_KEY.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [EndpointTransformation]
    public Uri? Uri { get; set; }

    /// <summary>Finds the connection and says in the verbose stream where it comes from.</summary>
    /// <exception cref="MigrationException">The endpoint cannot be read.</exception>
    protected QdrantConnection FindConnection()
    {
        (used, string origin) = Find();
        WriteVerbose($"Qdrant at {used} (from {origin}).");
        return used;
    }

    /// <summary>The endpoint that QDRANT_URL names, or null.</summary>
    /// <exception cref="MigrationException">It names none.</exception>
    internal static Uri? EnvironmentEndpoint() =>
        Environment.GetEnvironmentVariable(UrlVariable) is { } text && !string.IsNullOrWhiteSpace(text) ? QdrantEndpoint.Parse(text) : null;

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
        if (Connection is not null)
        {
            return (Connection, "-Connection");
        }

        if (Uri is not null)
        {
            return (Own(EndpointTransformationAttribute.Endpoint(Uri)), "-Uri");
        }

        if (SessionMemory.Current.Connection is { } session)
        {
            return (session, "Connect-Qdrant");
        }

        return EnvironmentEndpoint() is { } variable ? (Own(variable), UrlVariable) : (Own(QdrantEndpoint.Default), "the default");
    }

    private QdrantConnection Own(Uri endpoint) => owned = new QdrantConnection(new QdrantConnectionOptions { Uri = endpoint }, ApiKeyFile.FromEnvironment());
}
