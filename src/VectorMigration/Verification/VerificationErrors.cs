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
        "Leave -Sample (--sample) away.");

    public static MigrationException NotVerifiable(string collection, bool repairs) => new(
        ErrorIds.NotVerifiable,
        ErrorKind.NotSupported,
        $"'{collection}' cannot be verified from the index file: a pipeline changed vectors before they were sent, or left some out."
            + (repairs ? " A repair would write over what it made of them." : string.Empty),
        "Run the same pipeline again with Send-QdrantBatch -Verify, which reads back what it sends.",
        collection);

    public static MigrationException NothingToAsk(IndexDescription index, long vectors) => new(
        ErrorIds.NothingToAsk,
        ErrorKind.InvalidArgument,
        $"Recall needs at least 2 vectors that can be stored, and {index.Path} has {vectors} in the range that was asked for.",
        "Leave -Recall (--recall) away, or take a larger range.",
        index.Path);
}
