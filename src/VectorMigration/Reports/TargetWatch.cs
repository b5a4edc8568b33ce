using VectorMigration.Store;

namespace VectorMigration.Reports;

/// <summary>
/// Asks the server from time to time how the collection is, for metrics alone. It keeps still while the server is unreachable or the upload is held to a rate
/// limit, and an answer that does not come changes nothing.
/// </summary>
#pragma warning disable CA1001 // A source without a timer holds nothing, and a late question may still hold its token.
internal sealed class TargetWatch : IDisposable
#pragma warning restore CA1001
{
    /// <summary>Shortest time between two questions.</summary>
    public static readonly TimeSpan Beat = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LastPatience = TimeSpan.FromSeconds(2);
    private readonly Func<CancellationToken, Task<CollectionDescription?>> ask;
    private readonly RunMetrics metrics;
    private readonly TimeProvider time;
    private readonly CancellationTokenSource stop = new();
    private readonly Task watching;

    /// <summary>Begins to ask.</summary>
    /// <param name="ask">Asks the server.</param>
    /// <param name="metrics">Takes the answers.</param>
    /// <param name="time">Clock.</param>
    public TargetWatch(Func<CancellationToken, Task<CollectionDescription?>> ask, RunMetrics metrics, TimeProvider time)
    {
        (this.ask, this.metrics, this.time) = (ask, metrics, time);
        watching = Task.Run(WatchAsync);
    }

    /// <summary>Asks a last time, as long as that takes no longer than two seconds.</summary>
    public void LookLast()
    {
        stop.Cancel();
        watching.Wait(LastPatience);
        using CancellationTokenSource limit = new(LastPatience);
        AskAsync(limit.Token).GetAwaiter().GetResult();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        stop.Cancel();
        watching.Wait(LastPatience);
    }

    private async Task WatchAsync()
    {
        DateTimeOffset due = DateTimeOffset.MinValue;
        while (true)
        {
            try
            {
                await Task.Delay(Look, time, stop.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            if (time.GetUtcNow() >= due && metrics.MayAsk)
            {
                using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(stop.Token);
                limit.CancelAfter(Patience);
                await AskAsync(limit.Token).ConfigureAwait(false);
                due = time.GetUtcNow() + Beat;
            }
        }
    }

    private async Task AskAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (await ask(cancellationToken).ConfigureAwait(false) is CollectionDescription seen)
            {
                metrics.Saw(seen);
            }
        }
        catch (Exception)
        {
            // The run does not depend on it; the metrics keep the last answer and its time.
        }
    }
}
