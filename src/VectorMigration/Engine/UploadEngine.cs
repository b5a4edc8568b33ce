using System.Threading.Channels;

namespace VectorMigration;

/// <summary>
/// The scheduler: which batch next, when, how large, how many at once, when again. One loop owns all state and talks to the observer,
/// attempts run on the pool and report back through a queue, so nothing here is locked.
/// A batch is in exactly one place at a time: ready, waiting, in flight or ended.
/// </summary>
internal sealed class UploadEngine
{
    /// <summary>How long attempts that are still under way may take once the run has to stop for another reason than cancellation.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    private readonly IPointTarget target;
    private readonly IFlowControl flow;
    private readonly IRetryPolicy retry;
    private readonly UploadOptions options;
    private readonly Guid runId;
    private readonly IRunObserver observer;
    private readonly TimeProvider time;

    private readonly Channel<UploadAnswered> answers = Channel.CreateUnbounded<UploadAnswered>(new UnboundedChannelOptions { SingleReader = true });
    private readonly LinkedList<UploadWork> ready = [];
    private readonly PriorityQueue<UploadWork, DateTimeOffset> waiting = new();
    private readonly HashSet<UploadWork> outstanding = [];

    private int inFlight;
    private long lastNumber;
    private long nextOrdinal;
    private long sent;
    private long failed;
    private bool feedEnded;
    private bool probing;
    private DateTimeOffset pausedUntil = DateTimeOffset.MinValue;
    private DateTimeOffset lastProgress;
    private MigrationException? stop;
    private Task<FlowPermit>? permit;
    private Task<VectorBatch?>? feeding;
    private Task<bool>? answering;

    /// <summary>What kept the last start back, when it was a permit or a batch that is still to come.</summary>
    private Task? blocker;

    public UploadEngine(IPointTarget target, IFlowControl flow, IRetryPolicy retry, UploadOptions options, Guid runId, IRunObserver observer, TimeProvider time)
    {
        this.target = target;
        this.flow = flow;
        this.retry = retry;
        this.options = options;
        this.runId = runId;
        this.observer = observer;
        this.time = time;
        lastProgress = time.GetUtcNow();
    }

    /// <summary>Uploads everything the feed gives. Ends only when nothing is in flight any more.</summary>
    public async Task<UploadOutcome> RunAsync(IBatchFeed feed, CancellationToken cancellationToken)
    {
        using var starting = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var attempts = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            while (!cancellationToken.IsCancellationRequested)
            {
                DrainAnswers();
                if (stop is not null || IsDone)
                {
                    break;
                }

                blocker = null;
                if (!TryStartOne(feed, starting.Token, attempts.Token) && !IsDone)
                {
                    await WaitAsync(cancellationToken).ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Told by the outcome.
        }
        catch (Exception e)
        {
            stop ??= e as MigrationException ?? RunErrors.Unexpected(e);
        }

        await starting.CancelAsync().ConfigureAwait(false);
        await EndAttemptsAsync(attempts).ConfigureAwait(false);
        await EndFeedAndPermitAsync().ConfigureAwait(false);
        return End(cancellationToken.IsCancellationRequested && stop is null && !IsDone);
    }

    private bool IsDone => feedEnded && outstanding.Count == 0;

    /// <summary>Starts one attempt if one can be started now.</summary>
    private bool TryStartOne(IBatchFeed feed, CancellationToken starting, CancellationToken attempts)
    {
        DateTimeOffset now = time.GetUtcNow();
        if (now < pausedUntil || (probing && inFlight > 0))
        {
            return false;
        }

        while (waiting.TryPeek(out UploadWork? due, out DateTimeOffset at) && at <= now)
        {
            waiting.Dequeue();
            ready.AddLast(due);
        }

        if (ready.Count == 0 && feedEnded)
        {
            return false;
        }

        permit ??= flow.AcquireAsync(starting).AsTask();
        if (!permit.IsCompleted)
        {
            blocker = permit;
            return false;
        }

        FlowPermit granted = permit.GetAwaiter().GetResult();
        UploadWork? work = TakeReady() ?? TakeNew(feed, granted, starting);
        if (work is null)
        {
            return false;
        }

        permit = null;
        Start(Fit(work), granted, attempts);
        return true;
    }

    private UploadWork? TakeReady()
    {
        UploadWork? work = ready.First?.Value;
        if (work is not null)
        {
            ready.RemoveFirst();
        }

        return work;
    }

    /// <summary>Takes a new batch unless as many are outstanding as may be: batches that wait for a retry count, so memory stays bounded.</summary>
    private UploadWork? TakeNew(IBatchFeed feed, FlowPermit granted, CancellationToken cancellationToken)
    {
        if (feedEnded || outstanding.Count >= granted.Parallelism)
        {
            return null;
        }

        feeding ??= feed.NextAsync(granted.BatchSize, cancellationToken).AsTask();
        if (!feeding.IsCompleted)
        {
            blocker = feeding;
            return null;
        }

        VectorBatch? batch = feeding.GetAwaiter().GetResult();
        feeding = null;
        if (batch is null)
        {
            feedEnded = true;
            return null;
        }

        nextOrdinal = Math.Max(nextOrdinal, batch.LastOrdinal + 1);
        var work = new UploadWork(++lastNumber, batch);
        outstanding.Add(work);
        return work;
    }

    /// <summary>Halves a batch until it stays under the request cap.</summary>
    private UploadWork Fit(UploadWork work)
    {
        while (work.Batch.Count > 1 && target.EstimateBytes(work.Batch) > options.MaxRequestBytes)
        {
            work = Halve(work);
        }

        return work;
    }

    private void Start(UploadWork work, FlowPermit granted, CancellationToken attempts)
    {
        inFlight++;
        work.Attempts++;
        work.AttemptStartedAt = time.GetUtcNow();
        work.StartedAt ??= work.AttemptStartedAt;
        _ = Task.Run(() => AttemptAsync(work, granted, attempts), CancellationToken.None);
    }

    private async Task AttemptAsync(UploadWork work, FlowPermit granted, CancellationToken attempts)
    {
        long started = time.GetTimestamp();
        WriteAnswer? answer = null;
        Exception? fault = null;
        try
        {
            attempts.ThrowIfCancellationRequested();
            answer = await target.UpsertAsync(work.Batch, options.Timeout, attempts).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            fault = e;
        }

        answers.Writer.TryWrite(new UploadAnswered(work, granted, answer, time.GetElapsedTime(started), fault));
    }

    private void DrainAnswers()
    {
        while (answers.Reader.TryRead(out UploadAnswered answered))
        {
            Take(answered);
        }
    }

    private void Take(UploadAnswered answered)
    {
        inFlight--;
        UploadWork work = answered.Work;
        if (answered.Answer is not WriteAnswer answer)
        {
            flow.Abandon(answered.Permit);
            ready.AddFirst(work);
            if (answered.Fault is not OperationCanceledException)
            {
                stop ??= answered.Fault as MigrationException ?? RunErrors.Unexpected(answered.Fault!);
            }

            return;
        }

        work.Bytes = answer.Bytes;
        work.RateLimited += answer.RateLimited ? 1 : 0;
        var sample = new FlowSample(answer.Outcome, work.Batch.Count, answer.Bytes, answered.Latency, answer.RateLimited);
        flow.Release(answered.Permit, sample);
        observer.OnEvent(new AttemptEnded(runId, time.GetUtcNow(), work.Number, work.Attempts, sample, answer.ErrorId, answer.Reason));
        switch (answer.Outcome)
        {
            case WriteOutcome.Ok:
                Acknowledge(work);
                break;
            case WriteOutcome.Retry:
                Again(work, answer);
                break;
            case WriteOutcome.Split when work.Batch.Count > 1:
                ready.AddFirst(Halve(work));
                break;
            case WriteOutcome.Reject when answer.Rows is { Count: > 0 } rows && rows.Count < work.Batch.Count:
                RejectRows(work, rows, answer);
                break;
            case WriteOutcome.Reject when answer.Rows is null && work.Batch.Count > 1:
                ready.AddFirst(Halve(work));
                break;
            case WriteOutcome.Stop:
                stop ??= RunErrors.Stopped(answer, target.Collection);
                TellEnded(work, BatchStatus.Failed, answer);
                ready.AddFirst(work);
                break;
            default:
                Fail(work, answer);
                break;
        }
    }

    private void Acknowledge(UploadWork work)
    {
        // Only an attempt from after the pause tells that the target takes points again.
        probing &= work.AttemptStartedAt < pausedUntil;
        lastProgress = time.GetUtcNow();
        retry.RecordSuccess();
        sent += work.Batch.Count;
        TellEnded(work, BatchStatus.Completed, answer: null);
        Forget(work);
    }

    /// <summary>Puts a batch back. An announced wait pauses the whole pool and lets one attempt try first; otherwise the batch alone backs off.</summary>
    private void Again(UploadWork work, WriteAnswer answer)
    {
        DateTimeOffset now = time.GetUtcNow();
        bool givenUp = now - lastProgress > options.NoProgressTimeout;
        if (answer.After is TimeSpan after && !givenUp)
        {
            probing = true;
            ready.AddFirst(work);
            if (now + after > pausedUntil)
            {
                pausedUntil = now + after;
                observer.OnEvent(new PoolPaused(runId, now, after, answer.Reason));
            }

            return;
        }

        TimeSpan delay = TimeSpan.Zero;
        if (answer.After is null)
        {
            retry.RecordFailure();
            work.Delays ??= retry.Begin();
            givenUp |= retry.IsOpen || !work.Delays.TryNext(out delay);
        }

        if (givenUp)
        {
            stop ??= RunErrors.GaveUp(answer, work.Attempts, target.Collection);
            TellEnded(work, BatchStatus.Failed, answer);
            ready.AddFirst(work);
            return;
        }

        waiting.Enqueue(work, now + delay);
    }

    /// <summary>Replaces a batch by its halves; the second waits in front of everything else, the first is the answer.</summary>
    private UploadWork Halve(UploadWork work)
    {
        int half = work.Batch.Count / 2;
        UploadWork first = work.Part(0, half);
        UploadWork second = work.Part(half, work.Batch.Count - half);
        outstanding.Add(first);
        outstanding.Add(second);
        ready.AddFirst(second);
        Forget(work);
        return first;
    }

    /// <summary>Fails the refused rows and sends the runs of rows between them again.</summary>
    private void RejectRows(UploadWork work, IReadOnlyList<int> rows, WriteAnswer answer)
    {
        var refused = new HashSet<int>(rows);
        int start = 0;
        while (start < work.Batch.Count)
        {
            int end = start + 1;
            while (end < work.Batch.Count && refused.Contains(end) == refused.Contains(start))
            {
                end++;
            }

            UploadWork part = work.Part(start, end - start);
            outstanding.Add(part);
            if (refused.Contains(start))
            {
                Fail(part, answer);
            }
            else
            {
                ready.AddLast(part);
            }

            start = end;
        }

        Forget(work);
    }

    private void Fail(UploadWork work, WriteAnswer answer)
    {
        lastProgress = time.GetUtcNow();
        failed += work.Batch.Count;
        TellEnded(work, BatchStatus.Failed, answer);
        Forget(work);
    }

    private void Forget(UploadWork work)
    {
        outstanding.Remove(work);
        work.Dispose();
    }

    private void TellEnded(UploadWork work, BatchStatus status, WriteAnswer? answer)
    {
        DateTimeOffset now = time.GetUtcNow();
        DateTimeOffset started = work.StartedAt ?? now;
        VectorBatch batch = work.Batch;
        observer.OnEvent(new BatchEnded(runId, now, new QdrantBatchResult
        {
            RunId = runId,
            Number = work.Number,
            Collection = target.Collection,
            FirstOrdinal = batch.FirstOrdinal,
            LastOrdinal = batch.LastOrdinal,
            Ids = batch.PointIds.ToArray(),
            Count = batch.Count,
            Bytes = work.Bytes,
            StartedAt = started,
            Duration = now - started,
            Attempts = work.Attempts,
            RateLimited = work.RateLimited,
            Status = status,
            Error = answer?.Reason,
            ErrorId = answer?.ErrorId,
            RecommendedAction = answer?.NextStep,
        }));
    }

    /// <summary>Waits until an answer, a permit, a batch or a point in time changes what can be done.</summary>
    private async Task WaitAsync(CancellationToken cancellationToken)
    {
        answering ??= answers.Reader.WaitToReadAsync(CancellationToken.None).AsTask();
        var events = new List<Task>(3) { answering };
        if (blocker is not null)
        {
            events.Add(blocker);
        }

        DateTimeOffset now = time.GetUtcNow();
        using var timer = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        TimeSpan wake = now < pausedUntil ? pausedUntil - now
            : waiting.TryPeek(out _, out DateTimeOffset due) && due > now ? due - now
            : System.Threading.Timeout.InfiniteTimeSpan;
        events.Add(Task.Delay(wake, time, timer.Token));
        await Task.WhenAny(events).ConfigureAwait(false);
        await timer.CancelAsync().ConfigureAwait(false);
        if (answering.IsCompleted)
        {
            answering = null;
        }

        cancellationToken.ThrowIfCancellationRequested();
    }

    /// <summary>Waits for what is in flight: at once cancelled if the run was, otherwise after a grace, so that true answers still count.</summary>
    private async Task EndAttemptsAsync(CancellationTokenSource attempts)
    {
        if (inFlight > 0)
        {
            attempts.CancelAfter(Grace);
        }

        while (inFlight > 0)
        {
            UploadAnswered answered = await answers.Reader.ReadAsync(CancellationToken.None).ConfigureAwait(false);
            try
            {
                Take(answered);
            }
            catch (Exception e)
            {
                stop ??= e as MigrationException ?? RunErrors.Unexpected(e);
            }
        }
    }

    private async Task EndFeedAndPermitAsync()
    {
        if (permit is not null)
        {
            try
            {
                flow.Abandon(await permit.ConfigureAwait(false));
            }
            catch (OperationCanceledException)
            {
                // It was never granted.
            }
        }

        if (feeding is not null)
        {
            try
            {
                VectorBatch? late = await feeding.ConfigureAwait(false);
                if (late is not null)
                {
                    outstanding.Add(new UploadWork(++lastNumber, late));
                }
            }
            catch (Exception e) when (e is OperationCanceledException or MigrationException)
            {
                // The run ends for an earlier reason.
            }
        }
    }

    private UploadOutcome End(bool cancelled)
    {
        long? resume = outstanding.Count > 0
            ? outstanding.Min(work => work.Batch.FirstOrdinal)
            : feedEnded ? null : nextOrdinal;
        foreach (UploadWork work in outstanding)
        {
            work.Dispose();
        }

        return new UploadOutcome { Sent = sent, Failed = failed, Stop = stop, Cancelled = cancelled, ResumeOrdinal = resume };
    }
}
