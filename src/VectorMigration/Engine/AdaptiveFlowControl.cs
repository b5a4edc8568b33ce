using VectorMigration.Errors;
using VectorMigration.Store;

namespace VectorMigration.Engine;

/// <summary>
/// Flow control that finds its values: starts as wide as the round trip asks for, measures throughput by Little's law (what is under way divided
/// by the mean latency, so that answers which come in bursts mislead nobody), lets <see cref="FlowSearch"/> choose, and keeps to the server's write limit by
/// a <see cref="PointBudget"/>. Nothing sleeps here but an <see cref="AcquireAsync"/> that the budget keeps back.
/// </summary>
internal sealed partial class AdaptiveFlowControl : IFlowControl
{
    /// <summary>A round is at least so long and so many answers: fewer tell more of chance than of the setting.</summary>
    private const int LeastAnswers = 12;
    private static readonly TimeSpan LeastRound = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LeastHeldRound = TimeSpan.FromSeconds(1);

    /// <summary>A search takes two seconds or so, at settings that are worse for most of them: it has to be earned back.</summary>
    private static readonly TimeSpan ShortRest = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan LongWait = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan BetweenChanges = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private readonly TimeProvider time;
    private readonly FlowStart start;
    private readonly FlowSearch search;
    private readonly bool fixedBatch;
    private readonly bool fixedParallelism;
    private readonly long origin;
    private readonly long? total;

    private TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private PointBudget? budget;
    private WriteRateLimit? limit;
    private bool learn;
    private FlowSample refused;
    private TimeSpan refusedAt;
    private TimeSpan firstRefusal = TimeSpan.MinValue;
    private long takenSinceRefusal;

    private int inFlight;
    private long vectorsInFlight;
    private long handedOut;
    private double bytesPerVector;
    private double latency;
    private long? lastPart;

    private int round;
    private int passed;
    private int counted;
    private long countedVectors;
    private double residence;
    private double integral;
    private TimeSpan integratedTo;
    private TimeSpan roundStarted;
    private bool disturbed;

    private FlowChange? pending;
    private bool urgent;
    private TimeSpan toldAt = TimeSpan.MinValue;
    private string reason;

    /// <summary>Makes a flow control; its clock starts now.</summary>
    /// <exception cref="MigrationException">A value is out of range.</exception>
    public AdaptiveFlowControl(UploadOptions options, FlowStart start, TimeProvider? time = null)
    {
        FlowControls.Check(options);
        this.time = time ?? TimeProvider.System;
        this.start = start;
        origin = this.time.GetTimestamp();
        fixedBatch = !options.AdaptsBatchSize;
        fixedParallelism = !options.AdaptsParallelism;
        total = start.Vectors;
        FlowPoint point = FlowOpening.Point(options, start);
        bytesPerVector = FlowOpening.BytesPerVector(start.Dimension);
        search = new FlowSearch(FlowOpening.Bounds(options, start), point, fixedBatch, fixedParallelism);
        if (start.Limit is WriteRateLimit known)
        {
            SetLimit(known, Now);
        }

        reason = FlowOpening.Reason(start);
        Change(urgently: true);
    }

    /// <inheritdoc/>
    public int BatchSize
    {
        get
        {
            lock (gate)
            {
                return Batch();
            }
        }
    }

    /// <summary>Batches that may be under way at present.</summary>
    internal int Parallelism
    {
        get
        {
            lock (gate)
            {
                return AtOnce();
            }
        }
    }

    private TimeSpan Now => time.GetElapsedTime(origin);

    /// <inheritdoc/>
    public async ValueTask<FlowPermit> AcquireAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            await LearnAsync(cancellationToken).ConfigureAwait(false);
            // Taken before the look, so that what is given back in between is not missed.
            Task free = Volatile.Read(ref changed).Task;
            if (TryAcquire(out FlowPermit permit, out TimeSpan wait))
            {
                return permit;
            }

            if (wait > TimeSpan.Zero)
            {
                await Task.Delay(wait, time, cancellationToken).ConfigureAwait(false);
            }
            else
            {
                await free.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <inheritdoc/>
    public void Release(FlowPermit permit, in FlowSample sample)
    {
        lock (gate)
        {
            TimeSpan now = Now;
            Return(permit, now);
            if (sample.Outcome == WriteOutcome.Ok)
            {
                handedOut += sample.Vectors;
                budget?.Correct(Math.Min(0, permit.BatchSize - sample.Vectors));
                budget?.OnTaken(now);
                takenSinceRefusal += sample.Vectors;
                latency = latency == 0 ? sample.Latency.TotalSeconds : (0.8 * latency) + (0.2 * sample.Latency.TotalSeconds);
                Measure(permit, sample, now);
            }
            else
            {
                budget?.Correct(permit.Charged);
                React(permit, sample, now);
            }

            Wake();
        }
    }

    /// <inheritdoc/>
    public void Abandon(FlowPermit permit)
    {
        lock (gate)
        {
            Return(permit, Now);
            budget?.Correct(permit.Charged);
            Wake();
        }
    }

    /// <inheritdoc/>
    public string Describe()
    {
        lock (gate)
        {
            return $"adaptive: {new FlowPoint(Batch(), AtOnce())} ({reason})";
        }
    }

    /// <inheritdoc/>
    public FlowSummary Summarize()
    {
        lock (gate)
        {
            return new FlowSummary
            {
                Adaptive = true,
                BatchSize = Batch(),
                ThrottleLimit = AtOnce(),
                VectorsPerSecond = budget is null && search.Rate > 0 ? search.Rate : null,
                Reason = reason,
            };
        }
    }

    /// <inheritdoc/>
    public FlowChange? TakeChange()
    {
        lock (gate)
        {
            TimeSpan now = Now;
            if (pending is null || (!urgent && toldAt != TimeSpan.MinValue && now - toldAt < BetweenChanges))
            {
                return null;
            }

            FlowChange told = pending;
            pending = null;
            urgent = false;
            toldAt = now;
            return told;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // It holds nothing but waits, and those end with the token of who waits.
    }

    private int Batch() => budget is null || fixedBatch ? search.Current.BatchSize : Math.Min(search.Current.BatchSize, budget.MostBatch);

    /// <summary>At a limited rate no more are under way than the rate needs: each level of concurrency is charged once more, and refusals come in its number.</summary>
    private int AtOnce()
    {
        int most = search.Current.Parallelism;
        return budget is null || fixedParallelism
            ? most
            : Math.Clamp((int)Math.Ceiling(1.5 * budget.PerSecond * latency / Batch()) + 1, 1, most);
    }

    /// <summary>A permit, if there is one now.</summary>
    /// <param name="permit">The permit.</param>
    /// <param name="wait">How long the budget keeps it back; zero where one has to be given back first.</param>
    internal bool TryAcquire(out FlowPermit permit, out TimeSpan wait)
    {
        lock (gate)
        {
            return TryGive(out permit, out wait);
        }
    }

    private bool TryGive(out FlowPermit permit, out TimeSpan wait)
    {
        TimeSpan now = Now;
        int parallelism = AtOnce();
        permit = default;
        wait = TimeSpan.Zero;
        if (inFlight >= parallelism)
        {
            return false;
        }

        int batch = Batch();
        int size = Share(batch, parallelism);
        int charged = 0;
        if (budget is not null)
        {
            charged = budget.Take(size, inFlight, now, out wait);
            if (charged == 0)
            {
                return false;
            }
        }

        disturbed |= size < batch || budget is not null;
        Integrate(now);
        inFlight++;
        vectorsInFlight += size;
        handedOut += size;
        permit = new FlowPermit(size, parallelism) { Round = round, GivenAt = time.GetTimestamp(), Charged = charged };
        return true;
    }

    /// <summary>What is left is divided among those who can carry it, so that a short job goes at once and none waits for one large last batch.</summary>
    private int Share(int batch, int parallelism)
    {
        if (fixedBatch || total is not long vectors)
        {
            return batch;
        }

        // Over distance one more round trip costs more than unequal ends: the last round is divided once, in equal parts. Which way it goes is settled when it begins.
        double trip = start.RoundTrip?.TotalSeconds ?? 0;
        bool far = trip > 0.01 && latency < 3 * trip;
        long left = Math.Max(1, vectors - handedOut);
        int places = latency == 0 ? Math.Max(1, parallelism - inFlight) : parallelism;
        long part = (left + places - 1) / places;
        if (latency > 0 && part <= batch)
        {
            lastPart ??= far ? part : 0;
            part = Math.Max(part, lastPart.Value);
        }

        return (int)Math.Min(batch, Math.Max(far ? FlowOpening.LeastShare : FlowOpening.LeastShareNear(vectors, batch, parallelism), part));
    }

    private void Return(FlowPermit permit, TimeSpan now)
    {
        Integrate(now);
        inFlight--;
        vectorsInFlight -= permit.BatchSize;
        handedOut -= permit.BatchSize;
    }

    private void React(FlowPermit permit, in FlowSample sample, TimeSpan now)
    {
        if (sample.RateLimited)
        {
            OnRateLimited(sample, now);
        }
        else if (sample.Outcome == WriteOutcome.Split)
        {
            search.OnTooLarge(sample.Vectors);
            Follow();
        }
        else if (sample.Outcome == WriteOutcome.Retry && sample.After is null && permit.Round == round)
        {
            search.OnOverload(now);
            Follow();
        }

        disturbed = true;
    }

    private void Follow()
    {
        reason = search.Reason;
        BeginRound();
        Change(urgently: true);
    }

    private void Change(bool urgently)
    {
        pending = new FlowChange(Batch(), AtOnce(), reason);
        urgent |= urgently;
    }

    private void Wake()
    {
        Interlocked.Exchange(ref changed, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
    }
}
