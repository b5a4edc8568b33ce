using System.Management.Automation;

namespace VectorMigration.Commands;

/// <summary>One slice of a plan.</summary>
internal sealed class SliceParameters : ParameterGroup
{
    /// <summary>The plan, which contains the files, the collection and the options that decide which points result.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ParameterSets.Plan)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(PlanCompleter))]
    public string? PlanPath { get; set; }

    /// <summary>The slice, as i/N.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ParameterSets.Plan)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(SliceCompleter))]
    public string? Slice { get; set; }
}
