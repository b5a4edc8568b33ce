using VectorMigration.Errors;

namespace VectorMigration.Collections;

/// <summary>The errors of collections that are missing, unfit or replaced; made here and nowhere else.</summary>
internal static class CollectionErrors
{
    /// <param name="collection">Collection.</param>
    /// <param name="endpoint">Endpoint without secrets.</param>
    /// <param name="differences">In what it does not fit.</param>
    /// <param name="fitting">Names of its vectors that would fit.</param>
    public static MigrationException Differs(string collection, string endpoint, IReadOnlyList<string> differences, IReadOnlyList<string>? fitting = null) =>
        new(
        ErrorIds.CollectionDiffers,
        ErrorKind.Conflict,
        $"Collection '{collection}' at {endpoint} does not fit the index: {string.Join("; ", differences)}.",
        fitting is { Count: > 0 }
            ? $"Name the vector that fits: {string.Join(" or ", fitting.Select(static name => $"-VectorName {name} (--vector-name {name})"))}."
            : "Choose another collection.",
        collection);

    public static MigrationException AliasIsNotDeleted(string alias, string collection, string endpoint) => new(
        ErrorIds.AliasGiven,
        ErrorKind.InvalidArgument,
        $"'{alias}' at {endpoint} is an alias of the collection '{collection}'; a collection is deleted by its own name only.",
        "Migrate into a new collection and point the alias to it afterwards (Set-QdrantAlias): whoever searches by the alias has all vectors at every moment.",
        alias);

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
