using VectorMigration.Vectors;

namespace VectorMigration.Feeds;

/// <summary>What the rows of a payload must be, and what becomes of them on the way to a point.</summary>
public readonly record struct PayloadRules
{
    /// <summary>The field that holds the FAISS id; null where rows are in the order of adding.</summary>
    public string? Key { get; init; }

    /// <summary>The rows are in the order of adding, whatever numbers they hold; false where that was not said.</summary>
    public bool ByRow { get; init; }

    /// <summary>Leave the key out of the payload.</summary>
    public bool DropKey { get; init; }

    /// <summary>The field that the migration adds itself, which no row may have; null where it adds none.</summary>
    public string? Reserved { get; init; }

    /// <summary>What becomes of whole numbers beyond 64 bits.</summary>
    public LargeInteger LargeInteger { get; init; }

    /// <summary>Rows with a field twice in one object stay what they are, because they are not sent; otherwise they are refused.</summary>
    public bool KeepsRepeatedFields { get; init; }

    /// <summary>Components of the vectors; a column of a table that holds lists of so many real numbers is the vectors themselves, and no payload. Null
    /// where it is not known.</summary>
    public int? VectorDimension { get; init; }

    /// <summary>What becomes of the fields; null where they stay what they are.</summary>
    public PayloadMapping? Mapping { get; init; }

    /// <summary>Nobody named the file: it was found beside the index.</summary>
    public bool IsFound { get; init; }

    /// <summary>Which of a framework's layouts payloads get.</summary>
    public PayloadLayout Layout { get; init; }
}
