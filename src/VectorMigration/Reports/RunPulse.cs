using System.Globalization;
using System.Text.Json.Serialization;
using VectorMigration.Files;
using VectorMigration.Jobs;
using VectorMigration.Runs;

namespace VectorMigration.Reports;

/// <summary>How far a run is at one moment: what a heartbeat file holds, and what a line of progress is made of.</summary>
internal sealed record RunPulse
{
    /// <summary>What a heartbeat file calls itself.</summary>
    public const string FormatName = HeartbeatFile.Format;

    public string Format { get; init; } = FormatName;

    /// <summary>When this was so, UTC.</summary>
    public required DateTime At { get; init; }

    public required Guid RunId { get; init; }

    public required int ProcessId { get; init; }

    public required string Collection { get; init; }

    /// <summary>
    /// <c>running</c>, <c>paused</c> (by another session), <c>unreachable</c> (the server does not answer, the run tries on) or <c>ended</c>.
    /// </summary>
    public required string Status { get; init; }

    /// <summary>Phase, as the log calls it.</summary>
    public required string Phase { get; init; }

    /// <summary>How far the job is that the run is a part of; null where it is none.</summary>
    [JsonIgnore]
    public JobPlace? Job { get; init; }

    /// <summary>The part of the job, counted from 1; null where the run is no part of a job.</summary>
    public int? Part => Job?.Part;

    /// <summary>Parts of the job.</summary>
    public int? Parts => Job?.Parts;

    /// <summary>Vectors of the parts of the job that have ended, and of this part.</summary>
    public long? JobDone => Job?.Done;

    /// <summary>Vectors of all parts of the job that can be read.</summary>
    public long? JobTotal => Job?.Total;

    /// <summary>Vectors that the phase has done.</summary>
    public required long Done { get; init; }

    /// <summary>Vectors of the phase; null where that is not known.</summary>
    public long? Total { get; init; }

    /// <summary>Vectors that earlier runs of the migration were acknowledged for, and that this one does not send again; null where there are none.</summary>
    public long? AcknowledgedBefore { get; init; }

    /// <summary>Vectors a second over the last minute.</summary>
    public double? PerSecond { get; init; }

    /// <summary>When the phase will end at that pace, UTC; null where that cannot be said.</summary>
    public DateTime? ExpectedEnd { get; init; }

    /// <summary>Since when the run has been paused, UTC.</summary>
    public DateTime? PausedSince { get; init; }

    /// <summary>Since when the server has not answered, UTC.</summary>
    public DateTime? UnreachableSince { get; init; }

    /// <summary>When the run gives up unless the server answers before, UTC.</summary>
    public DateTime? RetryingUntil { get; init; }

    /// <summary>Exit code of a run that has ended.</summary>
    public int? ExitCode { get; init; }

    /// <summary>Address of the metrics; null where none are served, and after the end.</summary>
    public string? MetricsUrl { get; init; }

    /// <summary>Seconds after which the next heartbeat is due, as long as the run has not ended.</summary>
    public required double NextSeconds { get; init; }

    /// <summary>A phase as people call it.</summary>
    public static string NameOf(string phase) => phase switch
    {
        "plan" or "scan" => "planning",
        "collection" => "preparing the collection",
        "upload" => "sending",
        "count" => "counting",
        "verify" => "verifying",
        "recall" => "measuring recall",
        "repair" => "repairing",
        "index" => "indexing",
        _ => phase,
    };

    /// <summary>A point in time on the clock of whoever reads it; with its date where it is another day.</summary>
    public static string Clock(DateTimeOffset at, DateTimeOffset now, TimeZoneInfo zone)
    {
        DateTimeOffset local = TimeZoneInfo.ConvertTime(at, zone);
        string format = local.Date == TimeZoneInfo.ConvertTime(now, zone).Date ? "HH:mm:ss" : "yyyy-MM-dd HH:mm";
        return local.ToString(format, CultureInfo.InvariantCulture);
    }

    /// <summary>How far, how fast, until when.</summary>
    public string ToText(TimeZoneInfo zone)
    {
        string amount = Total is long total
            ? $"{Units.Count(Done)} of {Units.Count(total)} vectors ({(total == 0 ? 100 : Math.Min(100, 100 * Done / total))} %)"
            : Done > 0 ? $"{Units.Count(Done)} vectors" : string.Empty;
        amount += AcknowledgedBefore is > 0 and long before && Phase == "upload" && amount.Length > 0
            ? $", {Units.Count(before)} acknowledged before" : string.Empty;
        string text = amount.Length > 0 ? $"{NameOf(Phase)}: {amount}" : NameOf(Phase);
        if (Job is { Part: > 0 } job)
        {
            text = $"{job.PartText}, {text}; {job.JobText}";
        }

        if (PausedSince is DateTime paused)
        {
            return $"{text}, paused since {Clock(paused, At, zone)}";
        }

        if (UnreachableSince is DateTime since && RetryingUntil is DateTime until)
        {
            return $"{text}, server unreachable since {Clock(since, At, zone)}, retrying until {Clock(until, At, zone)}";
        }

        string pace = PerSecond is > 0 and double rate ? string.Create(CultureInfo.InvariantCulture, $", {rate:N0}/s") : string.Empty;
        return ExpectedEnd is DateTime end ? $"{text}{pace}, expected to end at {Clock(end, At, zone)}" : text + pace;
    }
}

/// <summary>The JSON of heartbeats.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    WriteIndented = true)]
[JsonSerializable(typeof(RunPulse))]
internal sealed partial class RunPulseJson : JsonSerializerContext;
