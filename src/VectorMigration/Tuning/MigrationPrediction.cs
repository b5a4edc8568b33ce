using VectorMigration.Engine;

namespace VectorMigration.Tuning;

/// <summary>
/// How long so many vectors will take, with an interval that a later run falls into nine times of ten as long as line, server and what else runs there
/// stay as they were measured.
/// </summary>
public sealed record MigrationPrediction
{
    /// <summary>Vectors.</summary>
    public required long Vectors { get; init; }

    /// <summary>Upload, journal and logs included: what <see cref="MigrationPerf.Duration"/> will say.</summary>
    public required TimeSpan Upload { get; init; }

    /// <summary>The upload takes at least so long.</summary>
    public required TimeSpan Low { get; init; }

    /// <summary>The upload takes at most so long.</summary>
    public required TimeSpan High { get; init; }

    /// <summary>Reading back and comparing every vector, on top of the upload; null where that was not measured.</summary>
    public TimeSpan? Verification { get; init; }

    /// <summary>Upload and full verification together; null where verification was not measured.</summary>
    public TimeSpan? Total => Upload + Verification;

    /// <summary>Vectors beyond those that were tried, so that the figures are extrapolated.</summary>
    public bool Extrapolated { get; init; }

    /// <summary>The same prediction where the upload cannot take less than a time, to about a tenth.</summary>
    internal MigrationPrediction NotBelow(TimeSpan least) => Upload >= least ? this : this with
    {
        Upload = least,
        Low = Low > least * 0.9 ? Low : least * 0.9,
        High = High > least * 1.5 ? High : least * 1.5,
    };

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"{Vectors:N0} vectors in {Low.TotalSeconds:0.##} to {High.TotalSeconds:0.##} s");
}
