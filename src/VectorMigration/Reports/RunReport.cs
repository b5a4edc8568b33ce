using VectorMigration.Engine;
using VectorMigration.Errors;

namespace VectorMigration.Reports;

/// <summary>
/// All that one run left behind, ready to be drawn: the data of <c>report.html</c>. Texts of it come from files, servers and command lines; whoever draws it
/// takes them for hostile.
/// </summary>
internal sealed record RunReport
{
    /// <summary>The run.</summary>
    public required Guid RunId { get; init; }

    /// <summary>Full path of its log.</summary>
    public required string LogPath { get; init; }

    /// <summary>Its start, UTC.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>Its end, UTC: that of the last line of its log.</summary>
    public required DateTimeOffset EndedAt { get; init; }

    /// <summary>What it came to; null for a run that was killed, that is under way, or that an earlier version logged.</summary>
    public RunSummary? Summary { get; init; }

    /// <summary>What its log says of its plan; null for a run that did not begin, and where an earlier version logged it otherwise.</summary>
    public PlanLogRecord? Started { get; init; }

    /// <summary>Full path of the index, or a name for what is none; null where nothing tells it.</summary>
    public string? Source => Summary?.Source is { Length: > 0 } path ? path : Started?.Index;

    /// <summary>Full path of the journal; null where there is none.</summary>
    public string? Journal => Summary is null ? Started?.Journal : Summary.Journal;

    /// <summary>Whether the run creates its collection.</summary>
    public bool CreatesCollection => Summary is null ? Started?.Creates == true
        : Summary.Plan?.CreatesCollection == true && Summary.Counts.PresentBefore == 0;

    /// <summary>Of a run without an end: whether it is still under way. Null where nobody has looked, or what it left does not tell.</summary>
    public bool? IsUnderWay { get; init; }

    /// <summary>Collection; empty where no line tells it.</summary>
    public string Collection { get; init; } = string.Empty;

    /// <summary>What the upload cost, by the lines of the log; null where nothing was sent.</summary>
    public MigrationPerf? Perf { get; init; }

    /// <summary>Begin of the first stretch of <see cref="Slices"/>, UTC.</summary>
    public DateTime SlicesStart { get; init; }

    /// <summary>Length of each stretch of <see cref="Slices"/>.</summary>
    public TimeSpan SliceWidth { get; init; }

    /// <summary>The run over time, from its start on.</summary>
    public IReadOnlyList<ReportSlice> Slices { get; init; } = [];

    /// <summary>Batches by duration.</summary>
    public IReadOnlyList<ReportLatency> Latencies { get; init; } = [];

    /// <summary>The batches that took longest, the longest first, 20 at most.</summary>
    public IReadOnlyList<QdrantBatchResult> Slowest { get; init; } = [];

    /// <summary>Batches that failed for good, the first 20.</summary>
    public IReadOnlyList<QdrantBatchResult> FailedBatches { get; init; } = [];

    /// <summary>Attempts that failed, by reason, the most frequent first.</summary>
    public IReadOnlyList<ReportRetries> Retries { get; init; } = [];

    /// <summary>Times in which the server did not answer, the first 200.</summary>
    public IReadOnlyList<ReportOutage> Outages { get; init; } = [];

    /// <summary>What other sessions asked of the run, the first 200.</summary>
    public IReadOnlyList<ReportSteering> Steered { get; init; } = [];

    /// <summary>How long the upload waited in all because the server limits the rate.</summary>
    public TimeSpan RateLimited { get; init; }

    /// <summary>How long other sessions kept the run paused in all.</summary>
    public TimeSpan Paused { get; init; }

    /// <summary>Phases in their order; empty for logs of earlier versions.</summary>
    public IReadOnlyList<ReportPhase> Phases { get; init; } = [];

    /// <summary>Number of vectors that were skipped.</summary>
    public long LeftOut { get; init; }

    /// <summary>The first of them, 20 at most.</summary>
    public IReadOnlyList<SkippedVector> FirstLeftOut { get; init; } = [];

    /// <summary>Warnings, the first 50, each once.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Other runs of the same migration in the log folder, the first run first.</summary>
    public IReadOnlyList<ReportEarlierRun> OtherRuns { get; init; } = [];

    /// <summary>Lines of the log that are damaged and were passed over.</summary>
    public long TornLines { get; init; }

    /// <summary>Reads what a run left behind, in memory that does not grow with its length.</summary>
    /// <param name="path">A log folder (its last run), the folder of a run, a <c>migration.log</c>, or a <c>summary.json</c>.</param>
    /// <param name="runId">Which run of a log folder; null for the last one.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="MigrationException">There is no such run, or it cannot be read.</exception>
    public static RunReport Read(string path, Guid? runId = null, CancellationToken cancellationToken = default) =>
        RunReportReader.Read(path, runId, cancellationToken);
}
