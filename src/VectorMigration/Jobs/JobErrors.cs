using VectorMigration.Errors;
using VectorMigration.Runs;
using VectorMigration.Vectors;
using VectorMigration.Verification;

namespace VectorMigration.Jobs;

/// <summary>Errors of several index files that are moved as one job.</summary>
internal static class JobErrors
{
    private const int ListedFields = 10;

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
    /// <summary>A list has an entry for each vector of all parts together.</summary>
    public static MigrationException OneListOfAll(string path, long vectors, int parts) => new(
        ErrorIds.StoreAmbiguous,
        ErrorKind.Conflict,
        $"{path} has one entry for each vector of all {Units.Count(parts)} parts together ({Units.Count(vectors)}). A part takes the texts of a file "
            + "of its own, so none of them would have texts.",
        "Write the entries of each part to a file, in the order of its vectors, and name these files in the column payload of a manifest. To migrate "
            + "without the texts, use -NoStore.",
        path);

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

    /// <summary>A merge would replace payload fields that an earlier part writes.</summary>
    public static MigrationException PayloadsReplaced(PlannedPart earlier, PlannedPart later, ReplacedPayloads replaced, JobPlan plan)
    {
        IEnumerable<string> fields = replaced.Fields.Take(ListedFields).Select(static field => $"{field.Key} ({Units.Of(field.Value, "value", "values")})");
        return new(
            ErrorIds.PartPayloadsDiffer,
            ErrorKind.Conflict,
            $"Part {later.Number}, '{later.Path}', would replace payload fields that part {earlier.Number}, '{earlier.Path}', writes to the same points. "
                + $"They have different values for {Units.Of(replaced.Points, "point", "points")}: {string.Join(", ", fields)}"
                + $"{(replaced.Fields.Count > ListedFields ? ", …" : string.Empty)}.",
            "Give the fields of one payload file other names, or name a payload file for one part only. To leave the fields out of all parts, use "
                + "-ExcludePayloadField. To rename them with -RenamePayload, move one part by a command of its own: that option applies to all parts.",
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

    /// <summary>A prune deletes what no part has, and one part cannot be read.</summary>
    public static MigrationException PruneNeedsAllParts(JobPlan plan) => new(
        ErrorIds.PartSkipped,
        ErrorKind.Conflict,
        $"-Prune deletes points whose ids no part has, but {Units.Of(plan.Skipped.Count, "part", "parts")} cannot be read: "
            + string.Join("; ", plan.Skipped.Select(static part => $"part {part.Number}, '{part.Path}' ({part.Bad!.ErrorId})")) + ".",
        "Repair these files first, or omit -Prune.",
        plan.Collection);

    /// <summary>An option that is about one file.</summary>
    public static MigrationException NotForSeveral(string option, string next) => new(
        ErrorIds.NotForSeveralParts, ErrorKind.InvalidArgument, $"{option} does not apply to several index files.", next, option);

    /// <summary>Fewer points than the parts make, although each part was as it should be when it was verified.</summary>
    public static MigrationException PointsLost(string collection, long found, long points) => new(
        ErrorIds.MigrationIncomplete,
        ErrorKind.InvalidData,
        $"'{collection}' has {Units.Of(found, "point", "points")}, but the parts make {Units.Count(points)}: "
            + $"{Units.Of(points - found, "point is", "points are")} missing.",
        "To find out which points are missing, verify all vectors of all parts with Test-VectorMigration.",
        collection);

    /// <summary>What to do about points of several parts that are not as they should be.</summary>
    public static string Repair(VerificationResult proof)
    {
        string? which = proof is { Mode: VerificationMode.Count } or { Missing: 0, Different: 0 } ? null
            : proof.Different == 0 ? "missing points" : proof.Missing == 0 ? "different points" : "missing and different points";
        return OptionNames.Here(
            which is not null
                ? $"To send {which} again, verify the part that they belong to by a command of its own, with its -IdOffset, -IdNamespace, -VectorName "
                    + "and payloads, and add -Repair."
            : proof.Mode == VerificationMode.Full ? "The number of points changed during the verification. Verify all parts again."
            : "To find out which points are missing, verify all vectors of all parts.");
    }

    /// <summary>Parts that were skipped: the job is incomplete.</summary>
    public static MigrationException Skipped(IReadOnlyList<PlannedPart> skipped, string collection) => new(
        ErrorIds.PartSkipped,
        ErrorKind.InvalidData,
        $"'{collection}' does not contain {Units.Of(skipped.Count, "part", "parts")} that could not be read: "
            + string.Join("; ", skipped.Select(static part => $"part {part.Number}, '{part.Path}' ({part.Bad!.ErrorId})")) + ".",
        "Repair these files, and run the same command again. It sends them, and nothing else twice.",
        collection);
}
