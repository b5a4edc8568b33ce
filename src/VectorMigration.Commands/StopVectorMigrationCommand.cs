using System.Management.Automation;

namespace VectorMigration.Commands;

/// <summary>Stop-VectorMigration: a run of another session ends as by Ctrl+C.</summary>
[Cmdlet(VerbsLifecycle.Stop, "VectorMigration", DefaultParameterSetName = ParameterSets.Run, SupportsShouldProcess = true, HelpUri = ProjectAddress.Help)]
[OutputType(typeof(MigrationRun))]
public sealed class StopVectorMigrationCommand : SteeringCommand
{
    /// <inheritdoc/>
    private protected override string Action => "Stop";

    /// <inheritdoc/>
    private protected override Task<MigrationRun> ActAsync(MigrationRun run) => RunSteering.StopAsync(run, StopToken);
}
