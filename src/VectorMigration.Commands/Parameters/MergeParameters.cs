using System.Management.Automation;

namespace VectorMigration.Commands;

/// <summary>What a merge does beyond writing into points that are there.</summary>
internal sealed class MergeParameters : ParameterGroup
{
    /// <summary>With -OnExisting Merge: add points that are not there instead of counting them.</summary>
    [Parameter]
    public SwitchParameter AddAbsent { get; set; }
}
