using System.Management.Automation;

namespace VectorMigration.Commands;

/// <summary>Collections of a server, each by its name.</summary>
internal sealed class CollectionNamesParameters : ParameterGroup
{
    /// <summary>Names, taken as written.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Collection")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(CollectionCompleter))]
    public string[] Name { get; set; } = [];
}
