using System.Management.Automation;

namespace VectorMigration.Commands;

/// <summary>Where the server is.</summary>
internal sealed class EndpointParameters : ParameterGroup
{
    /// <summary>A connection of Connect-Qdrant.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNull]
    public QdrantConnection? Connection { get; set; }

    /// <summary>The endpoint: host, host:port, or http(s)://host:port; several for the nodes of one cluster; the key comes from QDRANT_API_KEY.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [EndpointTransformation]
    public Uri[]? Uri { get; set; }
}
