using System.Buffers;
using System.Threading.Channels;
using VectorMigration.Store;
using VectorMigration.Vectors;

namespace VectorMigration.Engine;

/// <summary>
/// An upload that is fed vector by vector, as a pipeline delivers them. One producer calls <see cref="AddAsync"/> and
/// <see cref="CompleteAsync"/>; results reach the observer from the pool. Dispose cancels what is under way and waits for it,
/// so that nothing is on the wire afterwards.
/// </summary>
public sealed class PipelineUpload : IAsyncDisposable
{
    private readonly IFlowControl flow;
    private readonly Channel<VectorBatch> batches;
    private readonly CancellationTokenSource cancel = new();
    private readonly SourceIdentity source;
    private readonly string? vectorName;
    private readonly int dimension;
    private BatchMemory? memory;
    private long[] ordinals = [];
    private PointId[] points = [];
    private int[] payloadOffsets = [];
    private ArrayBufferWriter<byte> payload = new();
    private int rows;
    private int capacity;

    /// <summary>Starts an upload into <paramref name="target"/>.</summary>
    /// <param name="target">Where the points go.</param>
    /// <param name="options">Pacing.</param>
    /// <param name="retry">Backoff and circuit.</param>
    /// <param name="dimension">Components of every vector.</param>
    /// <param name="vectorName">Name of the vector; null for the unnamed one.</param>
    /// <param name="source">Where the vectors come from.</param>
    /// <param name="runId">The run.</param>
    /// <param name="observer">Told of every batch.</param>
    /// <param name="time">Clock; the system's when null.</param>
    /// <param name="start">What is known of server and collection; null for nothing.</param>
    public PipelineUpload(IPointTarget target, UploadOptions options, IRetryPolicy retry, int dimension, string? vectorName, SourceIdentity source, Guid runId, IRunObserver observer, TimeProvider? time = null, FlowStart? start = null)
    {
        this.dimension = dimension;
        this.vectorName = vectorName;
        this.source = source;
        flow = FlowControls.For(options, start ?? new FlowStart { Dimension = dimension }, time ?? TimeProvider.System);
        // One batch ready while as many as may be are under way: the pipeline never waits for an empty channel, and memory stays bounded.
        batches = Channel.CreateBounded<VectorBatch>(new BoundedChannelOptions(1) { SingleReader = true, SingleWriter = true });
        var engine = new UploadEngine(target, flow, retry, options, runId, observer, time ?? TimeProvider.System);
        Completion = Task.Run(() => RunAsync(engine), CancellationToken.None);
    }

    /// <summary>Batch size and parallelism at present, and why.</summary>
    public FlowSummary Flow => flow.Summarize();

    /// <summary>Complete when the upload has ended, by itself or because it stopped.</summary>
    public Task<UploadOutcome> Completion { get; }

    /// <summary>
    /// Copies one vector in. Completes at once unless the engine has enough to do; a caller that must also drain results does so until this has completed.
    /// After the upload has stopped, further vectors are dropped: <see cref="Completion"/> is complete then.
    /// </summary>
    /// <exception cref="ArgumentException">The vector has another dimension.</exception>
    public ValueTask AddAsync(long ordinal, long faissId, PointId id, ReadOnlySpan<float> vector, ReadOnlyMemory<byte> payloadUtf8, CancellationToken cancellationToken)
    {
        if (vector.Length != dimension)
        {
            throw new ArgumentException($"The vector has {vector.Length} components; expected {dimension}.", nameof(vector));
        }

        if (memory is null)
        {
            capacity = flow.BatchSize;
            memory = BatchMemory.Rent(capacity, dimension);
            ordinals = new long[capacity];
            points = new PointId[capacity];
            payloadOffsets = new int[capacity + 1];
            payload = new ArrayBufferWriter<byte>();
        }

        vector.CopyTo(memory.Components.AsSpan(rows * dimension));
        memory.Ids[rows] = faissId;
        ordinals[rows] = ordinal;
        points[rows] = id;
        payload.Write(payloadUtf8.Span);
        payloadOffsets[++rows] = payload.WrittenCount;
        return rows == capacity ? FlushAsync(cancellationToken) : ValueTask.CompletedTask;
    }

    /// <summary>Says that no more vectors come and waits for the end.</summary>
    /// <exception cref="OperationCanceledException">The wait was given up; the upload goes on until it is disposed.</exception>
    public async Task<UploadOutcome> CompleteAsync(CancellationToken cancellationToken = default)
    {
        if (rows > 0)
        {
            await FlushAsync(cancellationToken).ConfigureAwait(false);
        }

        batches.Writer.TryComplete();
        return await Completion.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await cancel.CancelAsync().ConfigureAwait(false);
        batches.Writer.TryComplete();
        await Completion.ConfigureAwait(false);
        while (batches.Reader.TryRead(out VectorBatch? batch))
        {
            batch.Dispose();
        }

        memory?.Release();
        memory = null;
        flow.Dispose();
        cancel.Dispose();
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
            // The upload has stopped: its outcome says why.
            batch.Dispose();
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    private async Task<UploadOutcome> RunAsync(UploadEngine engine)
    {
        UploadOutcome outcome = await engine.RunAsync(new Feed(batches.Reader), cancel.Token).ConfigureAwait(false);
        batches.Writer.TryComplete();
        return outcome;
    }

    /// <summary>Batches as the pipeline fills them; their size was fixed when they were filled.</summary>
    private sealed class Feed(ChannelReader<VectorBatch> reader) : IBatchFeed
    {
        public ValueTask<bool> WaitForMoreAsync(CancellationToken cancellationToken) => reader.WaitToReadAsync(cancellationToken);

        public async ValueTask<VectorBatch?> NextAsync(int batchSize, CancellationToken cancellationToken)
        {
            while (await reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
            {
                if (reader.TryRead(out VectorBatch? batch))
                {
                    return batch;
                }
            }

            return null;
        }
    }
}
