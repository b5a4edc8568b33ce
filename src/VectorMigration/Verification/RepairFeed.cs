using VectorMigration.Engine;
using VectorMigration.Vectors;

namespace VectorMigration.Verification;

/// <summary>Single rows of an index for the engine.</summary>
internal sealed class RepairFeed(IndexRows rows, ReadOnlyMemory<long> ordinals) : IBatchFeed
{
    private int next;

    /// <inheritdoc/>
    public ValueTask<bool> WaitForMoreAsync(CancellationToken cancellationToken) => ValueTask.FromResult(next < ordinals.Length);

    /// <inheritdoc/>
    public ValueTask<VectorBatch?> NextAsync(int batchSize, CancellationToken cancellationToken)
    {
        while (next < ordinals.Length)
        {
            ReadOnlyMemory<long> part = ordinals.Slice(next, Math.Min(batchSize, ordinals.Length - next));
            VectorBatch? batch = rows.Gather(part.Span, cancellationToken, out int taken);
            next += taken;
            if (batch is not null)
            {
                return ValueTask.FromResult<VectorBatch?>(batch);
            }
        }

        return ValueTask.FromResult<VectorBatch?>(null);
    }
}
