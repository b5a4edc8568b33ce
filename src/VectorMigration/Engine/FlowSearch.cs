using System.Globalization;

namespace VectorMigration.Engine;

/// <summary>
/// Finds batch size and parallelism by measured throughput: a compass search in steps of two (more at once, larger batches, smaller batches,
/// fewer at once), because the throughput over both grows until a resource is full and then stays or falls.
/// What Vegas and BBR take from latency, that a larger window only lengthens the queue, shows here as a step that gains nothing, and is taken back.
/// When no step gains, it holds, and looks again when throughput changes or after pauses that double. Knows no clock: rounds are told, with their time.
/// </summary>
internal sealed class FlowSearch
{
    /// <summary>A step up has to gain so much; it costs memory and longer repeats.</summary>
    private const double GainAtOnce = 1.05;
    private const double GainOfBatch = 1.04;

    /// <summary>A gain that needs no second look.</summary>
    private const double SureGain = 1.25;

    /// <summary>A step down may lose so much, for it shortens the queue.</summary>
    private const double LossFewer = 0.98;

    /// <summary>Batches at once that no line and no server is too slow for.</summary>
    private const int FewEnough = 4;

    private const double Fell = 0.75;
    private const double Rose = 1.35;
    private const int RoundsOfChange = 2;
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(5);

    private readonly bool fixedBatch;
    private readonly bool fixedParallelism;
    private FlowBounds bounds;
    private FlowPoint best;
    private double bestRate;
    private double heldRate;
    private double? unsure;
    private int step;
    private int failures;
    private int odd;
    private int mostParallelism;
    private TimeSpan pause = FirstPause;
    private TimeSpan lookAgainAt;

    /// <summary>Starts at a point; a value that is fixed stays.</summary>
    public FlowSearch(FlowBounds bounds, FlowPoint start, bool fixedBatch, bool fixedParallelism)
    {
        this.bounds = bounds;
        this.fixedBatch = fixedBatch;
        this.fixedParallelism = fixedParallelism;
        mostParallelism = bounds.MostParallelism;
        best = start;
        Current = start;
    }

    private enum Step
    {
        MoreAtOnce,
        LargerBatches,
        SmallerBatches,
        FewerAtOnce,
    }

    /// <summary>The setting to work with now.</summary>
    public FlowPoint Current { get; private set; }

    /// <summary>True while it holds what it found.</summary>
    public bool Settled { get; private set; }

    /// <summary>Vectors a second of the best setting; 0 before the first round.</summary>
    public double Rate => Settled ? heldRate : bestRate;

    /// <summary>Why the present setting.</summary>
    public string Reason { get; private set; } = "the initial setting";

    /// <summary>A setting has been measured. True when the setting or its standing changed.</summary>
    /// <param name="round">What was measured with <see cref="Current"/>.</param>
    /// <param name="now">Time since the start.</param>
    /// <param name="nearlyDone">What is left takes so little that trying other settings cannot pay.</param>
    public bool OnRound(FlowRound round, TimeSpan now, bool nearlyDone = false)
    {
        if (Settled)
        {
            return (!nearlyDone || !round.Saturated) && Hold(round, now);
        }

        if (nearlyDone)
        {
            KeepTheBetter(round.Rate);
            Settle(bestRate, now, string.Create(CultureInfo.InvariantCulture, $"{bestRate:N0} vectors/s; the upload was too short to try more"));
            return true;
        }

        if (!round.Saturated)
        {
            // The source is slower than the limit: no setting can be told from another.
            Settle(Current == best ? round.Rate : bestRate, now, "the source is slower than the server");
            return true;
        }

        if (Current == best)
        {
            bestRate = round.Rate;
        }
        else if (IsUnsure(round.Rate))
        {
            // A small gain may be chance: it is measured once more.
            unsure = round.Rate;
            return false;
        }
        else if (Gains(Sure(round.Rate)))
        {
            double rate = Sure(round.Rate);
            Reason = string.Create(CultureInfo.InvariantCulture, $"{rate:N0} vectors/s instead of {bestRate:N0} with {best}");
            best = Current;
            bestRate = rate;
            failures = 0;
            unsure = null;
        }
        else
        {
            Next();
        }

        Advance(now);
        return true;
    }

    /// <summary>The target could not cope: fewer at once, and where it is only one, smaller batches.</summary>
    public void OnOverload(TimeSpan now)
    {
        FlowPoint less = !fixedParallelism && Current.Parallelism > bounds.LeastParallelism
            ? Current with { Parallelism = Math.Max(bounds.LeastParallelism, Current.Parallelism / 2) }
            : fixedBatch ? Current : Current with { BatchSize = Math.Max(bounds.LeastBatch, Current.BatchSize / 2) };
        bounds = bounds with { MostParallelism = Math.Max(less.Parallelism, (less.Parallelism + Current.Parallelism) / 2) };
        Restart(less, "the server could not handle more");
        lookAgainAt = now + pause;
    }

    /// <summary>A batch was under way for seconds: most of it in a queue. True when the setting changed.</summary>
    public bool OnLongWait(TimeSpan now)
    {
        if (Current != best)
        {
            Next();
            Advance(now);
            return true;
        }

        FlowPoint less = !fixedParallelism && Current.Parallelism > FewEnough
            ? Current with { Parallelism = Math.Max(FewEnough, Current.Parallelism / 2) }
            : !fixedBatch && Current.BatchSize > 2 * bounds.LeastBatch ? Current with { BatchSize = Current.BatchSize / 2 } : Current;
        if (less == Current)
        {
            return false;
        }

        Restart(less, "batches took seconds");
        return true;
    }

    /// <summary>The target refused a batch for its size.</summary>
    public void OnTooLarge(int vectors)
    {
        int most = Math.Max(1, vectors / 2);
        if (fixedBatch || most >= bounds.MostBatch)
        {
            return;
        }

        bounds = bounds with { MostBatch = most };
        if (Current.BatchSize > most)
        {
            Restart(Current with { BatchSize = most }, string.Create(CultureInfo.InvariantCulture, $"a batch of {vectors} was too large for the server"));
        }
    }

    /// <summary>What a vector takes is known better now.</summary>
    public void OnBytes(double bytesPerVector) => bounds = bounds with { BytesPerVector = bytesPerVector };

    private void KeepTheBetter(double rate)
    {
        if (Current == best || Gains(rate))
        {
            best = Current;
            bestRate = rate;
        }
    }

    private bool Hold(FlowRound round, TimeSpan now)
    {
        if (!round.Saturated)
        {
            odd = 0;
            return false;
        }

        bool changed = heldRate > 0 && (round.Rate < Fell * heldRate || round.Rate > Rose * heldRate);
        odd = changed ? odd + 1 : 0;
        if (!changed)
        {
            heldRate = heldRate > 0 ? (0.8 * heldRate) + (0.2 * round.Rate) : round.Rate;
        }

        if (odd < RoundsOfChange && now < lookAgainAt)
        {
            return false;
        }

        string reason = odd >= RoundsOfChange
            ? string.Create(CultureInfo.InvariantCulture, $"throughput changed from {heldRate:N0} to {round.Rate:N0} vectors/s")
            : "measuring again after a pause";
        pause = odd >= RoundsOfChange ? FirstPause : pause * 2 > LongestPause ? LongestPause : pause * 2;
        bounds = bounds with { MostParallelism = mostParallelism };
        Restart(Current, reason);
        bestRate = round.Rate;
        Advance(now);
        return true;
    }

    private void Restart(FlowPoint at, string reason)
    {
        best = at;
        bestRate = 0;
        Current = at;
        Settled = false;
        odd = 0;
        step = 0;
        failures = 0;
        unsure = null;
        Reason = reason;
    }

    private bool IsUnsure(double rate) => unsure is null && Gains(rate) && rate < SureGain * bestRate;

    private double Sure(double rate) => unsure is double first ? (first + rate) / 2 : rate;

    private bool Gains(double rate) => (Step)step switch
    {
        Step.MoreAtOnce => rate >= bestRate * GainAtOnce,
        Step.FewerAtOnce => rate >= bestRate * LossFewer,
        _ => rate >= bestRate * GainOfBatch,
    };

    /// <summary>Goes to the next setting worth trying, or settles where every step has failed since the last gain.</summary>
    private void Advance(TimeSpan now)
    {
        while (failures < 4)
        {
            FlowPoint candidate = Candidate();
            if (candidate != best && bounds.Allows(candidate))
            {
                Current = candidate;
                return;
            }

            Next();
        }

        Current = best;
        Settle(bestRate, now, string.Create(CultureInfo.InvariantCulture, $"{bestRate:N0} vectors/s; more or larger batches were not faster"));
    }

    private void Next()
    {
        step = (step + 1) % 4;
        failures++;
        unsure = null;
    }

    private FlowPoint Candidate() => (Step)step switch
    {
        Step.MoreAtOnce when !fixedParallelism => best with { Parallelism = Math.Min(best.Parallelism * 2, bounds.MostParallelism) },
        Step.FewerAtOnce when !fixedParallelism => best with { Parallelism = best.Parallelism / 2 },
        Step.LargerBatches when !fixedBatch => best with { BatchSize = Math.Min(best.BatchSize * 2, bounds.MostBatch) },
        Step.SmallerBatches when !fixedBatch => best with { BatchSize = best.BatchSize / 2 },
        _ => best,
    };

    private void Settle(double rate, TimeSpan now, string reason)
    {
        Current = best;
        Settled = true;
        heldRate = rate;
        step = 0;
        failures = 0;
        unsure = null;
        lookAgainAt = now + pause;
        Reason = reason;
    }
}
