using System.Globalization;
using VectorMigration.Errors;

namespace VectorMigration.Verification;

/// <summary>
/// The same queries on both sides. The truth is brute force over the index in this program; each query is a vector of the index, and its own point
/// counts on neither side. Of equally distant vectors any is right.
/// </summary>
public sealed record RecallResult
{
    /// <summary>Neighbours asked for, the K of recall@K.</summary>
    public required int K { get; init; }

    /// <summary>Number of queries.</summary>
    public required int Queries { get; init; }

    /// <summary>Seed of the choice of queries.</summary>
    public required int Seed { get; init; }

    /// <summary>Qdrant's exact search; null where the server does not allow it.</summary>
    public RecallFigures? Exact { get; init; }

    /// <summary>Why there are no figures of exact search, in the server's words; null where there are.</summary>
    public string? ExactRefused { get; init; }

    /// <summary>Qdrant's search as applications get it, through its HNSW graph.</summary>
    public required RecallFigures Approximate { get; init; }

    /// <summary>
    /// Share of the true neighbours that the codes of the index find if FAISS compares all of them: what the collection is compared with. FAISS itself finds
    /// no more, and less where it visits few lists. Null where the source has no other vectors than the index.
    /// </summary>
    public double? IndexRecall { get; init; }

    /// <summary>The same of the worst query.</summary>
    public double? IndexLeast { get; init; }

    /// <summary>The codec of these codes.</summary>
    public string? IndexCodec { get; init; }

    /// <summary>Vectors that Qdrant had in a graph at the time; the others it scans, which is exact.</summary>
    public required ulong IndexedVectors { get; init; }

    /// <summary>Answers that are not points of the index. They are left out of the figures.</summary>
    public required long ForeignAnswers { get; init; }

    /// <summary>Time that brute force took for all queries together.</summary>
    public required TimeSpan BruteForceDuration { get; init; }

    /// <inheritdoc/>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"recall@{K} of {Grouped.Of(Queries)} queries: {(Exact is null ? "exact not measured" : $"exact {Exact}")}, HNSW {Approximate}") + ByCodes;

    private string ByCodes => IndexRecall is not double codes ? string.Empty
        : string.Create(CultureInfo.InvariantCulture, $", FAISS ({IndexCodec}) {codes:0.####} (worst {IndexLeast:0.####})");
}

/// <summary>Recall and latency of one way to search.</summary>
public sealed record RecallFigures
{
    /// <summary>Share of the true neighbours that were found, mean over the queries, 0 to 1.</summary>
    public required double Recall { get; init; }

    /// <summary>The same of the worst query.</summary>
    public required double Least { get; init; }

    /// <summary>Mean latency of a query, one at a time, as this machine saw it.</summary>
    public required TimeSpan MeanLatency { get; init; }

    /// <summary>Half of the queries took no longer.</summary>
    public required TimeSpan P50Latency { get; init; }

    /// <summary>95 % of the queries took no longer.</summary>
    public required TimeSpan P95Latency { get; init; }

    /// <inheritdoc/>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Recall:0.####} (worst {Least:0.####}, p50 {P50Latency.TotalMilliseconds:0.##} ms)");
}
