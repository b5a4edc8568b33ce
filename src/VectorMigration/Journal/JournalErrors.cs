using VectorMigration.Errors;

namespace VectorMigration.Journal;

/// <summary>The errors of the journal; made here and nowhere else.</summary>
internal static class JournalErrors
{
    private const string StartAnew = "say -Restart to begin a new journal and send everything again; points of others are not written over";

    public static MigrationException IsDirectory(string path) => new(
        ErrorIds.JournalIsDirectory, ErrorKind.InvalidArgument, $"The journal {path} is a folder; expected a file.",
            "Name a file with -JournalPath.", path);

    public static MigrationException Foreign(string path, string found) => new(
        ErrorIds.JournalForeign, ErrorKind.InvalidData, $"{path} is no journal of VectorMigration: {found}. It was left as it is.",
            "Name another file with -JournalPath; a file that is no journal is never written over.", path);

    public static MigrationException Unreadable(string path, Exception e) => new(
        ErrorIds.JournalUnreadable, ErrorKind.Permission, $"The journal {path} cannot be read: {e.Message}",
            "Give yourself the right to read and write it, or name another with -JournalPath.", path, e);

    public static MigrationException Unwritable(string path, Exception e) => new(
        ErrorIds.JournalUnwritable,
        ErrorKind.Permission,
        $"The journal {path} cannot be written: {e.Message} What was acknowledged since is in the collection but not in the journal; it will be sent "
            + $"again, which changes nothing.",
        "Make room or give the right to write, or name another place with -JournalPath, then run the same command again.",
        path,
        e)
    {
        Resumable = true,
    };

    public static MigrationException InUse(string path) => new(
        ErrorIds.JournalInUse, ErrorKind.ResourceUnavailable, $"The journal {path} is in use by another run; two runs on one journal would not know of "
            + $"each other.", "Wait until that run has ended, or give this one a collection or a journal of its own (-JournalPath, --journal).", path);

    public static MigrationException Corrupt(string path, int line, long offset, string expected, string found) => new(
        ErrorIds.JournalCorrupt,
        ErrorKind.InvalidData,
        $"The journal {path} is damaged at line {line} (byte {offset}): expected {expected}, found {found}. It is not trusted.",
        $"Bring the file back from where it was whole, or {StartAnew}.",
        path);

    public static MigrationException OtherVersion(string path, string found) => new(
        ErrorIds.JournalVersion,
        ErrorKind.NotSupported,
        $"The journal {path} is of a version that this one does not know: expected '{JournalLine.Magic} {JournalLine.Version}' and a header, found '{found}'.",
        $"Go on with the version of VectorMigration that began it, or {StartAnew}.",
        path);

    public static MigrationException Differs(string path, JournalHeader begun, long acknowledged, IReadOnlyList<string> differences) => new(
        ErrorIds.JournalDiffers,
        ErrorKind.Conflict,
        $"The journal {path}, begun {begun.BegunAt:u} for {begun.IndexPath}, has {acknowledged} acknowledged vectors of another migration: "
            + $"{string.Join("; ", differences)}.",
        "Run with what the journal was begun with, or give this migration a journal of its own with -JournalPath. "
            + "Several index files go into one collection side by side, each with ids of its own: -IdOffset or -IdNamespace.",
        path);

    public static MigrationException CollectionGone(string path, string collection, string endpoint, long acknowledged) => new(
        ErrorIds.JournalCollectionMissing,
        ErrorKind.Conflict,
        $"The journal {path} has {acknowledged} acknowledged vectors in collection '{collection}', but {endpoint} has no such collection any more.",
        $"If it was deleted on purpose, {StartAnew}. Otherwise check the endpoint.",
        path);

    public static MigrationException CollectionReplaced(string path, string collection, string? was, string? now, long acknowledged) => new(
        ErrorIds.JournalCollectionReplaced,
        ErrorKind.Conflict,
        $"Collection '{collection}' is not the one that the journal {path} has {acknowledged} acknowledged vectors in: it was made by run "
            + $"{was ?? "(none told)"} then, by {now ?? "(none told)"} now.",
        $"If it was recreated on purpose, {StartAnew}. Otherwise check name, alias and endpoint.",
        path);

    public static MigrationException PointsGone(string path, string collection, long present, long acknowledged) => new(
        ErrorIds.JournalPointsMissing,
        ErrorKind.Conflict,
        $"Collection '{collection}' has {present} points, but the journal {path} has {acknowledged} acknowledged vectors in it: it was recreated or "
            + $"points were deleted since.",
        $"Find out what happened; then {StartAnew}, or send only what is missing with Test-VectorMigration -Repair.",
        path);

    public static MigrationException NeedsIndex(string path) => new(
        ErrorIds.JournalNeedsIndex,
        ErrorKind.InvalidArgument,
        $"A journal ({path}) needs vectors that know their place in an index; the pipeline brought an object that does not.",
        "Pipe the vectors of Get-FaissVector as they are, or leave -JournalPath out.",
        path);

    public static MigrationException OtherIndex(string path, string first, string now) => new(
        ErrorIds.JournalOtherIndex,
        ErrorKind.InvalidArgument,
        $"A journal ({path}) belongs to one index: the pipeline began with vectors of {first} and went on with {now}.",
        "Send one index at a time, each with a journal of its own.",
        path);
}
