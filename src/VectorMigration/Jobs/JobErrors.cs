using VectorMigration.Errors;
using VectorMigration.Runs;

namespace VectorMigration.Jobs;

/// <summary>Errors of several index files that are moved as one job.</summary>
internal static class JobErrors
{
    /// <summary>A pattern matches no file.</summary>
    public static MigrationException NothingMatches(string pattern) => new(
        ErrorIds.PathNotFound, ErrorKind.NotFound, $"No file matches '{pattern}'.", "Check the pattern and the current folder.", pattern);

    /// <summary>The manifest cannot be read as one.</summary>
    public static MigrationException Manifest(string path, string fault, Exception? inner = null) => new(
        ErrorIds.ManifestInvalid,
        inner is FileNotFoundException or DirectoryNotFoundException ? ErrorKind.NotFound : ErrorKind.InvalidData,
        $"The manifest '{path}' cannot be used: {fault}.",
        "A manifest is a CSV file with a header, or a JSON array of objects. Its columns are path, idOffset, idNamespace, store, payload and vectorName.",
        path,
        inner);

    /// <summary>The job's own record cannot be read or written.</summary>
    public static MigrationException Record(string path, string fault, Exception? inner = null) => new(
        ErrorIds.ManifestInvalid,
        ErrorKind.InvalidData,
        $"The record of the job, '{path}', cannot be used: {fault}.",
        "If the file is damaged, restore it from a backup. To send everything again under a new record, add -Restart.",
        path,
        inner);

    /// <summary>One file twice.</summary>
    public static MigrationException Repeated(string path, int first, int second) => new(
        ErrorIds.PartRepeated,
        ErrorKind.InvalidArgument,
        $"'{path}' is in the list of parts twice, as part {first} and part {second}.",
        "Name each file once.",
        path);

    /// <summary>Another dimension, or another metric.</summary>
    public static MigrationException Differ(PlannedPart first, PlannedPart other, string what, string expected, string found) => new(
        ErrorIds.PartsDiffer,
        ErrorKind.Conflict,
        $"The parts do not belong to one collection: part {other.Number}, '{other.Path}', has the {what} {found}. Part {first.Number}, '{first.Path}', has the "
            + $"{what} {expected}.",
        "Move this file to a collection of its own, or remove it from the list of parts.",
        other.Path);

    /// <summary>Ids that several parts have.</summary>
    public static MigrationException Overlap(SharedIds shared, JobPlan plan)
    {
        IEnumerable<string> first = shared.First.Select(one => $"{one.Id} (parts {one.Part} and {one.Other})");
        (_, int part, int other) = shared.First[0];
        return new(
            ErrorIds.PartIdsOverlap,
            ErrorKind.Conflict,
            $"{Units.Of(shared.Count, "id is", "ids are")} in more than one part, so that a later part would replace points of an earlier one. First ids: "
                + $"{string.Join(", ", first)}. Part {part} is '{plan.Parts[part - 1].Path}', part {other} is '{plan.Parts[other - 1].Path}'.",
            "Give each part its own ids: with the column idOffset of a manifest, or with -IdMapping Uuid5 and -IdNamespace NAME, which makes UUIDs by part.",
            plan.Collection);
    }

    /// <summary>A file without ids comes after a file whose number of vectors is not known.</summary>
    public static MigrationException OffsetUnknown(PlannedPart part, PlannedPart unreadable) => new(
        ErrorIds.PartOffsetUnknown,
        ErrorKind.Conflict,
        $"The ids of part {part.Number}, '{part.Path}', are positions. They begin after the vectors of part {unreadable.Number}, '{unreadable.Path}', "
            + "which cannot be read, so that their number is unknown.",
        "Repair that file, or give the later parts an idOffset in a manifest.",
        part.Path);

    /// <summary>One payload file for parts whose FAISS ids are equal: an entry of it would go to a vector of each.</summary>
    public static MigrationException PayloadShared(PlannedPart part, PlannedPart other, bool hasKey) => new(
        ErrorIds.ManifestInvalid,
        ErrorKind.Conflict,
        $"Part {part.Number}, '{part.Path}', and part {other.Number}, '{other.Path}', have the same payload file, '{part.Part.PayloadPath}'. "
            + (hasKey ? "Payloads are joined by FAISS id, before the id offset, and both parts have FAISS ids of the same range: "
                    + $"{Grouped.Of(part.Least)} to {Grouped.Of(part.Greatest)} and {Grouped.Of(other.Least)} to {Grouped.Of(other.Greatest)}. "
                : "Without -PayloadKey, its first entry belongs to the first vector of both. ")
            + "So one text would go to several vectors.",
        "Give each part a payload file of its own, with the entries of its vectors.",
        part.Part.PayloadPath);

    /// <summary>Another id offset than that of the run that began to send.</summary>
    public static MigrationException OtherOffset(PlannedPart first, long known, long asked, string recordPath) => new(
        ErrorIds.PartsChanged,
        ErrorKind.Conflict,
        $"-IdOffset is {Grouped.Of(asked)}, but an earlier run of the job has sent part 1, '{first.Path}', with the id offset {Grouped.Of(known)}.",
        $"Use the id offset of the earlier run, or omit it. For another job, use another -LogDirectory. The record of the job is {recordPath}.",
        recordPath);

    /// <summary>A part that earlier runs of the job had is missing, or is another one.</summary>
    public static MigrationException Changed(string what, string recordPath) => new(
        ErrorIds.PartsChanged,
        ErrorKind.Conflict,
        $"{what} The ids of all parts depend on their order, and an earlier run of the job has begun to send them.",
        "Run with the parts of the earlier run in their order, and add new parts at the end. For a list of parts that is another job, use another "
            + $"-LogDirectory. The record of the job is {recordPath}.",
        recordPath);

    /// <summary>An option that is about one file.</summary>
    public static MigrationException NotForSeveral(string option, string next) => new(
        ErrorIds.NotForSeveralParts, ErrorKind.InvalidArgument, $"{option} does not apply to several index files.", next, option);

    /// <summary>What to do about points of several parts that are not as they should be.</summary>
    public static string RepairParts => OptionNames.Here(
        "To send missing points again, verify the part that they belong to by a command of its own, with its -IdOffset, -IdNamespace, -VectorName and "
            + "payloads, and add -Repair.");

    /// <summary>Parts that were skipped: the job is incomplete.</summary>
    public static MigrationException Skipped(IReadOnlyList<PlannedPart> skipped, string collection) => new(
        ErrorIds.PartSkipped,
        ErrorKind.InvalidData,
        $"'{collection}' does not contain {Units.Of(skipped.Count, "part", "parts")} that could not be read: "
            + string.Join("; ", skipped.Select(static part => $"part {part.Number}, '{part.Path}' ({part.Bad!.ErrorId})")) + ".",
        "Repair these files, and run the same command again. It sends them, and nothing else twice.",
        collection);
}
