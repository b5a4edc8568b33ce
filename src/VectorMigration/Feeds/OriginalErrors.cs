using VectorMigration.Errors;
using VectorMigration.Vectors;

namespace VectorMigration.Feeds;

/// <summary>Why original vectors are not those of an index.</summary>
internal static class OriginalErrors
{
    private const string FindTheirs = "Name the vectors that this index was built from with -OriginalVectors, in the order in which they were added.";

    public static MigrationException NotBinary(IndexDescription index, BinaryComponent form) => new(
        ErrorIds.NotABinaryIndex, ErrorKind.InvalidArgument,
        index.OriginalsPath is string originals
            ? $"-BinaryAs {form} stores the bits of a binary index, but the vectors come from {originals}."
            : $"-BinaryAs {form} applies to binary indexes, but {index.Path} is {index.Kind}, which does not hold bits.",
        index.OriginalsPath is null ? "Omit -BinaryAs." : "Omit -BinaryAs or -OriginalVectors.", index.Path);

    public static MigrationException Dimension(IndexDescription index, IndexDescription originals) => Differ(
        index, $"{originals.Path} has vectors of {Grouped.Of(originals.Dimension)} components, and {index.Path} has vectors of "
            + $"{Grouped.Of(index.Dimension)}.", FindTheirs);

    public static MigrationException Count(IndexDescription index, IndexDescription originals) => Differ(
        index, $"{originals.Path} has {Grouped.Of(originals.Count)} {(originals.Count == 1 ? "vector" : "vectors")}, and {index.Path} has "
            + $"{Grouped.Of(index.Count)}. Row n must be the "
            + "vector that was added n-th, so there must be one row for each vector.", FindTheirs);

    public static MigrationException OrderUnknown(IndexDescription index, IndexDescription originals, long row, long ordinal) => Differ(
        index, $"{index.Path} is {index.Kind}, which does not keep the order in which vectors were added. Its ids would show the order only if they were "
            + $"exactly 0 to {index.Count - 1}, each once, but {row} is at position {ordinal}. So it is unknown which row of {originals.Path} "
            + "belongs to which vector.",
        "Use -AllowDecoded to migrate the decoded vectors, or build a new index from the original vectors and their ids.");

    /// <summary>What cannot be found out about originals by coarse codes.</summary>
    public static string Coarse(IndexDescription index, IndexDescription originals) =>
        $"The codes of {index.Path} do not distinguish vectors that are close to each other. If such rows of {originals.Path} have changed places, the "
            + "comparison with the codes does not detect it. Make sure that the rows are in the order in which the vectors were added.";

    public static MigrationException Others(IndexDescription index, IndexDescription originals) => Differ(
        index, $"{originals.Path} does not belong to {index.Path}, or {(index.Codec is string codec ? $"its codes ({codec}) are" : "what it holds is")} too "
            + "coarse to tell: the decoded vectors of a sample are not close to their rows.",
        $"{FindTheirs} If these are the right vectors, migrate them without the index, or use -AllowDecoded without -OriginalVectors.");

    public static MigrationException Row(IndexDescription index, IndexDescription originals, long row, long ordinal) => Differ(
        index, $"Row {row} of {originals.Path} is not the vector at position {ordinal} of {index.Path}: "
            + (index.Fidelity == Fidelity.Exact ? "the index holds another one."
                : index.Codec is null ? "what the index holds is far from it."
                : "the index holds a code of a vector that is far from it."),
        $"{FindTheirs} Check row {row}.");

    private static MigrationException Differ(IndexDescription index, string message, string action) =>
        new(ErrorIds.OriginalVectorsDiffer, ErrorKind.Conflict, message, action, index.Path);
}
