using System.Management.Automation;

namespace VectorMigration.Commands;

/// <summary>The file that lets the next run go on where this one stops.</summary>
internal sealed class JournalParameters : ParameterGroup
{
    /// <summary>File that remembers what was acknowledged, so that the same command or pipeline goes on where it stopped.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(JournalCompleter))]
    public string? JournalPath { get; set; }

    /// <summary>Begin the journal anew and send everything again.</summary>
    [Parameter]
    public SwitchParameter Restart { get; set; }
}
