using System.Management.Automation;

namespace VectorMigration.Commands;

/// <summary>Vectors that a collection cannot take.</summary>
internal class InvalidParameters : ParameterGroup
{
    /// <summary>Leave vectors with non-finite components out instead of stopping.</summary>
    [Parameter]
    public SwitchParameter SkipInvalid { get; set; }
}
