namespace VectorMigration.Jobs;

/// <summary>One index file in a plan of slices.</summary>
internal sealed record SlicePlanPart
{
    /// <summary>Path of the index, or of the folder that it is in: relative to the folder of the plan with forward slashes, or absolute.</summary>
    public required string Path { get; init; }

    /// <summary>Path of its store in the same form; null for the one next to the index.</summary>
    public string? Store { get; init; }

    /// <summary>Path of its payload file in the same form; null for none.</summary>
    public string? PayloadFile { get; init; }

    /// <summary>Kind of the index.</summary>
    public required string Kind { get; init; }

    /// <summary>Length of the index in bytes.</summary>
    public long Length { get; init; }

    /// <summary>Digest of the index, as journals have it.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>Digest of its payloads; null without payloads.</summary>
    public string? Payload { get; init; }

    /// <summary>Vectors.</summary>
    public long Count { get; init; }

    /// <summary>Components of a vector.</summary>
    public int Dimension { get; init; }

    /// <summary>The ids are the positions of the vectors.</summary>
    public bool ByPosition { get; init; }

    /// <summary>Added to every id.</summary>
    public long IdOffset { get; init; }

    /// <summary>The part that UUIDs contain; null for none.</summary>
    public string? IdNamespace { get; init; }

    /// <summary>Name of the vector in the collection; null for that of the plan.</summary>
    public string? VectorName { get; init; }

    /// <summary>Vectors that earlier plans of the same job recorded as acknowledged.</summary>
    public long Acknowledged { get; init; }
}

/// <summary>Consecutive vectors of one part.</summary>
/// <param name="Part">The part, counted from 1.</param>
/// <param name="Offset">Ordinal of the first vector.</param>
/// <param name="Count">How many vectors.</param>
internal sealed record SliceRange(int Part, long Offset, long Count);

/// <summary>The work of one worker.</summary>
internal sealed record PlannedSlice
{
    /// <summary>The vectors; none where there are more slices than vectors.</summary>
    public required IReadOnlyList<SliceRange> Ranges { get; init; }
}
