using VectorMigration.Collections;
using VectorMigration.Engine;
using VectorMigration.Errors;
using VectorMigration.Store;
using VectorMigration.Vectors;
using VectorMigration.Verification;

namespace VectorMigration.Runs;

/// <summary>
/// Writes into a collection that hides points until they are optimised (prevent_unoptimized, servers from 1.17 on): there a write that is waited for is
/// answered only when its points can be seen, mostly after its time. So nothing is waited for, and an answer proves nothing. At checkpoints sending rests
/// until the server's queue is empty and no point is hidden, and what was sent since the last one is read back; the journal learns of a batch only then.
/// </summary>
internal sealed class HiddenPoints : IDisposable
{
    private readonly IVectorStore store;
    private readonly PointComparer points;
    private readonly PointComparer vectors;
    private readonly string collection;
    private readonly TimeSpan noProgress;
    private readonly TimeProvider time;
    private readonly long mostBytes;
    private readonly Lock gate = new();
    private readonly SemaphoreSlim turn = new(1, 1);
    private readonly Queue<(BatchEnded Event, int Stamp)> untold = new();
    private List<(VectorBatch Batch, bool IsWhole)> sent = [];
    private IRunObserver? notes;
    private long sentBytes;
    private int sending;

    /// <summary>Set while a checkpoint keeps sending back.</summary>
    private TaskCompletionSource? resting;

    /// <summary>Set while a checkpoint waits for what is being sent.</summary>
    private TaskCompletionSource? quiet;
    private int begun;
    private int passed;

    /// <summary>Sets checkpoints up.</summary>
    /// <param name="store">The server.</param>
    /// <param name="scope">What is compared, and how.</param>
    /// <param name="noProgress">Longest time in which the server neither applies nor shows anything.</param>
    /// <param name="time">The clock.</param>
    /// <param name="mostBytes">Bytes of vectors and payloads that are held for the next checkpoint.</param>
    public HiddenPoints(IVectorStore store, VerificationScope scope, TimeSpan noProgress, TimeProvider time, long mostBytes = 16_000_000)
    {
        this.store = store;
        this.noProgress = noProgress;
        this.time = time;
        this.mostBytes = mostBytes;
        collection = scope.Collection;
        points = new PointComparer(store, scope, comparesPayload: true);
        vectors = new PointComparer(store, scope with { Feed = scope.Feed with { IdMapping = IdMapping.Keep } }, comparesPayload: false);
    }

    /// <summary>A target whose batches are held until they are read back.</summary>
    /// <param name="target">Where they go.</param>
    /// <param name="isWhole">It writes payloads too.</param>
    public IPointTarget Watch(IPointTarget target, bool isWhole) => new Watched(this, target, isWhole);

    /// <summary>What notes batches, told of them when a checkpoint has passed that began after they were sent.</summary>
    public IRunObserver Before(IRunObserver told)
    {
        notes = told;
        return new DelegateObserver(runEvent =>
        {
            if (runEvent is BatchEnded ended)
            {
                lock (gate)
                {
                    untold.Enqueue((ended, begun));
                }
            }
            else
            {
                told.OnEvent(runEvent);
            }

            TellPassed();
        });
    }

    /// <summary>The last checkpoint, after everything was sent.</summary>
    /// <exception cref="MigrationException">What was sent is not there, or the server does not come to an end.</exception>
    public async Task FinishAsync(CancellationToken cancellationToken)
    {
        await CheckpointAsync(isLast: true, cancellationToken).ConfigureAwait(false);
        TellPassed();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach ((VectorBatch batch, _) in sent)
        {
            batch.Dispose();
        }

        sent = [];
        turn.Dispose();
    }

    private void TellPassed()
    {
        while (true)
        {
            BatchEnded told;
            lock (gate)
            {
                if (!untold.TryPeek(out (BatchEnded Event, int Stamp) next) || next.Stamp >= passed)
                {
                    return;
                }

                told = untold.Dequeue().Event;
            }

            notes?.OnEvent(told);
        }
    }

    private async ValueTask<WriteAnswer> SendAsync(VectorBatch batch, bool isWhole, IPreparedBatch prepared, CancellationToken cancellationToken)
    {
        await EnterAsync(cancellationToken).ConfigureAwait(false);
        WriteAnswer answer;
        try
        {
            answer = await prepared.SendAsync(cancellationToken).ConfigureAwait(false);
            Hold(batch, isWhole, answer);
        }
        finally
        {
            Leave();
        }

        long started = time.GetTimestamp();
        try
        {
            await CheckpointAsync(isLast: false, cancellationToken).ConfigureAwait(false);
        }
        catch (MigrationException fault)
        {
            return WriteAnswer.Stop(fault.ErrorId, fault.Kind, fault.Message, fault.Resumable, fault.RecommendedAction);
        }

        return answer.GivenLater(time.GetElapsedTime(started));
    }

    private void Hold(VectorBatch batch, bool isWhole, WriteAnswer answer)
    {
        if (answer.Outcome == WriteOutcome.Ok)
        {
            lock (gate)
            {
                sent.Add((batch.Slice(0, batch.Count), isWhole));
                sentBytes += ((long)batch.Components.Length * sizeof(float)) + (batch.Payload?.Bytes ?? 0);
            }
        }
    }

    private async ValueTask EnterAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task rest;
            lock (gate)
            {
                if (resting is null)
                {
                    sending++;
                    return;
                }

                rest = resting.Task;
            }

            await rest.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private void Leave()
    {
        lock (gate)
        {
            if (--sending == 0)
            {
                quiet?.TrySetResult();
            }
        }
    }

    /// <summary>Reads back what was sent, where enough of it is held or this is the last time.</summary>
    private async Task CheckpointAsync(bool isLast, CancellationToken cancellationToken)
    {
        if (!isLast && Volatile.Read(ref sentBytes) < mostBytes)
        {
            return;
        }

        await turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        TaskCompletionSource rest = new(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            if (!isLast && Volatile.Read(ref sentBytes) < mostBytes)
            {
                return;
            }

            await RestAsync(rest, cancellationToken).ConfigureAwait(false);
            await UpdateQueue.SettleAsync(store, collection, noProgress, time, cancellationToken).ConfigureAwait(false);
            await CompareAsync(Taken(), cancellationToken).ConfigureAwait(false);
            lock (gate)
            {
                passed = begun;
            }
        }
        finally
        {
            lock (gate)
            {
                resting = null;
                quiet = null;
            }

            rest.TrySetResult();
            turn.Release();
        }
    }

    private async Task RestAsync(TaskCompletionSource rest, CancellationToken cancellationToken)
    {
        Task silence = Task.CompletedTask;
        lock (gate)
        {
            resting = rest;
            if (sending > 0)
            {
                quiet = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                silence = quiet.Task;
            }
        }

        await silence.WaitAsync(cancellationToken).ConfigureAwait(false);
        lock (gate)
        {
            begun++;
        }
    }

    private List<(VectorBatch Batch, bool IsWhole)> Taken()
    {
        lock (gate)
        {
            List<(VectorBatch Batch, bool IsWhole)> taken = sent;
            sent = [];
            sentBytes = 0;
            return taken;
        }
    }

    private async Task CompareAsync(List<(VectorBatch Batch, bool IsWhole)> batches, CancellationToken cancellationToken)
    {
        try
        {
            foreach ((VectorBatch batch, bool isWhole) in batches)
            {
                ComparedPoints compared = await (isWhole ? points : vectors).CompareAsync(batch, cancellationToken).ConfigureAwait(false);
                if (compared.Differences is [ComparedRow first, ..])
                {
                    throw CollectionErrors.NotKept(collection, compared.Differences.Count, batch.Count, batch.PointIds.Span[first.Row], first.Reason);
                }
            }
        }
        finally
        {
            foreach ((VectorBatch batch, _) in batches)
            {
                batch.Dispose();
            }
        }
    }

    private sealed class Watched(HiddenPoints hidden, IPointTarget target, bool isWhole) : IPointTarget
    {
        public string Collection => target.Collection;

        public IPreparedBatch Prepare(VectorBatch batch, TimeSpan timeout, long mostBytes) =>
            new Prepared(hidden, batch, isWhole, target.Prepare(batch, timeout, mostBytes));
    }

    private sealed class Prepared(HiddenPoints hidden, VectorBatch batch, bool isWhole, IPreparedBatch prepared) : IPreparedBatch
    {
        public long Bytes => prepared.Bytes;

        public ValueTask<WriteAnswer> SendAsync(CancellationToken cancellationToken) => hidden.SendAsync(batch, isWhole, prepared, cancellationToken);

        public void Dispose() => prepared.Dispose();
    }
}
