using VectorMigration.Engine;
using VectorMigration.Feeds;
using VectorMigration.Vectors;

namespace VectorMigration.Tuning;

/// <summary>When a trial has seen enough.</summary>
internal readonly record struct TrialExtent
{
    /// <summary>Most vectors.</summary>
    public required long Vectors { get; init; }

    /// <summary>It goes on so long at least, unless it runs out of vectors.</summary>
    public TimeSpan Least { get; init; }

    /// <summary>Batches that it waits for beyond <see cref="Least"/>: over a long line the first answers are still to come then.</summary>
    public int LeastBatches { get; init; }

    /// <summary>Nothing new is begun after so long.</summary>
    public required TimeSpan Most { get; init; }
}

/// <summary>
/// Batches of an index for one trial, which ends with its time or its vectors, whole batches only. A trial under <c>newIds</c> begins the index again
/// where it ends, and numbers its points anew: overwriting costs a server something else than inserting.
/// </summary>
internal sealed class TrialFeed(Func<IndexFeed> open, TrialExtent extent, IdMapping? newIds, TimeProvider time) : IBatchFeed, IAsyncDisposable
{
    private IndexFeed? feed;
    private long? begun;
    private long vectors;
    private int batches;
    private bool ended;

    /// <summary>True once the index has been begun again.</summary>
    public bool Wrapped { get; private set; }

    /// <summary>True when the index ended before the trial's time did.</summary>
    public bool ReachedEnd { get; private set; }

    private bool IsOver
    {
        get
        {
            TimeSpan elapsed = begun is long since ? time.GetElapsedTime(since) : TimeSpan.Zero;
            return ended || vectors >= extent.Vectors || elapsed >= extent.Most
                || (elapsed >= extent.Least && batches >= extent.LeastBatches && newIds is not null);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<bool> WaitForMoreAsync(CancellationToken cancellationToken)
    {
        if (IsOver)
        {
            return false;
        }

        feed ??= open();
        if (await feed.WaitForMoreAsync(cancellationToken).ConfigureAwait(false))
        {
            return true;
        }

        ReachedEnd = true;
        if (newIds is null || vectors == 0)
        {
            ended = true;
            return false;
        }

        await feed.DisposeAsync().ConfigureAwait(false);
        feed = open();
        Wrapped = true;
        return true;
    }

    /// <inheritdoc/>
    public async ValueTask<VectorBatch?> NextAsync(int batchSize, CancellationToken cancellationToken)
    {
        begun ??= time.GetTimestamp();
        feed ??= open();
        int wanted = (int)Math.Min(batchSize, Math.Max(1, extent.Vectors - vectors));
        VectorBatch? batch = await feed.NextAsync(wanted, cancellationToken).ConfigureAwait(false);
        if (batch is null)
        {
            ended = true;
            return null;
        }

        long first = vectors;
        vectors += batch.Count;
        batches++;
        return newIds is IdMapping mapping ? Renumber(batch, first, mapping) : batch;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => feed?.DisposeAsync() ?? ValueTask.CompletedTask;

    private static VectorBatch Renumber(VectorBatch batch, long first, IdMapping mapping)
    {
        PointId[] ids = new PointId[batch.Count];
        for (int row = 0; row < ids.Length; row++)
        {
            ids[row] = IndexFeed.MapId(first + row, mapping);
        }

        return batch.With(ids, batch.Payload, batch.VectorName);
    }
}
