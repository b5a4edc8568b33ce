using VectorMigration.Errors;

namespace VectorMigration.Collections;

/// <summary>The errors of collections that are missing, unfit or replaced; made here and nowhere else.</summary>
internal static class CollectionErrors
{
    public static MigrationException Differs(string collection, string endpoint, IReadOnlyList<string> differences) => new(
        ErrorIds.CollectionDiffers,
        ErrorKind.Conflict,
        $"Collection '{collection}' at {endpoint} does not fit the index: {string.Join("; ", differences)}.",
        "Choose another collection, or delete this one and start anew with -Recreate (--recreate).",
        collection);

    public static MigrationException Missing(string collection, string endpoint) => new(
        ErrorIds.CollectionMissing, ErrorKind.NotFound, $"There is no collection '{collection}' at {endpoint}.",
            "Check the name and the endpoint, or migrate first.", collection);

    public static MigrationException Replaced(string collection, string endpoint, bool isGone) => new(
        ErrorIds.CollectionReplaced,
        ErrorKind.Conflict,
        $"Collection '{collection}' at {endpoint} was deleted{(isGone ? string.Empty : " and made anew")} while vectors were sent; what was acknowledged "
            + $"before is gone.",
        "Find out who deleted it, then send everything again with -Restart (--restart).",
        collection);
}
