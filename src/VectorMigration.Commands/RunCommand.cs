namespace VectorMigration.Commands;

/// <summary>A cmdlet that works on runs of other sessions: those that are piped, or one of a log folder.</summary>
public abstract class RunCommand : MigrationCommand
{
    private int piped;
    private int worked;
    private MigrationRun? last;

    /// <summary>Which run of which folder.</summary>
    private protected RunParameters Run { get; } = new();

    /// <summary>Runs of the pipeline.</summary>
    private protected PipedRunParameters Piped { get; } = new();

    /// <summary>Does the work for one run.</summary>
    /// <exception cref="MigrationException">It cannot be done.</exception>
    private protected abstract void OnRun(MigrationRun run);

    /// <inheritdoc/>
    protected sealed override void OnRecord()
    {
        if (ParameterSetName != ParameterSets.InputObject)
        {
            OnRun(Wait(RunSteering.FindAsync(Run.Folder(this), Run.RunId, StopToken)));
            return;
        }

        foreach (MigrationRun run in Piped.InputObject)
        {
            piped++;
            if (!run.IsUnderWay)
            {
                last = run;
                WriteVerbose($"Skipped the run {run.RunId}: it is not under way ({run.State}).");
                continue;
            }

            worked++;
            try
            {
                OnRun(run);
            }
            catch (MigrationException error)
            {
                WriteError(error);
            }
        }
    }

    /// <inheritdoc/>
    protected sealed override void OnEnd()
    {
        if (piped > 0 && worked == 0)
        {
            WriteWarning(piped == 1 && last is not null ? $"{SteeringErrors.NotUnderWay(last).Message} Nothing was done."
                : $"None of the {Units.Count(piped)} runs is under way. Nothing was done.");
        }
    }
}
