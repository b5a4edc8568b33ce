using System.Management.Automation;

namespace VectorMigration.Commands;

/// <summary>What becomes of numbers in payloads that Qdrant cannot keep.</summary>
internal sealed class PayloadNumberParameters : ParameterGroup
{
    /// <summary>What becomes of whole numbers in payloads that 64 bits do not hold.</summary>
    [Parameter]
    public LargeInteger LargeInteger { get; set; }
}
