namespace VectorMigration.Engine;

/// <summary>
/// Measures what one setting brings, round by round, by Little's law: what is under way divided by the mean latency, so that answers which come in bursts
/// mislead nobody. Not thread-safe; knows no clock.
/// </summary>
internal sealed class RoundMeter
{
    /// <summary>A round is at least so long and so many answers: fewer tell more of chance than of the setting.</summary>
    private const int LeastAnswers = 12;

    /// <summary>From this share of what is allowed to be under way on, the source gives enough.</summary>
    private const double Saturation = 0.7;

    private static readonly TimeSpan LeastRound = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LeastHeldRound = TimeSpan.FromSeconds(1);

    private long underWay;
    private int passed;
    private int counted;
    private long countedVectors;
    private double residence;
    private double integral;
    private TimeSpan integratedTo;
    private TimeSpan started;
    private bool disturbed;

    /// <summary>Number of the setting that is measured; an answer to a permit of another is none of it.</summary>
    public int Round { get; private set; }

    /// <summary>Vectors have gone on their way, or come back (negative).</summary>
    public void OnUnderWay(int vectors, TimeSpan now)
    {
        Integrate(now);
        underWay += vectors;
    }

    /// <summary>Something happened that makes this round no measure of the setting.</summary>
    public void Disturb() => disturbed = true;

    /// <summary>Another setting is measured from now on.</summary>
    public void BeginRound()
    {
        Round++;
        passed = 0;
        disturbed = false;
    }

    /// <summary>The same setting is measured once more.</summary>
    public void BeginCount(TimeSpan now)
    {
        Integrate(now);
        started = now;
        counted = 0;
        countedVectors = 0;
        residence = 0;
        integral = 0;
        disturbed = false;
    }

    /// <summary>A batch of this round was taken.</summary>
    /// <param name="vectors">Vectors in it.</param>
    /// <param name="taken">From permit to answer.</param>
    /// <param name="setting">The setting.</param>
    /// <param name="held">The setting is held, not tried: its rounds are longer.</param>
    /// <param name="now">Time since the start.</param>
    /// <returns>What the round came to, where it is complete; the caller begins the next one.</returns>
    public CompletedRound? OnTaken(int vectors, TimeSpan taken, FlowPoint setting, bool held, TimeSpan now)
    {
        // Batches from before the change say nothing about the new setting.
        if (passed < setting.Parallelism)
        {
            if (++passed == setting.Parallelism)
            {
                BeginCount(now);
            }

            return null;
        }

        counted++;
        countedVectors += vectors;
        residence += taken.TotalSeconds * vectors;
        return counted >= Math.Max(LeastAnswers, setting.Parallelism) && now - started >= (held ? LeastHeldRound : LeastRound) ? Complete(setting, now) : null;
    }

    private CompletedRound Complete(FlowPoint setting, TimeSpan now)
    {
        double mean = integral / (now - started).TotalSeconds;
        double latency = residence / Math.Max(1, countedVectors);
        return new CompletedRound(
            new FlowRound(latency > 0 ? mean / latency : 0, latency, Saturated: mean >= Saturation * setting.Window),
            IsMeasure: !disturbed && latency > 0);
    }

    private void Integrate(TimeSpan now)
    {
        integral += underWay * (now - integratedTo).TotalSeconds;
        integratedTo = now;
    }
}

/// <summary>What a round came to.</summary>
/// <param name="Round">Its figures.</param>
/// <param name="IsMeasure">They tell of the setting: nothing came between.</param>
internal readonly record struct CompletedRound(FlowRound Round, bool IsMeasure);
