using VectorMigration.Errors;
using VectorMigration.Vectors;

namespace VectorMigration.Feeds;

/// <summary>Why original vectors are not those of an index.</summary>
internal static class OriginalErrors
{
    private const string FindTheirs = "Name the vectors that this index was built from with -OriginalVectors, in the order in which they were added.";

    public static MigrationException Dimension(IndexDescription index, IndexDescription originals) => Differ(
        index, $"{originals.Path} has vectors of {originals.Dimension} components, and {index.Path} has vectors of {index.Dimension}.", FindTheirs);

    public static MigrationException Count(IndexDescription index, IndexDescription originals) => Differ(
        index, $"{originals.Path} has {originals.Count} {(originals.Count == 1 ? "vector" : "vectors")}, and {index.Path} has {index.Count}. Row n must be the "
            + "vector that was added n-th, so there must be one row for each vector.", FindTheirs);

    public static MigrationException OrderUnknown(IndexDescription index, IndexDescription originals, long row, long ordinal) => Differ(
        index, $"{index.Path} is {index.Kind}, which does not keep the order in which vectors were added. Its ids would show the order only if they were "
            + $"exactly 0 to {index.Count - 1}, each once, but {row} is at position {ordinal}. So it is unknown which row of {originals.Path} "
            + "belongs to which vector.",
        "Use -AllowDecoded to migrate the decoded vectors, or build a new index from the original vectors and their ids.");

    public static MigrationException Others(IndexDescription index, IndexDescription originals, long first, long last, long near, long asked) => Differ(
        index, $"{originals.Path} does not belong to {index.Path}: of {asked} {(asked == 1 ? "vector" : "vectors")} compared between positions {first} and "
            + $"{last}, {near} {(near == 1 ? "is" : "are")} closer to the own row than to another one.", FindTheirs);

    private static MigrationException Differ(IndexDescription index, string message, string action) =>
        new(ErrorIds.OriginalVectorsDiffer, ErrorKind.Conflict, message, action, index.Path);
}
