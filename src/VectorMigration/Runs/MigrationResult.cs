using System.Globalization;
using System.Text.Json.Serialization;
using VectorMigration.Collections;
using VectorMigration.Engine;
using VectorMigration.Errors;
using VectorMigration.Vectors;
using VectorMigration.Verification;

namespace VectorMigration.Runs;

/// <summary>Vectors counted by what became of them.</summary>
public sealed record MigrationCounts
{
    /// <summary>Vectors in the source that the run was asked for (after limit and offset).</summary>
    public long Source { get; init; }

    /// <summary>Vectors acknowledged by the target in this run.</summary>
    public long Sent { get; init; }

    /// <summary>Vectors not sent because an earlier run was acknowledged for them (journal).</summary>
    public long Skipped { get; init; }

    /// <summary>Vectors not sent because a later one has the same id.</summary>
    public long Superseded { get; init; }

    /// <summary>Vectors left out because they cannot be stored (non-finite components).</summary>
    public long Invalid { get; init; }

    /// <summary>Vectors that the payload file has nothing for: sent without a payload, or left out, as was asked for.</summary>
    public long WithoutPayload { get; init; }

    /// <summary>Rows of the payload file that belong to no vector of the index and were ignored, as was asked for.</summary>
    public long SurplusPayload { get; init; }

    /// <summary>Vectors in batches that failed for good.</summary>
    public long Failed { get; init; }

    /// <summary>Vectors not sent because points equal to them were there already.</summary>
    public long AlreadyThere { get; init; }

    /// <summary>Vectors not sent because points of others have their ids, or because a merge found no point for them.</summary>
    public long LeftThere { get; init; }

    /// <summary>Of a sync: vectors sent whose id had no point.</summary>
    public long Created { get; init; }

    /// <summary>Of a sync: vectors sent whose point differed.</summary>
    public long Changed { get; init; }

    /// <summary>Of a sync: vectors not sent because their points are equal.</summary>
    public long Equal { get; init; }

    /// <summary>Of a sync: points written by earlier runs whose id the index no longer has.</summary>
    public long Vanished { get; init; }

    /// <summary>Of a sync: points among them that were deleted.</summary>
    public long Pruned { get; init; }

    /// <summary>Points of earlier runs of the same journal that stay under ids that this run, which sends everything again, does not write; the most that there
    /// can be where their ids are not known.</summary>
    public long LeftBehind { get; init; }

    /// <summary>Points in the collection before the run.</summary>
    public long PresentBefore { get; init; }

    /// <inheritdoc/>
    public override string ToString() => (Source == 0 && Sent == 0 ? "nothing sent"
        : string.Create(CultureInfo.InvariantCulture, $"{Sent:N0} of {Source:N0} sent"))
        + string.Concat(Others().Where(static other => other.Count > 0).Select(static other =>
            string.Create(CultureInfo.InvariantCulture, $", {other.Count:N0} {other.What}")));

    private (long Count, string What)[] Others() =>
    [
        (Skipped, "already acknowledged"), (AlreadyThere, "already in the collection"), (Superseded, "superseded"),
        (Invalid, "invalid"), (LeftThere, "skipped"), (Failed, "failed"),
        (LeftBehind, "of earlier runs left under other ids"),
    ];
}

/// <summary>What a migration did: the output of <c>Invoke-VectorMigration</c> and the object of <c>--json</c>, on failure too.</summary>
public sealed record MigrationResult
{
    /// <summary>The run; empty for a command that was refused before its run began, and null in JSON then.</summary>
    [JsonConverter(typeof(RunIdConverter))]
    public required Guid RunId { get; init; }

    /// <summary>How it ended.</summary>
    public required MigrationStatus Status { get; init; }

    /// <summary>The process's exit code for it.</summary>
    public int ExitCode => ExitCodes.Of(Status);

    /// <summary>Full path of the index.</summary>
    public required string Path { get; init; }

    /// <summary>Endpoint without secrets.</summary>
    public required string Endpoint { get; init; }

    /// <summary>Collection.</summary>
    public required string Collection { get; init; }

    /// <summary>Name of the vector in the collection; null for the unnamed one.</summary>
    public string? VectorName => Plan?.Settings.VectorName;

    /// <summary>What became of ids.</summary>
    public IdMapping IdMapping => Plan?.IdMapping ?? IdMapping.Keep;

    /// <summary>What was added to every id.</summary>
    public long IdOffset => Plan?.IdOffset ?? 0;

    /// <summary>The part that UUIDs contain; null for none.</summary>
    public string? IdNamespace => Plan?.IdNamespace;

    /// <summary>What was planned; null when planning itself was refused.</summary>
    public MigrationPlan? Plan { get; init; }

    /// <summary>Vectors by what became of them.</summary>
    public MigrationCounts Counts { get; init; } = new();

    /// <summary>What the upload cost; null when nothing was sent.</summary>
    public MigrationPerf? Perf { get; init; }

    /// <summary>Batch size and parallelism that the upload came to, and why; null when nothing was sent.</summary>
    public FlowSummary? Flow { get; init; }

    /// <summary>The proof; null when the run did not come that far.</summary>
    public VerificationResult? Verification { get; init; }

    /// <summary>How far the index has come; null where that was not waited for and there is nothing to say.</summary>
    public IndexingResult? Indexing { get; init; }

    /// <summary>The replicas of the collection at the end; null where there is one node, or the server does not tell.</summary>
    public ReplicaFindings? Replicas { get; init; }

    /// <summary>The whole run from planning to verification, and to the end of the wait for the index.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>Vectors that were left out, the first 1,000 of them.</summary>
    public IReadOnlyList<SkippedVector> LeftOut { get; init => field = Listed<SkippedVector>.Of(value); } = Listed<SkippedVector>.Empty;

    /// <summary>Warnings of the run.</summary>
    public IReadOnlyList<string> Warnings { get; init => field = Listed<string>.Of(value); } = Listed<string>.Empty;

    /// <summary>Ordinal to go on from: everything before it was acknowledged. Null when all was sent.</summary>
    public long? ResumeOffset { get; init; }

    /// <summary>What went wrong, or null.</summary>
    public MigrationError? Error { get; init; }

    /// <summary>Folder of the logs, or null.</summary>
    public string? LogDirectory { get; init; }

    /// <summary>Full path of the report, a page for people; null where none was drawn.</summary>
    public string? ReportPath { get; init; }

    /// <summary>Lines of the logs that could not be written, because their disk is full or gone; the run went on without them.</summary>
    public long LostLogLines { get; init; }

    /// <summary>Full path of the journal, or null.</summary>
    public string? JournalPath { get; init; }

    /// <summary>The parts of a job of several indexes, in their order; null for one index.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<PartResult>? Parts { get; init => field = value is null ? null : Listed<PartResult>.Of(value); }

    /// <summary>What was asked for, where a result is piped on; null for a result out of a file.</summary>
    internal MigrationOptions? Asked { get; init; }

    /// <summary>Which files were read, where a result is piped on; null for a result out of a file.</summary>
    internal RunSource? Source { get; init; }
}
