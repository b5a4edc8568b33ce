namespace VectorMigration;

/// <summary>
/// Reads a source in blocks of about a megabyte, one ahead, and cuts batches from them that share the block's memory: small reads cost
/// more than the bytes they bring, and who asks for a batch seldom waits for the file. A batch over the end of a block is put together from both:
/// batches are as large as they were asked for, as reading one by one would give them.
/// One caller at a time.
/// </summary>
internal sealed class BlockReader(IVectorSource source) : IAsyncDisposable
{
    /// <summary>Bytes of components in a block: more than a system call costs, less than a processor's last cache.</summary>
    private const int BlockBytes = 1 << 20;

    private VectorBatch? block;
    private Task<VectorBatch>? ahead;
    private OrdinalRange aheadOf;

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

        // Whoever changes the file between two batches is noticed then, though both had been read before.
        (source as ISteadyFile)?.ThrowIfChanged();
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
        return VectorBatch.Create(
            first.Source, first.FirstOrdinal + start, dimension, memory.Ids.AsMemory(0, count), memory.Components.AsMemory(0, count * dimension), memory);
    }

    private async ValueTask<VectorBatch> FetchAsync(OrdinalRange pending, int batchSize, CancellationToken cancellationToken)
    {
        if (ahead is Task<VectorBatch> reading && aheadOf.First == pending.First && aheadOf.Last <= pending.Last)
        {
            ahead = null;
            try
            {
                return await reading.ConfigureAwait(false);
            }
            catch (MigrationException)
            {
                // Read again below, where what is wrong is told with the batch that it stands in.
            }
        }
        else
        {
            await DropAheadAsync().ConfigureAwait(false);
        }

        int rows = Rows(pending.Count, batchSize);
        try
        {
            return await Task.Run(() => source.Read(pending.First, rows, cancellationToken), cancellationToken).ConfigureAwait(false);
        }
        catch (MigrationException) when (rows > batchSize)
        {
            // What stands before the fault is whole and can be sent.
            return source.Read(pending.First, batchSize, cancellationToken);
        }
    }

    private void Prefetch(OrdinalRange pending, int fetched, int batchSize, CancellationToken cancellationToken)
    {
        if (fetched == 0 || pending.First + fetched > pending.Last)
        {
            return;
        }

        var rest = new OrdinalRange(pending.First + fetched, pending.Last);
        int rows = Rows(rest.Count, batchSize);
        aheadOf = new OrdinalRange(rest.First, rest.First + rows - 1);
        ahead = Task.Run(() => source.Read(rest.First, rows, cancellationToken), cancellationToken);
    }

    /// <summary>Rows of a block: whole batches, so that none is cut short at its end.</summary>
    private int Rows(long left, int batchSize)
    {
        long batchBytes = (long)batchSize * source.Description.Dimension * sizeof(float);
        long batches = Math.Max(1, BlockBytes / Math.Max(1, batchBytes));
        return (int)Math.Min(left, batches * batchSize);
    }

    private async ValueTask DropAheadAsync()
    {
        if (ahead is not Task<VectorBatch> reading)
        {
            return;
        }

        ahead = null;
        try
        {
            (await reading.ConfigureAwait(false)).Dispose();
        }
        catch (Exception e) when (e is MigrationException or OperationCanceledException)
        {
            // Nobody asked for it yet; whoever does is told.
        }
    }
}
