using System.Management.Automation;

namespace VectorMigration.Commands;

/// <summary>Inverted lists that lie elsewhere than their index says.</summary>
internal sealed class ListParameters : ParameterGroup
{
    /// <summary>The file with the inverted lists of the index, where it is not beside the index under the name in it.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [EmptyIsNotGiven]
    public string? ListPath { get; set; }

    /// <summary>Its full path; null where none is named.</summary>
    /// <exception cref="MigrationException">Nothing is there.</exception>
    public string? Full(PSCmdlet cmdlet) => ListPath is null ? null : IndexPaths.ResolveOne(cmdlet, ListPath, literal: false);
}
