using VectorMigration.Engine;
using VectorMigration.Runs;

namespace VectorMigration.Reports;

/// <summary>Leaves the summary of a run beside its logs when the run has ended.</summary>
internal sealed class RunSummaryWriter(string logDirectory) : IRunObserver
{
    private DateTimeOffset? startedAt;

    /// <inheritdoc/>
    public void OnEvent(RunEvent runEvent)
    {
        ArgumentNullException.ThrowIfNull(runEvent);
        startedAt ??= runEvent.At;
        if (runEvent is RunEnded { Result: MigrationResult result })
        {
            RunSummaries.Write(logDirectory, RunSummaries.Of(result, startedAt.Value));
        }
    }
}
