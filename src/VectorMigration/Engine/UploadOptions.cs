using VectorMigration.Store;

namespace VectorMigration.Engine;

/// <summary>How an upload is paced. Each value is what the parameter of the same name sets.</summary>
public readonly record struct UploadOptions
{
    /// <summary>The defaults.</summary>
    public UploadOptions()
    {
    }

    /// <summary>
    /// Vectors in a batch; null lets the run find it, except with a pause between batches, where pacing is exact. Smaller ones cost round trips, larger ones
    /// memory and time to repeat.
    /// </summary>
    public int? BatchSize { get; init; }

    /// <summary>
    /// Batches under way at once; null lets the run find it, except with a pause between batches, where it is one. More than the server has cores gains
    /// nothing on a short line, much on a long one.
    /// </summary>
    public int? ThrottleLimit { get; init; }

    /// <summary>
    /// Pause between the end of a batch and the start of the next. Leave it at zero unless the server asks for quiet: it makes every batch
    /// that much slower.
    /// </summary>
    public TimeSpan BatchDelay { get; init; } = TimeSpan.Zero;

    /// <summary>Deadline of one attempt.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Longest time in which attempts fail and none succeeds before the run ends resumable. Longer than a restart of the server takes.</summary>
    public TimeSpan GiveUpAfter { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>Longest time without one acknowledged batch, announced waits included, before the run ends resumable.</summary>
    public TimeSpan NoProgressTimeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long calls beside the upload go on, and those of the proof.</summary>
    internal CallPatience Patience => new(GiveUpAfter, NoProgressTimeout);

    /// <summary>Largest request in bytes; larger batches are halved before they are sent. Qdrant's gRPC has no cap of its own, proxies before it may.</summary>
    public long MaxRequestBytes { get; init; } = 16_000_000;

    /// <summary>What counts as a slow operation.</summary>
    public TimeSpan SlowThreshold { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The run finds its batch size.</summary>
    internal bool AdaptsBatchSize => BatchSize is null && BatchDelay == TimeSpan.Zero;

    /// <summary>The run finds how many batches go at once.</summary>
    internal bool AdaptsParallelism => ThrottleLimit is null && BatchDelay == TimeSpan.Zero;

    /// <summary>Vectors in a batch where nothing is found while running.</summary>
    internal int ExactBatchSize => BatchSize ?? 100;

    /// <summary>Batches at once where nothing is found while running, and reads at once in any case.</summary>
    internal int ExactThrottleLimit => ThrottleLimit ?? (BatchDelay > TimeSpan.Zero ? 1 : 4);
}
