using VectorMigration.Errors;

namespace VectorMigration.Reports;

/// <summary>The errors of reading what earlier runs left behind.</summary>
internal static class HistoryErrors
{
    private const string WhatIsRead = "Give a migration.log, a log folder, or a summary from its folder runs.";

    public static MigrationException NotFound(string path) => new(
        ErrorIds.RunNotFound, ErrorKind.NotFound, $"There is no file or folder {path}.", WhatIsRead, path);

    public static MigrationException Unreadable(string path, Exception e) => new(
        ErrorIds.RunUnreadable, ErrorKind.Permission, $"{path} cannot be read: {e.Message}", "See that it is a file that this user may read.", path, e);

    public static MigrationException NoRun(string path, string why, Exception? e = null) => new(
        ErrorIds.NotARun, ErrorKind.InvalidData, $"{path} is neither a migration.log nor the summary of a run: {why}.", WhatIsRead, path, e);

    public static MigrationException DamagedLine(string path, long line, string why) => new(
        ErrorIds.DamagedLog, ErrorKind.InvalidData, $"Line {line} of {path} is not what a run writes: {why}.",
            "Take the damaged line out, or measure the run's summary from the folder runs instead.", path);

    public static MigrationException RunMissing(string path, Guid runId) => new(
        ErrorIds.RunNotFound, ErrorKind.NotFound, $"{path} holds no batch of the run {runId}.",
            "Leave the run away to take the last one, or take an id from the log (its field \"run\").", path);

    public static MigrationException NothingSent(string path) => new(
        ErrorIds.NothingSent, ErrorKind.InvalidData, $"{path} tells of no batch that was sent: there is nothing to measure.",
            "Give the log or summary of a run that sent something.", path);
}
