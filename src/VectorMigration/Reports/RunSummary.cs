using VectorMigration.Engine;
using VectorMigration.Errors;
using VectorMigration.Runs;
using VectorMigration.Vectors;

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
}
