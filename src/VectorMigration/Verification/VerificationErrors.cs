using VectorMigration.Errors;
using VectorMigration.Vectors;

namespace VectorMigration.Verification;

/// <summary>The errors that only verifying and repairing have.</summary>
internal static class VerificationErrors
{
    public static MigrationException RepairNeedsAll() => new(
        ErrorIds.RepairNeedsAll,
        ErrorKind.InvalidArgument,
        "A repair needs every vector to be compared, and only some were to be.",
        "Leave -Sample away.");

    public static MigrationException NothingToAsk(IndexDescription index, long vectors) => new(
        ErrorIds.NothingToAsk,
        ErrorKind.InvalidArgument,
        $"Recall needs at least 2 vectors that can be stored, and {index.Path} has {vectors} in the range that was asked for.",
        "Leave -Recall away, or take a larger range.",
        index.Path);
}
