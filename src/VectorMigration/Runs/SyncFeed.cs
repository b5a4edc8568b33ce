using VectorMigration.Feeds;
using VectorMigration.Vectors;
using VectorMigration.Verification;

namespace VectorMigration.Runs;

/// <summary>What a sync sends: vectors from all over an index, gathered into batches, because changed ones are seldom neighbours.</summary>
/// <param name="feed">Reads them.</param>
/// <param name="notSent">Ordinals that are not sent.</param>
/// <param name="offset">First ordinal of the range.</param>
/// <param name="count">Ordinals in the range.</param>
internal sealed class SyncFeed(IndexFeed feed, OrdinalSet notSent, long offset, long count) : IRunFeed
{
    private readonly IndexRows rows = new(feed, 1);
    private readonly long end = offset + count;
    private long next = offset;

    /// <inheritdoc/>
    public ValueTask<bool> WaitForMoreAsync(CancellationToken cancellationToken) => ValueTask.FromResult(notSent.NextGap(next, end) is not null);

    /// <inheritdoc/>
    public ValueTask<VectorBatch?> NextAsync(int batchSize, CancellationToken cancellationToken)
    {
        while (Take(batchSize) is { Length: > 0 } ordinals)
        {
            VectorBatch? batch = rows.Gather(ordinals, cancellationToken, out int taken);
            next = taken < ordinals.Length ? ordinals[taken] : ordinals[^1] + 1;
            if (batch is not null)
            {
                return ValueTask.FromResult<VectorBatch?>(batch);
            }
        }

        return ValueTask.FromResult<VectorBatch?>(null);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => feed.DisposeAsync();

    private long[] Take(int most)
    {
        List<long> ordinals = new(most);
        for (long from = next; ordinals.Count < most && notSent.NextGap(from, end) is OrdinalRange gap; from = gap.Last + 1)
        {
            for (long ordinal = gap.First; ordinal <= gap.Last && ordinals.Count < most; ordinal++)
            {
                ordinals.Add(ordinal);
            }
        }

        return [.. ordinals];
    }
}
