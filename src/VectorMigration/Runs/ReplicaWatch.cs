using VectorMigration.Store;

namespace VectorMigration.Runs;

/// <summary>Looks at the replicas of a collection before a run ends: one that recovers is waited for, within bounds, and one that is missing is told.</summary>
/// <param name="cluster">The server.</param>
/// <param name="collection">Collection.</param>
/// <param name="time">The clock.</param>
internal sealed class ReplicaWatch(IClusterStore cluster, string collection, TimeProvider time)
{
    /// <summary>Longest wait for replicas that recover while none of them gets any further.</summary>
    public static readonly TimeSpan LongestRecovery = TimeSpan.FromMinutes(2);

    /// <summary>Longest wait while replicas are dead and none recovers: a node that was started again begins within seconds.</summary>
    public static readonly TimeSpan LongestDead = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(0.5);

    /// <summary>Waits until all replicas are whole, or a bound has passed.</summary>
    /// <param name="tell">Told once of a wait, with how many of how many replicas are whole each time that changes.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>What was found last; null where the server tells no replicas.</returns>
    public async Task<ReplicaFindings?> RunAsync(Action<ReplicaFindings> tell, CancellationToken cancellationToken)
    {
        long begun = time.GetTimestamp();
        long changed = begun;
        ReplicaFindings? last = null;
        while (true)
        {
            if (await cluster.ListReplicasAsync(collection, cancellationToken).ConfigureAwait(false) is not { } replicas)
            {
                return last;
            }

            ReplicaFindings now = ReplicaFindings.Of(replicas) with { Waited = time.GetElapsedTime(begun) };
            if (now.IsWhole)
            {
                return now;
            }

            if (now.States != last?.States)
            {
                changed = time.GetTimestamp();
                tell(now);
            }

            last = now;
            if (time.GetElapsedTime(changed) >= (now.Recovering > 0 ? LongestRecovery : LongestDead))
            {
                return now;
            }

            await Task.Delay(Pause, time, cancellationToken).ConfigureAwait(false);
        }
    }
}
