using System.Buffers;
using VectorMigration.Feeds;
using VectorMigration.Vectors;

namespace VectorMigration.Verification;

/// <summary>Rows of an index for reading back: a range by several readers at once, or single rows from anywhere, gathered into batches.</summary>
internal sealed class IndexRows(IndexFeed feed, int parallelism)
{
    /// <summary>
    /// Payload bytes at which a batch that is read for comparing ends: it is held as it was read, as it is answered, and as both are compared, by several
    /// readers at once.
    /// </summary>
    public const long MostPayloadBytes = 1 << 20;

    /// <summary>A batch with payloads of so many bytes is read, answered and compared by one reader at a time.</summary>
    private const long HeavyBytes = 2 * MostPayloadBytes;

    private const int MostRows = 1_000;
    private const int BytesAtOnce = 4 << 20;

    /// <summary>Of all readers of the process, because the memory is the process's.</summary>
    private static readonly SemaphoreSlim Heavy = new(1, 1);

    /// <summary>The last batch was heavy, so the next one is likely to be.</summary>
    private volatile bool isHeavy;

    /// <summary>Rows of about 4 MB of components, 1,000 at most.</summary>
    public static int RowsAtOnce(int dimension) => Math.Clamp(BytesAtOnce / (sizeof(float) * Math.Max(1, dimension)), 1, MostRows);

    /// <summary>Visits every row of a range that is to be stored. Visits run side by side; the batch is the visitor's only while it runs.</summary>
    public Task VisitAsync(long offset, long count, int rows, Func<VectorBatch, CancellationToken, Task> visit, Action<long>? onDone,
        CancellationToken cancellationToken) =>
        InParallelAsync(
            Starts(offset, count, rows),
            async (start, token) =>
            {
                int wanted = (int)Math.Min(rows, offset + count - start);
                int covered = 0;
                while (covered < wanted)
                {
                    int done = await VisitAsync(() => (feed.Read(start + covered, wanted - covered, token, out int read), read), visit, token)
                        .ConfigureAwait(false);
                    covered += done;
                    onDone?.Invoke(done);
                }
            },
            cancellationToken);

    /// <summary>Visits single rows, given by ascending ordinals.</summary>
    public Task VisitAsync(ReadOnlyMemory<long> ordinals, int rows, Func<VectorBatch, CancellationToken, Task> visit, Action<long>? onDone,
        CancellationToken cancellationToken) =>
        InParallelAsync(
            Starts(0, ordinals.Length, rows),
            async (start, token) =>
            {
                ReadOnlyMemory<long> part = ordinals.Slice((int)start, (int)Math.Min(rows, ordinals.Length - start));
                for (int covered = 0; covered < part.Length;)
                {
                    ReadOnlyMemory<long> rest = part[covered..];
                    int done = await VisitAsync(() => (Gather(rest.Span, token, out int taken), taken), visit, token).ConfigureAwait(false);
                    covered += done;
                    onDone?.Invoke(done);
                }
            },
            cancellationToken);

    /// <summary>
    /// One batch of the rows with these ascending ordinals, or of the first of them where their payloads weigh much; null when none of them can be stored.
    /// </summary>
    public VectorBatch? Gather(ReadOnlySpan<long> ordinals, CancellationToken cancellationToken, out int taken)
    {
        List<VectorBatch> parts = [];
        taken = 0;
        try
        {
            while (taken < ordinals.Length && parts.Sum(static part => (long)(part.Payload?.Bytes ?? 0)) < MostPayloadBytes)
            {
                int run = 1;
                while (taken + run < ordinals.Length && ordinals[taken + run] == ordinals[taken] + run)
                {
                    run++;
                }

                VectorBatch? part = feed.Read(ordinals[taken], run, cancellationToken, out int read);
                taken += read;
                if (part is not null)
                {
                    parts.Add(part);
                }
            }

            return parts.Count == 0 ? null : Join(parts);
        }
        finally
        {
            foreach (VectorBatch part in parts)
            {
                part.Dispose();
            }
        }
    }

    /// <summary>Reads a batch and visits it; alone, where such batches are heavy.</summary>
    private async Task<int> VisitAsync(
        Func<(VectorBatch? Batch, int Rows)> read, Func<VectorBatch, CancellationToken, Task> visit, CancellationToken cancellationToken)
    {
        bool alone = isHeavy;
        if (alone)
        {
            // The previous visit may have continued here, with its batch and its answer still on the stack. Both must be gone before the next one is read.
            await Task.Yield();
            await Heavy.WaitAsync(cancellationToken).ConfigureAwait(false);
        }

        try
        {
            (VectorBatch? batch, int rows) = read();
            using (batch)
            {
                isHeavy = batch?.Payload?.Bytes >= HeavyBytes;
                if (isHeavy && !alone)
                {
                    await Heavy.WaitAsync(cancellationToken).ConfigureAwait(false);
                    alone = true;
                }

                if (batch is not null)
                {
                    await visit(batch, cancellationToken).ConfigureAwait(false);
                }
            }

            return rows;
        }
        finally
        {
            if (alone)
            {
                Heavy.Release();
            }
        }
    }

    private static VectorBatch Join(List<VectorBatch> parts)
    {
        VectorBatch first = parts[0];
        int count = parts.Sum(static part => part.Count);
        BatchMemory memory = BatchMemory.Rent(count, first.Dimension);
        long[] ordinals = new long[count];
        PointId[] ids = new PointId[count];
        int[] offsets = new int[count + 1];
        var payload = new ArrayBufferWriter<byte>();
        int row = 0;
        foreach (VectorBatch part in parts)
        {
            part.Components.Span.CopyTo(memory.Components.AsSpan(row * first.Dimension));
            part.FaissIds.Span.CopyTo(memory.Ids.AsSpan(row));
            part.PointIds.Span.CopyTo(ids.AsSpan(row));
            for (int i = 0; i < part.Count; i++, row++)
            {
                ordinals[row] = part.Ordinal(i);
                payload.Write(part.Payload is null ? default : part.Payload[i].Span);
                offsets[row + 1] = payload.WrittenCount;
            }
        }

        return VectorBatch.Create(
            first.Source,
            ordinals[0],
            first.Dimension,
            memory.Ids.AsMemory(0, count),
            memory.Components.AsMemory(0, count * first.Dimension),
            memory,
            ids,
            first.Payload is null ? null : new PayloadBlock(payload.WrittenMemory, offsets),
            first.VectorName,
            ordinals);
    }

    private static IEnumerable<long> Starts(long offset, long count, int rows)
    {
        for (long start = offset; start < offset + count; start += rows)
        {
            yield return start;
        }
    }

    private Task InParallelAsync(IEnumerable<long> starts, Func<long, CancellationToken, ValueTask> work, CancellationToken cancellationToken) =>
        Parallel.ForEachAsync(starts, new ParallelOptions { MaxDegreeOfParallelism = Math.Max(1, parallelism), CancellationToken = cancellationToken }, work);
}
