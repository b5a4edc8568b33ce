using VectorMigration.Engine;

namespace VectorMigration.Reports;

/// <summary>The server does not answer, or answers again.</summary>
internal sealed record OutageLogRecord : LogRecord
{
    public required DateTime Since { get; init; }

    /// <summary>Until when it is tried; null once it answers.</summary>
    public DateTime? Until { get; init; }

    /// <summary>How long it did not answer; null as long as it does not.</summary>
    public double? Seconds { get; init; }

    public string? Reason { get; init; }

    public static OutageLogRecord Of(ServerUnreachable outage) => new()
    {
        At = outage.At.UtcDateTime,
        Event = "unreachable",
        Run = outage.RunId,
        Since = outage.Since.UtcDateTime,
        Until = outage.Until.UtcDateTime,
        Reason = outage.Reason,
    };

    public static OutageLogRecord Of(ServerReachable over) => new()
    {
        At = over.At.UtcDateTime,
        Event = "reachable",
        Run = over.RunId,
        Since = over.Since.UtcDateTime,
        Seconds = (over.At - over.Since).TotalSeconds,
    };
}
