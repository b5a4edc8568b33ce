using VectorMigration.Errors;
using VectorMigration.Files;
using VectorMigration.Journal;

namespace VectorMigration.Runs;

/// <summary>Whether journal and logs of a run could be written: a run finds that out as it opens them, a dry run must tell it without opening them.</summary>
internal static class PlaceCheck
{
    /// <summary>The log that all runs of a folder share.</summary>
    private const string LogName = "migration.log";

    /// <summary>The reasons; none where everything can be written.</summary>
    public static IEnumerable<MigrationException> Reasons(MigrationOptions options)
    {
        if (options.JournalPath is string journal && JournalLock.Refusal(journal) is MigrationException locked)
        {
            yield return locked;
        }

        if (options.LogDirectory is string logs && (FolderProbe.Refusal(logs) ?? SpecialFile.Refusal(Path.Combine(logs, LogName))) is Exception reason)
        {
            yield return LogErrors.Unwritable(logs, reason);
        }

        if (options.HeartbeatPath is string heartbeat
            && (SpecialFile.Refusal(heartbeat) ?? Folder(heartbeat) ?? HeartbeatFile.Refusal(heartbeat)
                ?? FolderProbe.Refusal(Path.GetDirectoryName(heartbeat) ?? heartbeat)) is Exception cause)
        {
            yield return LogErrors.HeartbeatUnwritable(heartbeat, cause);
        }

        if (options.MetricsPath is string metrics
            && (SpecialFile.Refusal(metrics) ?? Folder(metrics) ?? OwnFile.Refusal(metrics, OwnFile.MetricsMark, "a metrics file")
                ?? FolderProbe.Refusal(Path.GetDirectoryName(metrics) ?? metrics)) is Exception fault)
        {
            yield return LogErrors.MetricsUnwritable(metrics, fault);
        }

        if (options.MetricsListen is string address && MetricsEndpoint.Refusal(address) is MigrationException unserved)
        {
            yield return unserved;
        }

        if (options.EventLog && !OperatingSystem.IsWindows())
        {
            yield return LogErrors.NoEventLog();
        }
    }

    private static IOException? Folder(string path) => Directory.Exists(path) ? new IOException($"'{path}' is a folder. A file was expected.") : null;
}
