using VectorMigration.Engine;
using VectorMigration.Errors;

namespace VectorMigration.Runs;

/// <summary>What is asked of a run from outside reaches the server's connection here.</summary>
internal sealed partial class FeedRun
{
    /// <summary>By what the run is paused, paced and stopped from outside; null where nobody can.</summary>
    public RunControl? Control { get; init; }

    /// <summary>Runs to the end and answers with the result, errors and cancellation included: it throws neither <see cref="MigrationException"/> nor
    /// <see cref="OperationCanceledException"/>.</summary>
    /// <param name="agreed">What was planned and agreed to; null to plan now.</param>
    /// <param name="cancellationToken">Interrupts the run.</param>
    public async Task<MigrationResult> RunAsync(PlannedRun? agreed, CancellationToken cancellationToken)
    {
        if (Control is not RunControl control)
        {
            return await RunToEndAsync(agreed, cancellationToken).ConfigureAwait(false);
        }

        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, control.Stopping);
        IDisposable following = control.Follow(Apply);
        try
        {
            return await RunToEndAsync(agreed, ending.Token).ConfigureAwait(false);
        }
        finally
        {
            following.Dispose();
            store.HoldOutages(isHeld: false);
            store.LimitRequests(null);
        }
    }

    private void Apply(RunControl control)
    {
        store.HoldOutages(control.IsPaused);
        store.LimitRequests(control.Pace.RequestsPerSecond);
    }
}
