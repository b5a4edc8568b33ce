using System.Buffers;
using System.Threading.Channels;
using VectorMigration.Engine;
using VectorMigration.Vectors;

namespace VectorMigration.Feeds;

/// <summary>
/// A feed that is filled vector by vector, as a pipeline delivers them. One producer calls <see cref="AddAsync"/> and <see cref="CompleteAsync"/>, and
/// <see cref="Release"/> at the end; one run takes the batches, and disposes the feed when it takes nothing more.
/// </summary>
/// <param name="flow">Says how many vectors the next batch should hold.</param>
/// <param name="dimension">Components of every vector.</param>
/// <param name="vectorName">Name of the vector; null for the unnamed one.</param>
/// <param name="source">Where the vectors come from.</param>
internal sealed class PipelineFeed(IFlowControl flow, int dimension, string? vectorName, SourceIdentity source) : IRunFeed
{
    // One batch ready while as many as may be are under way: the pipeline never waits for an empty channel, and memory stays bounded.
    private readonly Channel<VectorBatch> batches =
        Channel.CreateBounded<VectorBatch>(new BoundedChannelOptions(1) { SingleReader = true, SingleWriter = true });

    private BatchMemory? memory;
    private long[] ordinals = [];
    private PointId[] points = [];
    private int[] payloadOffsets = [];
    private ArrayBufferWriter<byte> payload = new();
    private int rows;
    private int capacity;

    /// <summary>
    /// Copies one vector in. Completes at once unless the run has enough to do; a caller that must also drain results does so until this has completed.
    /// After the run has ended, further vectors are dropped.
    /// </summary>
    /// <exception cref="ArgumentException">The vector has another dimension.</exception>
    public ValueTask AddAsync(in InputVector vector, CancellationToken cancellationToken)
    {
        if (vector.Components.Length != dimension)
        {
            throw new ArgumentException($"The vector has {vector.Components.Length} components; expected {dimension}.", nameof(vector));
        }

        if (memory is null)
        {
            Begin();
        }

        vector.Components.CopyTo(memory!.Components.AsSpan(rows * dimension));
        memory.Ids[rows] = vector.FaissId;
        ordinals[rows] = vector.Ordinal;
        points[rows] = vector.Id;
        payload.Write(vector.Payload.Span);
        payloadOffsets[++rows] = payload.WrittenCount;
        return rows == capacity ? FlushAsync(cancellationToken) : ValueTask.CompletedTask;
    }

    /// <summary>Says that no more vectors come.</summary>
    public async Task CompleteAsync(CancellationToken cancellationToken)
    {
        if (rows > 0)
        {
            await FlushAsync(cancellationToken).ConfigureAwait(false);
        }

        batches.Writer.TryComplete();
    }

    /// <inheritdoc/>
    public ValueTask<bool> WaitForMoreAsync(CancellationToken cancellationToken) => batches.Reader.WaitToReadAsync(cancellationToken);

    /// <summary>The next batch as it was filled: its size was fixed then.</summary>
    public async ValueTask<VectorBatch?> NextAsync(int batchSize, CancellationToken cancellationToken)
    {
        while (await batches.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
        {
            if (batches.Reader.TryRead(out VectorBatch? batch))
            {
                return batch;
            }
        }

        return null;
    }

    /// <summary>Takes no more vectors; those that are filled but not taken stay the producer's to release.</summary>
    public ValueTask DisposeAsync()
    {
        batches.Writer.TryComplete();
        return ValueTask.CompletedTask;
    }

    /// <summary>Gives the memory back of what was not taken. By the producer, when the run has ended.</summary>
    public void Release()
    {
        batches.Writer.TryComplete();
        while (batches.Reader.TryRead(out VectorBatch? batch))
        {
            batch.Dispose();
        }

        memory?.Release();
        memory = null;
        rows = 0;
    }

    private void Begin()
    {
        capacity = flow.BatchSize;
        memory = BatchMemory.Rent(capacity, dimension);
        ordinals = new long[capacity];
        points = new PointId[capacity];
        payloadOffsets = new int[capacity + 1];
        payload = new ArrayBufferWriter<byte>();
    }

    private async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        BatchMemory full = memory!;
        int count = rows;
        memory = null;
        rows = 0;
        var batch = VectorBatch.Create(
            source,
            ordinals[0],
            dimension,
            full.Ids.AsMemory(0, count),
            full.Components.AsMemory(0, count * dimension),
            full,
            points.AsMemory(0, count),
            payload.WrittenCount == 0 ? null : new PayloadBlock(payload.WrittenMemory, payloadOffsets[..(count + 1)]),
            vectorName,
            ordinals.AsMemory(0, count));
        try
        {
            await batches.Writer.WriteAsync(batch, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is ChannelClosedException or OperationCanceledException)
        {
            // The run has ended: its result says why.
            batch.Dispose();
            cancellationToken.ThrowIfCancellationRequested();
        }
    }
}
