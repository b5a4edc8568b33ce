namespace VectorMigration.Vectors;

/// <summary>An id and where it stands.</summary>
/// <param name="Id">FAISS id.</param>
/// <param name="Ordinal">Place in storage order.</param>
public readonly record struct IdOccurrence(long Id, long Ordinal)
{
    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"id {Id}, ordinal {Ordinal}");
}

/// <summary>A vector of an index by place and id.</summary>
/// <param name="Ordinal">Place in storage order.</param>
/// <param name="FaissId">Its id.</param>
/// <param name="Value">What was found there: a norm, or the component that is not finite.</param>
public sealed record VectorOccurrence(long Ordinal, long FaissId, double Value)
{
    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"id {FaissId}, ordinal {Ordinal}: {Value}");
}

/// <summary>What reading everything once finds: the output of <c>Get-FaissIndex -Scan</c> (property <c>Scan</c>) and <c>inspect --scan</c>.</summary>
public sealed record IndexScan
{
    /// <summary>Vectors read.</summary>
    public long Count { get; init; }

    /// <summary>Least FAISS id; null without vectors.</summary>
    public long? LeastId { get; init; }

    /// <summary>Greatest FAISS id; null without vectors.</summary>
    public long? GreatestId { get; init; }

    /// <summary>Ids below zero.</summary>
    public long NegativeIds { get; init; }

    /// <summary>The first of them.</summary>
    public IReadOnlyList<IdOccurrence> FirstNegativeIds { get; init => field = Listed<IdOccurrence>.Of(value); } = Listed<IdOccurrence>.Empty;

    /// <summary>Vectors whose id another vector before them has.</summary>
    public long DuplicateIds { get; init; }

    /// <summary>The first of them.</summary>
    public IReadOnlyList<IdOccurrence> FirstDuplicateIds { get; init => field = Listed<IdOccurrence>.Of(value); } = Listed<IdOccurrence>.Empty;

    /// <summary>Vectors with a component that is NaN or infinite.</summary>
    public long NonFinite { get; init; }

    /// <summary>The first of them.</summary>
    public IReadOnlyList<VectorOccurrence> FirstNonFinite { get; init => field = Listed<VectorOccurrence>.Of(value); } = Listed<VectorOccurrence>.Empty;

    /// <summary>Vectors of norm 0.</summary>
    public long ZeroNorms { get; init; }

    /// <summary>The first of them.</summary>
    public IReadOnlyList<VectorOccurrence> FirstZeroNorms { get; init => field = Listed<VectorOccurrence>.Of(value); } = Listed<VectorOccurrence>.Empty;

    /// <summary>Vectors whose norm is 1 within 1e-3.</summary>
    public long UnitNorms { get; init; }

    /// <summary>Least norm of the finite vectors; null without any.</summary>
    public double? LeastNorm { get; init; }

    /// <summary>Greatest norm of the finite vectors; null without any.</summary>
    public double? GreatestNorm { get; init; }

    /// <summary>Mean norm of the finite vectors; null without any.</summary>
    public double? MeanNorm { get; init; }

    /// <summary>Time it took.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>What to do about what was found.</summary>
    public IReadOnlyList<string> Advice { get; init => field = Listed<string>.Of(value); } = Listed<string>.Empty;

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"{Count:N0} vectors read, ids {LeastId} to {GreatestId}, {NegativeIds:N0} negative, ")
        + FormattableString.Invariant($"{NonFinite:N0} not finite");
}
