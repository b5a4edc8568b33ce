using VectorMigration.Errors;
using VectorMigration.Journal;
using VectorMigration.Store;
using VectorMigration.Vectors;

namespace VectorMigration.Runs;

/// <summary>Keeps what a pipeline sent for each position, once it is acknowledged and before the journal says so.</summary>
/// <param name="target">Where the batches go.</param>
/// <param name="sent">Keeps it.</param>
/// <param name="isSent">Whether a vector was sent, or is there as it would have been, and so comes into the journal.</param>
internal sealed class RecordedTarget(IPointTarget target, SentPoints sent, Func<long, bool> isSent) : IPointTarget
{
    /// <inheritdoc/>
    public string Collection => target.Collection;

    /// <inheritdoc/>
    public IPreparedBatch Prepare(VectorBatch batch, TimeSpan timeout, long mostBytes) =>
        new Prepared(this, batch, target.Prepare(batch, timeout, mostBytes));

    private async ValueTask<WriteAnswer> SendAsync(VectorBatch batch, IPreparedBatch prepared, CancellationToken cancellationToken)
    {
        WriteAnswer answer = await prepared.SendAsync(cancellationToken).ConfigureAwait(false);
        if (answer.Outcome != WriteOutcome.Ok)
        {
            return answer;
        }

        try
        {
            sent.Note(batch, isSent);
            return answer;
        }
        catch (MigrationException fault)
        {
            return WriteAnswer.Stop(fault.ErrorId, fault.Kind, fault.Message, fault.Resumable, fault.RecommendedAction);
        }
    }

    private sealed class Prepared(RecordedTarget target, VectorBatch batch, IPreparedBatch prepared) : IPreparedBatch
    {
        public long Bytes => prepared.Bytes;

        public ValueTask<WriteAnswer> SendAsync(CancellationToken cancellationToken) => target.SendAsync(batch, prepared, cancellationToken);

        public void Dispose() => prepared.Dispose();
    }
}
