using System.Management.Automation;

namespace VectorMigration.Commands;

/// <summary>The collection that an index or a pipeline belongs to, and how its vectors are points of it.</summary>
internal sealed class CollectionParameters : ParameterGroup
{
    /// <summary>Collection.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipelineByPropertyName = true)]
    [AllowNull]
    [AllowEmptyString]
    [ValidateGiven]
    [ArgumentCompleter(typeof(CollectionCompleter))]
    public string Collection { get; set; } = string.Empty;

    /// <summary>Let later vectors replace earlier ones with the same id.</summary>
    [Parameter]
    public SwitchParameter AllowDuplicateId { get; set; }

    /// <summary>Distance to create the collection with; that of the index's metric when left out.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [EmptyIsNotGiven(As = typeof(Distance))]
    public Distance? Distance { get; set; }
}
