using VectorMigration.Errors;
using VectorMigration.Store;
using VectorMigration.Vectors;

namespace VectorMigration.Runs;

/// <summary>
/// Notes in the journal which vectors are about to be sent, before the first attempt of each batch. A later run then knows which equal points can be its own,
/// applied when this run died, and which were there before.
/// </summary>
/// <param name="target">Where the batches go.</param>
/// <param name="journal">The journal of the run.</param>
internal sealed class AttemptedTarget(IPointTarget target, RunJournal journal) : IPointTarget
{
    /// <inheritdoc/>
    public string Collection => target.Collection;

    /// <inheritdoc/>
    public IPreparedBatch Prepare(VectorBatch batch, TimeSpan timeout, long mostBytes) =>
        new Prepared(journal, batch, target.Prepare(batch, timeout, mostBytes));

    private sealed class Prepared(RunJournal journal, VectorBatch batch, IPreparedBatch prepared) : IPreparedBatch
    {
        private bool isNoted;

        public long Bytes => prepared.Bytes;

        public ValueTask<WriteAnswer> SendAsync(CancellationToken cancellationToken)
        {
            try
            {
                if (!isNoted)
                {
                    journal.Attempt(batch.Ordinals());
                    isNoted = true;
                }
            }
            catch (MigrationException fault)
            {
                return ValueTask.FromResult(WriteAnswer.Stop(fault.ErrorId, fault.Kind, fault.Message, fault.Resumable, fault.RecommendedAction));
            }

            return prepared.SendAsync(cancellationToken);
        }

        public void Dispose() => prepared.Dispose();
    }
}
