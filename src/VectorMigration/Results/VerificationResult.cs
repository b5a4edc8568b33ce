namespace VectorMigration;

/// <summary>The proof a migration ends with: the output of <c>Test-VectorMigration -Detailed</c>.</summary>
public sealed record VerificationResult
{
    /// <summary>What was verified.</summary>
    public required VerificationMode Mode { get; init; }

    /// <summary>True when nothing is missing or different. False also when nothing was verified.</summary>
    public required bool Passed { get; init; }

    /// <summary>Points that should be there.</summary>
    public long Expected { get; init; }

    /// <summary>Exact count of the collection; null when it was not asked.</summary>
    public long? CollectionCount { get; init; }

    /// <summary>Points in the collection that are not from this source, by the counts.</summary>
    public long? Others { get; init; }

    /// <summary>Points read back and compared.</summary>
    public long Compared { get; init; }

    /// <summary>Points that were not there.</summary>
    public long Missing { get; init; }

    /// <summary>Points whose vector or payload differs.</summary>
    public long Different { get; init; }

    /// <summary>Vectors of the source that cannot be stored and so cannot be there.</summary>
    public long Invalid { get; init; }

    /// <summary><c>bits</c>: equal to the last bit; <c>normalised</c>: equal after normalisation, within <see cref="Tolerance"/>; <c>datatype</c>: equal after rounding to the collection's datatype.</summary>
    public string Comparison { get; init; } = "bits";

    /// <summary>Greatest deviation allowed to a component, relative to the unit vector's scale; 0 for bits.</summary>
    public double Tolerance { get; init; }

    /// <summary>Greatest deviation of a component that was seen.</summary>
    public double MaxDeviation { get; init; }

    /// <summary>Time it took.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>The first differences, at most 1,000 of them.</summary>
    public IReadOnlyList<PointDifference> Differences { get; init; } = [];
}

/// <summary>A point that is not as it should be.</summary>
/// <param name="Id">Point id.</param>
/// <param name="Ordinal">Ordinal in the source.</param>
/// <param name="Reason"><c>missing</c>, or how it differs.</param>
public sealed record PointDifference(PointId Id, long Ordinal, string Reason);
