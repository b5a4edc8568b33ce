using VectorMigration.SideFiles.Pickles;

namespace VectorMigration.SideFiles.Stores.Archives;

/// <summary>The errors of archives of stores.</summary>
internal static class ArchiveErrors
{
    public static MigrationException Invalid(string file, string found) => new(
        ErrorIds.StoreInvalid, ErrorKind.InvalidData, $"{file} is damaged, or not an archive: {found}.",
        "Copy it again, or unpack it yourself and name the folder.", file);

    public static MigrationException EntryRefused(string file, string entry, string found) => new(
        ErrorIds.StoreInvalid,
        ErrorKind.InvalidData,
        $"{file}: the entry '{PickleErrors.Clean(entry)}' is {found}. Only plain files below one folder are unpacked.",
        "If you trust the archive, unpack it yourself and name the folder.",
        file);

    public static MigrationException TooLarge(string file, string what) => new(
        ErrorIds.StoreInvalid,
        ErrorKind.NotSupported,
        $"{file} exceeds a limit for archives: {what}.",
        "If you trust the archive, unpack it yourself and name the folder.",
        file);

    public static MigrationException CannotUnpack(string file, Exception inner) => new(
        ErrorIds.PayloadTableFailed,
        ErrorKind.ResourceUnavailable,
        $"{file} is an archive and cannot be unpacked: {PickleErrors.Clean(inner.Message)}",
        "Check permissions and free disk space in the temporary folder (TMPDIR), or unpack the archive yourself and name the folder.",
        file,
        inner);
}
