using System.Globalization;
using VectorMigration.Store;

namespace VectorMigration.Collections;

/// <summary>
/// Indexing that is put off while a collection is loaded: its indexing_threshold is 0, and what it was stands in the collection's metadata, where no
/// crash of a client loses it. The mark is written before the threshold is changed and taken out after it has been restored, so that whoever
/// comes next finds either both, or a mark that does no harm. Qdrant has no call that compares and changes in one step, so each side looks again after its
/// last change: under any interleaving of loads that begin and end, a threshold of 0 has its mark once all of them are done.
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

    /// <summary>Whether the collection builds no index although no load has remembered a threshold to restore: somebody wants it so, or a mark was
    /// lost.</summary>
    public static bool IsUnmarkedOff(CollectionDescription? collection) =>
        collection is { Optimizer.IndexingThreshold: 0 } && RememberedBy(collection) is null;

    /// <summary>Puts the indexing off. Another load may end between two of the calls and take the mark out, so the mark is looked for after the threshold
    /// was changed, and put back.</summary>
    /// <returns>The threshold to restore; null where the collection builds no index anyway.</returns>
    public static async Task<ulong?> BeginAsync(IVectorStore store, CollectionDescription collection, CancellationToken cancellationToken)
    {
        ulong? remembered = RememberedBy(collection);
        if (IsDeferred(collection))
        {
            return remembered;
        }

        ulong threshold = collection.Optimizer.IndexingThreshold ?? OptimizerSettings.UsualIndexingThreshold;
        if (threshold == 0)
        {
            return null;
        }

        if (threshold != remembered)
        {
            await MarkAsync(store, collection.Name, threshold, cancellationToken).ConfigureAwait(false);
        }

        await ResumeAsync(store, collection.Name, 0, cancellationToken).ConfigureAwait(false);
        await KeepMarkAsync(store, collection.Name, threshold, cancellationToken).ConfigureAwait(false);
        return threshold;
    }

    /// <summary>Puts the mark back where the threshold is 0 and another load has taken the mark out.</summary>
    /// <param name="store">The server.</param>
    /// <param name="collection">Name of the collection.</param>
    /// <param name="threshold">The threshold to restore, which this load knows.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static async Task KeepMarkAsync(IVectorStore store, string collection, ulong threshold, CancellationToken cancellationToken)
    {
        if (IsUnmarkedOff(await store.GetCollectionAsync(collection, cancellationToken).ConfigureAwait(false)))
        {
            await MarkAsync(store, collection, threshold, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Takes the indexing up again, and leaves the mark: the load is not over.</summary>
    public static Task ResumeAsync(IVectorStore store, string collection, ulong threshold, CancellationToken cancellationToken) =>
        store.UpdateCollectionAsync(collection, new CollectionChange { IndexingThreshold = threshold }, cancellationToken);

    /// <summary>Takes the indexing up again for good. A threshold that somebody has set meanwhile stays; without a mark there is nothing to take up, unless
    /// this load knows what it has changed. Another load may put the indexing off before the mark is gone, so the collection is looked at again.</summary>
    /// <param name="store">The server.</param>
    /// <param name="collection">The collection as it was found.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <param name="known">The threshold that this load has replaced by 0; null where it has not.</param>
    public static async Task EndAsync(IVectorStore store, CollectionDescription collection, CancellationToken cancellationToken, ulong? known = null)
    {
        if ((RememberedBy(collection) ?? (IsUnmarkedOff(collection) ? known : null)) is not ulong threshold)
        {
            return;
        }

        if (collection.Optimizer.IndexingThreshold == 0)
        {
            await ResumeAsync(store, collection.Name, threshold, cancellationToken).ConfigureAwait(false);
        }

        await store.UpdateCollectionAsync(collection.Name, new CollectionChange { RemovedKeys = [Key] }, cancellationToken).ConfigureAwait(false);
        if (IsUnmarkedOff(await store.GetCollectionAsync(collection.Name, cancellationToken).ConfigureAwait(false)))
        {
            await ResumeAsync(store, collection.Name, threshold, cancellationToken).ConfigureAwait(false);
        }
    }

    private static Task MarkAsync(IVectorStore store, string collection, ulong threshold, CancellationToken cancellationToken)
    {
        Dictionary<string, string> mark = new() { [Key] = threshold.ToString(CultureInfo.InvariantCulture) };
        return store.UpdateCollectionAsync(collection, new CollectionChange { Metadata = mark }, cancellationToken);
    }
}
