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

    /// <summary>A connection of Connect-Qdrant.</summary>
    [Parameter]
    [ValidateNotNull]
    public virtual QdrantConnection? Connection { get; set; }

    /// <summary>The gRPC endpoint; the key comes from QDRANT_API_KEY.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Uri { get; set; }

    /// <summary>Finds the connection and says in the verbose stream where it comes from.</summary>
    /// <exception cref="MigrationException">The endpoint cannot be read.</exception>
    protected QdrantConnection FindConnection()
    {
        (QdrantConnection connection, string origin) = Find();
        WriteVerbose($"Qdrant at {connection} (from {origin}).");
        return connection;
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
            return (Own(QdrantEndpoint.Parse(Uri)), "-Uri");
        }

        if (SessionMemory.Current.Connection is { } session)
        {
            return (session, "Connect-Qdrant");
        }

        string? variable = Environment.GetEnvironmentVariable(UrlVariable);
        return string.IsNullOrWhiteSpace(variable)
            ? (Own(QdrantEndpoint.Default), "the default")
            : (Own(QdrantEndpoint.Parse(variable)), UrlVariable);
    }

    private QdrantConnection Own(Uri endpoint) => owned = new QdrantConnection(new QdrantConnectionOptions { Uri = endpoint }, ApiKeys.FromEnvironment());
}
