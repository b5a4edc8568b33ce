using System.Text.Json.Serialization;
using VectorMigration.Engine;
using VectorMigration.Errors;
using VectorMigration.Runs;

namespace VectorMigration.Reports;

/// <summary>One line of <c>migration.log</c>. The same record is written and read; names and order of the fields are what earlier versions wrote.</summary>
internal record LogRecord
{
    /// <summary>When, UTC.</summary>
    [JsonPropertyOrder(-3)]
    public required DateTime At { get; init; }

    /// <summary>What kind of line.</summary>
    [JsonPropertyOrder(-2)]
    public required string Event { get; init; }

    /// <summary>The run.</summary>
    [JsonPropertyOrder(-1)]
    public required Guid Run { get; init; }

    /// <summary>In the log of all runs: where the log of this one is, seen from there.</summary>
    [JsonPropertyOrder(1)]
    public string? Log { get; init; }
}

/// <summary>A batch has ended; also the line of <c>perf_slow.log</c>.</summary>
internal sealed record BatchLogRecord : LogRecord
{
    /// <summary>What a batch's line in <c>migration.log</c> says it is.</summary>
    public const string Name = "batch";

    public required long Batch { get; init; }

    public required string Collection { get; init; }

    public required BatchStatus Status { get; init; }

    public required long First { get; init; }

    public required long Last { get; init; }

    public required int Count { get; init; }

    /// <summary>Vectors of the batch that were not sent, because points of others have their ids; left out where there are none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int LeftThere { get; init; }

    /// <summary>Vectors of the batch that were not sent, because equal points are there; left out where there are none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int AlreadyThere { get; init; }

    public required long Bytes { get; init; }

    public required DateTime StartedAt { get; init; }

    public required double Seconds { get; init; }

    public required int Attempts { get; init; }

    public required int RateLimited { get; init; }

    /// <summary>The ids as ranges; null where they are many and stand in a file of their own.</summary>
    public IReadOnlyList<string>? Ids { get; init; } = [];

    /// <summary>The file beside the log that has the ids of this batch, by its number and first ordinal.</summary>
    public string? IdsIn { get; init; }

    public string? ErrorId { get; init; }

    /// <summary>Kind of error; logs of earlier versions have none.</summary>
    public ErrorKind? ErrorKind { get; init; }

    public string? Error { get; init; }

    /// <summary>False where figures are what no run can have.</summary>
    [JsonIgnore]
    public bool IsSound => Enum.IsDefined(Status) && Seconds is >= 0 and < 1e9 && Count >= 0 && LeftThere >= 0 && AlreadyThere >= 0 && Bytes >= 0
        && (long)LeftThere + AlreadyThere <= Count;

    /// <summary>The line of a batch, without its ids.</summary>
    public static BatchLogRecord Of(BatchEnded ended)
    {
        QdrantBatchResult result = ended.Result;
        return new BatchLogRecord
        {
            At = ended.At.UtcDateTime,
            Event = Name,
            Run = ended.RunId,
            Batch = result.Number,
            Collection = result.Collection,
            Status = result.Status,
            First = result.FirstOrdinal,
            Last = result.LastOrdinal,
            Count = result.Count,
            LeftThere = result.LeftThere,
            AlreadyThere = result.AlreadyThere,
            Bytes = result.Bytes,
            StartedAt = result.StartedAt.UtcDateTime,
            Seconds = result.Duration.TotalSeconds,
            Attempts = result.Attempts,
            RateLimited = result.RateLimited,
            ErrorId = result.Error is null ? null : result.ErrorId,
            ErrorKind = result.Error is null ? null : result.ErrorKind,
            Error = result.Error,
        };
    }

    /// <summary>The batch as it was told then, but for its ids.</summary>
    public QdrantBatchResult ToResult() => new()
    {
        RunId = Run,
        Number = Batch,
        Collection = Collection,
        FirstOrdinal = First,
        LastOrdinal = Last,
        Count = Count,
        LeftThere = LeftThere,
        AlreadyThere = AlreadyThere,
        Bytes = Bytes,
        StartedAt = StartedAt,
        Duration = SecondsConverter.ToTimeSpan(Seconds),
        Attempts = Attempts,
        RateLimited = RateLimited,
        Status = Status,
        ErrorId = ErrorId,
        ErrorKind = ErrorKind,
        Error = Error,
    };
}

/// <summary>A vector was left out.</summary>
internal sealed record SkippedLogRecord : LogRecord
{
    public required long Ordinal { get; init; }

    public required long FaissId { get; init; }

    public required string Reason { get; init; }

    public static SkippedLogRecord Of(VectorSkipped skipped) => new()
    {
        At = skipped.At.UtcDateTime,
        Event = "left-out",
        Run = skipped.RunId,
        Ordinal = skipped.Vector.Ordinal,
        FaissId = skipped.Vector.FaissId,
        Reason = skipped.Vector.Reason,
    };
}

/// <summary>An attempt failed.</summary>
internal sealed record AttemptLogRecord : LogRecord
{
    public required long Batch { get; init; }

    public required int Attempt { get; init; }

    public required string Outcome { get; init; }

    public required double Seconds { get; init; }

    public required string ErrorId { get; init; }

    public required string Reason { get; init; }

    public static AttemptLogRecord Of(AttemptEnded attempt) => new()
    {
        At = attempt.At.UtcDateTime,
        Event = "attempt",
        Run = attempt.RunId,
        Batch = attempt.BatchNumber,
        Attempt = attempt.Attempt,
        Outcome = attempt.Sample.Outcome.ToString(),
        Seconds = attempt.Sample.Latency.TotalSeconds,
        ErrorId = attempt.ErrorId,
        Reason = attempt.Reason,
    };
}

/// <summary>The pool waited.</summary>
internal sealed record PauseLogRecord : LogRecord
{
    public required double Seconds { get; init; }

    public required string Reason { get; init; }

    public static PauseLogRecord Of(PoolPaused paused) => new()
    {
        At = paused.At.UtcDateTime,
        Event = "paused",
        Run = paused.RunId,
        Seconds = paused.Duration.TotalSeconds,
        Reason = paused.Reason,
    };
}

/// <summary>A phase began.</summary>
internal sealed record PhaseLogRecord : LogRecord
{
    /// <summary>What the line of a phase says it is.</summary>
    public const string Name = "phase";

    public required string Phase { get; init; }

    public static PhaseLogRecord Of(PhaseStarted started) => new()
    {
        At = started.At.UtcDateTime,
        Event = Name,
        Run = started.RunId,
        Phase = started.Phase,
    };
}

/// <summary>Something worth a warning.</summary>
internal sealed record WarningLogRecord : LogRecord
{
    public required string Message { get; init; }

    public static WarningLogRecord Of(RunWarning warning) => new()
    {
        At = warning.At.UtcDateTime,
        Event = "warning",
        Run = warning.RunId,
        Message = warning.Message,
    };
}

/// <summary>A run has ended.</summary>
internal sealed record ResultLogRecord : LogRecord
{
    public required MigrationStatus Status { get; init; }

    public required int ExitCode { get; init; }

    public required string Collection { get; init; }

    public long Source { get; init; }

    public long Sent { get; init; }

    public long Skipped { get; init; }

    public long Invalid { get; init; }

    /// <summary>Vectors that the payload file has nothing for.</summary>
    public long WithoutPayload { get; init; }

    public long SurplusPayload { get; init; }

    public long Failed { get; init; }

    /// <summary>Vectors not sent because points equal to them were there; null, as the figures that follow, for none.</summary>
    public long? AlreadyThere { get; init; }

    /// <summary>Vectors not sent because points of others have their ids, or because a merge found no point for them.</summary>
    public long? LeftThere { get; init; }

    /// <summary>Points of earlier runs of the same journal that stay under ids which this run does not write.</summary>
    public long? LeftBehind { get; init; }

    /// <summary>Of a sync: vectors sent whose id had no point; null, as the figures that follow, for every other run.</summary>
    public long? Created { get; init; }

    /// <summary>Vectors sent whose point differed.</summary>
    public long? Changed { get; init; }

    /// <summary>Vectors not sent because their points are equal.</summary>
    public long? Equal { get; init; }

    /// <summary>Points of earlier runs whose id the index no longer has.</summary>
    public long? Vanished { get; init; }

    /// <summary>Points among them that were deleted.</summary>
    public long? Pruned { get; init; }

    /// <summary>The first of them, by id.</summary>
    public IReadOnlyList<string>? FirstVanished { get; init; }

    public double Seconds { get; init; }

    public string? Verification { get; init; }

    public bool? Verified { get; init; }

    public long? Missing { get; init; }

    public long? Different { get; init; }

    public string? Indexing { get; init; }

    public long? Indexed { get; init; }

    public long? Vectors { get; init; }

    public string? ErrorId { get; init; }

    /// <summary>Kind of error; logs of earlier versions have none.</summary>
    public ErrorKind? ErrorKind { get; init; }

    public string? Error { get; init; }

    /// <summary>Lines of this log that could not be written; null where none was lost.</summary>
    public long? LostLogLines { get; init; }

    public static ResultLogRecord Of(RunEnded ended)
    {
        MigrationResult result = ended.Result;
        SyncPlan? sync = result.Plan?.Sync;
        return new ResultLogRecord
        {
            At = ended.At.UtcDateTime,
            Event = "run-ended",
            Run = ended.RunId,
            Status = result.Status,
            ExitCode = result.ExitCode,
            Collection = result.Collection,
            Source = result.Counts.Source,
            Sent = result.Counts.Sent,
            Skipped = result.Counts.Skipped,
            Invalid = result.Counts.Invalid,
            WithoutPayload = result.Counts.WithoutPayload,
            SurplusPayload = result.Counts.SurplusPayload,
            Failed = result.Counts.Failed,
            AlreadyThere = Some(result.Counts.AlreadyThere),
            LeftThere = Some(result.Counts.LeftThere),
            LeftBehind = Some(result.Counts.LeftBehind),
            Created = sync is null ? null : result.Counts.Created,
            Changed = sync is null ? null : result.Counts.Changed,
            Equal = sync is null ? null : result.Counts.Equal,
            Vanished = sync is null ? null : result.Counts.Vanished,
            Pruned = sync is null ? null : result.Counts.Pruned,
            FirstVanished = sync is not { Vanished: > 0 } ? null : [.. sync.FirstVanished.Select(static id => $"{id}")],
            Seconds = result.Duration.TotalSeconds,
            Verification = result.Verification?.Mode.ToString(),
            Verified = result.Verification?.Passed,
            Missing = result.Verification?.Missing,
            Different = result.Verification?.Different,
            Indexing = result.Indexing?.Status.ToString(),
            Indexed = result.Indexing?.Indexed,
            Vectors = result.Indexing?.Vectors,
            ErrorId = result.Error?.ErrorId,
            ErrorKind = result.Error?.Kind,
            Error = result.Error?.Message,
        };
    }

    private static long? Some(long count) => count == 0 ? null : count;
}

/// <summary>The JSON of log lines: camelCase names, enums as text; what is not there is left out.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    MaxDepth = 8)]
[JsonSerializable(typeof(LogRecord))]
[JsonSerializable(typeof(PlanLogRecord))]
[JsonSerializable(typeof(BatchLogRecord))]
[JsonSerializable(typeof(SkippedLogRecord))]
[JsonSerializable(typeof(AttemptLogRecord))]
[JsonSerializable(typeof(PauseLogRecord))]
[JsonSerializable(typeof(HeldLogRecord))]
[JsonSerializable(typeof(PhaseLogRecord))]
[JsonSerializable(typeof(OutageLogRecord))]
[JsonSerializable(typeof(SteeredLogRecord))]
[JsonSerializable(typeof(WarningLogRecord))]
[JsonSerializable(typeof(ResultLogRecord))]
internal sealed partial class LogJson : JsonSerializerContext;
