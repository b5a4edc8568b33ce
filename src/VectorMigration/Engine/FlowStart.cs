using VectorMigration.Errors;
using VectorMigration.Store;

namespace VectorMigration.Engine;

/// <summary>What is known of an upload before its first batch. Unknown values are left null.</summary>
internal sealed record FlowStart
{
    /// <summary>Components of a vector.</summary>
    public required int Dimension { get; init; }

    /// <summary>Vectors to send; null where nobody knows.</summary>
    public long? Vectors { get; init; }

    /// <summary>Round trip to the server as the calls before showed it.</summary>
    public TimeSpan? RoundTrip { get; init; }

    /// <summary>The collection's write limit; null for none.</summary>
    public WriteRateLimit? Limit { get; init; }

    /// <summary>Reads the collection's write limit again, after the server has refused for it.</summary>
    public Func<CancellationToken, Task<WriteRateLimit?>>? ReadLimit { get; init; }
}

/// <summary>Reads write limits out of collections.</summary>
internal static class WriteRateLimits
{
    /// <summary>The limit of a collection; null for none.</summary>
    public static WriteRateLimit? Of(CollectionDescription? collection) =>
        collection?.WriteRateLimit is uint limit and > 0 ? new WriteRateLimit(limit, (int)Math.Max(1, collection.ShardNumber)) : null;

    /// <summary>Reads the limit of a collection whenever it is asked.</summary>
    public static Func<CancellationToken, Task<WriteRateLimit?>> Reader(IVectorStore store, string collection) =>
        async cancellationToken => Of(await store.GetCollectionAsync(collection, cancellationToken).ConfigureAwait(false));
}

/// <summary>The flow control that options ask for.</summary>
internal static class FlowControls
{
    /// <summary>Refuses options that no flow control takes.</summary>
    /// <exception cref="MigrationException">A value is out of range.</exception>
    public static void Check(UploadOptions options)
    {
        CommonErrors.RequireRange("-BatchSize", options.ExactBatchSize, 1, 100_000);
        CommonErrors.RequireRange("-ThrottleLimit", options.ExactThrottleLimit, 1, 1_024);
        if (options.BatchDelay < TimeSpan.Zero || options.BatchDelay > TimeSpan.FromDays(1))
        {
            throw CommonErrors.OutOfRange("-BatchDelay", options.BatchDelay.TotalSeconds + " s", "0 s to 86,400 s");
        }
    }

    /// <summary>Makes it; the caller disposes it. A pause between batches is exact pacing: nothing adapts then.</summary>
    /// <exception cref="MigrationException">A value is out of range.</exception>
    public static IFlowControl For(UploadOptions options, FlowStart start, TimeProvider time) =>
        IsAdaptive(options) ? new AdaptiveFlowControl(options, start, time) : new FixedFlowControl(options, time);

    /// <summary>True where something is left to be found.</summary>
    public static bool IsAdaptive(UploadOptions options) => options.AdaptsBatchSize || options.AdaptsParallelism;

    /// <summary>The pace in words, also of values that are out of range.</summary>
    public static string Describe(UploadOptions options) => !IsAdaptive(options) ? FixedFlowControl.Describe(options)
        : options is { AdaptsBatchSize: true, AdaptsParallelism: true } ? "adaptive"
        : options.AdaptsBatchSize ? $"adaptive batches, {options.ExactThrottleLimit} in parallel"
        : $"batches of {options.ExactBatchSize}, adaptive parallelism";
}
