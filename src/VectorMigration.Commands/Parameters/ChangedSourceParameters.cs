using System.Management.Automation;

namespace VectorMigration.Commands;

/// <summary>What a run does when index or payload have changed since its journal was begun.</summary>
internal sealed class ChangedSourceParameters : ParameterGroup
{
    /// <summary>What the run does when index or payload have changed since its journal was begun; Refuse when left out.</summary>
    [Parameter]
    public ChangedSource OnChanged { get; set; }

    /// <summary>With -OnChanged Sync: delete the points that earlier runs wrote and whose ids the index no longer has.</summary>
    [Parameter]
    public SwitchParameter Prune { get; set; }

    /// <summary>The options with what was asked for.</summary>
    internal MigrationOptions Apply(MigrationOptions options, bool force) =>
        options with { OnChanged = OnChanged, Prune = Prune, ForcePrune = force };
}
