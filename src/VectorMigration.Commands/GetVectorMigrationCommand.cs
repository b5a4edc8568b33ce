using System.Management.Automation;

namespace VectorMigration.Commands;

/// <summary>Get-VectorMigration: the runs of a log folder, and how far they are.</summary>
[Cmdlet(VerbsCommon.Get, "VectorMigration", DefaultParameterSetName = ParameterSets.Run, HelpUri = ProjectAddress.Help)]
[OutputType(typeof(MigrationRun))]
public sealed class GetVectorMigrationCommand : MigrationCommand
{
    /// <summary>Which runs.</summary>
    private RunParameters Run { get; } = new();

    /// <inheritdoc/>
    protected override void OnRecord()
    {
        string folder = Run.Folder(this);
        try
        {
            IReadOnlyList<MigrationRun> runs = Wait(RunList.ReadAsync(folder, Run.RunId, StopToken));
            WriteObject(Run.RunId is not Guid wanted || runs.Count > 0 ? runs : throw SteeringErrors.NoRun(folder, wanted), enumerateCollection: true);
        }
        catch (MigrationException error)
        {
            // No run is there to be told of; scripts wait for one.
            WriteError(error);
        }
    }
}
