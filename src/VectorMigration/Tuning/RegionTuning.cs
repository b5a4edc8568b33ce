using VectorMigration.Errors;

namespace VectorMigration.Tuning;

/// <summary>One of several endpoints that a migration could go to, for example the same cluster in two regions: what its line and its server came to.</summary>
public sealed record RegionTuning
{
    /// <summary>Name of the region, as it was given; the host where none was.</summary>
    public required string Region { get; init; }

    /// <summary>Endpoint without secrets.</summary>
    public required string Endpoint { get; init; }

    /// <summary>Median round trip; null where it was not measured.</summary>
    public TimeSpan? RoundTrip => Tuning?.RoundTrip;

    /// <summary>Bytes a second that the line carries; null where that was not measured.</summary>
    public double? LineBytesPerSecond => Tuning?.LineBytesPerSecond;

    /// <summary>Vectors a second with the recommended values; null where the tuning failed.</summary>
    public double? VectorsPerSecond => Tuning?.VectorsPerSecond;

    /// <summary>Vectors of the whole migration; null where the tuning failed.</summary>
    public long? Vectors => Whole?.Vectors;

    /// <summary>Predicted upload of all vectors.</summary>
    public TimeSpan? Upload => Whole?.Upload;

    /// <summary>Predicted upload and full verification; the upload alone where verification was not measured.</summary>
    public TimeSpan? Total => Whole is MigrationPrediction whole ? whole.Total ?? whole.Upload : null;

    /// <summary>Predicted upload and full verification; null where verification was not measured.</summary>
    internal TimeSpan? Verified => Whole?.Total;

    /// <summary>Predicted time of everything where the files are copied to a machine beside the server, and the migration runs there.</summary>
    public TimeSpan? NearServerTotal => Tuning?.NearServer?.Total;

    /// <summary>True for the endpoint with the shortest predicted time.</summary>
    public bool IsFastest { get; init; }

    /// <summary>Where to run, in words; for the fastest one also why.</summary>
    public string Advice { get; init; } = string.Empty;

    /// <summary>All that was found; null where the tuning failed.</summary>
    public MigrationTuning? Tuning { get; init; }

    /// <summary>Why there are no figures; null where there are.</summary>
    public MigrationError? Error { get; init; }

    private MigrationPrediction? Whole => Tuning?.Predictions.FirstOrDefault(prediction => prediction.Vectors == Tuning.VectorsToSend);

    /// <inheritdoc/>
    public override string ToString() => $"{Region} ({Endpoint})";
}
