using System.Management.Automation;

namespace VectorMigration.Commands;

/// <summary>Suspend-VectorMigration: a run of another session pauses.</summary>
[Cmdlet(VerbsLifecycle.Suspend, "VectorMigration", DefaultParameterSetName = ParameterSets.Run, SupportsShouldProcess = true, HelpUri = ProjectAddress.Help)]
[OutputType(typeof(MigrationRun))]
public sealed class SuspendVectorMigrationCommand : SteeringCommand
{
    /// <inheritdoc/>
    private protected override string Action => "Pause";

    /// <inheritdoc/>
    private protected override Task<MigrationRun> ActAsync(MigrationRun run) => RunSteering.PauseAsync(run, StopToken);
}
