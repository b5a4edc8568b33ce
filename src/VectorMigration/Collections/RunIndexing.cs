using VectorMigration.Errors;
using VectorMigration.Store;

namespace VectorMigration.Collections;

/// <summary>A collection as a load finds it.</summary>
/// <param name="IsUnused">It is new or empty, so that nobody can be searching it.</param>
/// <param name="IsMarked">An earlier load has put its indexing off and left its mark.</param>
/// <param name="KeepsMetadata">The server keeps the metadata of collections.</param>
/// <param name="Sends">There is something to send.</param>
internal readonly record struct LoadTarget(bool IsUnused, bool IsMarked, bool KeepsMetadata, bool Sends = true);

/// <summary>The indexing of the collection that one run loads: put off before the upload where that is asked for, taken up after it however it ended,
/// awaited on request.</summary>
/// <param name="store">The server.</param>
/// <param name="collection">The collection.</param>
/// <param name="options">What was asked for.</param>
/// <param name="giveUpAfter">How long the server may be lost while its index is waited for.</param>
/// <param name="warn">Told what is worth a warning.</param>
/// <param name="time">The clock.</param>
internal sealed class RunIndexing(IVectorStore store, string collection, IndexingOptions options, TimeSpan giveUpAfter, Action<string> warn, TimeProvider time)
{
    /// <summary>How long a run that fails, and one that is stopped by somebody who waits for its end, try to take the indexing up.</summary>
    private static readonly TimeSpan AbandonLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan HurriedLimit = TimeSpan.FromMilliseconds(800);

    private bool putOff;

    /// <summary>The threshold that this run has replaced by 0; null where it has not.</summary>
    private ulong? replaced;

    /// <summary>How far the index has come, where there is something to tell.</summary>
    public IndexingResult? Result { get; private set; }

    /// <summary>Before the upload: puts the indexing off, or takes up what a run before this one has put off.</summary>
    /// <param name="found">What the collection was found to be.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task BeginAsync(LoadTarget found, CancellationToken cancellationToken)
    {
        bool defers = options.Mode == IndexingMode.Deferred && (!options.OnlyDefers || found.Sends);
        if (!(found.IsMarked && (defers || !options.OnlyDefers)) && !(found.IsUnused && defers))
        {
            return;
        }

        CollectionDescription? existing = await store.GetCollectionAsync(collection, cancellationToken).ConfigureAwait(false);
        if (existing is null)
        {
            return;
        }

        if (options.Mode == IndexingMode.Immediate)
        {
            await DeferredIndexing.EndAsync(store, existing, cancellationToken).ConfigureAwait(false);
        }
        else if (!found.KeepsMetadata)
        {
            warn($"The indexing of '{collection}' is not deferred. This server stores no metadata of collections (Qdrant 1.16 and later does), so a "
                + $"killed run could leave the collection without an index.");
        }
        else
        {
            // From here on the threshold may be 0, even if the call fails.
            putOff = true;
            replaced = await DeferredIndexing.BeginAsync(store, existing, cancellationToken).ConfigureAwait(false);
            putOff = replaced is not null;
        }
    }

    /// <summary>After the upload: takes the indexing up for good.</summary>
    public async Task EndAsync(CancellationToken cancellationToken)
    {
        if (putOff && options.OnlyDefers)
        {
            await DeferredIndexing.KeepMarkAsync(store, collection, replaced!.Value, cancellationToken).ConfigureAwait(false);
        }
        else if (putOff && await store.GetCollectionAsync(collection, cancellationToken).ConfigureAwait(false) is { } found)
        {
            await DeferredIndexing.EndAsync(store, found, cancellationToken, replaced).ConfigureAwait(false);
            putOff = false;
        }
    }

    /// <summary>The run ends before its time: takes the indexing up if the server lets it, and says so if not. The mark stays for the run that goes
    /// on.</summary>
    /// <param name="hurried">Somebody waits for the end.</param>
    public async Task AbandonAsync(bool hurried)
    {
        if (!putOff || options.OnlyDefers)
        {
            return;
        }

        using CancellationTokenSource limit = new(hurried ? HurriedLimit : AbandonLimit, time);
        try
        {
            // Somebody may have deleted the collection and created one of the same name: resume indexing only where our mark stands.
            CollectionDescription? found = await store.GetCollectionAsync(collection, limit.Token).ConfigureAwait(false);
            if (found is not null && DeferredIndexing.IsDeferred(found))
            {
                await DeferredIndexing.ResumeAsync(store, collection, DeferredIndexing.RememberedBy(found)!.Value, limit.Token).ConfigureAwait(false);
            }

            putOff = false;
        }
        catch (Exception e) when (e is MigrationException or OperationCanceledException)
        {
            string message = $"The indexing of '{collection}' is still deferred, because the server did not answer. Until you run the same command again, the "
                + $"collection is searched without an index.";
            Result = new IndexingResult { Collection = collection, Status = IndexingStatus.Deferred, Message = message };
            warn(message);
        }
    }

    /// <summary>Waits until the collection is indexed.</summary>
    /// <param name="tell">Told vectors indexed and vectors.</param>
    /// <param name="cancellationToken">Ends the wait at once.</param>
    /// <exception cref="MigrationException">The index failed, or the server is lost.</exception>
    public async Task<IndexingResult> WaitAsync(Action<long, long> tell, CancellationToken cancellationToken)
    {
        IndexWaitLimits limits = new() { Timeout = options.WaitTimeout, Outage = giveUpAfter };
        Result = await new IndexWait(store, collection, limits, time).RunAsync(tell, cancellationToken).ConfigureAwait(false);
        if (Result.Status is IndexingStatus.Off or IndexingStatus.Settled)
        {
            warn($"'{collection}': {Result.Message}");
        }

        return Result;
    }
}
