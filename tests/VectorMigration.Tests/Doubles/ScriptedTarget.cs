using System.Collections.Concurrent;

namespace VectorMigration.Tests;

/// <summary>A target that answers as a function says, and remembers what it applied and in which order it was asked.</summary>
internal sealed class ScriptedTarget(Func<VectorBatch, int, WriteAnswer> answer) : IPointTarget
{
    private int calls;
    private int inFlight;

    public string Collection => "scripted";

    public ConcurrentDictionary<PointId, float[]> Applied { get; } = new();

    public ConcurrentBag<PointId> AppliedTwice { get; } = [];

    public ConcurrentQueue<(long First, int Count)> Asked { get; } = new();

    public int Calls => Volatile.Read(ref calls);

    public int InFlight => Volatile.Read(ref inFlight);

    public int MostInFlight { get; private set; }

    public Func<VectorBatch, long> Size { get; init; } = batch => batch.Count * 100L;

    public ConcurrentQueue<PreparedBatch> Prepared { get; } = new();

    public IPreparedBatch Prepare(VectorBatch batch, TimeSpan timeout, long mostBytes)
    {
        var prepared = new PreparedBatch(Size(batch), token => UpsertAsync(batch, token));
        Prepared.Enqueue(prepared);
        return prepared;
    }

    private async ValueTask<WriteAnswer> UpsertAsync(VectorBatch batch, CancellationToken cancellationToken)
    {
        int now = Interlocked.Increment(ref inFlight);
        lock (Asked)
        {
            MostInFlight = Math.Max(MostInFlight, now);
        }

        try
        {
            await Task.Yield();
            cancellationToken.ThrowIfCancellationRequested();
            Asked.Enqueue((batch.FirstOrdinal, batch.Count));
            WriteAnswer decided = answer(batch, Interlocked.Increment(ref calls));
            if (decided.Outcome == WriteOutcome.Ok)
            {
                Apply(batch);
            }

            return decided;
        }
        finally
        {
            Interlocked.Decrement(ref inFlight);
        }
    }

    private void Apply(VectorBatch batch)
    {
        for (int row = 0; row < batch.Count; row++)
        {
            if (!Applied.TryAdd(batch.PointIds.Span[row], batch.Vector(row).ToArray()))
            {
                AppliedTwice.Add(batch.PointIds.Span[row]);
            }
        }
    }
}

/// <summary>A target whose every attempt waits until the test answers it.</summary>
internal sealed class GatedTarget : IPointTarget
{
    private readonly ConcurrentQueue<(VectorBatch Batch, TaskCompletionSource<WriteAnswer> Answer)> open = new();
    private int started;

    public string Collection => "gated";

    public int Started => Volatile.Read(ref started);

    public int Open => open.Count;

    public IPreparedBatch Prepare(VectorBatch batch, TimeSpan timeout, long mostBytes) => new PreparedBatch(batch.Count * 100L, async token =>
    {
        var answer = new TaskCompletionSource<WriteAnswer>(TaskCreationOptions.RunContinuationsAsynchronously);
        open.Enqueue((batch, answer));
        Interlocked.Increment(ref started);
        return await answer.Task.WaitAsync(token);
    });

    public void AnswerOne(WriteAnswer answer)
    {
        open.TryDequeue(out (VectorBatch Batch, TaskCompletionSource<WriteAnswer> Answer) next).ShouldBeTrue("an attempt should be open");
        next.Answer.SetResult(answer);
    }
}

/// <summary>A batch of a known size that is sent by a function.</summary>
internal sealed class PreparedBatch(long bytes, Func<CancellationToken, ValueTask<WriteAnswer>> send) : IPreparedBatch
{
    public long Bytes { get; } = bytes;

    public ValueTask<WriteAnswer> SendAsync(CancellationToken cancellationToken) => send(cancellationToken);

    public int Disposals { get; private set; }

    public void Dispose() => Disposals++;
}

/// <summary>Retry delays of a fixed length, so many of them.</summary>
internal sealed class FixedRetryPolicy(int retries = 3, TimeSpan delay = default) : IRetryPolicy
{
    public int Successes { get; private set; }

    public int Failures { get; private set; }

    public bool IsOpen { get; set; }

    public int Restarts { get; private set; }

    public IRetryDelays Begin() => new Delays(retries, delay);

    public void Restart() => Restarts++;

    public void RecordSuccess() => Successes++;

    public void RecordFailure() => Failures++;

    private sealed class Delays(int retries, TimeSpan delay) : IRetryDelays
    {
        private int left = retries;

        public bool TryNext(out TimeSpan next)
        {
            next = delay;
            return left-- > 0;
        }
    }
}

/// <summary>Keeps all events.</summary>
internal sealed class Recorder : IRunObserver
{
    private readonly List<RunEvent> events = [];

    public IReadOnlyList<RunEvent> Events
    {
        get
        {
            lock (events)
            {
                return [.. events];
            }
        }
    }

    public IReadOnlyList<QdrantBatchResult> Results => [.. Events.OfType<BatchEnded>().Select(e => e.Result)];

    public Action<RunEvent>? Also { get; set; }

    public void OnEvent(RunEvent runEvent)
    {
        lock (events)
        {
            events.Add(runEvent);
        }

        Also?.Invoke(runEvent);
    }
}

/// <summary>Waits for a condition that other threads bring about.</summary>
internal static class Eventually
{
    public static async Task BeTrue(Func<bool> condition, string because)
    {
        for (int i = 0; i < 2_000; i++)
        {
            if (condition())
            {
                return;
            }

            await Task.Delay(5);
        }

        condition().ShouldBeTrue(because);
    }
}
