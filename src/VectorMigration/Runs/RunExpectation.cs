namespace VectorMigration.Runs;

/// <summary>How long a run will take, judged by an earlier one to the same endpoint, at the same pace, with vectors of the same dimension.</summary>
public sealed record RunExpectation
{
    /// <summary>Upload and verification together.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>Upload alone.</summary>
    public required TimeSpan Upload { get; init; }

    /// <summary>Verification alone; null when none is asked for, or the earlier run made none of that kind.</summary>
    public TimeSpan? Verification { get; init; }

    /// <summary>The earlier run.</summary>
    public required Guid RunId { get; init; }

    /// <summary>When it began, UTC.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>Vectors it sent.</summary>
    public required long Vectors { get; init; }

    /// <inheritdoc/>
    public override string ToString() => $"about {Units.Time(Duration)}";
}
