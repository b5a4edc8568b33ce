using System.Management.Automation;

namespace VectorMigration.Commands;

/// <summary>Set-VectorMigrationPace: a run of another session keeps to another pace.</summary>
[Cmdlet(VerbsCommon.Set, "VectorMigrationPace", DefaultParameterSetName = ParameterSets.Run, SupportsShouldProcess = true, HelpUri = ProjectAddress.Help)]
[OutputType(typeof(MigrationRun))]
public sealed class SetVectorMigrationPaceCommand : SteeringCommand
{
    /// <summary>The pace.</summary>
    private PaceParameters Pace { get; } = new();

    /// <inheritdoc/>
    private protected override string Action => $"Set pace: {Pace.Settings}";

    /// <inheritdoc/>
    private protected override Task<MigrationRun> ActAsync(MigrationRun run) => RunSteering.PaceAsync(run, Pace.Settings, StopToken);
}
