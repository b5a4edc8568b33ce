using VectorMigration.Errors;
using VectorMigration.Files;
using VectorMigration.Vectors;

namespace VectorMigration.Feeds;

/// <summary>
/// Reads a source in blocks of about a megabyte, some ahead and at once, and cuts batches from them that share the block's memory: small reads cost
/// more than the bytes they bring, and who asks for a batch seldom waits for the file. Components are looked through where they were read, while
/// they are in that processor's cache. A batch over the end of a block is put together from both:
/// batches are as large as they were asked for, as reading one by one would give them.
/// One caller at a time.
/// </summary>
internal sealed class BlockReader(IVectorSource source) : IAsyncDisposable
{
    /// <summary>Bytes of components in a block: more than a system call costs, less than a processor's last cache.</summary>
    private const int BlockBytes = 1 << 20;

    /// <summary>Blocks that are read at once: one that is being copied from the page cache keeps a core busy, and storage far away answers several requests
    /// in the time of one.</summary>
    private const int MostAhead = 2;

    private readonly Queue<(OrdinalRange Range, Task<VectorBatch> Reading)> ahead = new(MostAhead);
    private VectorBatch? block;

    /// <summary>The next vectors of a range, at most <paramref name="batchSize"/>, as they were read.</summary>
    /// <exception cref="MigrationException">The file has changed or cannot be read.</exception>
    public async ValueTask<VectorBatch> TakeAsync(OrdinalRange pending, int batchSize, CancellationToken cancellationToken)
    {
        if (block is null || pending.First < block.FirstOrdinal || pending.First >= block.FirstOrdinal + block.Count)
        {
            block?.Dispose();
            block = null;
            block = await FetchAsync(pending, batchSize, cancellationToken).ConfigureAwait(false);
            Prefetch(pending, block.Count, batchSize, cancellationToken);
        }

        // Checked at each batch, so that a change is noticed even if both blocks had been read before it.
        (source as IChangeDetector)?.ThrowIfChanged();
        VectorBatch from = block;
        int start = (int)(pending.First - from.FirstOrdinal);
        int wanted = (int)Math.Min(batchSize, pending.Count);
        if (from.Count - start < wanted && await FollowingAsync(from, pending, batchSize, cancellationToken).ConfigureAwait(false) is VectorBatch following)
        {
            block = following;
            using (from)
            {
                return Join(from, start, following, Math.Min(wanted, from.Count - start + following.Count));
            }
        }

        if (start == 0 && from.Count <= wanted)
        {
            block = null;
            return from;
        }

        return from.Slice(start, Math.Min(wanted, from.Count - start));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        block?.Dispose();
        block = null;
        await DropAheadAsync().ConfigureAwait(false);
    }

    /// <summary>The block behind one; null at the end, and where it cannot be read: that is told with the batch that begins there.</summary>
    private async ValueTask<VectorBatch?> FollowingAsync(VectorBatch from, OrdinalRange pending, int batchSize, CancellationToken cancellationToken)
    {
        var rest = new OrdinalRange(from.FirstOrdinal + from.Count, pending.Last);
        if (rest.Count <= 0)
        {
            return null;
        }

        try
        {
            VectorBatch following = await FetchAsync(rest, batchSize, cancellationToken).ConfigureAwait(false);
            Prefetch(rest, following.Count, batchSize, cancellationToken);
            return following;
        }
        catch (MigrationException)
        {
            return null;
        }
    }

    private static VectorBatch Join(VectorBatch first, int start, VectorBatch second, int count)
    {
        int head = first.Count - start;
        int tail = count - head;
        int dimension = first.Dimension;
        BatchMemory memory = BatchMemory.Rent(count, dimension);
        first.FaissIds.Span[start..].CopyTo(memory.Ids);
        second.FaissIds.Span[..tail].CopyTo(memory.Ids.AsSpan(head));
        first.Components.Span[(start * dimension)..].CopyTo(memory.Components);
        second.Components.Span[..(tail * dimension)].CopyTo(memory.Components.AsSpan(head * dimension));
        VectorBatch joined = VectorBatch.Create(
            first.Source, first.FirstOrdinal + start, dimension, memory.Ids.AsMemory(0, count), memory.Components.AsMemory(0, count * dimension), memory);
        joined.AllFinite = first.AllFinite && second.AllFinite;
        return joined;
    }

    private async ValueTask<VectorBatch> FetchAsync(OrdinalRange pending, int batchSize, CancellationToken cancellationToken)
    {
        if (ahead.TryPeek(out (OrdinalRange Range, Task<VectorBatch> Reading) next) && next.Range.First == pending.First && next.Range.Last <= pending.Last)
        {
            ahead.Dequeue();
            try
            {
                return await next.Reading.ConfigureAwait(false);
            }
            catch (MigrationException)
            {
                // The batch is read again below, so that the error is reported with the batch it belongs to.
            }
        }

        await DropAheadAsync().ConfigureAwait(false);
        int rows = Rows(pending.Count, batchSize);
        try
        {
            return await ReadAsync(new OrdinalRange(pending.First, pending.First + rows - 1), cancellationToken).ConfigureAwait(false);
        }
        catch (MigrationException) when (rows > batchSize)
        {
            // The vectors before the faulty one are intact and can be sent.
            return source.Read(pending.First, batchSize, cancellationToken);
        }
    }

    private void Prefetch(OrdinalRange pending, int fetched, int batchSize, CancellationToken cancellationToken)
    {
        if (fetched == 0)
        {
            return;
        }

        long first = ahead.Count > 0 ? ahead.Last().Range.Last + 1 : pending.First + fetched;
        while (ahead.Count < MostAhead && first <= pending.Last)
        {
            var range = new OrdinalRange(first, first + Rows(pending.Last - first + 1, batchSize) - 1);
            ahead.Enqueue((range, ReadAsync(range, cancellationToken)));
            first = range.Last + 1;
        }
    }

    private Task<VectorBatch> ReadAsync(OrdinalRange range, CancellationToken cancellationToken) => Task.Run(
        () =>
        {
            VectorBatch read = source.Read(range.First, (int)range.Count, cancellationToken);
            read.AllFinite = FiniteCheck.IndexOfNonFinite(read.Components.Span) < 0;
            return read;
        },
        cancellationToken);

    /// <summary>Rows of a block: whole batches, so that none is cut short at its end.</summary>
    private int Rows(long left, int batchSize)
    {
        long batchBytes = (long)batchSize * source.Description.Dimension * sizeof(float);
        long batches = Math.Max(1, BlockBytes / Math.Max(1, batchBytes));
        return (int)Math.Min(left, batches * batchSize);
    }

    private async ValueTask DropAheadAsync()
    {
        while (ahead.TryDequeue(out (OrdinalRange Range, Task<VectorBatch> Reading) next))
        {
            try
            {
                (await next.Reading.ConfigureAwait(false)).Dispose();
            }
            catch (Exception e) when (e is MigrationException or OperationCanceledException)
            {
                // Nobody has asked for this block yet; whoever does gets the error.
            }
        }
    }
}
