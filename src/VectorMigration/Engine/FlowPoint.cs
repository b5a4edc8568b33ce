namespace VectorMigration.Engine;

/// <summary>A setting of flow control.</summary>
/// <param name="BatchSize">Vectors in a batch.</param>
/// <param name="Parallelism">Batches under way at once.</param>
internal readonly record struct FlowPoint(int BatchSize, int Parallelism)
{
    /// <summary>Vectors under way.</summary>
    public long Window => (long)BatchSize * Parallelism;

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"batches of {BatchSize}, {Parallelism} in parallel");
}

/// <summary>Where a search may go.</summary>
internal sealed record FlowBounds
{
    /// <summary>More than this at once was never faster, over 240 ms neither; it takes memory only.</summary>
    public const int MostAtOnce = 64;

    /// <summary>Bytes under way: what is read but not acknowledged is held in memory, as it was read and as it is sent. Enough for 200 MB/s over 240
    /// ms.</summary>
    public const long MostBytesUnderWay = 48_000_000;

    /// <summary>One request: larger ones are repeated as a whole when they fail, and gain nothing any more.</summary>
    public const long MostBytesOfRequest = 3_000_000;

    /// <summary>Least batch size.</summary>
    public int LeastBatch { get; init; } = 16;

    /// <summary>Largest batch size.</summary>
    public required int MostBatch { get; init; }

    /// <summary>Least parallelism.</summary>
    public int LeastParallelism { get; init; } = 1;

    /// <summary>Greatest parallelism.</summary>
    public int MostParallelism { get; init; } = MostAtOnce;

    /// <summary>Bytes of one vector in a request.</summary>
    public required double BytesPerVector { get; init; }

    /// <summary>Whether a setting may be tried.</summary>
    public bool Allows(FlowPoint point) =>
        point.BatchSize >= Math.Min(LeastBatch, MostBatch)
        && point.BatchSize <= MostBatch
        && point.Parallelism >= LeastParallelism
        && point.Parallelism <= MostParallelism
        && point.Window * BytesPerVector <= MostBytesUnderWay;
}

/// <summary>What was measured while one setting held.</summary>
/// <param name="Rate">Vectors a second.</param>
/// <param name="Latency">Mean seconds from permit to answer.</param>
/// <param name="Saturated">The source gave as much as was allowed to be under way.</param>
internal readonly record struct FlowRound(double Rate, double Latency, bool Saturated);
