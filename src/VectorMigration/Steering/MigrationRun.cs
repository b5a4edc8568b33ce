using System.Globalization;
using System.Text.Json.Serialization;
using VectorMigration.Reports;
using VectorMigration.Runs;

namespace VectorMigration.Steering;

/// <summary>A run of a log folder, and how far it is: the output of <c>Get-VectorMigration</c>, and an object of <c>status --json</c>.</summary>
public sealed record MigrationRun
{
    /// <summary>The run.</summary>
    public required Guid RunId { get; init; }

    /// <summary>Where it stands.</summary>
    public required MigrationRunState State { get; init; }

    /// <summary>Collection; null where the run left too little to tell.</summary>
    public string? Collection { get; init; }

    /// <summary>Phase, as the log calls it; null where the run left too little to tell.</summary>
    public string? Phase { get; init; }

    /// <summary>Vectors that the phase has done.</summary>
    public long Done { get; init; }

    /// <summary>Vectors of the phase; null where that is not known.</summary>
    public long? Total { get; init; }

    /// <summary>Vectors of this run that the server acknowledged.</summary>
    public long Acknowledged { get; init; }

    /// <summary>Vectors that earlier runs of the migration were acknowledged for.</summary>
    public long AcknowledgedBefore { get; init; }

    /// <summary>Vectors of this run that failed for good.</summary>
    public long Failed { get; init; }

    /// <summary>Vectors of this run that were skipped.</summary>
    public long Skipped { get; init; }

    /// <summary>Vectors a second over the last minute; null where that is not known.</summary>
    public double? PerSecond { get; init; }

    /// <summary>When the phase will end at that pace, UTC; null where that cannot be said.</summary>
    public DateTimeOffset? ExpectedEnd { get; init; }

    /// <summary>Batches that were sent and not answered yet.</summary>
    public int UnderWay { get; init; }

    /// <summary>Vectors in a batch at present; null while nothing is sent.</summary>
    public int? BatchSize { get; init; }

    /// <summary>Batches under way at once at present; null while nothing is sent.</summary>
    public int? ThrottleLimit { get; init; }

    /// <summary>Pause between the end of a batch and the start of the next; null for none.</summary>
    public TimeSpan? BatchDelay { get; init; }

    /// <summary>Most requests a second that were set; null for no limit.</summary>
    public double? RequestsPerSecond { get; init; }

    /// <summary>When the run began, UTC.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>When this was so, UTC.</summary>
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>Since when it has been paused, UTC; null where it is not.</summary>
    public DateTimeOffset? PausedSince { get; init; }

    /// <summary>Since when its server has not answered, UTC; null where it does.</summary>
    public DateTimeOffset? UnreachableSince { get; init; }

    /// <summary>How it came out; null as long as it has not ended, or where it left no result.</summary>
    public MigrationStatus? Result { get; init; }

    /// <summary>Exit code of a run that has ended; null where it left none.</summary>
    public int? ExitCode { get; init; }

    /// <summary>Name of its machine; null where the run left too little to tell.</summary>
    public string? HostName { get; init; }

    /// <summary>Number of its process; null where the run left too little to tell.</summary>
    public int? ProcessId { get; init; }

    /// <summary>Full path of the log folder.</summary>
    public required string LogDirectory { get; init; }

    /// <summary>Full path of the run's own folder.</summary>
    public required string RunDirectory { get; init; }

    /// <summary>The phase of a repair.</summary>
    internal const string RepairPhase = "repair";

    /// <summary>The run is under way.</summary>
    [JsonIgnore]
    public bool IsUnderWay => State is MigrationRunState.Running or MigrationRunState.Paused or MigrationRunState.Stopping;

    /// <summary>How far it is, or how it came out, in a few words.</summary>
    [JsonIgnore]
    public string Progress => State switch
    {
        MigrationRunState.Ended when Phase == RepairPhase && Result is MigrationStatus repaired =>
            repaired == MigrationStatus.Completed ? "repaired" : $"repair {repaired.ToString().ToLowerInvariant()}",
        MigrationRunState.Ended => Result is MigrationStatus status ? $"{status}" : ExitCode is int code ? $"exit code {code}" : "no result",
        MigrationRunState.Killed => "killed",
        _ when UnreachableSince is not null => "server unreachable",
        _ => Total is > 0 and long total
            ? string.Create(CultureInfo.InvariantCulture, $"{RunPulse.NameOf(Phase ?? string.Empty)} {Math.Min(100, 100 * Done / total)} %")
            : RunPulse.NameOf(Phase ?? string.Empty),
    };

    /// <summary>Its channel; null where it has none.</summary>
    internal string? Channel { get; init; }

    /// <summary>Why it has no channel; null where it has one, or says nothing of it.</summary>
    internal string? NoChannel { get; init; }

    /// <inheritdoc/>
    public override string ToString() => $"{RunId} ({State}, {Collection})";
}
