namespace VectorMigration.Engine;

/// <summary>Rounds of measurement: what one setting brought, by Little's law.</summary>
internal sealed partial class AdaptiveFlowControl
{
    private void Integrate(TimeSpan now)
    {
        integral += vectorsInFlight * (now - integratedTo).TotalSeconds;
        integratedTo = now;
    }

    private void Measure(FlowPermit permit, in FlowSample sample, TimeSpan now)
    {
        if (sample is { Vectors: > 0, Bytes: > 0 })
        {
            bytesPerVector = (0.9 * bytesPerVector) + (0.1 * sample.Bytes / sample.Vectors);
            search.OnBytes(bytesPerVector);
        }

        if (permit.Round != round)
        {
            return;
        }

        if (sample.Latency > LongWait && search.OnLongWait(now))
        {
            Follow();
            return;
        }

        // What came while the setting before was still under way is no measure of this one.
        if (passed < search.Current.Parallelism)
        {
            if (++passed == search.Current.Parallelism)
            {
                BeginCount(now);
            }

            return;
        }

        counted++;
        countedVectors += sample.Vectors;
        residence += time.GetElapsedTime(permit.GivenAt).TotalSeconds * sample.Vectors;
        if (counted >= Math.Max(LeastAnswers, search.Current.Parallelism) && now - roundStarted >= (search.Settled ? LeastHeldRound : LeastRound))
        {
            EndRound(now);
        }
    }

    private void EndRound(TimeSpan now)
    {
        double seconds = (now - roundStarted).TotalSeconds;
        double underWay = integral / seconds;
        double mean = residence / Math.Max(1, countedVectors);
        bool valid = !disturbed && mean > 0;
        bool saturated = underWay >= 0.7 * search.Current.Window;
        bool wasSettled = search.Settled;
        FlowPoint before = search.Current;
        double rate = mean > 0 ? underWay / mean : 0;
        bool nearlyDone = total is long vectors && vectors - handedOut < ShortRest.TotalSeconds * rate;
        bool moved = valid && search.OnRound(new FlowRound(rate, mean, saturated), now, nearlyDone);
        if (moved)
        {
            reason = search.Reason;
            Change(urgently: search.Settled && !wasSettled);
        }

        if (search.Current != before)
        {
            BeginRound();
        }
        else
        {
            BeginCount(now);
        }
    }

    private void BeginRound()
    {
        round++;
        passed = 0;
        disturbed = false;
    }

    private void BeginCount(TimeSpan now)
    {
        Integrate(now);
        roundStarted = now;
        counted = 0;
        countedVectors = 0;
        residence = 0;
        integral = 0;
        disturbed = false;
    }
}
