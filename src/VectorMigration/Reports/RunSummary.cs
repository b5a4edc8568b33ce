using VectorMigration.Engine;
using VectorMigration.Errors;
using VectorMigration.Runs;
using VectorMigration.Vectors;
using VectorMigration.Verification;

namespace VectorMigration.Reports;

/// <summary>
/// One run in a few lines, kept as <c>runs/&lt;start&gt;-&lt;run id&gt;/summary.json</c> in the log folder, so that later runs can be compared with it and
/// planned after it. Durations are seconds in the file. Holds no secret.
/// </summary>
public sealed record RunSummary
{
    /// <summary>What the file calls itself; a file without it is no summary.</summary>
    public const string FormatName = "vector-migration-run/1";

    /// <summary><see cref="FormatName"/>.</summary>
    public required string Format { get; init; }

    /// <summary>The run.</summary>
    public Guid RunId { get; init; }

    /// <summary>Its start, UTC.</summary>
    public DateTimeOffset StartedAt { get; init; }

    /// <summary>From planning to verification.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>How it ended.</summary>
    public MigrationStatus Status { get; init; }

    /// <summary>Exit code.</summary>
    public int ExitCode { get; init; }

    /// <summary>PascalCase reason of a failure, or null.</summary>
    public string? ErrorId { get; init; }

    /// <summary>Kind of a failure; null without one, and in summaries of versions that did not tell it.</summary>
    public ErrorKind? ErrorKind { get; init; }

    /// <summary>Version of this program.</summary>
    public string Version { get; init; } = string.Empty;

    /// <summary>Collection.</summary>
    public string Collection { get; init; } = string.Empty;

    /// <summary>Endpoint without secrets.</summary>
    public string Endpoint { get; init; } = string.Empty;

    /// <summary>Full path of the index, or a name for what is none.</summary>
    public string Source { get; init; } = string.Empty;

    /// <summary>Full path of the journal; null without one, and in summaries of versions that did not tell it.</summary>
    public string? Journal { get; init; }

    /// <summary>Lines of the log that could not be written.</summary>
    public long LostLogLines { get; init; }

    /// <summary>Why the run failed, in words; null where it did not, and in summaries of versions that did not tell it. The same holds for what
    /// follows.</summary>
    public string? Error { get; init; }

    /// <summary>What the operator does next after a failure.</summary>
    public string? RecommendedAction { get; init; }

    /// <summary>Warnings of the run.</summary>
    public IReadOnlyList<string>? Warnings { get; init; }

    /// <summary>The command that began the run, without secrets.</summary>
    public string? Command { get; init; }

    /// <summary>What the run cost this machine.</summary>
    public RunClientUsage? Client { get; init; }

    /// <summary>How far the index of the collection has come, in words.</summary>
    public string? Indexing { get; init; }

    /// <summary>What was planned; null where planning was refused.</summary>
    public RunSummaryPlan? Plan { get; init; }

    /// <summary>Vectors by what became of them.</summary>
    public MigrationCounts Counts { get; init; } = new();

    /// <summary>What the upload cost; null when nothing was sent.</summary>
    public MigrationPerf? Perf { get; init; }

    /// <summary>The proof; null when the run did not come that far.</summary>
    public RunSummaryProof? Verification { get; init; }
}

/// <summary>The essentials of a plan.</summary>
public sealed record RunSummaryPlan
{
    /// <summary>FAISS's class names.</summary>
    public string Kind { get; init; } = string.Empty;

    /// <summary>Components of a vector.</summary>
    public int Dimension { get; init; }

    /// <summary>Distance of the collection.</summary>
    public Distance? Distance { get; init; }

    /// <summary>First ordinal.</summary>
    public long Offset { get; init; }

    /// <summary>Vectors to send.</summary>
    public long Count { get; init; }

    /// <summary>Number of batches.</summary>
    public long Batches { get; init; }

    /// <summary>Bytes of vectors and ids.</summary>
    public long Bytes { get; init; }

    /// <summary>Flow control, in words.</summary>
    public string Flow { get; init; } = string.Empty;

    /// <summary>True where the vectors came through a pipeline, which is no measure for what an index takes alone.</summary>
    public bool FromPipeline { get; init; }

    /// <summary>True when every vector has a payload.</summary>
    public bool HasPayload { get; init; }

    /// <summary>Version of the server.</summary>
    public string ServerVersion { get; init; } = string.Empty;

    /// <summary>What the server was reached by, <c>gRPC</c> or <c>REST</c>; empty in summaries of earlier versions.</summary>
    public string Protocol { get; init; } = string.Empty;

    /// <summary>Size of the index file in bytes; 0 where there is none.</summary>
    public long IndexBytes { get; init; }

    /// <summary>Digest of length, header and samples of the index; empty where there is no file.</summary>
    public string Fingerprint { get; init; } = string.Empty;

    /// <summary>How long the run was expected to take, judged by an earlier one; null where there was none to judge by.</summary>
    public TimeSpan? Expected { get; init; }

    /// <summary>True where this run creates the collection.</summary>
    public bool CreatesCollection { get; init; }

    /// <summary>The plan in lines, as a dry run shows it.</summary>
    public IReadOnlyList<RunSummaryRow>? Rows { get; init; }
}

/// <summary>A line of a plan.</summary>
/// <param name="Label">What it is about.</param>
/// <param name="Text">What is planned.</param>
public sealed record RunSummaryRow(string Label, string Text);

/// <summary>What a run cost the machine that it ran on. In PowerShell the rest of the session counts too.</summary>
public sealed record RunClientUsage
{
    /// <summary>CPU time of the process while the run lasted.</summary>
    public TimeSpan CpuTime { get; init; }

    /// <summary>Most memory that the process ever had, in bytes.</summary>
    public long PeakMemory { get; init; }

    /// <summary>Operating system.</summary>
    public string System { get; init; } = string.Empty;
}

/// <summary>The essentials of a verification.</summary>
public sealed record RunSummaryProof
{
    /// <summary>What was verified.</summary>
    public VerificationMode Mode { get; init; }

    /// <summary>Whether it passed.</summary>
    public bool Passed { get; init; }

    /// <summary>Points that should be there.</summary>
    public long Expected { get; init; }

    /// <summary>Points read back and compared.</summary>
    public long Compared { get; init; }

    /// <summary>Points that were not there.</summary>
    public long Missing { get; init; }

    /// <summary>Points that differ.</summary>
    public long Different { get; init; }

    /// <summary>Time it took.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>Exact count of the collection; null when it was not asked, and in summaries of versions that did not tell it. The same holds for what
    /// follows.</summary>
    public long? CollectionCount { get; init; }

    /// <summary>Points that are not of the vectors compared.</summary>
    public long? Extra { get; init; }

    /// <summary><c>bits</c>, <c>normalised</c> or <c>datatype</c>.</summary>
    public string? Comparison { get; init; }

    /// <summary>Greatest deviation of a component that was seen.</summary>
    public double? MaxDeviation { get; init; }

    /// <summary>Full path of the file whose payloads were compared too; null where vectors alone were compared.</summary>
    public string? PayloadPath { get; init; }

    /// <summary>What a sample says of the whole, in words.</summary>
    public string? Sample { get; init; }

    /// <summary>What was repaired, in words.</summary>
    public string? Repair { get; init; }

    /// <summary>The same queries on both sides; null when not asked for.</summary>
    public RecallResult? Recall { get; init; }
}
