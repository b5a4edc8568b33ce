using VectorMigration.Collections;
using VectorMigration.Engine;
using VectorMigration.Errors;
using VectorMigration.Journal;
using VectorMigration.Store;
using VectorMigration.Vectors;

namespace VectorMigration.Runs;

/// <summary>What an upload from a pipeline will do to its collection.</summary>
/// <param name="Settings">Settings it is created with, or has.</param>
/// <param name="Creates">True when it does not exist yet.</param>
/// <param name="PresentBefore">Points in it before.</param>
/// <param name="CollectionRun">The run id in its metadata, or null.</param>
internal sealed record PipelinePlan(CollectionSettings Settings, bool Creates, ulong PresentBefore, string? CollectionRun = null)
{
    /// <summary>The collection's write limit; null for none.</summary>
    public WriteRateLimit? Limit { get; init; }

    /// <summary>What is worth saying before anything is sent.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];
}

/// <summary>
/// Plans for vectors that come through a pipeline, where only the first one is known: a missing collection is created from the index
/// that it comes from, or with the distance asked for; an existing one is checked as for a whole index.
/// </summary>
internal sealed class PipelinePlanner(IVectorStore store, string collection, string? vectorName, Distance? distance, Guid runId, IndexingOptions indexing)
{
    /// <summary>Plans without changing anything.</summary>
    /// <param name="index">The index that the first vector comes from, or null.</param>
    /// <param name="dimension">Components of the first vector.</param>
    /// <param name="cancellationToken">Stops the planning.</param>
    /// <returns>The plan; null where no index and no option tells the distance of a collection that does not exist.</returns>
    /// <exception cref="MigrationException">The index or the existing collection is refused.</exception>
    public async Task<PipelinePlan?> PlanAsync(IndexDescription? index, int dimension, CancellationToken cancellationToken)
    {
        await store.GetServerAsync(cancellationToken).ConfigureAwait(false);
        CollectionDescription? existing = await store.GetCollectionAsync(collection, cancellationToken).ConfigureAwait(false);
        Distance? wanted = distance
            ?? (index is not null ? index.Distance ?? throw PlanErrors.MetricNotSupported(index) : Existing(existing)?.Distance);
        if (wanted is null && existing is null)
        {
            return null;
        }

        // An existing collection without that vector is refused by its differences below, whatever the distance.
        CollectionSettings settings = indexing.Apply(index is not null
            ? CollectionFit.Settings(index, wanted, vectorName, runId)
            : new CollectionSettings { Dimension = dimension, Distance = wanted, VectorName = vectorName, Metadata = CollectionFit.Metadata(runId) });
        if (existing is null)
        {
            return dimension > QdrantLimits.MaxDimension
                ? throw PlanErrors.DimensionTooLarge(dimension, collection)
                : new PipelinePlan(settings, Creates: true, 0);
        }

        IReadOnlyList<string> differences = CollectionFit.Differences(existing, settings);
        return differences.Count > 0
            ? throw CollectionErrors.Differs(collection, store.Endpoint, differences)
            : new PipelinePlan(settings, Creates: false, await store.CountAsync(collection, cancellationToken).ConfigureAwait(false), JournalTarget.RunOf(existing))
            {
                Limit = WriteRateLimits.Of(existing),
                Warnings = [.. IndexingAdvice.ForPipeline(existing, indexing)],
            };
    }

    private CollectionVector? Existing(CollectionDescription? existing) =>
        existing?.Vectors.FirstOrDefault(vector => vector.Name == (vectorName ?? string.Empty));
}
