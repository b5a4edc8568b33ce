using System.Management.Automation;

namespace VectorMigration.Commands;

/// <summary>Fields of a payload stand beside those that the points have from elsewhere.</summary>
internal sealed class MergePayloadParameters : ParameterGroup
{
    /// <summary>With -OnExisting Merge: set the fields of the payload beside those that the points have. A verification compares these
    /// fields alone.</summary>
    [Parameter]
    public SwitchParameter MergePayload { get; set; }
}
