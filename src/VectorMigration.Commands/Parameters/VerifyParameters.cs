using System.Management.Automation;

namespace VectorMigration.Commands;

/// <summary>The proof that a migration ends with.</summary>
internal sealed class VerifyParameters : ParameterGroup
{
    /// <summary>The proof to end with.</summary>
    [Parameter]
    public VerificationMode Verify { get; set; }
}
