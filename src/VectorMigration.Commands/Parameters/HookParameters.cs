using System.Management.Automation;

namespace VectorMigration.Commands;

/// <summary>Scripts that are run while a migration is under way, and at its end.</summary>
internal sealed class HookParameters : ParameterGroup
{
    /// <summary>Run when a phase begins, which is $_.</summary>
    [Parameter]
    public ScriptBlock? OnPhase { get; set; }

    /// <summary>Run when the run has ended; its result is $_.</summary>
    [Parameter]
    public ScriptBlock? OnEnd { get; set; }

    /// <summary>What runs them; null without any.</summary>
    internal ScriptHooks? Start(PSCmdlet command) => OnPhase is null && OnEnd is null ? null
        : new ScriptHooks(OnPhase, OnEnd, command.SessionState.Path.CurrentLocation.Path);
}
