using VectorMigration.Feeds;
using VectorMigration.Vectors;

namespace VectorMigration.Verification;

/// <summary>What is compared: a range of a source, the collection that it went to, and how its vectors became points.</summary>
internal sealed record VerificationScope
{
    /// <summary>Collection.</summary>
    public required string Collection { get; init; }

    /// <summary>Distance of the collection: Cosine stores normalised vectors.</summary>
    public required Distance Distance { get; init; }

    /// <summary>Datatype in which the collection keeps the vectors: Float16 rounds them.</summary>
    public VectorDatatype Datatype { get; init; }

    /// <summary>True where vectors come back rounded to 16 bits.</summary>
    public bool Rounds => Datatype == VectorDatatype.Float16;

    /// <summary>True where vectors are kept in another form than float32.</summary>
    public bool Converts => Datatype is not (VectorDatatype.Default or VectorDatatype.Float32);

    /// <summary>Greatest deviation of a component that is rounding, where vectors are normalised.</summary>
    public double Tolerance => VectorComparison.CosineTolerance + (Rounds ? VectorComparison.HalfStep : 0);

    /// <summary>How vectors became points.</summary>
    public required FeedOptions Feed { get; init; }

    /// <summary>First ordinal.</summary>
    public long Offset { get; init; }

    /// <summary>Number of ordinals.</summary>
    public required long Count { get; init; }

    /// <summary>The ids of the range.</summary>
    public required IdScanResult Ids { get; init; }

    /// <summary>Points may hold other fields of payload than those of the source: fields were set beside those that were there.</summary>
    public bool MayHoldMore { get; init; }

    /// <summary>Reads under way at once.</summary>
    public int Parallelism { get; init; } = 1;

    /// <summary>Seed of whatever is picked at random; null takes a new one.</summary>
    public int? Seed { get; init; }
}
