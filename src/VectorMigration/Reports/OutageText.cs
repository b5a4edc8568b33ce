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

    /// <summary>When it is over.</summary>
    public static string Back(ServerReachable back) => $"The server answers again after {Units.Time(back.At - back.Since)}.";
}
