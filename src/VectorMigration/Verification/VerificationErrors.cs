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
        "Leave -Sample out.");

    public static MigrationException NothingToAsk(IndexDescription index, long vectors) => new(
        ErrorIds.NothingToAsk,
        ErrorKind.InvalidArgument,
        $"Recall needs at least 2 vectors that can be stored, and {index.Path} has {vectors} in the selected range.",
        "Leave -Recall out, or select a larger range with -First and -Skip.",
        index.Path);
}
