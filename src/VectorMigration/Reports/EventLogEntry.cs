using System.Globalization;
using VectorMigration.Engine;
using VectorMigration.Runs;
using VectorMigration.Verification;

namespace VectorMigration.Reports;

/// <summary>Severity of an entry of the Windows event log, as the system numbers them.</summary>
internal enum EventLogLevel
{
    /// <summary>Something failed.</summary>
    Error = 1,

    /// <summary>Something needs attention.</summary>
    Warning = 2,

    /// <summary>Something happened as it should.</summary>
    Information = 4,
}

/// <summary>An entry of the Windows event log. The numbers are stable: alerts of operators depend on them.</summary>
/// <param name="Id">Number of the event, 1 to 1000: the range that the message file of Windows' eventcreate has texts for.</param>
/// <param name="Level">Severity.</param>
/// <param name="Text">Text.</param>
internal sealed record EventLogEntry(int Id, EventLogLevel Level, string Text)
{
    /// <summary>A run began.</summary>
    public const int Started = 100;

    /// <summary>A run completed, or a verification passed.</summary>
    public const int Completed = 101;

    /// <summary>A run ended incomplete.</summary>
    public const int Incomplete = 102;

    /// <summary>A run was interrupted and can be resumed.</summary>
    public const int Interrupted = 103;

    /// <summary>A run was refused before the first vector.</summary>
    public const int Refused = 104;

    /// <summary>A run failed.</summary>
    public const int Failed = 105;

    /// <summary>The verification found missing, different or extra points.</summary>
    public const int Mismatch = 106;

    /// <summary>A run or a verification ended without a result.</summary>
    public const int Vanished = 107;

    /// <summary>A warning of a run.</summary>
    public const int Warned = 200;

    /// <summary>The server does not answer.</summary>
    public const int Unreachable = 201;

    /// <summary>The server answers again.</summary>
    public const int Reachable = 202;

    /// <summary>A batch failed for good.</summary>
    public const int BatchFailed = 203;

    /// <summary>What an event of a run comes to; null for an event that is not reported.</summary>
    public static EventLogEntry? Of(RunEvent runEvent, string subject) => runEvent switch
    {
        RunStarted started => new(Started, EventLogLevel.Information,
            $"The {subject} starts: {Units.Of(started.Plan.ToSend, "vector", "vectors")} to send to {started.Plan.Endpoint}.{Run(started)}"),
        RunWarning warning => new(Warned, EventLogLevel.Warning, $"Warning of the {subject}: {warning.Message}{Run(warning)}"),
        ServerUnreachable lost => new(Unreachable, EventLogLevel.Warning,
            $"The server of the {subject} has not answered since {Time(lost.Since)}. The run retries until {Time(lost.Until)}. "
                + $"Cause: {lost.Reason.TrimEnd('.')}.{Run(lost)}"),
        ServerReachable over => new(Reachable, EventLogLevel.Information,
            $"The server of the {subject} answers again. It had not answered since {Time(over.Since)}.{Run(over)}"),
        BatchEnded { Result: { Status: BatchStatus.Failed } batch } => new(BatchFailed, EventLogLevel.Error,
            $"Batch {batch.Number} of the {subject} failed: {Units.Of(batch.Count, "vector was", "vectors were")} not stored. {batch.Error}{Run(runEvent)}"),
        RunEnded ended => Of(ended.Result, subject, Run(ended)),
        _ => null,
    };

    /// <summary>The end of something that has no result of its own.</summary>
    /// <param name="exitCode">Exit code; null where it is not known.</param>
    /// <param name="result">What a verification came to.</param>
    /// <param name="subject">What ended.</param>
    public static EventLogEntry OfEnd(int? exitCode, VerificationResult? result, string subject) => result switch
    {
        { NotVerifiable: null } when !result.Passed => new(Mismatch, EventLogLevel.Error, $"The {subject} did not pass: {Findings(result)}."),
        { Passed: true } => new(Completed, EventLogLevel.Information, $"The {subject} passed: {Findings(result)}."),
        _ => exitCode is ExitCodes.Success ? new(Completed, EventLogLevel.Information, $"The {subject} completed.")
            : new(Vanished, EventLogLevel.Error, $"The {subject} ended without a result."),
    };

    private static EventLogEntry Of(MigrationResult result, string subject, string run)
    {
        (int id, EventLogLevel level, string how) = result.Status switch
        {
            MigrationStatus.Completed or MigrationStatus.Planned => (Completed, EventLogLevel.Information, "completed"),
            MigrationStatus.Incomplete when result.Verification is { Passed: false } => (Mismatch, EventLogLevel.Error, "ended incomplete"),
            MigrationStatus.Incomplete => (Incomplete, EventLogLevel.Warning, "ended incomplete"),
            MigrationStatus.Interrupted => (Interrupted, EventLogLevel.Warning, "was interrupted and can be resumed"),
            MigrationStatus.Refused => (Refused, EventLogLevel.Error, "was refused before the first vector"),
            _ => (Failed, EventLogLevel.Error, "failed"),
        };
        string found = result.Verification is { } verified ? $" Verification: {Findings(verified)}." : string.Empty;
        string error = result.Error is { } reason ? $" {reason.Message} {reason.RecommendedAction}" : string.Empty;
        string code = result.ExitCode.ToString(CultureInfo.InvariantCulture);
        return new(id, level, $"The {subject} {how} (exit code {code}): {result.Counts}.{found}{error}{run}");
    }

    private static string Findings(VerificationResult result) => $"{Units.Of(result.Compared, "point", "points")} compared, "
        + $"{Units.Count(result.Missing)} missing, {Units.Count(result.Different)} different"
        + (result.Extra is long extra ? $", {Units.Count(extra)} extra" : string.Empty);

    private static string Run(RunEvent runEvent) => runEvent.RunId == Guid.Empty ? string.Empty : $" Run: {runEvent.RunId}.";

    private static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
