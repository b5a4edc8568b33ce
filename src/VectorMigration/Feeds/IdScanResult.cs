using VectorMigration.Vectors;

namespace VectorMigration.Feeds;

/// <summary>What a scan of ids found.</summary>
internal sealed record IdScanResult
{
    public long Count { get; init; }

    public long Least { get; init; }

    public long Greatest { get; init; }

    /// <summary>Each id is greater than the one before; false where that was not looked at.</summary>
    public bool Ascending { get; init; }

    public long Negatives { get; init; }

    public IReadOnlyList<IdOccurrence> FirstNegatives { get; init; } = [];

    /// <summary>Vectors whose id another vector before them has.</summary>
    public long Duplicates { get; init; }

    public IReadOnlyList<IdOccurrence> FirstDuplicates { get; init; } = [];

    /// <summary>Ordinals of vectors that a later one with the same id replaces; empty without duplicates.</summary>
    public IReadOnlySet<long> Superseded { get; init; } = new HashSet<long>();
}
