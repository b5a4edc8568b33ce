namespace VectorMigration;

/// <summary>
/// An upload that is fed vector by vector, as a pipeline delivers them. One producer calls <see cref="AddAsync"/> and
/// <see cref="CompleteAsync"/>; results reach the observers from the pool. Dispose cancels what is under way and waits for it,
/// so that nothing is on the wire afterwards.
/// </summary>
public sealed class PipelineUpload : IAsyncDisposable
{
    /// <summary>Starts an upload into <paramref name="target"/>.</summary>
    public PipelineUpload(IPointTarget target, UploadOptions options, IRetryPolicy retry, int dimension, Guid runId, IRunObserver observer, TimeProvider? time = null) =>
        throw new NotImplementedException();

    /// <summary>
    /// Copies one vector in. Completes at once unless the engine has enough to do; a caller that must also drain results does so until this has completed.
    /// After the upload has stopped, further vectors are dropped: <see cref="Completion"/> is complete then.
    /// </summary>
    public ValueTask AddAsync(long ordinal, long faissId, PointId id, ReadOnlySpan<float> vector, ReadOnlyMemory<byte> payloadUtf8, CancellationToken cancellationToken) =>
        throw new NotImplementedException();

    /// <summary>Says that no more vectors come and waits for the end.</summary>
    public Task<UploadOutcome> CompleteAsync() => throw new NotImplementedException();

    /// <summary>Complete when the upload has ended, by itself or because it stopped.</summary>
    public Task<UploadOutcome> Completion => throw new NotImplementedException();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => throw new NotImplementedException();
}
