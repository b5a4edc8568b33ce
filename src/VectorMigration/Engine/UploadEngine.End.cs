using VectorMigration.Errors;
using VectorMigration.Vectors;

namespace VectorMigration.Engine;

/// <summary>How an upload ends: what is under way is waited for, and what was not acknowledged is where the next run resumes.</summary>
internal sealed partial class UploadEngine
{
    /// <summary>Waits for what is in flight: at once cancelled if the run was, otherwise after a grace, so that true answers still count.</summary>
    private async Task EndAttemptsAsync(CancellationTokenSource attempts)
    {
        if (inFlight > 0)
        {
            attempts.CancelAfter(Grace);
        }

        while (inFlight > 0)
        {
            UploadAnswered answered = await answers.Reader.ReadAsync(CancellationToken.None).ConfigureAwait(false);
            try
            {
                Take(answered);
            }
            catch (Exception e)
            {
                stop ??= e as MigrationException ?? CommonErrors.Unexpected(e);
            }
        }
    }

    private async Task EndFeedAndPermitAsync()
    {
        if (permit is not null)
        {
            try
            {
                flow.Abandon(await permit.ConfigureAwait(false));
            }
            catch (OperationCanceledException)
            {
                // The permit was never granted.
            }
        }

        if (feeding is not null)
        {
            try
            {
                VectorBatch? late = await feeding.ConfigureAwait(false);
                if (late is not null)
                {
                    Hold(new UploadWork(++lastNumber, late));
                }
            }
            catch (Exception e) when (e is OperationCanceledException or MigrationException)
            {
                // The run ends for an earlier reason.
            }
        }
    }

    private UploadOutcome End(bool cancelled)
    {
        long? resume = outstanding.Count > 0
            ? outstanding.Min(work => work.Batch.FirstOrdinal)
            : feedEnded ? null : nextOrdinal;
        resume = refusedFrom < resume || resume is null ? refusedFrom ?? resume : resume;
        foreach (UploadWork work in outstanding)
        {
            work.Dispose();
        }

        return new UploadOutcome
        {
            Sent = sent,
            LeftThere = leftThere,
            AlreadyThere = alreadyThere,
            Failed = failed,
            Stop = stop,
            Cancelled = cancelled,
            ResumeOrdinal = resume,
        };
    }
}
