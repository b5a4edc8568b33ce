using VectorMigration.Errors;
using VectorMigration.Store;

namespace VectorMigration.Collections;

/// <summary>
/// What a server from 1.17 on has taken and not applied, or applied and not shown: until there is none of it, a count or a read says less than is there.
/// A server that was started again answers before its log is applied (1.17.0 to 1.18.3).
/// </summary>
internal static class UpdateQueue
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    /// <summary>Waits until the queue is empty and no point is hidden.</summary>
    /// <param name="store">The server.</param>
    /// <param name="collection">Collection.</param>
    /// <param name="noProgress">Longest time in which neither gets less.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="MigrationException">It does not get less, or the server is lost; resumable.</exception>
    public static async Task SettleAsync(IVectorStore store, string collection, TimeSpan noProgress, TimeProvider time, CancellationToken cancellationToken)
    {
        ulong least = ulong.MaxValue;
        long since = time.GetTimestamp();
        TimeSpan pause = FirstPause;
        while (await store.GetCollectionAsync(collection, cancellationToken).ConfigureAwait(false) is CollectionDescription now)
        {
            ulong left = now.UpdateQueueLength + now.DeferredPoints;
            if (left == 0)
            {
                return;
            }

            if (left < least)
            {
                least = left;
                since = time.GetTimestamp();
            }
            else if (time.GetElapsedTime(since) > noProgress)
            {
                throw CollectionErrors.NotSettled(now, store.Endpoint, noProgress);
            }

            await Task.Delay(pause, time, cancellationToken).ConfigureAwait(false);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }
}
