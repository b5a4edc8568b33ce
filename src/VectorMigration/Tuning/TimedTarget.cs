using VectorMigration.Store;
using VectorMigration.Vectors;

namespace VectorMigration.Tuning;

/// <summary>Adds up how long the server itself worked on the batches of a trial, as it says.</summary>
/// <param name="target">Where the batches go.</param>
internal sealed class TimedTarget(IPointTarget target) : IPointTarget
{
    private long ticks;
    private long vectors;

    /// <summary>Seconds of the server for one vector; null where it does not tell them.</summary>
    public double? SecondsPerVector => Interlocked.Read(ref vectors) is > 0 and long count
        ? TimeSpan.FromTicks(Interlocked.Read(ref ticks)).TotalSeconds / count : null;

    /// <inheritdoc/>
    public string Collection => target.Collection;

    /// <inheritdoc/>
    public IPreparedBatch Prepare(VectorBatch batch, TimeSpan timeout, long mostBytes) =>
        new Prepared(this, batch.Count, target.Prepare(batch, timeout, mostBytes));

    private sealed class Prepared(TimedTarget owner, int count, IPreparedBatch prepared) : IPreparedBatch
    {
        public long Bytes => prepared.Bytes;

        public async ValueTask<WriteAnswer> SendAsync(CancellationToken cancellationToken)
        {
            WriteAnswer answer = await prepared.SendAsync(cancellationToken).ConfigureAwait(false);
            if (answer is { Outcome: WriteOutcome.Ok, TargetTime: TimeSpan worked })
            {
                Interlocked.Add(ref owner.ticks, worked.Ticks);
                Interlocked.Add(ref owner.vectors, count);
            }

            return answer;
        }

        public void Dispose() => prepared.Dispose();
    }
}
