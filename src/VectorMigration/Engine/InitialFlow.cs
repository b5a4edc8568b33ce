using System.Globalization;
using VectorMigration.Errors;

namespace VectorMigration.Engine;

/// <summary>Where adaptive flow control begins: short jobs end before anything could be measured, so the beginning has to be good by itself.</summary>
internal static class InitialFlow
{
    /// <summary>Smaller shares of a rest cost more in requests than they gain in balance.</summary>
    public const int LeastShare = 16;

    /// <summary>Rounds that the vectors of a short job are cut into near by, so that its batches are not fewer than can be under way.</summary>
    private const int LeastRounds = 8;

    private static readonly TimeSpan FarAway = TimeSpan.FromMilliseconds(250);
    private const int BatchAtStart = 2_048;
    private const double BytesOfBatchAtStart = 2_000_000;

    /// <summary>
    /// What an HTTP/2 server lets come before it has said that it takes more: a megabyte with tonic, as Qdrant has it. A request beyond that waits for one more
    /// round trip, so where that is long none begins larger; some is left for the framing.
    /// </summary>
    private const double BytesOfWindow = 1_000_000;
    private const double LongTrip = 40;

    /// <summary>Enough for 64 MB/s over 250 ms, and not more than a slow line carries within one deadline.</summary>
    private const double BytesUnderWayAtStart = 16_000_000;

    /// <summary>Bytes of a vector in a request: its components, and some thirty for id and framing.</summary>
    public static double BytesPerVector(int dimension) => (sizeof(float) * (double)dimension) + 30;

    /// <summary>The first setting.</summary>
    public static FlowPoint Point(UploadOptions options, FlowStart start)
    {
        double bytes = BytesPerVector(start.Dimension);
        double milliseconds = Math.Max(0, start.RoundTrip?.TotalMilliseconds ?? 0);
        int parallelism = options.AdaptsParallelism ? (int)Math.Clamp(4 + (milliseconds / 5), 4, 32) : options.ExactThrottleLimit;
        if (!options.AdaptsBatchSize)
        {
            int atOnce = (int)Math.Max(1, FlowBounds.MostBytesUnderWay / bytes / options.ExactBatchSize);
            return new FlowPoint(options.ExactBatchSize, options.AdaptsParallelism ? Math.Min(parallelism, atOnce) : parallelism);
        }

        double most = milliseconds > LongTrip ? BytesOfWindow : BytesOfBatchAtStart;
        double size = Math.Min(BatchAtStart, Math.Min(most, BytesUnderWayAtStart / parallelism) / bytes);
        return new FlowPoint((int)Math.Clamp(size, 1, MostBatch(options, bytes)), parallelism);
    }

    /// <summary>
    /// The least share of a rest where a round trip takes next to nothing: half a batch. Ever smaller ones are more balanced, but each costs the server
    /// a millisecond or so of its own; measured, they lengthen a load of a second by a tenth.
    /// </summary>
    public static int LeastShareNear(long vectors, int batch, int parallelism) =>
        (int)Math.Clamp(vectors / (LeastRounds * (long)Math.Max(1, parallelism)), LeastShare, Math.Max(LeastShare, batch / 2));

    /// <summary>Upserts that a far server will be sent at once in the beginning.</summary>
    public static int Lanes(UploadOptions options, int dimension, long vectors)
    {
        int most = options.AdaptsParallelism ? Point(options, new FlowStart { Dimension = Math.Max(1, dimension), RoundTrip = FarAway }).Parallelism
            : options.ExactThrottleLimit;
        return (int)Math.Clamp(vectors / (options.AdaptsBatchSize ? LeastShare : Math.Max(1, options.ExactBatchSize)), 1, Math.Max(1, most));
    }

    /// <summary>How far the search may go.</summary>
    public static FlowBounds Bounds(UploadOptions options, FlowStart start)
    {
        double bytes = BytesPerVector(start.Dimension);
        return new FlowBounds
        {
            BytesPerVector = bytes,
            MostBatch = options.AdaptsBatchSize ? MostBatch(options, bytes) : options.ExactBatchSize,
            MostParallelism = options.AdaptsParallelism ? FlowBounds.MostAtOnce : options.ExactThrottleLimit,
        };
    }

    /// <summary>How every reason begins that says that nothing was measured.</summary>
    public const string Unmeasured = "initial setting";

    /// <summary>Why the values of the begin.</summary>
    public static string Reason(FlowStart start) => start.Limit is WriteRateLimit limit
        ? Reason(limit)
        : start.RoundTrip is TimeSpan trip
            ? string.Create(
                CultureInfo.InvariantCulture, $"{Unmeasured} for {Grouped.Of(start.Dimension)} components, round trip {trip.TotalMilliseconds:0.#} ms")
            : string.Create(CultureInfo.InvariantCulture, $"{Unmeasured} for {Grouped.Of(start.Dimension)} components");

    /// <summary>Why a setting that keeps to a limit.</summary>
    public static string Reason(WriteRateLimit limit) => string.Create(
        CultureInfo.InvariantCulture,
        $"the collection accepts {limit.PointsPerMinute:N0} points per minute{(limit.Shards > 1 ? $" and shard, on {limit.Shards} shards" : string.Empty)}");

    private static int MostBatch(UploadOptions options, double bytes) =>
        (int)Math.Clamp(Math.Min(FlowBounds.MostBytesOfRequest, options.MaxRequestBytes * 0.9) / bytes, 1, 8_192);
}
