using VectorMigration.Engine;
using VectorMigration.Errors;
using VectorMigration.Runs;
using VectorMigration.Store;
using VectorMigration.Vectors;

namespace VectorMigration.Diagnosis;

/// <summary>What is to be checked.</summary>
internal sealed record DiagnosisRequest
{
    /// <summary>Time for one measurement of the line where nobody says another.</summary>
    public static readonly TimeSpan UsualMeasuring = TimeSpan.FromSeconds(5);

    /// <summary>Deadline of each call where nobody says another: a server that takes longer is not fit for the night.</summary>
    public static readonly TimeSpan UsualTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Bytes of vectors that one measurement moves at most.</summary>
    public const long MostBytes = 32_000_000;

    /// <summary>How the server is reached.</summary>
    public required QdrantConnectionOptions Connection { get; init; }

    /// <summary>A key is sent.</summary>
    public required bool HasKey { get; init; }

    /// <summary>The collection of the run; null for none.</summary>
    public string? Collection { get; init; }

    /// <summary>The vector of the collection; null for the unnamed one.</summary>
    public string? VectorName { get; init; }

    /// <summary>Full path of the log folder of the run.</summary>
    public required string LogDirectory { get; init; }

    /// <summary>A scratch collection may be written and removed.</summary>
    public bool AllowWrite { get; init; }

    /// <summary>Time for one measurement of the line; zero measures nothing.</summary>
    public TimeSpan Measuring { get; init; } = UsualMeasuring;

    /// <summary>The index of the run; null for none. Stays the caller's to dispose.</summary>
    public IVectorSource? Source { get; init; }

    /// <summary>Its payloads, or null. Stays the caller's to dispose.</summary>
    public IPayloadSource? Payload { get; init; }

    /// <summary>Why there is no index though one was named; null otherwise.</summary>
    public MigrationException? SourceFault { get; init; }

    /// <summary>What the search for the index and its texts found worth telling.</summary>
    public IReadOnlyList<string> SourceNotes { get; init; } = [];

    /// <summary>Earlier runs, or null.</summary>
    public IRunHistory? History { get; init; }

    /// <summary>A retry policy for the plan.</summary>
    public required Func<IRetryPolicy> NewRetry { get; init; }
}
