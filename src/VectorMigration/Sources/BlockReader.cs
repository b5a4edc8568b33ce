namespace VectorMigration;

/// <summary>
/// Reads a source in blocks of about a megabyte, one ahead, and cuts batches from them that share the block's memory: small reads cost
/// more than the bytes they bring, and who asks for a batch seldom waits for the file. Batches are those that reading one by one would give.
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
        if (from.Count <= batchSize && from.FirstOrdinal == pending.First)
        {
            block = null;
            return from;
        }

        int start = (int)(pending.First - from.FirstOrdinal);
        return from.Slice(start, (int)Math.Min(Math.Min(batchSize, from.Count - start), pending.Count));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        block?.Dispose();
        block = null;
        await DropAheadAsync().ConfigureAwait(false);
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
