namespace VectorMigration.Commands;

/// <summary>The upload of one pipeline and what it was opened for.</summary>
internal sealed class PipelineTarget
{
    private readonly CollectionSettings settings;
    private bool ended;

    /// <summary>Starts the upload; nothing is sent yet.</summary>
    public PipelineTarget(IVectorStore store, CollectionSettings settings, string collection, UploadOptions pacing, WriteRateLimit? limit, Guid runId, IndexDescription? index, IRunObserver observer)
    {
        this.settings = settings;
        Upload = new PipelineUpload(
            store.OpenTarget(collection, settings.VectorName),
            pacing,
            Parts.NewRetryPolicy(pacing),
            settings.Dimension,
            settings.VectorName,
            index?.Identity ?? SourceIdentity.Objects,
            runId,
            observer,
            start: new FlowStart { Dimension = settings.Dimension, Limit = limit, ReadLimit = WriteRateLimits.Reader(store, collection) });
    }

    /// <summary>The upload.</summary>
    public PipelineUpload Upload { get; }

    /// <summary>Components that every vector has.</summary>
    public int Dimension => settings.Dimension;

    /// <summary>Cosine normalises: an inner-product index whose vectors are not of unit length would rank differently.</summary>
    /// <exception cref="MigrationException">That is so.</exception>
    public void CheckNorm(in InputVector vector)
    {
        if (settings.Distance == Distance.Cosine && vector.Index is { Metric: FaissMetric.InnerProduct } index)
        {
            double norm = Norms.Of(vector.Components);
            if (!double.IsNaN(norm) && !Norms.IsUnit(norm))
            {
                throw PlanErrors.NormsNotUnit(index, vector.Ordinal, vector.FaissId, norm);
            }
        }
    }

    /// <summary>Cancels what is under way and waits until nothing is on the wire.</summary>
    public void End()
    {
        if (!ended)
        {
            ended = true;
            Upload.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }
}
