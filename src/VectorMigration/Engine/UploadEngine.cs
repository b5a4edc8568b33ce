using System.Threading.Channels;
using VectorMigration.Errors;
using VectorMigration.Store;
using VectorMigration.Vectors;

namespace VectorMigration.Engine;

/// <summary>
/// The scheduler: which batch next, when, how large, how many at once, when again. One loop owns all state and talks to the observer,
/// attempts run on the pool and report back through a queue, so nothing here is locked.
/// A batch is in exactly one place at a time: ready, waiting, in flight or ended.
/// </summary>
internal sealed partial class UploadEngine
{
    /// <summary>How long attempts that are still under way may take once the run has to stop for another reason than cancellation.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    /// <summary>
    /// No further batch is taken while those that are outstanding hold so many bytes of payloads: a request that is larger than that goes alone.
    /// </summary>
    private const long MostPayloadBytes = 8_000_000;

    /// <summary>A batch of which one payload alone weighs so much: feeds end batches far below it.</summary>
    private const long HeavyPayloadBytes = 3_000_000;

    /// <summary>A ceiling as high as this one is none.</summary>
    private const int MostCeiling = 1_024;

    private readonly IPointTarget target;
    private readonly IFlowControl flow;
    private readonly IRetryPolicy retry;
    private readonly UploadOptions options;
    private readonly Guid runId;
    private readonly IRunObserver observer;
    private readonly TimeProvider time;
    private readonly RunControl? control;

    private readonly Channel<UploadAnswered> answers = Channel.CreateUnbounded<UploadAnswered>(new UnboundedChannelOptions { SingleReader = true });
    private readonly LinkedList<UploadWork> ready = [];
    private readonly PriorityQueue<UploadWork, DateTimeOffset> waiting = new();
    private readonly HashSet<UploadWork> outstanding = [];
    private readonly RefusedAlike refusals = new();
    private int inFlight;
    private int? parallelism;

    /// <summary>Payload bytes of all outstanding batches.</summary>
    private long payloadBytes;

    /// <summary>Those of the batch that was taken last.</summary>
    private long lastPayloadBytes;
    private long lastNumber;
    private long nextOrdinal;
    private long sent;
    private long leftThere;
    private long alreadyThere;
    private long failed;
    private bool feedEnded;
    private bool probing;

    /// <summary>The run is paused, and has noticed.</summary>
    private bool held;

    /// <summary>Attempts that may be under way since the target last limited the rate; it doubles with every two rounds that are let through.</summary>
    private int ceiling = int.MaxValue;
    private int passedRound;
    private DateTimeOffset pausedUntil = DateTimeOffset.MinValue;
    private DateTimeOffset lastProgress;
    private MigrationException? stop;
    private long? refusedFrom;
    private Task<FlowPermit>? permit;
    private Task<VectorBatch?>? feeding;
    private Task<bool>? more;
    private Task<bool>? answering;

    /// <summary>What kept the last start back, when it was a permit or a batch that is still to come.</summary>
    private Task? blocker;
    private DateTimeOffset? wakeAt;

    public UploadEngine(IPointTarget target, IFlowControl flow, IRetryPolicy retry, UploadOptions options, Guid runId, IRunObserver observer, TimeProvider time,
        RunControl? control = null)
    {
        this.control = control;
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
            // The outcome reports it.
        }
        catch (Exception e)
        {
            stop ??= e as MigrationException ?? CommonErrors.Unexpected(e);
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
        // Wait for what this look found: by a second look it may have come and gone.
        if (IsHeld())
        {
            return false;
        }

        DateTimeOffset now = time.GetUtcNow();
        wakeAt = now < pausedUntil ? pausedUntil : null;
        if (now < pausedUntil || (probing && inFlight > 0) || inFlight >= ceiling)
        {
            return false;
        }

        while (waiting.TryPeek(out UploadWork? due, out DateTimeOffset at) && at <= now)
        {
            waiting.Dequeue();
            ready.AddLast(due);
        }

        wakeAt = waiting.TryPeek(out _, out DateTimeOffset next) ? next : null;

        if (ready.Count == 0 && !HasMore(feed, starting))
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
        UploadWork? work = TakeNext(feed, granted, starting);
        if (work is null)
        {
            return false;
        }

        permit = null;
        Start(Fit(work), granted, attempts);
        TellStarted(now, granted);
        return true;
    }

    /// <summary>True when the feed is known to have another batch.</summary>
    private bool HasMore(IBatchFeed feed, CancellationToken cancellationToken)
    {
        if (feedEnded)
        {
            return false;
        }

        more ??= feed.WaitForMoreAsync(cancellationToken).AsTask();
        if (!more.IsCompleted)
        {
            blocker = more;
            return false;
        }

        feedEnded = !more.GetAwaiter().GetResult();
        return !feedEnded;
    }

    /// <summary>
    /// What waits, then what is new; but where a batch was refused whole, other batches before its smaller parts: whether they are refused too is known after
    /// a few attempts, and the smallest parts of one batch are hundreds.
    /// </summary>
    private UploadWork? TakeNext(IBatchFeed feed, FlowPermit granted, CancellationToken cancellationToken)
    {
        if (!refusals.SuspectsAll)
        {
            return TakeReady() ?? TakeNew(feed, granted, cancellationToken);
        }

        UploadWork? deciding = ready.FirstOrDefault(RefusedAlike.Decides);
        if (deciding is not null)
        {
            ready.Remove(deciding);
            return deciding;
        }

        bool isWanted = refusals.WantsMore && HasMore(feed, cancellationToken);
        UploadWork? another = isWanted ? TakeNew(feed, granted with { Parallelism = int.MaxValue }, cancellationToken) : null;
        return another ?? (isWanted && feeding is not null ? null : TakeReady());
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
        // If single payloads are heavy, the next batch is not even read while one is under way.
        long most = lastPayloadBytes >= HeavyPayloadBytes ? 1 : MostPayloadBytes;
        if (feedEnded || outstanding.Count >= granted.Parallelism || payloadBytes >= most)
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
        if (payloadBytes > 0 && payloadBytes + (batch?.Payload?.Bytes ?? 0) > MostPayloadBytes)
        {
            // A batch of this size waits for those under way and is sent alone.
            return null;
        }

        lastPayloadBytes = batch?.Payload?.Bytes ?? 0;
        feeding = null;
        more = null;
        if (batch is null)
        {
            feedEnded = true;
            return null;
        }

        nextOrdinal = Math.Max(nextOrdinal, batch.LastOrdinal + 1);
        var work = new UploadWork(++lastNumber, batch);
        Hold(work);
        return work;
    }

    /// <summary>Halves a batch until it stays under the request cap.</summary>
    private UploadWork Fit(UploadWork work)
    {
        while (work.Prepare(target, options).Bytes > options.MaxRequestBytes && work.Batch.Count > 1)
        {
            work = Halve(work);
        }

        return work;
    }

    private void Start(UploadWork work, FlowPermit granted, CancellationToken attempts)
    {
        CountUnderWay(1);
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
            answer = await work.Prepare(target, options).SendAsync(attempts).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            fault = e;
        }

        TimeSpan latency = time.GetElapsedTime(started) - (answer?.KeptBack ?? TimeSpan.Zero);
        answers.Writer.TryWrite(new UploadAnswered(work, granted, answer, latency > TimeSpan.Zero ? latency : TimeSpan.Zero, fault));
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

        using var timer = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        TimeSpan wake = wakeAt is not DateTimeOffset at ? System.Threading.Timeout.InfiniteTimeSpan
            : TimeSpan.FromTicks(Math.Max(0, (at - time.GetUtcNow()).Ticks));
        events.Add(Task.Delay(wake, time, timer.Token));
        await Task.WhenAny(events).ConfigureAwait(false);
        await timer.CancelAsync().ConfigureAwait(false);
        if (answering.IsCompleted)
        {
            answering = null;
        }

        cancellationToken.ThrowIfCancellationRequested();
    }
}
