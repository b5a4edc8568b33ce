namespace VectorMigration.Engine;

/// <summary>How an upload is paced. Each value is what the parameter of the same name sets.</summary>
public readonly record struct UploadOptions
{
    /// <summary>The defaults.</summary>
    public UploadOptions()
    {
    }

    /// <summary>
    /// The pacing that values ask for which may be left out: what is left out is found while running; a pause between batches means exact pacing,
    /// one batch at a time unless another number is given.
    /// </summary>
    /// <param name="batchSize">Vectors in a batch, or null.</param>
    /// <param name="throttleLimit">Batches at once, or null.</param>
    /// <param name="batchDelay">Pause between the end of a batch and the start of the next.</param>
    public static UploadOptions Paced(int? batchSize, int? throttleLimit, TimeSpan batchDelay)
    {
        UploadOptions defaults = new();
        bool exact = batchDelay > TimeSpan.Zero;
        return defaults with
        {
            BatchSize = batchSize ?? defaults.BatchSize,
            ThrottleLimit = throttleLimit ?? (exact ? 1 : defaults.ThrottleLimit),
            BatchDelay = batchDelay,
            AdaptsBatchSize = batchSize is null && !exact,
            AdaptsParallelism = throttleLimit is null && !exact,
        };
    }

    /// <summary>Vectors in a batch. Smaller ones cost round trips, larger ones memory and time to repeat.</summary>
    public int BatchSize { get; init; } = 100;

    /// <summary>Batches under way at once. More than the server has cores gains nothing on a short line, much on a long one.</summary>
    public int ThrottleLimit { get; init; } = 4;

    /// <summary>Let the run find its batch size; <see cref="BatchSize"/> does not count then. Not where exact batches are wanted.</summary>
    public bool AdaptsBatchSize { get; init; }

    /// <summary>Let the run find how many batches go at once; <see cref="ThrottleLimit"/> then counts for reading back only. Not where a server must not get more than so many.</summary>
    public bool AdaptsParallelism { get; init; }

    /// <summary>Pause between the end of a batch and the start of the next. Leave it at zero unless the server asks for quiet: it makes every batch that much slower.</summary>
    public TimeSpan BatchDelay { get; init; } = TimeSpan.Zero;

    /// <summary>Deadline of one attempt.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Longest time in which attempts fail and none succeeds before the run ends resumable. Longer than a restart of the server takes.</summary>
    public TimeSpan GiveUpAfter { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>Longest time without one acknowledged batch, announced waits included, before the run ends resumable.</summary>
    public TimeSpan NoProgressTimeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Largest request in bytes; larger batches are halved before they are sent. Qdrant's gRPC has no cap of its own, proxies before it may.</summary>
    public long MaxRequestBytes { get; init; } = 16_000_000;

    /// <summary>What counts as a slow operation.</summary>
    public TimeSpan SlowThreshold { get; init; } = TimeSpan.FromSeconds(5);
}
