namespace VectorMigration.Commands;

/// <summary>
/// Parameters that cmdlets share, declared once. A cmdlet, or a base class of cmdlets, takes a group by having it as a property that is not public;
/// <see cref="MigrationCommand"/> gives PowerShell the parameters of all of them as its dynamic parameters.
/// </summary>
internal abstract class ParameterGroup
{
    private readonly HashSet<string> given = [];

    /// <summary>Whether a parameter was given, whatever its value.</summary>
    protected bool IsGiven(string parameter) => given.Contains(parameter);

    /// <summary>A parameter was bound, or was not.</summary>
    internal void Note(string parameter, bool isGiven)
    {
        if (isGiven)
        {
            given.Add(parameter);
        }
        else
        {
            given.Remove(parameter);
        }
    }
}

/// <summary>
/// On a group, or on a cmdlet for all of its groups: parameters are not taken from the properties of piped objects. For a cmdlet whose pipeline brings
/// data, which may have properties of any name.
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Class)]
internal sealed class NotFromPipelineAttribute : Attribute;
