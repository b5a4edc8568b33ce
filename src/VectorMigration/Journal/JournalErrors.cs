using VectorMigration.Errors;

namespace VectorMigration.Journal;

/// <summary>The errors of the journal; made here and nowhere else.</summary>
internal static class JournalErrors
{
    private const string StartAnew = "use -Restart to begin a new journal and send everything again. "
        + "Points that this migration did not write are not overwritten";

    public static MigrationException IsDirectory(string path) => new(
        ErrorIds.JournalIsDirectory, ErrorKind.InvalidArgument, $"The journal {path} is a folder. A file was expected.",
        "Name a file with -JournalPath.", path);

    public static MigrationException Foreign(string path, string found) => new(
        ErrorIds.JournalForeign, ErrorKind.InvalidData, $"{path} is not a journal of VectorMigration: {found}. The file was not changed.",
        "Name another file with -JournalPath.", path);

    public static MigrationException Unreadable(string path, Exception e) => new(
        ErrorIds.JournalUnreadable, ErrorKind.Permission, $"The journal {path} cannot be read: {e.Message}",
        "Give this user permission to read and write the file, or name another file with -JournalPath.", path, e);

    /// <summary>No run begins without its journal: it was not begun, or could not be taken up.</summary>
    public static MigrationException Unusable(string path, Exception e) => Unwritable(path, e, "This run has sent nothing.");

    /// <summary>The journal failed during a run.</summary>
    public static MigrationException Broken(string path, Exception e) => Unwritable(path, e,
        "Vectors acknowledged since then are in the collection, but not in the journal. They will be sent again, which does not change them.");

    private static MigrationException Unwritable(string path, Exception e, string meaning) => new(
        ErrorIds.JournalUnwritable,
        ErrorKind.Permission,
        $"The journal {path} cannot be written: {e.Message} {meaning}",
        (e is UnauthorizedAccessException ? "Give this user permission to write the file" : "Check the path and free disk space")
            + ", or name another file with -JournalPath. Then run the same command again.",
        path,
        e)
    {
        Resumable = true,
    };

    public static MigrationException InUse(string path) => new(
        ErrorIds.JournalInUse, ErrorKind.ResourceUnavailable, $"The journal {path} is in use by another run.",
        "Wait until that run has ended. Or use another collection, or another journal with -JournalPath.", path);

    public static MigrationException Corrupt(string path, int line, long offset, string expected, string found) => new(
        ErrorIds.JournalCorrupt,
        ErrorKind.InvalidData,
        $"The journal {path} is damaged at line {line} (byte {offset}): expected {expected}, found {found}.",
        $"Restore an undamaged copy of the file, or {StartAnew}.",
        path);

    public static MigrationException OtherVersion(string path, string found) => new(
        ErrorIds.JournalVersion,
        ErrorKind.NotSupported,
        $"The journal {path} has an unknown version: expected '{JournalLine.Magic} {JournalLine.Version}' and a header, found '{found}'.",
        $"Resume with the version of VectorMigration that began it, or {StartAnew}.",
        path);

    public static MigrationException Differs(string path, JournalHeader begun, long acknowledged, IReadOnlyList<string> differences) => new(
        ErrorIds.JournalDiffers,
        ErrorKind.Conflict,
        $"The journal {path}, begun {begun.BegunAt:u} for {begun.IndexPath}, belongs to another migration ({acknowledged} acknowledged): "
            + $"{string.Join("; ", differences)}.",
        "Run with the options that the journal was begun with, or use another journal with -JournalPath. "
            + "To load several index files into one collection, give each its own ids with -IdOffset or -IdNamespace.",
        path);

    /// <summary>Only index or payload differ: the file was written anew since.</summary>
    public static MigrationException SourceChanged(string path, JournalHeader begun, long acknowledged, IReadOnlyList<string> differences) => new(
        ErrorIds.JournalDiffers,
        ErrorKind.Conflict,
        $"The index or its payload has changed since the journal {path} was started at {begun.BegunAt:u} for {begun.IndexPath}. It "
            + $"records {acknowledged} acknowledged vector{(acknowledged == 1 ? string.Empty : "s")}. Differences: {string.Join("; ", differences)}.",
        "To bring the collection up to date, run the same command with -OnChanged Sync. It sends new vectors, repairs changed ones and "
            + "lists the ids that are no longer in the index. -OnChanged Restart sends everything again. "
            + "If this is another migration, use its own journal with -JournalPath.",
        path);

    public static MigrationException RecordDamaged(string path, string found) => new(
        ErrorIds.JournalCorrupt,
        ErrorKind.InvalidData,
        $"{path}, the record of the ids that earlier runs wrote, is damaged: {found}. It is not trusted.",
        $"Restore the file from a backup, or {StartAnew}.",
        path);

    public static MigrationException CollectionGone(string path, string collection, string endpoint, long acknowledged) => new(
        ErrorIds.JournalCollectionMissing,
        ErrorKind.Conflict,
        $"The journal {path} has {acknowledged} acknowledged vectors in collection '{collection}', but {endpoint} no longer has that collection.",
        $"If it was deleted on purpose, {StartAnew}. Otherwise check the endpoint.",
        path);

    public static MigrationException CollectionReplaced(string path, string collection, string? was, string? now, long acknowledged) => new(
        ErrorIds.JournalCollectionReplaced,
        ErrorKind.Conflict,
        $"Collection '{collection}' was replaced. The {acknowledged} acknowledged vectors of the journal {path} are in the collection that run "
            + $"{was ?? "(unknown)"} created; the present one was created by run {now ?? "(unknown)"}.",
        $"If it was recreated on purpose, {StartAnew}. Otherwise check the name, the alias and the endpoint.",
        path);

    public static MigrationException PointsGone(string path, string collection, long present, long acknowledged) => new(
        ErrorIds.JournalPointsMissing,
        ErrorKind.Conflict,
        $"Collection '{collection}' has {present} {(present == 1 ? "point" : "points")}, but the journal {path} has {acknowledged} acknowledged "
            + "vectors. The collection was recreated, or points were deleted.",
        $"Find out what happened. Then send only the missing points with Test-VectorMigration -Repair, or {StartAnew}.",
        path);

    public static MigrationException NeedsIndex(string path) => new(
        ErrorIds.JournalNeedsIndex,
        ErrorKind.InvalidArgument,
        $"The journal {path} needs vectors that know their position in an index. The pipeline contains an object that does not.",
        "Omit -JournalPath, or pipe the vectors of Get-FaissVector unchanged.",
        path);

    public static MigrationException OtherIndex(string path, string first, string now) => new(
        ErrorIds.JournalOtherIndex,
        ErrorKind.InvalidArgument,
        $"The journal {path} belongs to one index, but the pipeline contains vectors of {first} and of {now}.",
        "Send one index at a time, each with its own journal.",
        path);
}
