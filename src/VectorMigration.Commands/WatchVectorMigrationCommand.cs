using System.Management.Automation;

namespace VectorMigration.Commands;

/// <summary>Watch-VectorMigration: follows runs of other sessions to their end.</summary>
[Cmdlet(VerbsCommon.Watch, "VectorMigration", DefaultParameterSetName = ParameterSets.Run, HelpUri = ProjectAddress.Help)]
[OutputType(typeof(MigrationRun))]
public sealed class WatchVectorMigrationCommand : RunCommand
{
    private const int DefaultSeconds = 2;

    /// <summary>Seconds between two looks; 2 when left out.</summary>
    [Parameter]
    [EmptyIsNotGiven]
    [ValidateRangeIfGiven(1, 3_600)]
    public int? IntervalSec { get; set; }

    /// <inheritdoc/>
    private protected override void OnRun(MigrationRun run)
    {
        WatchProgressBar bar = new(this, $"Run {run.RunId}");
        try
        {
            while (run.IsUnderWay)
            {
                bar.Report(run);
                Wait(Task.Delay(TimeSpan.FromSeconds(IntervalSec ?? DefaultSeconds), StopToken));
                run = Wait(RunList.AgainAsync(run, StopToken));
            }
        }
        finally
        {
            bar.Complete();
        }

        WriteObject(run);
        if (run.State == MigrationRunState.Killed)
        {
            WriteError(SteeringErrors.NotUnderWay(run));
        }
    }
}
