using VectorMigration.Errors;
using VectorMigration.Vectors;

namespace VectorMigration.Engine;

/// <summary>Where the engine takes its next batch from: an index, or a pipeline that is still arriving.</summary>
internal interface IBatchFeed
{
    /// <summary>Waits until it is known whether more vectors come; false at the end. Asked before a permit is, so that the end costs no pause.</summary>
    ValueTask<bool> WaitForMoreAsync(CancellationToken cancellationToken);

    /// <summary>
    /// The next batch with point ids set, of at most <paramref name="batchSize"/> vectors; null at the end. Called by one caller at a time.
    /// </summary>
    /// <exception cref="MigrationException">The source cannot be read, or holds what must not be sent.</exception>
    ValueTask<VectorBatch?> NextAsync(int batchSize, CancellationToken cancellationToken);
}
