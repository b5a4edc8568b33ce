using VectorMigration.Engine;
using VectorMigration.Runs;

namespace VectorMigration.Reports;

/// <summary>Outages of the server in words.</summary>
internal static class OutageText
{
    /// <summary>For a warning.</summary>
    public static string Lost(ServerUnreachable outage, TimeZoneInfo zone) =>
        $"The server has been unreachable since {RunPulse.Clock(outage.Since, outage.At, zone)} ({outage.Reason.TrimEnd('.')}). "
            + $"Retrying until {RunPulse.Clock(outage.Until, outage.At, zone)}.";

    /// <summary>For a progress bar.</summary>
    public static string Brief(ServerUnreachable outage, TimeZoneInfo zone) =>
        $"unreachable since {RunPulse.Clock(outage.Since, outage.At, zone)}, retrying until {RunPulse.Clock(outage.Until, outage.At, zone)}";

    /// <summary>For a progress bar: a limit of the server holds the run back. Short waits are the pace itself, and are not told: null.</summary>
    public static string? Waiting(PoolPaused pause, TimeZoneInfo zone) => pause.Duration < Told ? null
        : $"rate limit, waiting until {RunPulse.Clock(pause.At + pause.Duration, pause.At, zone)}";

    private static readonly TimeSpan Told = TimeSpan.FromSeconds(1);

    /// <summary>When it is over.</summary>
    public static string Back(ServerReachable back) => $"The server answers again after {Units.Time(back.At - back.Since)}.";
}
