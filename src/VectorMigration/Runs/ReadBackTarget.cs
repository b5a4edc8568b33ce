using VectorMigration.Errors;
using VectorMigration.Store;
using VectorMigration.Vectors;
using VectorMigration.Verification;

namespace VectorMigration.Runs;

/// <summary>
/// A target whose batches are read back as soon as they are acknowledged, and compared with what was sent. What differs fails the batch, so that neither the
/// journal nor the counts take it for sent.
/// </summary>
/// <param name="target">Where they go.</param>
/// <param name="comparer">Compares a batch with its points.</param>
internal sealed class ReadBackTarget(IPointTarget target, PointComparer comparer) : IPointTarget
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
            ComparedPoints compared = await comparer.CompareAsync(batch, cancellationToken).ConfigureAwait(false);
            return compared.Differences is [] ? answer : Refused(batch, compared.Differences, answer.Bytes);
        }
        catch (MigrationException fault)
        {
            return WriteAnswer.Stop(fault.ErrorId, fault.Kind, fault.Message, fault.Resumable, fault.RecommendedAction);
        }
    }

    private static WriteAnswer Refused(VectorBatch batch, IReadOnlyList<ComparedRow> differences, long bytes) => WriteAnswer.Reject(
        ErrorIds.UpdateNotApplied, ErrorKind.Conflict, [.. differences.Select(static row => row.Row)],
        $"{Units.Of(differences.Count, "point", "points")} of {batch.Count} read back differ from what was sent; the first is "
            + $"{batch.PointIds.Span[differences[0].Row]}: {differences[0].Reason}.",
        "Check whether another program writes to this collection, then send these vectors again.", bytes);

    private sealed class Prepared(ReadBackTarget target, VectorBatch batch, IPreparedBatch prepared) : IPreparedBatch
    {
        public long Bytes => prepared.Bytes;

        public ValueTask<WriteAnswer> SendAsync(CancellationToken cancellationToken) => target.SendAsync(batch, prepared, cancellationToken);

        public void Dispose() => prepared.Dispose();
    }
}
