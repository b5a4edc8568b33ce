using System.Management.Automation;

namespace VectorMigration.Commands;

/// <summary>How vectors are taken that a file has only as codes or bits.</summary>
internal class CodedParameters : ParameterGroup
{
    /// <summary>Take vectors that are decoded from codes, and only close to the originals.</summary>
    [Parameter]
    public SwitchParameter AllowDecoded { get; set; }

    /// <summary>What the bits of a binary index become.</summary>
    [Parameter]
    public BinaryComponent BinaryAs { get; set; }
}
