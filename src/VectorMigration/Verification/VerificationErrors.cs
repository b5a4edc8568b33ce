using System.Globalization;
using VectorMigration.Errors;
using VectorMigration.Vectors;

namespace VectorMigration.Verification;

/// <summary>The errors that only verifying and repairing have.</summary>
internal static class VerificationErrors
{
    public static MigrationException RepairNeedsAll() => new(
        ErrorIds.RepairNeedsAll,
        ErrorKind.InvalidArgument,
        "A repair must compare every vector, but -Sample compares only some.",
        "Omit -Sample.");

    /// <summary>Vectors outside of the range have the ids of some of it, and come later: their points are the right ones.</summary>
    public static MigrationException RepairOfRepeatedIds(IndexDescription index, long vectors) => new(
        ErrorIds.RepairNeedsAll,
        ErrorKind.InvalidArgument,
        string.Create(CultureInfo.InvariantCulture, $"{vectors:N0} {(vectors == 1 ? "vector" : "vectors")} of the selected range of {index.Path} ")
            + $"{(vectors == 1 ? "has an id" : "have ids")} that later vectors outside of the range have too. A repair of the range would replace those.",
        "Omit -First and -Skip, so that the repair covers the whole index.",
        index.Path);

    /// <summary>A repair that was asked for, and that the journal does not allow.</summary>
    /// <param name="reason">Why: <see cref="VerificationResult.RepairRefused"/> tells it where no repair was asked for.</param>
    public static MigrationException RepairNotAllowed(MigrationException reason) => new(
        reason.ErrorId, reason.Kind, $"{reason.Message} Nothing was sent.", reason.RecommendedAction, reason.Target, reason);

    /// <summary>Hardly any vector is where a repair looks for it, but other points are.</summary>
    public static MigrationException RepairUnrelated(VerificationResult result, IndexDescription index, string collection, string endpoint, long equal) => new(
        ErrorIds.RepairUnrelated,
        ErrorKind.Conflict,
        string.Create(CultureInfo.InvariantCulture, $"{equal:N0} of {result.Expected:N0} vectors of {index.Path} have an equal point in collection ")
            + string.Create(CultureInfo.InvariantCulture, $"'{collection}' at {endpoint}, which holds {result.CollectionCount:N0} points, and no journal ")
            + "records them. A repair would add the vectors to points that do not belong to them. Nothing was sent.",
        "Check that index and collection belong together, and that -IdFrom, -IdMapping, -IdOffset and -IdNamespace are those of the migration. Name its "
            + "journal with -JournalPath. If these vectors were never sent, send them with Invoke-VectorMigration.",
        collection);

    /// <summary>What is said of a verification that compares vectors alone although payloads were sent.</summary>
    public static string PayloadsNotCompared(string journal) => OptionNames.Here(
        $"Payloads were not compared: the journal {journal} belongs to vectors with payloads, but this verification has none. "
            + "To compare them, add -PayloadPath or -StorePath.");

    public static MigrationException Interrupted() => new(
        ErrorIds.Interrupted, ErrorKind.Stopped, "The verification was interrupted before it was complete. Nothing was changed.",
            "Run the same command again.");

    public static MigrationException RepairInterrupted() => new(
        ErrorIds.Interrupted, ErrorKind.Stopped, "Interrupted while points were being sent again. Acknowledged points are stored.",
            "Run the same command again. It finds what is still missing or different.");

    /// <summary>What to do about points that are missing or different; null where nothing is to be done, or the reason says it.</summary>
    /// <param name="result">What was found.</param>
    /// <param name="journal">Full path of the journal that a repair looked for; null where it looked for none.</param>
    public static string? Advice(VerificationResult result, string? journal = null) => result switch
    {
        { Passed: true } or { NotVerifiable: not null } => null,
        { Repair: null, RepairRefused: MigrationError refused } => OptionNames.Here(
            $"A repair would be refused. {refused.Message} {refused.RecommendedAction}"),
        { Repair: null } => OptionNames.Here("Check that index, payload and collection belong together. Then add -Repair: it sends missing points again, and "
            + $"different points if the journal records them.{(result.WithAddedFields > 0 ? " It leaves points unchanged whose payload has further fields."
                : string.Empty)}"),
        { Repair: { NotRecorded: > 0 } } when journal is null || !File.Exists(journal) => OptionNames.Here("The repair left points unchanged, because it found "
            + $"no journal that records them{(journal is null ? string.Empty : $" ({journal})")}. Check that index and collection belong together. If they do, "
            + "name the journal of the migration with -JournalPath, or its log folder with -LogDirectory."),
        { Repair: { NotRecorded: > 0 } } => OptionNames.Here(
            $"The repair left points unchanged that the journal {journal} does not record. Find out what wrote them."),
        { Repair: { LeftAbsent: > 0 and long absent } } => OptionNames.Here(
            $"The repair did not create {Grouped.Of(absent)} missing {(absent == 1 ? "point" : "points")}: "
            + "a merge adds only to points that exist. Repair the migration that created them first, or run the merge again with -Restart and -AddAbsent."),
        { Repair: { KeptForFields: > 0 and long kept } } => OptionNames.Here(
            $"The repair left {Grouped.Of(kept)} {(kept == 1 ? "point" : "points")} unchanged whose payload has "
            + "fields that the index does not have. An application may have added them, and a repair replaces the whole payload. Keep them as they are, or "
            + "remove the fields with -Repair -OnExisting Overwrite."),
        { Repair: { LeftAlone: > 0 }, PayloadPath: null } => OptionNames.Here("The repair left points unchanged whose payload differs, because it has no "
            + "payload to send. Specify the payload with -PayloadPath, or the store with -StorePath."),
        { Repair.LeftAlone: > 0 } => "The repair left points unchanged whose payload differs. The collection has several vectors, and a whole point would "
            + "remove the other vectors of its id.",
        { Missing: 0, Different: 0 } => "The collection has fewer points than expected. Points were deleted during the repair. Verify again.",
        _ => "The repair sent points again that are still missing or different. Check the failed batches and what else writes to the collection, then repair "
            + "again.",
    };

    /// <summary>Why a verification that passed is not complete; null where all vectors were compared.</summary>
    public static string? NotCompared(VerificationResult result) => result.Invalid == 0 ? null
        : string.Create(CultureInfo.InvariantCulture, $"{result.Invalid:N0} {(result.Invalid == 1 ? "vector of the index was" : "vectors of the index were")}")
            + $" not compared: {(result.PayloadPath is null ? "NaN or infinite components" : "NaN or infinite components, or no row in the payload file")}";

    public static MigrationException NotVerifiable(string collection, bool repairs) => new(
        ErrorIds.NotVerifiable,
        ErrorKind.NotSupported,
        $"'{collection}' cannot be verified from the index file: a pipeline changed vectors before they were sent, skipped some, or sent them in another order."
            + (repairs ? " A repair would overwrite the changed vectors." : string.Empty),
        "Run the same pipeline again with Send-QdrantBatch -Verify, which reads back what it sends.",
        collection);

    public static MigrationException NothingToAsk(IndexDescription index, long vectors) => new(
        ErrorIds.NothingToAsk,
        ErrorKind.InvalidArgument,
        $"Recall needs at least 2 vectors that can be stored, and {index.Path} has {vectors} in the selected range.",
        "Omit -Recall, or select a larger range with -First and -Skip.",
        index.Path);
}
