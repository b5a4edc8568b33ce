using VectorMigration.Store;
using VectorMigration.Vectors;

namespace VectorMigration.Engine;

/// <summary>A batch on its way through the engine: what it is, and what has been tried with it.</summary>
internal sealed class UploadWork(long number, VectorBatch batch) : IDisposable
{
    private IPreparedBatch? prepared;

    public long Number { get; } = number;

    public VectorBatch Batch { get; } = batch;

    /// <summary>Bytes of its payloads, each of which is held several times over: as text, encoded, and on its way.</summary>
    public long PayloadBytes { get; } = batch.Payload?.Bytes ?? 0;

    public int Attempts { get; set; }

    public int RateLimited { get; set; }

    public long Bytes { get; set; }

    public DateTimeOffset? StartedAt { get; set; }

    public DateTimeOffset AttemptStartedAt { get; set; }

    public IRetryDelays? Delays { get; set; }

    /// <summary>The batch as the target sends it, prepared by the first call.</summary>
    public IPreparedBatch Prepare(IPointTarget target, UploadOptions options) => prepared ??= target.Prepare(Batch, options.Timeout, options.MaxRequestBytes);

    /// <summary>The batch that this one was a part of; null for one that came as it is.</summary>
    public UploadWork? PartOf { get; private init; }

    /// <summary>How often it was halved because it was refused as it was; halves that are smaller for another reason do not count.</summary>
    public int Depth { get; set; }

    /// <summary>A part of this batch that keeps its number. Its history goes with the first part: each attempt counts once.</summary>
    public UploadWork Part(int start, int count) => new(Number, Batch.Slice(start, count))
    {
        Attempts = start == 0 ? Attempts : 0,
        RateLimited = start == 0 ? RateLimited : 0,
        StartedAt = StartedAt,
        PartOf = this,
        Depth = Depth,
    };

    public void Dispose()
    {
        prepared?.Dispose();
        Batch.Dispose();
    }
}

/// <summary>An attempt that has been answered, or ended by cancellation or by a fault of ours.</summary>
internal readonly record struct UploadAnswered(UploadWork Work, FlowPermit Permit, WriteAnswer? Answer, TimeSpan Latency, Exception? Fault);
