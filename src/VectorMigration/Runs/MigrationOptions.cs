namespace VectorMigration;

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

/// <summary>The whole job: what to send, where to, how, and which proof to end with.</summary>
public sealed record MigrationOptions
{
    /// <summary>Size of a sample where nobody says another: if none of it is wrong, fewer than 0.03 % of all are, with 95 % confidence.</summary>
    public const long DefaultSampleSize = 10_000;

    /// <summary>Collection.</summary>
    public required string Collection { get; init; }

    /// <summary>Name of the vector in the collection; null for the unnamed one.</summary>
    public string? VectorName { get; init; }

    /// <summary>Distance to create the collection with; null takes it from the index's metric.</summary>
    public Distance? Distance { get; init; }

    /// <summary>First ordinal to send.</summary>
    public long Offset { get; init; }

    /// <summary>Most vectors to send; null for all.</summary>
    public long? Limit { get; init; }

    /// <summary>Id mapping.</summary>
    public IdMapping IdMapping { get; init; }

    /// <summary>Let later vectors replace earlier ones with the same id. Not for indexes whose ids should be unique.</summary>
    public bool AllowDuplicateIds { get; init; }

    /// <summary>Leave vectors with non-finite components out instead of stopping; the run then ends with exit code 4.</summary>
    public bool SkipInvalid { get; init; }

    /// <summary>Migrate vectors decoded from codes. Not where the originals can still be had.</summary>
    public bool AllowDecoded { get; init; }

    /// <summary>Delete an existing collection first. Its points are gone at once.</summary>
    public bool Recreate { get; init; }

    /// <summary>The proof to end with.</summary>
    public VerificationMode Verification { get; init; }

    /// <summary>Points that <see cref="VerificationMode.Sample"/> picks at random. More of them narrow the bound, and take as much longer.</summary>
    public long SampleSize { get; init; } = DefaultSampleSize;

    /// <summary>Seed of whatever is picked at random; null takes a new one, which the result tells. Set it only to repeat a choice.</summary>
    public int? Seed { get; init; }

    /// <summary>Neighbours to ask both sides for when verifying (recall@K); 0 asks nothing.</summary>
    public int RecallK { get; init; }

    /// <summary>Queries to ask both sides. The mean of fewer says little.</summary>
    public int RecallQueries { get; init; } = 100;

    /// <summary>What the server is told about indexing, and whether the run waits for it.</summary>
    public IndexingOptions Indexing { get; init; } = new();

    /// <summary>Pacing.</summary>
    public UploadOptions Upload { get; init; } = new();

    /// <summary>Folder of the logs; null for none.</summary>
    public string? LogDirectory { get; init; }

    /// <summary>Full path of the journal, which makes the next run go on where this one stopped; null for none. See <see cref="JournalPaths.Default"/>.</summary>
    public string? JournalPath { get; init; }

    /// <summary>Begin the journal anew: everything is sent again, whatever was acknowledged before.</summary>
    public bool Restart { get; init; }

    /// <summary>Plan only: nothing is changed, no log is written, and the plan tells every reason for a refusal instead of the first.</summary>
    public bool DryRun { get; init; }
}
