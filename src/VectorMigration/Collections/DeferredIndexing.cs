using System.Globalization;
using VectorMigration.Store;

namespace VectorMigration.Collections;

/// <summary>
/// Indexing that is put off while a collection is loaded: its indexing_threshold is 0, and what it was stands in the collection's metadata, where no
/// crash of a client loses it. The mark is written before the threshold is changed and taken out after it has been restored, so that whoever
/// comes next finds either both, or a mark that does no harm.
/// </summary>
internal static class DeferredIndexing
{
    /// <summary>The key of a collection's metadata that the threshold to restore stands under, in kilobytes.</summary>
    public const string Key = "vector_migration_indexing_threshold";

    /// <summary>The threshold that a run has remembered; null where none did.</summary>
    public static ulong? RememberedBy(CollectionDescription? collection) =>
        collection is not null && collection.Metadata.TryGetValue(Key, out string? text)
            ? ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong threshold) ? threshold : OptimizerSettings.UsualIndexingThreshold
            : null;

    /// <summary>Whether the indexing is put off now: of a run that was interrupted in an orderly way, only the mark is left.</summary>
    public static bool IsDeferred(CollectionDescription collection) => RememberedBy(collection) is not null && collection.Optimizer.IndexingThreshold == 0;

    /// <summary>Puts the indexing off.</summary>
    /// <returns>False where the collection builds no index anyway.</returns>
    public static async Task<bool> BeginAsync(IVectorStore store, CollectionDescription collection, CancellationToken cancellationToken)
    {
        ulong? remembered = RememberedBy(collection);
        if (IsDeferred(collection))
        {
            return true;
        }

        ulong threshold = collection.Optimizer.IndexingThreshold ?? OptimizerSettings.UsualIndexingThreshold;
        if (threshold == 0)
        {
            return false;
        }

        if (threshold != remembered)
        {
            Dictionary<string, string> mark = new() { [Key] = threshold.ToString(CultureInfo.InvariantCulture) };
            await store.UpdateCollectionAsync(collection.Name, new CollectionChange { Metadata = mark }, cancellationToken).ConfigureAwait(false);
        }

        await store.UpdateCollectionAsync(collection.Name, new CollectionChange { IndexingThreshold = 0 }, cancellationToken).ConfigureAwait(false);
        return true;
    }

    /// <summary>Takes the indexing up again, and leaves the mark: the load is not over.</summary>
    public static Task ResumeAsync(IVectorStore store, string collection, ulong threshold, CancellationToken cancellationToken) =>
        store.UpdateCollectionAsync(collection, new CollectionChange { IndexingThreshold = threshold }, cancellationToken);

    /// <summary>Takes the indexing up again for good. A threshold that somebody has set meanwhile stays; without our mark there is nothing to take
    /// up.</summary>
    public static async Task EndAsync(IVectorStore store, CollectionDescription collection, CancellationToken cancellationToken)
    {
        if (RememberedBy(collection) is null)
        {
            return;
        }

        if (IsDeferred(collection))
        {
            await ResumeAsync(store, collection.Name, RememberedBy(collection)!.Value, cancellationToken).ConfigureAwait(false);
        }

        await store.UpdateCollectionAsync(collection.Name, new CollectionChange { RemovedKeys = [Key] }, cancellationToken).ConfigureAwait(false);
    }
}
