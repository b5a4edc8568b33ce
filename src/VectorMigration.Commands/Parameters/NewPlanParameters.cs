using System.Management.Automation;

namespace VectorMigration.Commands;

/// <summary>What a plan of slices is made of, besides index files and payloads.</summary>
internal sealed class NewPlanParameters : ParameterGroup
{
    /// <summary>File that lists the parts of an index: CSV or JSON.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ParameterSets.Manifest)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(PlanCompleter))]
    public string? ManifestPath { get; set; }

    /// <summary>Plan whose remaining vectors are divided anew.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ParameterSets.From)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(PlanCompleter))]
    public string? From { get; set; }

    /// <summary>Log folders of the slices of that plan.</summary>
    [Parameter(ParameterSetName = ParameterSets.From)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(FolderCompleter))]
    public string[] LogDirectory { get; set; } = ["logs"];

    /// <summary>Collection.</summary>
    [Parameter(Mandatory = true, Position = 1, ParameterSetName = ParameterSets.Path)]
    [Parameter(Mandatory = true, Position = 1, ParameterSetName = ParameterSets.LiteralPath)]
    [Parameter(Mandatory = true, Position = 1, ParameterSetName = ParameterSets.Manifest)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(CollectionCompleter))]
    public string Collection { get; set; } = string.Empty;

    /// <summary>Distance to create the collection with.</summary>
    [Parameter]
    public Distance? Distance { get; set; }
}
