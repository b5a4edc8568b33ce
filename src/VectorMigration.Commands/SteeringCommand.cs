namespace VectorMigration.Commands;

/// <summary>A cmdlet that steers runs of other sessions.</summary>
public abstract class SteeringCommand : RunCommand
{
    /// <summary>What is done, for questions.</summary>
    private protected abstract string Action { get; }

    /// <summary>Asks the run for it.</summary>
    private protected abstract Task<MigrationRun> ActAsync(MigrationRun run);

    /// <inheritdoc/>
    private protected sealed override void OnRun(MigrationRun run)
    {
        if (!ShouldProcess($"run {run.RunId} to collection '{run.Collection}'", Action))
        {
            return;
        }

        MigrationRun now = Wait(ActAsync(run));
        if (now is { State: MigrationRunState.Paused, UnderWay: > 0 and int open })
        {
            WriteWarning($"{Units.Of(open, "batch was", "batches were")} sent before the pause and {(open == 1 ? "is" : "are")} not answered yet. "
                + "The journal records the answers.");
        }

        WriteObject(now);
    }
}
