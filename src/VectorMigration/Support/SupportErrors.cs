using VectorMigration.Errors;

namespace VectorMigration.Support;

/// <summary>The errors of support packages; made here and nowhere else.</summary>
internal static class SupportErrors
{
    /// <summary>There is no log folder.</summary>
    public static MigrationException NoLogs(string folder) => new(
        ErrorIds.RunNotFound, ErrorKind.NotFound, $"There is no log folder {folder}.", "Name the log folder of the runs with -LogDirectory.", folder);

    /// <summary>The run is not in the log folder.</summary>
    public static MigrationException NoRun(string folder, Guid run) => new(
        ErrorIds.RunNotFound, ErrorKind.NotFound, $"The log folder {folder} has no run {run}.", "Omit the run id to pack the last runs.", folder);

    /// <summary>The archive is there already.</summary>
    public static MigrationException Exists(string path) => new(
        ErrorIds.SupportPackageUnwritable, ErrorKind.Conflict, $"{path} exists. It was not changed.", "Name another file with -OutputPath.", path);

    /// <summary>The archive cannot be written.</summary>
    public static MigrationException Unwritable(string path, Exception e) => new(
        ErrorIds.SupportPackageUnwritable, ErrorKind.Permission, $"The support package {path} cannot be written: {e.Message}",
        "Name a file in an existing folder that this user can write to, with -OutputPath.", path, e);
}
