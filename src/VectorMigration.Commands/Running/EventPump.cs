using System.Threading.Channels;

namespace VectorMigration.Commands;

/// <summary>
/// The one bounded queue between the pool that works and the pipeline thread that alone writes. The pool posts events of batches,
/// never of vectors, and waits where the pipeline thread is far behind; the pipeline thread handles them while it waits.
/// </summary>
internal sealed class EventPump : IRunObserver
{
    private const int Capacity = 512;
    private readonly Channel<RunEvent> events = Channel.CreateBounded<RunEvent>(
        new BoundedChannelOptions(Capacity) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });
    private Task<bool>? more;

    /// <inheritdoc/>
    public void OnEvent(RunEvent runEvent)
    {
        if (runEvent is InFlightChanged or RateKept)
        {
            // These are for metrics alone, and come with every request.
            return;
        }

        // An observer is called synchronously: a full queue holds the pool back here. A closed one lets everything pass.
        while (!events.Writer.TryWrite(runEvent))
        {
            if (!events.Writer.WaitToWriteAsync().AsTask().GetAwaiter().GetResult())
            {
                return;
            }
        }
    }

    /// <summary>Nobody reads any more: what is posted from here on is dropped, and nobody waits for room.</summary>
    public void Close()
    {
        events.Writer.TryComplete();
        while (events.Reader.TryRead(out _))
        {
        }
    }

    /// <summary>Handles what is there, without waiting.</summary>
    public void Drain(Action<RunEvent> handle)
    {
        while (events.Reader.TryRead(out RunEvent? runEvent))
        {
            handle(runEvent);
        }
    }

    /// <summary>Handles events until <paramref name="work"/> has ended and nothing is left in the queue, then answers with its result.</summary>
    public T DrainUntil<T>(Task<T> work, Action<RunEvent> handle)
    {
        DrainUntil((Task)work, handle);
        return work.GetAwaiter().GetResult();
    }

    /// <summary>Handles events until <paramref name="work"/> has ended and nothing is left in the queue.</summary>
    public void DrainUntil(Task work, Action<RunEvent> handle)
    {
        while (!work.IsCompleted)
        {
            Drain(handle);
            more ??= events.Reader.WaitToReadAsync().AsTask();
            Task.WaitAny(work, more);
            if (more.IsCompleted)
            {
                more = null;
            }
        }

        Drain(handle);
        work.GetAwaiter().GetResult();
    }
}
