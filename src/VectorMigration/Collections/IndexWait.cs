using VectorMigration.Errors;
using VectorMigration.Store;

namespace VectorMigration.Collections;

/// <summary>Waits until a server has indexed all that it will ever index of a collection, and wakes an optimiser that sleeps (grey).</summary>
internal sealed class IndexWait(IVectorStore store, string collection, IndexWaitLimits limits, TimeProvider time)
{
    private const int MostWakings = 3;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan WakeAgain = TimeSpan.FromSeconds(10);
    private readonly long begun = time.GetTimestamp();
    private IndexingView view;
    private long changedAt;
    private long wokenAt;
    private int wakings;

    /// <summary>Waits. The answer tells how far the index has come; <see cref="IndexingStatus.Unfinished"/> where a limit was reached first.</summary>
    /// <param name="tell">Told vectors indexed and vectors at every look.</param>
    /// <param name="cancellationToken">Ends the wait at once.</param>
    /// <exception cref="MigrationException">The collection is gone, the optimiser failed, or the server is lost.</exception>
    public async Task<IndexingResult> RunAsync(Action<long, long> tell, CancellationToken cancellationToken)
    {
        changedAt = begun;
        for (TimeSpan pause = FirstPause; ; pause = Shorter(pause * 1.5, LongestPause))
        {
            await LookAsync(cancellationToken).ConfigureAwait(false);
            tell(Math.Min(view.Indexed, view.Vectors), view.Vectors);
            if (Verdict() is IndexingStatus status)
            {
                return view.ToResult(status, time.GetElapsedTime(begun));
            }

            await WakeAsync(cancellationToken).ConfigureAwait(false);
            await Task.Delay(pause, time, cancellationToken).ConfigureAwait(false);
        }
    }

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private IndexingStatus? Verdict()
    {
        TimeSpan still = time.GetElapsedTime(changedAt);
        if (view.IsGreen && still >= limits.Settled && (view.IsExplained || view.IsOff))
        {
            return view.IsOff && (view.HasNoGraph || view.Unindexed > 0) ? IndexingStatus.Off : IndexingStatus.Complete;
        }

        if (view.IsGreen && still >= limits.Unexplained)
        {
            return IndexingStatus.Settled;
        }

        if (view.Status == "red" && still >= limits.Settled)
        {
            throw IndexingErrors.Failed(collection, store.Endpoint, view);
        }

        bool asleep = view.Status == "grey" && wakings >= MostWakings && time.GetElapsedTime(wokenAt) >= WakeAgain;
        return asleep || still >= limits.NoProgress || time.GetElapsedTime(begun) >= limits.Timeout ? IndexingStatus.Unfinished : null;
    }

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        CollectionDescription now = await DescribeAsync(cancellationToken).ConfigureAwait(false)
            ?? throw CollectionErrors.Replaced(collection, store.Endpoint, isGone: true);
        IndexingView seen = new(now);
        if (seen != view)
        {
            view = seen;
            changedAt = time.GetTimestamp();
        }
    }

    /// <summary>A server that is being restarted is waited for.</summary>
    private async Task<CollectionDescription?> DescribeAsync(CancellationToken cancellationToken)
    {
        long asked = time.GetTimestamp();
        while (true)
        {
            try
            {
                return await store.GetCollectionAsync(collection, cancellationToken).ConfigureAwait(false);
            }
            catch (MigrationException lost) when (lost.Resumable && time.GetElapsedTime(asked) < limits.Outage)
            {
                await Task.Delay(LongestPause, time, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>A server does not go on by itself with optimisations that were pending when it was started: any change of the collection makes it.</summary>
    private async Task WakeAsync(CancellationToken cancellationToken)
    {
        bool stuck = view.Status == "grey" || (view.IsGreen && !view.IsExplained && time.GetElapsedTime(changedAt) >= limits.Unexplained / 3);
        if (!stuck || wakings >= MostWakings || (wakings > 0 && time.GetElapsedTime(wokenAt) < WakeAgain))
        {
            return;
        }

        wakings++;
        wokenAt = time.GetTimestamp();
        try
        {
            await store.UpdateCollectionAsync(collection, new CollectionChange(), cancellationToken).ConfigureAwait(false);
        }
        catch (MigrationException lost) when (lost.Resumable)
        {
            // The next look tells whether the server is gone.
        }
    }
}
