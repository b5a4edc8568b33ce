using System.Management.Automation;

namespace VectorMigration.Commands;

/// <summary>Resume-VectorMigration: a paused run continues.</summary>
[Cmdlet(VerbsLifecycle.Resume, "VectorMigration", DefaultParameterSetName = ParameterSets.Run, SupportsShouldProcess = true, HelpUri = ProjectAddress.Help)]
[OutputType(typeof(MigrationRun))]
public sealed class ResumeVectorMigrationCommand : SteeringCommand
{
    /// <inheritdoc/>
    private protected override string Action => "Resume";

    /// <inheritdoc/>
    private protected override Task<MigrationRun> ActAsync(MigrationRun run) => RunSteering.ResumeAsync(run, StopToken);
}
