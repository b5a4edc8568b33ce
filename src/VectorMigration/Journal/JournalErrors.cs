using System.Globalization;
using VectorMigration.Errors;
using VectorMigration.Files;
using VectorMigration.Vectors;

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

    /// <summary>A journal is replaced in one step as it grows; a device or a pipe in its place would be gone.</summary>
    public static MigrationException NotRegular(string path, string kind) => new(
        ErrorIds.JournalForeign, ErrorKind.InvalidArgument, $"The journal {path} is {kind}. A regular file was expected. It was not changed.",
        "Name a file with -JournalPath.", path);

    /// <summary>A file of a user has the name of one that is kept beside the journal.</summary>
    public static MigrationException ForeignSideFile(string path, string journal, string expected) => new(
        ErrorIds.JournalForeign, ErrorKind.InvalidData, $"{path} has the name of a file that belongs to the journal {journal}, but it does not begin with "
            + $"{expected}. It was not changed.",
        "Move that file, or name another journal with -JournalPath.", path);

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
        $"The journal {path} cannot be written: {FolderProbe.Cause(e)} {meaning}",
        Fix(e),
        path,
        e)
    {
        Resumable = true,
    };

    private static string Fix(Exception e) => (e is UnauthorizedAccessException ? "Give this user permission to write the file"
        : e is FileNotFoundException or DirectoryNotFoundException ? "Check the path" : "Check the path and free disk space")
            + ", or name another file with -JournalPath. Then run the same command again.";

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

    /// <param name="path">Full path.</param>
    /// <param name="begun">What it was begun with.</param>
    /// <param name="acknowledged">Vectors that it records.</param>
    /// <param name="differences">In what it differs.</param>
    /// <param name="samePoints">Both are about the same points: another journal would only find them taken.</param>
    public static MigrationException Differs(
        string path, JournalHeader begun, long acknowledged, IReadOnlyList<string> differences, bool samePoints) => new(
        ErrorIds.JournalDiffers,
        ErrorKind.Conflict,
        $"The journal {path}, begun {begun.BegunAt:u} for {begun.IndexPath}, belongs to another migration ({Count(acknowledged)} acknowledged): "
            + $"{string.Join("; ", differences)}.",
        samePoints
            ? "Run with the options that the journal was begun with, or choose another collection. To send every vector again with the present options, "
                + "use -Restart: it replaces the points that this journal recorded."
            : "Run with the options that the journal was begun with. For another migration, use another journal with -JournalPath. If it goes to the same "
                + "collection, give it its own ids with -IdOffset N, or with -IdMapping Uuid5 and -IdNamespace NAME.",
        path);

    /// <summary>The journal was begun under the name of the collection, and the run names an alias of it: the points are the same.</summary>
    public static MigrationException OfAlias(string path, JournalHeader begun, string alias, string collection) => new(
        ErrorIds.JournalDiffers,
        ErrorKind.Conflict,
        $"The journal {path}, begun {begun.BegunAt:u} for {begun.IndexPath}, belongs to the collection '{collection}'. "
            + $"'{alias}' is an alias of that collection.",
        $"To resume that migration, run the same command with the collection '{collection}'.",
        path);

    /// <summary>Only index or payload differ: the file was written anew since.</summary>
    /// <param name="path">Full path.</param>
    /// <param name="begun">What it was begun with.</param>
    /// <param name="acknowledged">Vectors that it records.</param>
    /// <param name="differences">In what it differs.</param>
    /// <param name="insteadOfSync">What to do where a sync would be refused; null where it would not.</param>
    public static MigrationException SourceChanged(
        string path, JournalHeader begun, long acknowledged, IReadOnlyList<string> differences, string? insteadOfSync) => new(
        ErrorIds.JournalDiffers,
        ErrorKind.Conflict,
        $"The index, its payload or the payload options have changed since the journal {path} was started at {begun.BegunAt:u} for {begun.IndexPath}. It "
            + $"records {Count(acknowledged)} acknowledged vector{(acknowledged == 1 ? string.Empty : "s")}. Differences: {string.Join("; ", differences)}.",
        insteadOfSync ?? "To bring the collection up to date, run the same command with -OnChanged Sync. It sends new vectors, repairs changed ones and "
            + "lists the ids that are no longer in the index. -OnChanged Restart sends everything again. "
            + "If these are other vectors, choose another collection, or give them their own journal with -JournalPath and their own ids with "
            + "-IdOffset N.",
        path);

    /// <summary>The journal was begun with a payload, and the run that is to go on has none.</summary>
    public static MigrationException PayloadLeftOut(string path, JournalHeader begun, long acknowledged, IReadOnlyList<string> differences) => new(
        ErrorIds.JournalDiffers,
        ErrorKind.Conflict,
        $"The journal {path}, begun {begun.BegunAt:u} for {begun.IndexPath}, records {Count(acknowledged)} acknowledged "
            + $"{(acknowledged == 1 ? "vector" : "vectors")} with a payload, but this run has no payload."
            + $"{(differences.Count == 0 ? string.Empty : $" Other differences: {string.Join("; ", differences)}.")} "
            + "Changed vectors would keep the payload of the old ones.",
        "Specify the payload with -PayloadPath, or the store with -StorePath. To migrate the vectors without payloads, choose another collection.",
        path);

    /// <summary>The payloads of a run that nobody named are not those that the journal was begun with.</summary>
    public static MigrationException OtherPayloadFound(string path, JournalHeader begun, long acknowledged, string found) => new(
        ErrorIds.JournalDiffers,
        ErrorKind.Conflict,
        $"The journal {path}, begun {begun.BegunAt:u} for {begun.IndexPath}, records {Count(acknowledged)} acknowledged with other payloads"
            + $"{(begun.PayloadFile is string file ? $", from {file}" : string.Empty)}. No payloads were specified, and {found} was found next to the index.",
        "To resume, specify the payloads of the migration with -PayloadPath, or the store with -StorePath. Only if the payloads of the collection are to "
            + $"be replaced, specify {found} and use -OnChanged Sync.",
        path);

    /// <summary>Points would be written anew without the payloads that their journal was begun with.</summary>
    /// <param name="path">Full path.</param>
    /// <param name="begun">What it was begun with.</param>
    /// <param name="repairs">By a repair; otherwise by a run that begins the journal anew.</param>
    /// <param name="fromPipeline">The vectors come through a pipeline.</param>
    public static MigrationException PayloadWouldBeLost(string path, JournalHeader begun, bool repairs, bool fromPipeline) => new(
        ErrorIds.JournalDiffers,
        ErrorKind.Conflict,
        $"The journal {path}, begun {begun.BegunAt:u} for {begun.IndexPath}, belongs to vectors with payloads, but this {(repairs ? "repair" : "run")} has "
            + "no payload. " + (repairs ? "Missing points would be sent without one." : "The points would lose theirs."),
        fromPipeline ? "Pipe the vectors together with their payloads. To send vectors without payloads, choose another collection."
            : "Specify the payload with -PayloadPath, or the store with -StorePath. To migrate the vectors without payloads, choose another collection.",
        path);

    /// <summary>A repair would give payloads to some points of a migration that sent none.</summary>
    public static MigrationException PayloadWouldBeAdded(string path, JournalHeader begun) => new(
        ErrorIds.JournalDiffers,
        ErrorKind.Conflict,
        $"The journal {path}, begun {begun.BegunAt:u} for {begun.IndexPath}, belongs to vectors without payloads, but this repair has payloads. Some points "
            + "would get payloads, and others would not.",
        "Repair without payloads: use -NoStore, and no other file with payloads. To migrate the vectors with payloads, choose another collection.",
        path);

    /// <summary>A repair would write other points than the migration did: under other ids, or with other payloads.</summary>
    public static MigrationException RepairDiffers(string path, JournalHeader begun, IReadOnlyList<string> differences) => new(
        ErrorIds.JournalDiffers,
        ErrorKind.Conflict,
        $"The journal {path}, begun {begun.BegunAt:u} for {begun.IndexPath}, was written with other options: {string.Join("; ", differences)}. A repair would "
            + "write other points than the migration did.",
        "Use the options that the migration was run with.",
        path);

    /// <summary>The journal of another index says nothing of the points that this one should have.</summary>
    public static MigrationException RepairOfOtherIndex(string path, JournalHeader begun, string now) => new(
        ErrorIds.JournalDiffers,
        ErrorKind.Conflict,
        $"The journal {path} belongs to another index: it was begun {begun.BegunAt:u} for {begun.IndexPath}, and {now} is another file with other contents. A "
            + "repair would send vectors of the wrong index.",
        $"To repair what this journal records, name {begun.IndexPath} instead. If {now} is to be in the collection as well, migrate it with "
            + "Invoke-VectorMigration and give it its own journal with -JournalPath, and its own ids with -IdOffset N.",
        path);

    /// <summary>A repair would replace payloads by those of another file, or of another state of it.</summary>
    public static MigrationException RepairOfOtherPayload(string path, JournalHeader begun) => new(
        ErrorIds.JournalDiffers,
        ErrorKind.Conflict,
        $"The journal {path}, begun {begun.BegunAt:u} for {begun.IndexPath}, was written "
            + (begun.Key.Payload == JournalKey.NoPayload ? "without a payload" : "with another payload: the content differs")
            + ". A repair would replace payloads that are as the migration left them.",
        "Repair with the payload that the migration was run with. If the payload has changed on purpose, run Invoke-VectorMigration -OnChanged Sync.",
        path);

    /// <summary>The store has changed, so that nobody knows which ids the points of the migration have.</summary>
    public static MigrationException RepairOfOtherStore(string path, JournalHeader begun) => new(
        ErrorIds.JournalDiffers,
        ErrorKind.Conflict,
        $"The journal {path}, begun {begun.BegunAt:u} for {begun.IndexPath}, was written with another state of the store. The ids of points come from the "
            + "store, so a repair could add every vector under a second id.",
        "Repair with the store that the migration was run with. If the store was rebuilt, migrate it to a new collection, verify that one, and use it instead.",
        path);

    /// <summary>The index is not the file that the journal was begun with, and has other contents.</summary>
    public static MigrationException OtherFile(string path, JournalHeader begun, string now, long acknowledged, IReadOnlyList<string> differences) => new(
        ErrorIds.JournalDiffers,
        ErrorKind.Conflict,
        $"The journal {path} was begun for {begun.IndexPath} and records {Count(acknowledged)} acknowledged vector{(acknowledged == 1 ? string.Empty : "s")}. "
            + $"{now} is another file with other contents: {string.Join("; ", differences)}.",
        "If this is another index, choose another collection, or give it its own journal with -JournalPath and its own ids with -IdOffset N. If it is a newer "
            + $"state of the same index in a new place, use -OnChanged Sync with {OptionNames.Choose("-Force", "--force")}: that replaces the points of the "
            + "old one.",
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
        $"The journal {path} has {Vectors(acknowledged)} in collection '{collection}', but {endpoint} no longer has that collection.",
        $"If it was deleted on purpose, {StartAnew}. Otherwise check the endpoint.",
        path);

    public static MigrationException CollectionReplaced(string path, string collection, string? was, string? now, long acknowledged) => new(
        ErrorIds.JournalCollectionReplaced,
        ErrorKind.Conflict,
        $"Collection '{collection}' was replaced. {Vectors(acknowledged)} of the journal {path} {(acknowledged == 1 ? "is" : "are")} in "
            + (was is null ? "an earlier collection of that name" : $"the collection that run {was} created")
            + (now is null ? ". The present one records no run." : $". Run {now} created the present one."),
        $"If it was recreated on purpose, {StartAnew}. Otherwise check the name, the alias and the endpoint.",
        path);

    public static MigrationException PointsGone(string path, string collection, long present, long acknowledged) => new(
        ErrorIds.JournalPointsMissing,
        ErrorKind.Conflict,
        $"Collection '{collection}' has {Count(present)} {(present == 1 ? "point" : "points")}, but the journal {path} has {Vectors(acknowledged)}. "
            + "The collection was recreated, points were deleted, or vectors of the journal have the same id.",
        $"Find out what happened. Then send only the missing points with Test-VectorMigration -Repair, or {StartAnew}.",
        path);

    private static string Count(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static string Vectors(long acknowledged) => $"{Count(acknowledged)} acknowledged vector{(acknowledged == 1 ? string.Empty : "s")}";

    /// <summary>A pipeline brings another point for a position than an earlier one sent.</summary>
    /// <param name="path">Full path of the journal.</param>
    /// <param name="ordinal">The position.</param>
    /// <param name="id">The id that it has now.</param>
    /// <param name="otherId">The id differs; otherwise vector or payload.</param>
    public static MigrationException SentDiffers(string path, long ordinal, PointId id, bool otherId) => new(
        ErrorIds.JournalDiffers,
        ErrorKind.Conflict,
        $"The journal {path} records another {(otherId ? "id" : "vector or payload")} for position {ordinal} of the index than the pipeline now has (id {id}).",
        SentAdvice,
        path);

    /// <summary>A changed vector comes at a position of which it is not known what was sent.</summary>
    public static MigrationException SentUnknown(string path, long ordinal, PointId id) => new(
        ErrorIds.JournalDiffers,
        ErrorKind.Conflict,
        $"The journal {path} does not record what was sent for position {ordinal} of the index, and a script changed that vector (id {id}). "
            + "Whether it was sent as it is now is not known.",
        SentAdvice,
        path);

    /// <summary>The record of what was sent is gone.</summary>
    public static MigrationException SentMissing(string path, string record) => new(
        ErrorIds.JournalCorrupt,
        ErrorKind.InvalidData,
        $"The journal {path} belongs to a pipeline, and its record of what was sent, {record}, is missing or belongs to another journal.",
        $"Restore the file, or {StartAnew}.",
        path);

    /// <summary>The one command would rely upon what a pipeline sent.</summary>
    /// <param name="path">Full path of the journal.</param>
    /// <param name="begun">What it was begun with.</param>
    /// <param name="ownIds">The pipeline gave ids of its own.</param>
    public static MigrationException OfPipeline(string path, JournalHeader begun, bool ownIds) => new(
        ErrorIds.JournalDiffers,
        ErrorKind.Conflict,
        $"The journal {path}, begun {begun.BegunAt:u} for {begun.IndexPath}, belongs to a pipeline"
            + (ownIds ? ", which gave the vectors other ids than the index has."
                : ". Only a full verification shows whether it sent what the index has."),
        ownIds ? "Run the pipeline again, or name another journal with -JournalPath." : "Use -Verify Full, or name another journal with -JournalPath.",
        path);

    /// <summary>The one command would write over what a script made of the vectors.</summary>
    public static MigrationException OfChangedPipeline(string path, JournalHeader begun) => new(
        ErrorIds.JournalDiffers,
        ErrorKind.Conflict,
        $"The journal {path}, begun {begun.BegunAt:u} for {begun.IndexPath}, belongs to a pipeline that changed vectors or payloads, skipped some, "
            + "or sent them in another order. This run would replace them by what the index and the payload file have. Nothing was sent.",
        "Run the pipeline again. To migrate the index unchanged, choose another collection, and name another journal with -JournalPath.",
        path);

    private const string SentAdvice = "To resume the earlier pipeline, run it unchanged. For other vectors, choose another collection or other ids, "
        + "and another journal with -JournalPath. To send everything again, use -Restart: it replaces the points that this journal recorded.";

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
