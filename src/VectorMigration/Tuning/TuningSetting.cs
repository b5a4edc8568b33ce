using VectorMigration.Engine;

namespace VectorMigration.Tuning;

/// <summary>A setting to try: exact values, nothing adapts.</summary>
/// <param name="BatchSize">Vectors in a batch.</param>
/// <param name="ThrottleLimit">Batches under way at once.</param>
/// <param name="BatchDelay">Pause between the end of a batch and the start of the next.</param>
internal readonly record struct TuningSetting(int BatchSize, int ThrottleLimit, TimeSpan BatchDelay)
{
    /// <summary>Vectors under way.</summary>
    public long Window => (long)BatchSize * ThrottleLimit;

    /// <summary>The pacing of an upload with exactly these values.</summary>
    public UploadOptions Pace(UploadOptions options) => options with
    {
        BatchSize = BatchSize,
        ThrottleLimit = ThrottleLimit,
        BatchDelay = BatchDelay,
    };

    /// <inheritdoc/>
    public override string ToString() => BatchDelay == TimeSpan.Zero
        ? FormattableString.Invariant($"batches of {BatchSize:N0}, {ThrottleLimit} in parallel")
        : FormattableString.Invariant($"batches of {BatchSize:N0}, {ThrottleLimit} in parallel, pauses of {BatchDelay.TotalSeconds:0.###} s");
}
