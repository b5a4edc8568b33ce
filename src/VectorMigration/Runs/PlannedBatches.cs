using VectorMigration.Engine;

namespace VectorMigration.Runs;

/// <summary>Into how many batches and bytes vectors are divided, as far as that is known before they are sent.</summary>
/// <param name="BatchSize">Vectors in a batch; null where flow control decides.</param>
/// <param name="Batches">Number of batches; about so many where flow control decides.</param>
/// <param name="Bytes">Bytes of vectors and ids.</param>
internal readonly record struct PlannedBatches(int? BatchSize, long Batches, long Bytes)
{
    /// <summary>Divides vectors.</summary>
    /// <param name="vectors">How many are sent.</param>
    /// <param name="dimension">Components of each.</param>
    /// <param name="roundTrip">Round trip to the server, by which flow control begins; null where it is not known.</param>
    /// <param name="pacing">The pacing that was asked for, also one that is out of range.</param>
    public static PlannedBatches Of(long vectors, int dimension, TimeSpan? roundTrip, UploadOptions pacing)
    {
        var start = new FlowStart { Dimension = Math.Max(1, dimension), RoundTrip = roundTrip };
        int size = pacing.AdaptsBatchSize ? InitialFlow.Point(pacing, start).BatchSize : Math.Max(1, pacing.ExactBatchSize);
        return new PlannedBatches(pacing.AdaptsBatchSize ? null : size, (vectors + size - 1) / size,
            checked(vectors * ((sizeof(float) * (long)dimension) + sizeof(long))));
    }
}
