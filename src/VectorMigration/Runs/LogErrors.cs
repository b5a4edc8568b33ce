using VectorMigration.Errors;

namespace VectorMigration.Runs;

/// <summary>The errors of writing logs; made here and nowhere else.</summary>
internal static class LogErrors
{
    public static MigrationException Unwritable(string path, Exception e) => new(
        ErrorIds.LogUnwritable, ErrorKind.Permission, $"The log {path} cannot be written: {e.Message}",
            "Give another folder with -LogDirectory, or make room in this one.", path, e);
}
