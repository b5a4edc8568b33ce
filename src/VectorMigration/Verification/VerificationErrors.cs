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
        { Repair: null } => OptionNames.Here("Check that index, payload and collection belong together. Then add -Repair: it sends missing points again, and "
            + "different points if the journal records them."),
        _ when journal is null || !File.Exists(journal) => OptionNames.Here("The repair left points unchanged, because it found no journal that records them"
            + $"{(journal is null ? string.Empty : $" ({journal})")}. Name the journal of the migration with -JournalPath, or its log folder with "
            + "-LogDirectory."),
        _ => OptionNames.Here($"The repair left points unchanged that the journal {journal} does not record. Find out what wrote them."),
    };

    /// <summary>Why a verification that passed is not complete; null where all vectors were compared.</summary>
    public static string? NotCompared(VerificationResult result) => result.Invalid == 0 ? null
        : string.Create(CultureInfo.InvariantCulture, $"{result.Invalid:N0} {(result.Invalid == 1 ? "vector of the index was" : "vectors of the index were")}")
            + $" not compared: {(result.PayloadPath is null ? "NaN or infinite components" : "NaN or infinite components, or no row in the payload file")}";

    public static MigrationException NotVerifiable(string collection, bool repairs) => new(
        ErrorIds.NotVerifiable,
        ErrorKind.NotSupported,
        $"'{collection}' cannot be verified from the index file: a pipeline changed vectors before they were sent, or skipped some."
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
