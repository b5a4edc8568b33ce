using VectorMigration.Errors;

namespace VectorMigration.Runs;

/// <summary>The errors of writing logs; made here and nowhere else.</summary>
internal static class LogErrors
{
    public static MigrationException Unwritable(string path, Exception e) => new(
        ErrorIds.LogUnwritable, ErrorKind.Permission, $"The log {path} cannot be written: {e.Message}",
            "Give another folder with -LogDirectory (--log-dir), or make room in this one.", path, e);

    /// <summary>The warning of a run that goes on although its log does not.</summary>
    public static string Loss(string path, Exception e) =>
        $"The log {path} cannot be written: {e.Message} The run continues without these lines; its result counts them.";

    public static MigrationException HeartbeatUnwritable(string path, Exception e) => new(
        ErrorIds.LogUnwritable, ErrorKind.Permission, $"The heartbeat file {path} cannot be written: {e.Message}",
            "Give another path with -HeartbeatPath (--heartbeat), in a folder that is there.", path, e);
}
