using VectorMigration.Errors;
using VectorMigration.Store;

namespace VectorMigration.Engine;

/// <summary>
/// Flow control that finds its values: starts as wide as the round trip asks for, measures throughput (<see cref="RoundMeter"/>), lets
/// <see cref="FlowSearch"/> choose, divides the rest (<see cref="TailDivision"/>), and keeps to the server's write limit (<see cref="WriteLimit"/>).
/// This class gives the permits and lets one at a time at the others. Nothing sleeps here but an <see cref="AcquireAsync"/> that the limit keeps back.
/// </summary>
internal sealed class AdaptiveFlowControl : IFlowControl
{
    /// <summary>A search takes two seconds or so, at settings that are worse for most of them: it has to be earned back.</summary>
    private static readonly TimeSpan ShortRest = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan LongWait = TimeSpan.FromSeconds(4);

    /// <summary>A batch does not wait longer for a limit that may not even be there.</summary>
    private static readonly TimeSpan LongestLook = TimeSpan.FromSeconds(2);

    private readonly Lock gate = new();
    private readonly TimeProvider time;
    private readonly Func<CancellationToken, Task<WriteRateLimit?>>? readLimit;
    private readonly FlowSearch search;
    private readonly RoundMeter meter = new();
    private readonly TailDivision rest;
    private readonly WriteLimit limit;
    private readonly FlowChangeThrottle news = new();
    private readonly bool fixedBatch;
    private readonly bool fixedParallelism;
    private readonly long origin;

    private TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int inFlight;
    private double bytesPerVector;
    private double latency;
    private string reason;

    /// <summary>Makes a flow control; its clock starts now.</summary>
    /// <exception cref="MigrationException">A value is out of range.</exception>
    public AdaptiveFlowControl(UploadOptions options, FlowStart start, TimeProvider? time = null)
    {
        FlowControls.Check(options);
        this.time = time ?? TimeProvider.System;
        origin = this.time.GetTimestamp();
        readLimit = start.ReadLimit;
        fixedBatch = !options.AdaptsBatchSize;
        fixedParallelism = !options.AdaptsParallelism;
        bytesPerVector = InitialFlow.BytesPerVector(start.Dimension);
        search = new FlowSearch(InitialFlow.Bounds(options, start), InitialFlow.Point(options, start), fixedBatch, fixedParallelism);
        rest = new TailDivision(start);
        limit = new WriteLimit(start.Limit, isReadable: readLimit is not null, Now);
        reason = InitialFlow.Reason(start);
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
        TimeSpan keptBack = TimeSpan.Zero;
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            await LearnAsync(cancellationToken).ConfigureAwait(false);
            // Read before the look, so that a permit returned in between is not missed.
            Task free = Volatile.Read(ref changed).Task;
            if (TryAcquire(out FlowPermit permit, out TimeSpan wait))
            {
                return permit with { KeptBack = keptBack };
            }

            if (wait > TimeSpan.Zero)
            {
                TimeSpan begun = Now;
                await Task.Delay(wait, time, cancellationToken).ConfigureAwait(false);
                keptBack += Now - begun;
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
                rest.HandOut(sample.Vectors);
                limit.OnTaken(sample, permit.BatchSize, now);
                latency = latency == 0 ? sample.Latency.TotalSeconds : (0.8 * latency) + (0.2 * sample.Latency.TotalSeconds);
                Measure(permit, sample, now);
            }
            else
            {
                limit.Budget?.Correct(permit.Charged);
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
            limit.Budget?.Correct(permit.Charged);
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
                VectorsPerSecond = limit.Budget is null && search.Rate > 0 ? search.Rate : null,
                Reason = reason,
            };
        }
    }

    /// <inheritdoc/>
    public void Interrupt()
    {
        lock (gate)
        {
            meter.BeginRound();
        }
    }

    /// <inheritdoc/>
    public FlowChange? TakeChange()
    {
        lock (gate)
        {
            return news.Take(Now);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // It holds only waits, which end with their callers' tokens.
    }

    /// <summary>Reads the limit again where a refusal asked for it.</summary>
    internal async ValueTask LearnAsync(CancellationToken cancellationToken)
    {
        lock (gate)
        {
            if (!limit.TakeQuestion())
            {
                return;
            }
        }

        WriteRateLimit? read = null;
        try
        {
            using var look = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            look.CancelAfter(LongestLook);
            read = await readLimit!(look.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is MigrationException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            // The next batches go without it, as before; the server's own waits are kept in any case.
        }

        lock (gate)
        {
            ChangeFor(limit.OnLearned(read, Now));
        }
    }

    /// <summary>A permit, if there is one now.</summary>
    /// <param name="permit">The permit.</param>
    /// <param name="wait">How long the limit keeps it back; zero where one has to be given back first.</param>
    internal bool TryAcquire(out FlowPermit permit, out TimeSpan wait)
    {
        lock (gate)
        {
            return TryGive(out permit, out wait);
        }
    }

    private int Batch()
    {
        int most = search.Current.BatchSize;
        return limit.Budget is not PointBudget budget || fixedBatch ? most : Math.Min(most, budget.MostBatch);
    }

    /// <summary>
    /// At a limited rate no more are under way than the rate needs: each level of concurrency is charged once more, and refusals come in its number.
    /// </summary>
    private int AtOnce()
    {
        int most = search.Current.Parallelism;
        return limit.Budget is not PointBudget budget || fixedParallelism
            ? most
            : Math.Clamp((int)Math.Ceiling(1.5 * budget.PerSecond * latency / Batch()) + 1, 1, most);
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
        int size = fixedBatch ? batch : rest.Share(batch, parallelism, inFlight, latency);
        int charged = 0;
        if (limit.Budget is PointBudget budget)
        {
            charged = budget.Take(size, inFlight, now, out wait);
            if (charged == 0)
            {
                return false;
            }
        }

        if (size < batch || limit.Budget is not null)
        {
            meter.Disturb();
        }

        inFlight++;
        meter.OnUnderWay(size, now);
        rest.HandOut(size);
        permit = new FlowPermit(size, parallelism) { Round = meter.Round, GivenAt = time.GetTimestamp(), Charged = charged };
        return true;
    }

    private void Return(FlowPermit permit, TimeSpan now)
    {
        inFlight--;
        meter.OnUnderWay(-permit.BatchSize, now);
        rest.HandOut(-permit.BatchSize);
    }

    private void Measure(FlowPermit permit, in FlowSample sample, TimeSpan now)
    {
        if (sample is { Vectors: > 0, Bytes: > 0 })
        {
            bytesPerVector = (0.9 * bytesPerVector) + (0.1 * sample.Bytes / sample.Vectors);
            search.OnBytes(bytesPerVector);
        }

        if (permit.Round != meter.Round)
        {
            return;
        }

        if (sample.Latency > LongWait && search.OnLongWait(now))
        {
            Follow();
        }
        else if (meter.OnTaken(sample.Vectors, time.GetElapsedTime(permit.GivenAt), search.Current, search.Settled, now) is CompletedRound completed)
        {
            Choose(completed, now);
        }
    }

    /// <summary>A round is complete: the search says what is measured next.</summary>
    private void Choose(CompletedRound completed, TimeSpan now)
    {
        bool wasSettled = search.Settled;
        FlowPoint before = search.Current;
        if (completed.IsMeasure && search.OnRound(completed.Round, now, nearlyDone: rest.EndsWithin(ShortRest, completed.Round.Rate)))
        {
            reason = search.Reason;
            Change(urgently: search.Settled && !wasSettled);
        }

        if (search.Current != before)
        {
            meter.BeginRound();
        }
        else
        {
            meter.BeginCount(now);
        }
    }

    private void React(FlowPermit permit, in FlowSample sample, TimeSpan now)
    {
        if (sample.RateLimited)
        {
            ChangeFor(limit.OnRefused(sample, now));
        }
        else if (sample.Outcome == WriteOutcome.Split)
        {
            search.OnTooLarge(sample.Vectors);
            Follow();
        }
        else if (sample.Outcome == WriteOutcome.Retry && sample.After is null && permit.Round == meter.Round)
        {
            search.OnOverload(now);
            Follow();
        }

        meter.Disturb();
    }

    private void Follow()
    {
        // A limit that holds decides more than the search.
        reason = limit.Budget is null ? search.Reason : reason;
        meter.BeginRound();
        Change(urgently: true);
    }

    /// <summary>Another limit holds from now on, for that reason; nothing changed where there is none.</summary>
    private void ChangeFor(string? limitReason)
    {
        if (limitReason is not null)
        {
            reason = limitReason;
            Change(urgently: true);
        }
    }

    private void Change(bool urgently) => news.Add(new FlowChange(Batch(), AtOnce(), reason), urgently);

    private void Wake() =>
        Interlocked.Exchange(ref changed, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
}
