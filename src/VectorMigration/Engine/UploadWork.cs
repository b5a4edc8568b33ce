using VectorMigration.Store;
using VectorMigration.Vectors;

namespace VectorMigration.Engine;

/// <summary>A batch on its way through the engine: what it is, and what has been tried with it.</summary>
internal sealed class UploadWork(long number, VectorBatch batch) : IDisposable
{
    private IPreparedBatch? prepared;

    public long Number { get; } = number;

    public VectorBatch Batch { get; } = batch;

    public int Attempts { get; set; }

    public int RateLimited { get; set; }

    public long Bytes { get; set; }

    public DateTimeOffset? StartedAt { get; set; }

    public DateTimeOffset AttemptStartedAt { get; set; }

    public IRetryDelays? Delays { get; set; }

    /// <summary>The batch as the target sends it, prepared by the first call.</summary>
    public IPreparedBatch Prepare(IPointTarget target, UploadOptions options) => prepared ??= target.Prepare(Batch, options.Timeout, options.MaxRequestBytes);

    /// <summary>A part of this batch that keeps its number and its history.</summary>
    public UploadWork Part(int start, int count) => new(Number, Batch.Slice(start, count))
    {
        Attempts = Attempts,
        RateLimited = RateLimited,
        StartedAt = StartedAt,
    };

    public void Dispose()
    {
        prepared?.Dispose();
        Batch.Dispose();
    }
}

/// <summary>An attempt that has been answered, or ended by cancellation or by a fault of ours.</summary>
internal readonly record struct UploadAnswered(UploadWork Work, FlowPermit Permit, WriteAnswer? Answer, TimeSpan Latency, Exception? Fault);
