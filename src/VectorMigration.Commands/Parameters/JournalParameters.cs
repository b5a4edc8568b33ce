using System.Management.Automation;

namespace VectorMigration.Commands;

/// <summary>The file that remembers what was acknowledged.</summary>
internal sealed class JournalParameters : ParameterGroup
{
    /// <summary>File that remembers what was acknowledged, so that the same command or pipeline goes on where it stopped.</summary>
    [Parameter]
    [EmptyIsNotGiven]
    [ArgumentCompleter(typeof(JournalCompleter))]
    public string? JournalPath { get; set; }
}

/// <summary>Whether a run goes on where an earlier one stopped.</summary>
internal sealed class RestartParameters : ParameterGroup
{
    /// <summary>Begin the journal anew and send everything again.</summary>
    [Parameter]
    public SwitchParameter Restart { get; set; }
}
