using VectorMigration.SideFiles.Pickles;

namespace VectorMigration.SideFiles.Stores.Archives;

/// <summary>The errors of archives of stores.</summary>
internal static class ArchiveErrors
{
    public static MigrationException Invalid(string file, string found) => new(
        ErrorIds.StoreInvalid, ErrorKind.InvalidData, $"{file} is not a sound archive: {found}.",
        "Copy it again, or unpack it yourself and name the folder.", file);

    public static MigrationException EntryRefused(string file, string entry, string found) => new(
        ErrorIds.StoreInvalid,
        ErrorKind.InvalidData,
        $"{file}: the entry '{PickleErrors.Clean(entry)}' is {found}. Nothing but plain files below one folder is unpacked.",
        "Unpack what you trust of it yourself, and name the folder.",
        file);

    public static MigrationException TooLarge(string file, string what) => new(
        ErrorIds.StoreInvalid,
        ErrorKind.NotSupported,
        $"{file} passes a limit for archives: {what}.",
        "Unpack it yourself if you trust it, and name the folder.",
        file);

    public static MigrationException CannotUnpack(string file, Exception inner) => new(
        ErrorIds.PayloadTableFailed,
        ErrorKind.ResourceUnavailable,
        $"{file} is an archive and cannot be unpacked: {PickleErrors.Clean(inner.Message)}",
        "Make room in the folder for temporary files, or unpack it yourself and name the folder.",
        file,
        inner);
}
