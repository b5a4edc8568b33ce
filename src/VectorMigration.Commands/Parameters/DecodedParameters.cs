using System.Management.Automation;

namespace VectorMigration.Commands;

/// <summary>Whether vectors that come out of codes may be taken.</summary>
internal sealed class DecodedParameters : ParameterGroup
{
    /// <summary>Take vectors that are decoded from codes (product or scalar quantizers and others): close to the originals, not equal.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public SwitchParameter AllowDecoded { get; set; }
}
