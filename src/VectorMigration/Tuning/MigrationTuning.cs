using VectorMigration.Vectors;

namespace VectorMigration.Tuning;

/// <summary>
/// What <c>Optimize-VectorMigration</c> and <c>tune</c> found: batch size, parallelism and pause for this index, line and server, why, and how long
/// the next sizes will take. The names of the values are those of the parameters, so that it can be piped to a migration.
/// </summary>
public sealed record MigrationTuning
{
    /// <summary>Id of the tuning, which its scratch collection had in its metadata.</summary>
    public required Guid RunId { get; init; }

    /// <summary>Full path of the index.</summary>
    public required string Path { get; init; }

    /// <summary>Full path of the payload file whose rows were sent along, or null.</summary>
    public string? PayloadPath { get; init; }

    /// <summary>Endpoint without secrets.</summary>
    public required string Endpoint { get; init; }

    /// <summary>The collection that the migration is to go to; nothing was changed in it.</summary>
    public required string Collection { get; init; }

    /// <summary>The scratch collection that was used and removed again.</summary>
    public required string ScratchCollection { get; init; }

    /// <summary>Recommended: vectors in a batch.</summary>
    public required int BatchSize { get; init; }

    /// <summary>Recommended: batches under way at once.</summary>
    public required int ThrottleLimit { get; init; }

    /// <summary>Recommended: pause between the end of a batch and the start of the next.</summary>
    public TimeSpan BatchDelay { get; init; }

    /// <summary>Why these values, with the figures that led to them.</summary>
    public required string Reason { get; init; }

    /// <summary>Vectors a second with these values, over the longest rehearsal.</summary>
    public double VectorsPerSecond { get; init; }

    /// <summary>Vectors a second without any values, where the pace is found while sending; null where that was not tried.</summary>
    public double? AdaptiveVectorsPerSecond { get; init; }

    /// <summary>True where the pace that is found while sending does as well, so that no value need be given.</summary>
    public bool AdaptiveDoesAsWell { get; init; }

    /// <summary>Vectors that the migration has to send.</summary>
    public long VectorsToSend { get; init; }

    /// <summary>Round trip of a call to the server, the median of several; null where that was not measured.</summary>
    public TimeSpan? RoundTrip { get; init; }

    /// <summary>Bytes a second that reach the server, whatever it does with them; null where that was not measured.</summary>
    public double? LineBytesPerSecond { get; init; }

    /// <summary>How long all vectors take where the files are copied to the server first; null where the line was not measured.</summary>
    public NearServerPrediction? NearServer { get; init; }

    /// <summary>Points a minute that the collection or the server allows (strict mode), over all shards; null for no limit.</summary>
    public double? PointsPerMinute { get; init; }

    /// <summary>Every setting that was tried, the fastest first.</summary>
    public IReadOnlyList<TuningPoint> Points { get; init => field = Listed<TuningPoint>.Of(value); } = Listed<TuningPoint>.Empty;

    /// <summary>How long the next sizes will take with the recommended values.</summary>
    public IReadOnlyList<MigrationPrediction> Predictions { get; init => field = Listed<MigrationPrediction>.Of(value); }
        = Listed<MigrationPrediction>.Empty;

    /// <summary>How long they will take without any values, where the pace is found while sending; empty where that was not tried.</summary>
    public IReadOnlyList<MigrationPrediction> AdaptivePredictions { get; init => field = Listed<MigrationPrediction>.Of(value); }
        = Listed<MigrationPrediction>.Empty;

    /// <summary>Vectors sent to the scratch collection, all trials together.</summary>
    public long VectorsSent { get; init; }

    /// <summary>The time that the tuning took.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>What is to be known of the figures: a small index, a server that was unsteady, leftovers that were removed.</summary>
    public IReadOnlyList<string> Warnings { get; init => field = Listed<string>.Of(value); } = Listed<string>.Empty;
}
