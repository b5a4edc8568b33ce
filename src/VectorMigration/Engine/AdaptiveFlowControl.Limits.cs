using System.Globalization;
using VectorMigration.Errors;

namespace VectorMigration.Engine;

/// <summary>The server's write limit: known, learned from a refusal, or estimated from what passed.</summary>
internal sealed partial class AdaptiveFlowControl
{
    private void OnRateLimited(in FlowSample sample, TimeSpan now)
    {
        TimeSpan after = sample.After ?? TimeSpan.FromSeconds(1);
        if (now > refusedAt + (refused.After ?? TimeSpan.Zero) || firstRefusal == TimeSpan.MinValue)
        {
            learn = start.ReadLimit is not null;
            EstimateLimit(now);
            if (firstRefusal == TimeSpan.MinValue)
            {
                takenSinceRefusal = 0;
                firstRefusal = now;
            }
        }

        refused = sample with { After = after };
        refusedAt = now;
        budget?.OnRefused(sample.Vectors, after, now);
    }

    /// <summary>Where no collection tells the limit, what was taken between two refusals is the rate that is allowed.</summary>
    private void EstimateLimit(TimeSpan now)
    {
        double seconds = firstRefusal == TimeSpan.MinValue ? 0 : (now - firstRefusal).TotalSeconds;
        if (budget is not null || seconds < 5 || takenSinceRefusal == 0)
        {
            return;
        }

        long perMinute = (long)Math.Max(1, 60 * takenSinceRefusal / seconds);
        budget = new PointBudget(perMinute / 60.0, perMinute, now, estimated: true);
        budget.Set(0);
        reason = string.Create(CultureInfo.InvariantCulture, $"the server limits the rate; {perMinute:N0} points a minute passed it so far");
        Change(urgently: true);
    }

    /// <summary>Reads the limit again where a refusal asked for it.</summary>
    internal async ValueTask LearnAsync(CancellationToken cancellationToken)
    {
        lock (gate)
        {
            if (!learn)
            {
                return;
            }

            learn = false;
        }

        WriteRateLimit? known = null;
        try
        {
            known = await start.ReadLimit!(cancellationToken).ConfigureAwait(false);
        }
        catch (MigrationException)
        {
            // The next batches go without it, as before; the server's own waits are kept in any case.
        }

        lock (gate)
        {
            if (known is not null && known != limit)
            {
                SetLimit(known, Now);
                // At the end of the announced wait the server has as many tokens as it asked for.
                double present = refused.Vectors - (((refused.After ?? TimeSpan.Zero) - (Now - refusedAt)).TotalSeconds * known.Total / 60);
                budget!.Set(present);
                Change(urgently: true);
            }
        }
    }

    private void SetLimit(WriteRateLimit known, TimeSpan now)
    {
        limit = known;
        budget = known.PointsPerMinute <= 0 ? null : new PointBudget(known.Total / 60, known.Total * (known.Shards > 1 ? 0.9 : 1), now);
        reason = string.Create(CultureInfo.InvariantCulture, $"the collection takes {known.PointsPerMinute:N0} points a minute{(known.Shards > 1 ? $" and shard, on {known.Shards} shards" : string.Empty)}");
    }
}
