using System.Management.Automation;

namespace VectorMigration.Commands;

/// <summary>Whether something is done that the cmdlet otherwise asks for, or refuses; its help says what.</summary>
internal sealed class ForceParameters : ParameterGroup
{
    /// <summary>Do it.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }
}
