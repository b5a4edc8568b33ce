using VectorMigration.Errors;
using VectorMigration.Store;

namespace VectorMigration.Collections;

/// <summary>What is worth saying about the indexing of a collection that is there already.</summary>
internal static class IndexingAdvice
{
    /// <summary>What a migration into the collection should know.</summary>
    /// <param name="existing">The collection.</param>
    /// <param name="present">Points in it.</param>
    /// <param name="asked">What was asked for about its indexing.</param>
    public static IEnumerable<string> ForMigration(CollectionDescription existing, long present, IndexingOptions asked)
    {
        bool marked = DeferredIndexing.RememberedBy(existing) is not null;
        if (asked.OnlyDefers)
        {
            // Slices leave the indexing to the join that follows.
            yield break;
        }

        if (DeferredIndexing.IsDeferred(existing))
        {
            yield return $"A run that was killed has deferred the indexing of '{existing.Name}'. This run resumes it "
                + $"{(asked.Mode == IndexingMode.Deferred ? "after the upload" : "before the upload")}.";
        }
        else if (asked.Optimizer.IndexingThreshold != 0 && Off(existing) is string off)
        {
            yield return off;
        }
        else if (asked.Mode == IndexingMode.Deferred && !marked && present > 0)
        {
            yield return $"'{existing.Name}' has {present} {(present == 1 ? "point" : "points")} and may be in use. "
                + "Indexing is deferred only for new and empty collections.";
        }
    }

    /// <summary>What a pipeline into the collection should know. It leaves indexing that is put off to whoever has done that, who may be under way.</summary>
    public static IEnumerable<string> ForPipeline(CollectionDescription existing, IndexingOptions asked)
    {
        if (asked.Wait && ForVerification(existing) is string putOff)
        {
            yield return putOff;
        }
    }

    /// <summary>What whoever verifies the collection should know; null for nothing.</summary>
    public static string? ForVerification(CollectionDescription existing) => DeferredIndexing.IsDeferred(existing)
        ? $"A migration has deferred the indexing of '{existing.Name}' and has not resumed it. The collection is searched without an index. If that "
            + $"migration is not running, run the same command again, or use Wait-QdrantCollection."
        : Off(existing);

    /// <summary>A collection that builds no index, without a run that would resume it; null where it builds one, or has no graph on purpose.</summary>
    public static string? Off(CollectionDescription existing) => DeferredIndexing.IsUnmarkedOff(existing) && existing.HnswM != 0
        ? $"'{existing.Name}' builds no index: its indexing_threshold is 0, and no migration has recorded another value. It is searched without an index. "
            + "If this is not intended, set indexing_threshold of the collection in Qdrant "
            + $"(default {Grouped.Of((long)OptimizerSettings.UsualIndexingThreshold)})."
        : null;
}
