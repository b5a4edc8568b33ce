using System.Management.Automation;

namespace VectorMigration.Commands;

/// <summary>Which run of a log folder is read.</summary>
internal sealed class RecordedRunParameters : ParameterGroup
{
    /// <summary>Which run of a log; the last one when left out.</summary>
    [Parameter(ParameterSetName = ParameterSets.Path)]
    [EmptyIsNotGiven]
    [ArgumentCompleter(typeof(RunIdCompleter))]
    public Guid? RunId { get; set; }
}
