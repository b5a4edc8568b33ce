namespace VectorMigration.Engine;

/// <summary>What a pause does: nothing is started, what is under way ends, and the time that it lasts counts for no limit.</summary>
internal sealed partial class UploadEngine
{
    /// <summary>True while the run is paused.</summary>
    private bool IsHeld()
    {
        if (control is null)
        {
            return false;
        }

        // Taken before the look, so that a change in between is not missed.
        Task change = control.Changed;
        if (!control.IsPaused)
        {
            if (held)
            {
                held = false;
                lastProgress = time.GetUtcNow();
                retry.Restart();
                flow.Interrupt();
            }

            return false;
        }

        held = true;
        blocker = change;
        wakeAt = null;
        if (permit is { IsCompletedSuccessfully: true } unused)
        {
            // The pace may be another one afterwards.
            flow.Abandon(unused.Result);
            permit = null;
        }

        return true;
    }

    private void CountUnderWay(int change)
    {
        inFlight += change;
        if (control is not null)
        {
            control.UnderWay = inFlight;
        }
    }
}
