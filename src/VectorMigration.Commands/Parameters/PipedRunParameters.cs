using System.Management.Automation;

namespace VectorMigration.Commands;

/// <summary>Runs of Get-VectorMigration.</summary>
internal sealed class PipedRunParameters : ParameterGroup
{
    /// <summary>Runs of Get-VectorMigration.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = ParameterSets.InputObject)]
    [ValidateNotNull]
    public MigrationRun[] InputObject { get; set; } = [];
}
