using System.Management.Automation;

namespace VectorMigration.Commands;

/// <summary>Which ids become point ids.</summary>
internal sealed class IdOriginParameters : ParameterGroup
{
    /// <summary>The ids of the index, or those under which the framework's store keeps its documents.</summary>
    [Parameter]
    public IdOrigin IdFrom { get; set; }
}
